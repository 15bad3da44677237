// Looks up the rows of the embedding table that stand for these tokens: the only step whose work does not depend on what a token means.
@group(0) @binding(0) var<storage, read> tokens: array<u32>; // [row]
@group(0) @binding(1) var<storage, read> table: array<StoredQuad>; // [token, WIDTH_QUADS]
@group(0) @binding(2) var<storage, read_write> x: array<vec4f>; // [row, WIDTH_QUADS]

@compute @workgroup_size(THREADS)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= WIDTH_QUADS) { return; }
  x[id.y * WIDTH_QUADS + id.x] = vec4f(table[tokens[id.y] * WIDTH_QUADS + id.x]);
}
