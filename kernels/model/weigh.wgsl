// What each row's chosen experts made of it, weighed and added onto the residual stream.
@group(0) @binding(0) var<storage, read> made: array<f32>; // [row, ACTIVE, WIDTH]
@group(0) @binding(1) var<storage, read> shares: array<f32>; // [row, ACTIVE]
@group(0) @binding(2) var<storage, read_write> y: array<f32>; // [row, WIDTH]

@compute @workgroup_size(THREADS)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= WIDTH) { return; }
  let row = id.y;
  var sum = 0.0;
  for (var slot = 0u; slot < ACTIVE; slot++) { sum += shares[row * ACTIVE + slot] * made[(row * ACTIVE + slot) * WIDTH + id.x]; }
  y[row * WIDTH + id.x] += sum;
}
