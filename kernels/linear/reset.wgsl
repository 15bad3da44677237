// A text begins from no state and position 0.
@group(0) @binding(0) var<storage, read_write> state: array<f32>;
@group(0) @binding(1) var<storage, read_write> position: array<u32>;
#if NORMALIZED
@group(0) @binding(2) var<storage, read_write> z: array<f32>;
#end

@compute @workgroup_size(THREADS)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) thread: u32) {
  let element = group.x * THREADS + thread;
  if (element < STATE_ELEMENTS) {
    state[group.z * STATE_ELEMENTS + element] = 0.0;
  }
  if (element < POSITIONS) {
    position[group.z * POSITIONS + element] = 0u;
  }
#if NORMALIZED
  if (element < KEYS) {
    z[group.z * KEYS + element] = 0.0;
  }
#end
}
