// Pass 2 of the chunk form: turns the sums of single chunks into the state before each chunk, in place, from none or the one given, and leaves the state after the
// last. A thread owns four neighbouring elements, so nothing is shared and no barrier is needed. The grid fits the state exactly. AHEAD chunks are read at a
// time, since a load cannot pass the store before it: one at a time, a GPU waits for its memory once a chunk.
@group(0) @binding(0) var<storage, read_write> chunkStates: array<vec4f>; // [batch, head, chunk, (key, value) / 4]
@group(0) @binding(1) var<storage, read_write> state: array<vec4f>; // [batch, head, (key, value) / 4]
#if NORMALIZED
@group(0) @binding(2) var<storage, read_write> chunkZ: array<vec4f>; // [batch, head, chunk, key / 4]
@group(0) @binding(3) var<storage, read_write> z: array<vec4f>; // [batch, head, key / 4]
#end
#if DECAYS
#if PER_CHANNEL
@group(0) @binding(DECAY_BINDING) var<storage, read> decay: array<u32>; // how far the log has fallen since the beginning of the chunk, steps and rest [2, batch, head, token, key]
#else
@group(0) @binding(DECAY_BINDING) var<storage, read> decay: array<u32>; // how far the log has fallen since the beginning of the chunk, steps and rest [2, batch, head, token]
#end
#end
#if CONTINUED
@group(0) @binding(INITIAL_BINDING) var<storage, read> initialState: array<vec4f>; // [batch, head, (key, value) / 4]
#if NORMALIZED
@group(0) @binding(INITIAL_BINDING + 1) var<storage, read> initialZ: array<vec4f>; // [batch, head, key / 4]
#end
#end

#if DECAYS
// What a chunk leaves of what came before it: by the elements' channel where each has its own.
fn keptBy(chunk: u32, tokens: u32, head: u32, element: u32) -> f32 {
  let end = head * tokens + min((chunk + 1u) * CHUNK, tokens) - 1u;
#if PER_CHANNEL
  return exp(logSince(end * KEYS + element / VALUE_QUADS));
#else
  return exp(logSince(end));
#end
}
#end

@compute @workgroup_size(THREADS)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) grid: vec3u, @builtin(local_invocation_index) thread: u32) {
  let chunks = arrayLength(&chunkStates) / (grid.z * STATE_QUADS);
  let element = group.x * THREADS + thread;
#if DECAYS
#if PER_CHANNEL
  let tokens = arrayLength(&decay) / (2u * grid.z * KEYS);
#else
  let tokens = arrayLength(&decay) / (2u * grid.z);
#end
#end
#if CONTINUED
  var sum = initialState[group.z * STATE_QUADS + element];
#else
  var sum = vec4f(0.0);
#end
  var at = group.z * chunks * STATE_QUADS + element;
  var chunk = 0u;
  for (; chunk + AHEAD <= chunks; chunk += AHEAD) {
#each c AHEAD
    let own${c} = chunkStates[at + ${c}u * STATE_QUADS];
#if DECAYS
    let kept${c} = keptBy(chunk + ${c}u, tokens, group.z, element);
#end
#end
#each c AHEAD
    chunkStates[at + ${c}u * STATE_QUADS] = sum;
#if DECAYS
    sum = fma(sum, vec4f(kept${c}), own${c});
#else
    sum += own${c};
#end
#end
    at += AHEAD * STATE_QUADS;
  }
  for (; chunk < chunks; chunk++) {
    let own = chunkStates[at];
    chunkStates[at] = sum;
#if DECAYS
    sum = fma(sum, vec4f(keptBy(chunk, tokens, group.z, element)), own);
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
