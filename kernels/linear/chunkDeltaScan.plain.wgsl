// What the delta rule carries from chunk to chunk, on GPUs: S ← D S − T S + B, with B = K̂ᵀU₀ and T = K̂ᵀW made for all chunks at once (chunkStates.plain.wgsl), D what the chunk's decays
// leave and K̂ the keys as far as they last to its end. So one product a chunk is all that waits for the chunk before: B, D and T are read one chunk ahead (T GROUP quads), for a chunk
// takes less than the device's memory. B gives way to S before each chunk, in place. A workgroup owns four columns of S; PARTS neighbours have ROWS_EACH × 4 of its elements
// together, each a part of the keys of the product, every PARTS-th quad: so that they read T side by side.
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
#if PARTED
@group(0) @binding(PARTS_BINDING) var<storage, read> partsBefore: array<u32>; // of PART_CHUNKS chunks each, before this one
#end

const THREADS = KEYS / ROWS_EACH * PARTS;
const PART_QUADS = KEY_QUADS / PARTS;
var<workgroup> before: array<vec4f, KEYS>; // S before the chunk [key]

@compute @workgroup_size(THREADS)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) grid: vec3u,
  @builtin(local_invocation_index) thread: u32,
#if SHARED
  @builtin(subgroup_invocation_id) lane: u32,
#end
) {
#if SHARED
  // Lanes that share rows are neighbours within their subgroup, whatever threads these are.
  let slot = subgroupMin(thread) + lane;
#else
  let slot = thread;
#end
  let chunks = arrayLength(&transitions) / (grid.z * KEYS * KEY_QUADS);
  // PART_QUADS, but no compiler knows: a loop of a constant length is unrolled by some (Mesa), which takes them seconds.
  let quads = PART_QUADS * min(chunks, 1u);
#if DECAYS
#if PER_CHANNEL
  let tokens = arrayLength(&decay) / (2u * grid.z * KEYS);
#else
  let tokens = arrayLength(&decay) / (2u * grid.z);
#end
#end
#if PARTED
  let firstChunk = partsBefore[0] * PART_CHUNKS;
  let endChunk = min(firstChunk + PART_CHUNKS, chunks);
#else
  let firstChunk = 0u;
  let endChunk = chunks;
#end
  let part = slot % PARTS;
  let row = slot / PARTS * ROWS_EACH;
  let quad = group.x;
  let own = (group.z * KEYS + row) * VALUE_QUADS + quad; // of state
#each r ROWS_EACH
  var s${r} = vec4f(0.0);
#if CONTINUED
  s${r} = initialState[own + ${r}u * VALUE_QUADS];
#end
#if PARTED
  if (firstChunk > 0u) { s${r} = state[own + ${r}u * VALUE_QUADS]; }
#end
  var added${r} = chunkStates[((group.z * chunks + firstChunk) * KEYS + row + ${r}u) * VALUE_QUADS + quad];
  var tAt${r} = ((group.z * chunks + firstChunk) * KEYS + row + ${r}u) * KEY_QUADS + part;
#each j GROUP
  var t${r}_${j} = transitions[tAt${r} + ${j}u * PARTS];
#end
#end
#if DECAYS
#if PER_CHANNEL
#each r ROWS_EACH
  var kept${r} = exp(logSince((group.z * tokens + min((firstChunk + 1u) * CHUNK, tokens) - 1u) * KEYS + row + ${r}u));
#end
#else
  var kept = exp(logSince(group.z * tokens + min((firstChunk + 1u) * CHUNK, tokens) - 1u));
#end
#end
  for (var chunk = firstChunk; chunk < endChunk; chunk++) {
    let following = min(chunk + 1u, chunks - 1u);
    let stateAt = ((group.z * chunks + chunk) * KEYS + row) * VALUE_QUADS + quad;
    workgroupBarrier();
#each r ROWS_EACH
    let nextAdded${r} = chunkStates[((group.z * chunks + following) * KEYS + row + ${r}u) * VALUE_QUADS + quad];
    if (part == 0u) {
      before[row + ${r}u] = s${r};
      chunkStates[stateAt + ${r}u * VALUE_QUADS] = s${r};
    }
    var erased${r} = vec4f(0.0);
#end
    workgroupBarrier();
    // The part's quads after these, or the next chunk's first; after the last of all, the last once more.
    for (var quad0 = 0u; quad0 < quads; quad0 += GROUP) {
      let last = quad0 + GROUP == quads;
      let ahead = select(GROUP * PARTS, select((KEYS - 1u) * KEY_QUADS + GROUP * PARTS, 0u, chunk + 1u == chunks), last);
#each r ROWS_EACH
      tAt${r} += ahead;
#each j GROUP
      let next${r}_${j} = transitions[tAt${r} + ${j}u * PARTS];
#end
#end
#each j GROUP
#each c 4
      {
        let b = before[((quad0 + ${j}u) * PARTS + part) * 4u + ${c}u];
#each r ROWS_EACH
        erased${r} = fma(vec4f(t${r}_${j}[${c}]), b, erased${r});
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
#each b PART_BITS
    erased${r} += subgroupShuffleXor(erased${r}, 1u << ${b}u);
#end
#if DECAYS
#if PER_CHANNEL
    s${r} = fma(s${r}, vec4f(kept${r}), added${r} - erased${r});
#else
    s${r} = fma(s${r}, vec4f(kept), added${r} - erased${r});
#end
#else
    s${r} += added${r} - erased${r};
#end
    added${r} = nextAdded${r};
#end
#if DECAYS
    let end = group.z * tokens + min((following + 1u) * CHUNK, tokens) - 1u;
#if PER_CHANNEL
#each r ROWS_EACH
    kept${r} = exp(logSince(end * KEYS + row + ${r}u));
#end
#else
    kept = exp(logSince(end));
#end
#end
  }
  if (part == 0u) {
#each r ROWS_EACH
    state[own + ${r}u * VALUE_QUADS] = s${r};
#end
  }
}
