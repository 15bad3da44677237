// What a mixer leaves, channel by channel weighed by a gate of its token: x · sigmoid(gate), in place.
@group(0) @binding(0) var<storage, read_write> x: array<f32>; // [row, CHANNELS]
@group(0) @binding(1) var<storage, read> gate: array<f32>; // [row, CHANNELS], the sigmoid in it

@compute @workgroup_size(THREADS)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x < CHANNELS) { x[id.y * CHANNELS + id.x] *= gate[id.y * CHANNELS + id.x]; }
}
