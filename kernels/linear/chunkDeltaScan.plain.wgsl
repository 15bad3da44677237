// What the delta rule carries from chunk to chunk, on GPUs: S ← D S − T S + B, with B = K̂ᵀU₀ and T = K̂ᵀW made for all chunks at once (chunkStates.plain.wgsl), D what the chunk's decays
// leave and K̂ the keys as far as they last to its end. So one product a chunk is all that waits for the chunk before. B gives way to S before each chunk, in place. A workgroup owns
// COLUMN_QUADS × 4 columns of S, a thread ROWS_EACH × 4 of its elements; T is read GROUP quads ahead.
@group(0) @binding(0) var<storage, read> transitions: array<vec4f>; // T [batch, head, chunk, key, key / 4]
@group(0) @binding(1) var<storage, read_write> chunkStates: array<vec4f>; // [batch, head, chunk, key, value / 4]: B, then S before each chunk
@group(0) @binding(2) var<storage, read_write> state: array<vec4f>; // [batch, head, key, value / 4]
#if DECAYS
#if PER_CHANNEL
@group(0) @binding(DECAY_BINDING) var<storage, read> decay: array<u32>; // how far the log has fallen since the beginning of the chunk, steps and rest [2, batch, head, token, key]
#else
@group(0) @binding(DECAY_BINDING) var<storage, read> decay: array<u32>; // how far the log has fallen since the beginning of the chunk, steps and rest [2, batch, head, token]
#end
#end
#if CONTINUED
@group(0) @binding(INITIAL_BINDING) var<storage, read> initialState: array<vec4f>; // [batch, head, key, value / 4]
#end

const THREADS = KEYS / ROWS_EACH * COLUMN_QUADS;
var<workgroup> before: array<vec4f, KEYS * COLUMN_QUADS>; // S before the chunk [key, value / 4]

@compute @workgroup_size(THREADS)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) grid: vec3u, @builtin(local_invocation_index) thread: u32) {
  let chunks = arrayLength(&transitions) / (grid.z * KEYS * KEY_QUADS);
  // KEY_QUADS, but no compiler knows: a loop of a constant length is unrolled by some (Mesa), which takes them seconds.
  let quads = KEY_QUADS * min(chunks, 1u);
#if DECAYS
#if PER_CHANNEL
  let tokens = arrayLength(&decay) / (2u * grid.z * KEYS);
#else
  let tokens = arrayLength(&decay) / (2u * grid.z);
#end
#end
  let row = thread / COLUMN_QUADS * ROWS_EACH;
  let column = thread % COLUMN_QUADS;
  let quad = group.x * COLUMN_QUADS + column;
  let exists = quad < VALUE_QUADS;
  let own = (group.z * KEYS + row) * VALUE_QUADS + quad; // of state
#each r ROWS_EACH
  var s${r} = vec4f(0.0);
#if CONTINUED
  if (exists) { s${r} = initialState[own + ${r}u * VALUE_QUADS]; }
#end
  var tAt${r} = (group.z * chunks * KEYS + row + ${r}u) * KEY_QUADS;
#each j GROUP
  var t${r}_${j} = transitions[tAt${r} + ${j}u];
#end
#end
  for (var chunk = 0u; chunk < chunks; chunk++) {
    let stateAt = ((group.z * chunks + chunk) * KEYS + row) * VALUE_QUADS + quad;
    workgroupBarrier();
#each r ROWS_EACH
    before[(row + ${r}u) * COLUMN_QUADS + column] = s${r};
    var added${r} = vec4f(0.0);
    if (exists) {
      added${r} = chunkStates[stateAt + ${r}u * VALUE_QUADS];
      chunkStates[stateAt + ${r}u * VALUE_QUADS] = s${r};
    }
#end
    workgroupBarrier();
#if DECAYS
    let end = group.z * tokens + min((chunk + 1u) * CHUNK, tokens) - 1u;
#if PER_CHANNEL
#each r ROWS_EACH
    s${r} *= exp(logSince(end * KEYS + row + ${r}u));
#end
#else
    let kept = exp(logSince(end));
#each r ROWS_EACH
    s${r} *= kept;
#end
#end
#end
    // The quads after these, or the next chunk's first; after the last of all, the last once more.
    for (var quad0 = 0u; quad0 < quads; quad0 += GROUP) {
      let last = quad0 + GROUP == quads;
      let ahead = select(GROUP, select((KEYS - 1u) * KEY_QUADS + GROUP, 0u, chunk + 1u == chunks), last);
#each r ROWS_EACH
      tAt${r} += ahead;
#each j GROUP
      let next${r}_${j} = transitions[tAt${r} + ${j}u];
#end
#end
#each j GROUP
#each c 4
      {
        let b = before[((quad0 + ${j}u) * 4u + ${c}u) * COLUMN_QUADS + column];
#each r ROWS_EACH
        s${r} = fma(vec4f(-t${r}_${j}[${c}]), b, s${r});
#end
      }
#end
#end
#each r ROWS_EACH
#each j GROUP
      t${r}_${j} = next${r}_${j};
#end
#end
    }
#each r ROWS_EACH
    s${r} += added${r};
#end
  }
  if (exists) {
#each r ROWS_EACH
    state[own + ${r}u * VALUE_QUADS] = s${r};
#end
  }
}
