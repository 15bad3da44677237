// Pass 2 of the chunk form: turns the sums of single chunks into the state before each chunk, in place, from none or the one given, and leaves the state after the
// last. A thread owns four neighbouring elements, so nothing is shared and no barrier is needed. The grid fits the state exactly.
@group(0) @binding(0) var<storage, read_write> chunkStates: array<vec4f>; // [batch, head, chunk, (key, value) / 4]
@group(0) @binding(1) var<storage, read_write> state: array<vec4f>; // [batch, head, (key, value) / 4]
#if NORMALIZED
@group(0) @binding(2) var<storage, read_write> chunkZ: array<vec4f>; // [batch, head, chunk, key / 4]
@group(0) @binding(3) var<storage, read_write> z: array<vec4f>; // [batch, head, key / 4]
#end
#if DECAYS
#if PER_CHANNEL
@group(0) @binding(DECAY_BINDING) var<storage, read> decay: array<f32>; // log, from the beginning of the chunk [batch, head, token, key]
#else
@group(0) @binding(DECAY_BINDING) var<storage, read> decay: array<f32>; // log, from the beginning of the chunk [batch, head, token]
#end
#end
#if CONTINUED
@group(0) @binding(INITIAL_BINDING) var<storage, read> initialState: array<vec4f>; // [batch, head, (key, value) / 4]
#if NORMALIZED
@group(0) @binding(INITIAL_BINDING + 1) var<storage, read> initialZ: array<vec4f>; // [batch, head, key / 4]
#end
#end

@compute @workgroup_size(THREADS)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) grid: vec3u, @builtin(local_invocation_index) thread: u32) {
  let chunks = arrayLength(&chunkStates) / (grid.z * STATE_QUADS);
  let element = group.x * THREADS + thread;
#if DECAYS
#if PER_CHANNEL
  let tokens = arrayLength(&decay) / (grid.z * KEYS);
  let key = element / VALUE_QUADS;
#else
  let tokens = arrayLength(&decay) / grid.z;
#end
#end
#if CONTINUED
  var sum = initialState[group.z * STATE_QUADS + element];
#else
  var sum = vec4f(0.0);
#end
  var at = group.z * chunks * STATE_QUADS + element;
  for (var chunk = 0u; chunk < chunks; chunk++) {
    let own = chunkStates[at];
    chunkStates[at] = sum;
#if DECAYS
    let end = group.z * tokens + min((chunk + 1u) * CHUNK, tokens) - 1u;
#if PER_CHANNEL
    sum = fma(sum, vec4f(exp(decay[end * KEYS + key])), own);
#else
    sum = fma(sum, vec4f(exp(decay[end])), own);
#end
#else
    sum += own;
#end
    at += STATE_QUADS;
  }
  state[group.z * STATE_QUADS + element] = sum;
#if NORMALIZED
  if (element < KEY_QUADS) {
#if CONTINUED
    var total = initialZ[group.z * KEY_QUADS + element];
#else
    var total = vec4f(0.0);
#end
    var zAt = group.z * chunks * KEY_QUADS + element;
    for (var chunk = 0u; chunk < chunks; chunk++) {
      let own = chunkZ[zAt];
      chunkZ[zAt] = total;
      total += own;
      zAt += KEY_QUADS;
    }
    z[group.z * KEY_QUADS + element] = total;
  }
#end
}
