// A text begins from no state, or from the one that it goes on from, and at position 0.
@group(0) @binding(0) var<storage, read_write> state: array<f32>;
@group(0) @binding(1) var<storage, read_write> position: array<u32>;
#if NORMALIZED
@group(0) @binding(2) var<storage, read_write> z: array<f32>;
#end
#if CONTINUED
@group(0) @binding(INITIAL_BINDING) var<storage, read> initialState: array<f32>;
#if NORMALIZED
@group(0) @binding(INITIAL_BINDING + 1) var<storage, read> initialZ: array<f32>;
#end
#end

@compute @workgroup_size(THREADS)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) thread: u32) {
  let element = group.x * THREADS + thread;
  if (element < STATE_ELEMENTS) {
    let at = group.z * STATE_ELEMENTS + element;
#if CONTINUED
    state[at] = initialState[at];
#else
    state[at] = 0.0;
#end
  }
  if (element < POSITIONS) {
    position[group.z * POSITIONS + element] = 0u;
  }
#if NORMALIZED
  if (element < KEYS) {
    let at = group.z * KEYS + element;
#if CONTINUED
    z[at] = initialZ[at];
#else
    z[at] = 0.0;
#end
  }
#end
}
