// The chosen experts' gated projections: each a matrix of its own, of which only ACTIVE are read. [expert, o, i] with i fastest.
@group(0) @binding(0) var<storage, read> x: array<vec4f>; // [row, IN_QUADS]
@group(0) @binding(1) var<storage, read> w: array<StoredQuad>; // [expert, OUT, IN_QUADS]
@group(0) @binding(2) var<storage, read> wGate: array<StoredQuad>; // [expert, OUT, IN_QUADS]
@group(0) @binding(3) var<storage, read> chosen: array<u32>; // [row, ACTIVE]
@group(0) @binding(4) var<storage, read_write> y: array<f32>; // [row, ACTIVE, OUT]

@compute @workgroup_size(THREADS)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= OUT) { return; }
  let row = id.z;
  let slot = id.y;
  let weights = (chosen[row * ACTIVE + slot] * OUT + id.x) * IN_QUADS;
  var sum = 0.0;
  var gate = 0.0;
  for (var i = 0u; i < IN_QUADS; i++) {
    let value = x[row * IN_QUADS + i];
    sum += dot(vec4f(w[weights + i]), value);
    gate += dot(vec4f(wGate[weights + i]), value);
  }
  y[(row * ACTIVE + slot) * OUT + id.x] = sum * gate / (1.0 + exp(-gate));
}
