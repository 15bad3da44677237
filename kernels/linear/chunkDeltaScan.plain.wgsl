// chunkDeltaScan.subgroup.wgsl for GPUs: a workgroup owns COLUMN_QUADS × 4 columns of S, a thread 4 × 4 of its elements in registers. S, for what it
// says of the chunk's tokens, and U, for what it takes from them, are shared through workgroup memory.
@group(0) @binding(0) var<storage, read> k: array<vec4f>; // [batch, token, head, key / 4]
@group(0) @binding(1) var<storage, read> erased: array<vec4f>; // W [batch, token, head, key / 4]
@group(0) @binding(2) var<storage, read_write> written: array<vec4f>; // U₀, then U [batch, token, head, value / 4]
@group(0) @binding(3) var<storage, read_write> chunkStates: array<vec4f>; // [batch, head, chunk, key, value / 4]: before each chunk
@group(0) @binding(4) var<storage, read_write> state: array<vec4f>; // [batch, head, key, value / 4]
#if DECAYS
#if PER_CHANNEL
@group(0) @binding(DECAY_BINDING) var<storage, read> decayQuads: array<vec4u>; // how far the log has fallen since the beginning of the chunk, steps and rest [2, batch, head, token, key / 4]
#else
@group(0) @binding(DECAY_BINDING) var<storage, read> decay: array<u32>; // how far the log has fallen since the beginning of the chunk, steps and rest [2, batch, head, token]
#end
#end
#if CONTINUED
@group(0) @binding(INITIAL_BINDING) var<storage, read> initialState: array<vec4f>; // [batch, head, key, value / 4]
#end

const THREADS = KEY_QUADS * COLUMN_QUADS;
var<workgroup> before: array<vec4f, KEYS * COLUMN_QUADS>; // S before the chunk [key, value / 4]
var<workgroup> writes: array<vec4f, CHUNK * COLUMN_QUADS>; // U of the chunk [token, value / 4]

@compute @workgroup_size(THREADS)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) grid: vec3u, @builtin(local_invocation_index) thread: u32) {
  let tokens = arrayLength(&k) / (grid.z * KEY_QUADS);
  let chunks = (tokens + CHUNK - 1u) / CHUNK;
  let head = group.z % HEADS;
  let batch = group.z / HEADS;
  let base = batch * tokens * HEADS + head; // + token × HEADS: a row of k, erased and written
  let row = thread / COLUMN_QUADS;
  let column = thread % COLUMN_QUADS;
  let quad = group.x * COLUMN_QUADS + column;
  let exists = quad < VALUE_QUADS;
  // 1, but no compiler knows: all keys at once are more registers than leave a GPU enough subgroups.
  let once = min(grid.y, 1u);
  let own = (group.z * KEYS + row * 4u) * VALUE_QUADS + quad; // of state
#each r 4
#if CONTINUED
  var s${r} = vec4f(0.0);
  if (exists) { s${r} = initialState[own + ${r}u * VALUE_QUADS]; }
#else
  var s${r} = vec4f(0.0);
#end
#end
  for (var chunk = 0u; chunk < chunks; chunk++) {
    let chunk0 = chunk * CHUNK;
    let end = min(chunk0 + CHUNK, tokens);
    let stateAt = ((group.z * chunks + chunk) * KEYS + row * 4u) * VALUE_QUADS + quad;
#each r 4
    before[(row * 4u + ${r}u) * COLUMN_QUADS + column] = s${r};
    if (exists) { chunkStates[stateAt + ${r}u * VALUE_QUADS] = s${r}; }
#end
    workgroupBarrier();
    for (var token = chunk0 + row; token < end; token += KEY_QUADS) {
      let at = base + token * HEADS;
      var u = vec4f(0.0);
      if (exists) { u = written[at * VALUE_QUADS + quad]; }
      for (var i = 0u; i < KEY_QUADS * once; i += STRIDE) {
#each j STRIDE
        let w${j} = erased[at * KEY_QUADS + i + ${j}u];
#end
#each j STRIDE
#each c 4
        u = fma(vec4f(-w${j}[${c}]), before[((i + ${j}u) * 4u + ${c}u) * COLUMN_QUADS + column], u);
#end
#end
      }
      writes[(token - chunk0) * COLUMN_QUADS + column] = u;
      if (exists) { written[at * VALUE_QUADS + quad] = u; }
    }
    workgroupBarrier();
#if DECAYS
#if PER_CHANNEL
    let kept = exp(quadSince((group.z * tokens + end - 1u) * KEY_QUADS + row));
#else
    let kept = vec4f(exp(logSince(group.z * tokens + end - 1u)));
#end
#each r 4
    s${r} *= kept[${r}];
#end
#end
    for (var token = chunk0; token < end; token++) {
#if DECAYS
#if PER_CHANNEL
      let key = k[(base + token * HEADS) * KEY_QUADS + row] * exp(quadBetween((group.z * tokens + end - 1u) * KEY_QUADS + row, (group.z * tokens + token) * KEY_QUADS + row));
#else
      let key = k[(base + token * HEADS) * KEY_QUADS + row] * exp(logBetween(group.z * tokens + end - 1u, group.z * tokens + token));
#end
#else
      let key = k[(base + token * HEADS) * KEY_QUADS + row];
#end
      let u = writes[(token - chunk0) * COLUMN_QUADS + column];
#each r 4
      s${r} = fma(vec4f(key[${r}]), u, s${r});
#end
    }
  }
  if (exists) {
#each r 4
    state[own + ${r}u * VALUE_QUADS] = s${r};
#end
  }
}
