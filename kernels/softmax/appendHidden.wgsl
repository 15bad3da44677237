// Writes the newest token's hidden state behind the others, in place.
@group(0) @binding(0) var<storage, read> x: array<StoredQuad>; // [batch, STREAM, ROW_QUADS]
@group(0) @binding(1) var<storage, read_write> hidden: array<StoredQuad>; // [batch, token, ROW_QUADS]
#if COUNTED
@group(0) @binding(2) var<storage, read_write> positions: array<u32>; // [slot]
#end

@compute @workgroup_size(THREADS)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) grid: vec3u) {
  let capacity = arrayLength(&hidden) / (grid.y * ROW_QUADS);
#if COUNTED
  let token = positions[0];
#else
  let token = capacity - 1u;
#end
  if (id.x < ROW_QUADS) { hidden[(id.y * capacity + token) * ROW_QUADS + id.x] = x[(id.y * STREAM + token % STREAM) * ROW_QUADS + id.x]; }
#if COUNTED
  if (id.x == 0u && id.y == 0u) { positions[1] = token; }
#end
}
