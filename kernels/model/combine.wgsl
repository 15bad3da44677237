// What the chosen experts made, each back through its own matrix, weighed and added onto the residual stream.
@group(0) @binding(0) var<storage, read> x: array<vec4f>; // [row, ACTIVE, IN_QUADS]
@group(0) @binding(1) var<storage, read> w: array<StoredQuad>; // [expert, OUT, IN_QUADS]
@group(0) @binding(2) var<storage, read> chosen: array<u32>; // [row, ACTIVE]
@group(0) @binding(3) var<storage, read> shares: array<f32>; // [row, ACTIVE]
@group(0) @binding(4) var<storage, read_write> y: array<f32>; // [row, OUT]

@compute @workgroup_size(THREADS)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= OUT) { return; }
  let row = id.y;
  var sum = 0.0;
  for (var slot = 0u; slot < ACTIVE; slot++) {
    let weights = (chosen[row * ACTIVE + slot] * OUT + id.x) * IN_QUADS;
    let values = (row * ACTIVE + slot) * IN_QUADS;
    var part = 0.0;
    for (var i = 0u; i < IN_QUADS; i++) { part += dot(vec4f(w[weights + i]), x[values + i]); }
    sum += shares[row * ACTIVE + slot] * part;
  }
  y[row * OUT + id.x] += sum;
}
