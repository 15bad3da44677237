// What the expert that all tokens share makes of each row, weighed by the row's own share.
@group(0) @binding(0) var<storage, read_write> hidden: array<f32>; // [row, CHANNELS]
@group(0) @binding(1) var<storage, read> shares: array<f32>; // [row]

@compute @workgroup_size(THREADS)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x < CHANNELS) { hidden[id.y * CHANNELS + id.x] *= shares[id.y]; }
}
