// Writes the newest token's hidden state behind the others, in place.
@group(0) @binding(0) var<storage, read> x: array<StoredQuad>; // [batch, ROW_QUADS]
@group(0) @binding(1) var<storage, read_write> hidden: array<StoredQuad>; // [batch, token, ROW_QUADS]

@compute @workgroup_size(THREADS)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) grid: vec3u) {
  let tokens = arrayLength(&hidden) / (grid.y * ROW_QUADS);
  if (id.x < ROW_QUADS) { hidden[((id.y + 1u) * tokens - 1u) * ROW_QUADS + id.x] = x[id.y * ROW_QUADS + id.x]; }
}
