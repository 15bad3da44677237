// The delta rule from chunk to chunk: U = U₀ − W S turns what the chunk alone would write into what it writes onto the state S before it, then
// S ← e^{G_C} S + Σ_j e^{G_C − G_j} k_j u_jᵀ. A lane owns VALUE_WIDTHS columns of U and S, which need no other, so the loop over chunks has no barrier;
// rows come as vec4f of four tokens or keys, loaded once (lane = contraction index) and broadcast.
@group(0) @binding(0) var<storage, read> k: array<StoredQuad>; // [batch, token, head, key / 4]
@group(0) @binding(1) var<storage, read> erased: array<f32>; // W [batch, token, head, key]
@group(0) @binding(2) var<storage, read_write> written: array<f32>; // U₀, then U [batch, token, head, value]
@group(0) @binding(3) var<storage, read_write> chunkStates: array<f32>; // [batch, head, chunk, key, value]: before each chunk
@group(0) @binding(4) var<storage, read_write> state: array<f32>; // [batch, head, key, value]
#if DECAYS
#if PER_CHANNEL
@group(0) @binding(DECAY_BINDING) var<storage, read> decayQuads: array<vec4u>; // how far the log has fallen since the beginning of the chunk, steps and rest [2, batch, head, token, key / 4]
#else
@group(0) @binding(DECAY_BINDING) var<storage, read> decay: array<u32>; // how far the log has fallen since the beginning of the chunk, steps and rest [2, batch, head, token]
#end
#end
#if CONTINUED
@group(0) @binding(INITIAL_BINDING) var<storage, read> initialState: array<f32>; // [batch, head, key, value]
#end
#if PARTED
@group(0) @binding(PARTS_BINDING) var<storage, read> partsBefore: array<u32>; // of PART_CHUNKS chunks each, before this one
#end

@compute @workgroup_size(SUBGROUP)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) grid: vec3u, @builtin(subgroup_invocation_id) lane: u32) {
  // 1, but no compiler knows: a loop of a constant length is unrolled by some (Mesa), which takes them seconds.
  let once = min(grid.x, 1u);
  let tokens = arrayLength(&k) / (grid.z * KEY_QUADS);
  let chunks = (tokens + CHUNK - 1u) / CHUNK;
  let head = group.z % HEADS;
  let batch = group.z / HEADS;
  let base = batch * tokens * HEADS + head; // + token × HEADS: a row of k, erased and written
  let firstColumn = group.x * COLUMNS;
  // Lanes past the last column do it once more and do not store.
#each w VALUE_WIDTHS
  let column${w} = min(firstColumn + ${w}u * SUBGROUP + lane, VALUES - 1u);
  let stores${w} = firstColumn + ${w}u * SUBGROUP + lane < VALUES;
#end
#if PARTED
  let firstChunk = partsBefore[0] * PART_CHUNKS;
  let endChunk = min(firstChunk + PART_CHUNKS, chunks);
  // A later part finds the state where the one before it has left it.
  for (var key = select(KEYS, 0u, firstChunk == 0u); key < KEYS; key++) {
#else
  let firstChunk = 0u;
  let endChunk = chunks;
  for (var key = 0u; key < KEYS; key++) {
#end
#each w VALUE_WIDTHS
#if CONTINUED
    if (stores${w}) { chunkStates[(group.z * chunks * KEYS + key) * VALUES + column${w}] = initialState[(group.z * KEYS + key) * VALUES + column${w}]; }
#else
    if (stores${w}) { chunkStates[(group.z * chunks * KEYS + key) * VALUES + column${w}] = 0.0; }
#end
#end
  }

  for (var chunk = firstChunk; chunk < endChunk; chunk++) {
    let chunk0 = chunk * CHUNK;
    let end = min(chunk0 + CHUNK, tokens);
    let stateAt = (group.z * chunks + chunk) * KEYS * VALUES;
    for (var row0 = chunk0; row0 < end; row0 += ROWS) {
#each r ROW_QUADS
      let rows${r} = (base + min(vec4u(row0 + ${r * 4}u) + vec4u(0u, 1u, 2u, 3u), vec4u(end - 1u)) * HEADS);
      let erasedAt${r} = rows${r} * KEYS;
#each w VALUE_WIDTHS
      var u${w}_${r} = vec4f(0.0);
#end
#end
      for (var k0 = 0u; k0 < KEYS; k0 += SUBGROUP) {
        let count = min(SUBGROUP, KEYS - k0);
        let channel = min(k0 + lane, KEYS - 1u);
#each r ROW_QUADS
        let a${r} = vec4f(erased[erasedAt${r}.x + channel], erased[erasedAt${r}.y + channel], erased[erasedAt${r}.z + channel], erased[erasedAt${r}.w + channel]);
#end
#if UNROLLED
        {
          let i = 0u;
#else
        for (var i = 0u; i < count; i++) {
#end
#each s STEPS
          {
#each w VALUE_WIDTHS
            let b${w} = vec4f(chunkStates[stateAt + (k0 + i + ${s}u) * VALUES + column${w}]);
#end
#each r ROW_QUADS
#if UNROLLED
            let x${r} = subgroupBroadcast(a${r}, ${s}u);
#else
            let x${r} = subgroupShuffle(a${r}, i);
#end
#each w VALUE_WIDTHS
            u${w}_${r} = fma(-x${r}, b${w}, u${w}_${r});
#end
#end
          }
#end
        }
      }
      for (var j = 0u; j < 4u * once; j++) {
#each w VALUE_WIDTHS
        if (stores${w}) {
#each r ROW_QUADS
          if (row0 + ${r * 4}u + j < end) { written[(base + (row0 + ${r * 4}u + j) * HEADS) * VALUES + column${w}] += u${w}_${r}[j]; }
#end
        }
#end
      }
    }

    for (var first = 0u; first < KEY_QUADS; first += ROW_QUADS) {
#if PER_CHANNEL
      let endAt = (group.z * tokens + end - 1u) * KEY_QUADS;
#each r ROW_QUADS
      var kept${r} = vec4f();
#end
      // Quads one after another, each put behind those before it, here and below, since code that loads compiles slowly.
      for (var r = 0u; r < ROW_QUADS * once; r++) {
        let kept${ROW_QUADS} = exp(quadSince(endAt + min(first + r, KEY_QUADS - 1u)));
#each r ROW_QUADS
        kept${r} = kept${r + 1};
#end
      }
#end
#each r ROW_QUADS
      let quad${r} = min(first + ${r}u, KEY_QUADS - 1u);
#end
#if DECAYS
#if !PER_CHANNEL
      let kept = exp(logSince(group.z * tokens + end - 1u));
#end
#end
#each w VALUE_WIDTHS
#each r ROW_QUADS
      var s${w}_${r} = vec4f(0.0);
#end
#end
      for (var token0 = chunk0; token0 < end; token0 += SUBGROUP) {
        let count = min(SUBGROUP, end - token0);
        let token = min(token0 + lane, end - 1u);
#if DECAYS
#if !PER_CHANNEL
        let remaining = exp(logBetween(group.z * tokens + end - 1u, group.z * tokens + token));
#end
#end
#if PER_CHANNEL
#each r ROW_QUADS
        var a${r} = vec4f();
#end
        for (var r = 0u; r < ROW_QUADS * once; r++) {
          let quad = min(first + r, KEY_QUADS - 1u);
          let remaining = exp(quadBetween(endAt + quad, (group.z * tokens + token) * KEY_QUADS + quad));
          let a${ROW_QUADS} = select(vec4f(0.0), vec4f(k[(base + token * HEADS) * KEY_QUADS + quad]) * remaining, lane < count);
#each r ROW_QUADS
          a${r} = a${r + 1};
#end
        }
#else
#each r ROW_QUADS
#if DECAYS
        let a${r} = select(vec4f(0.0), vec4f(k[(base + token * HEADS) * KEY_QUADS + quad${r}]) * remaining, lane < count);
#else
        let a${r} = select(vec4f(0.0), vec4f(k[(base + token * HEADS) * KEY_QUADS + quad${r}]), lane < count);
#end
#end
#end
#if UNROLLED
        {
          let i = 0u;
#else
        for (var i = 0u; i < count; i++) {
#end
#each s STEPS
          {
            // Of lanes past the last token, which hold zeros, the last one's values once more.
            let writtenAt = (base + min(token0 + i + ${s}u, end - 1u) * HEADS) * VALUES;
#each w VALUE_WIDTHS
            let b${w} = vec4f(written[writtenAt + column${w}]);
#end
#each r ROW_QUADS
#if UNROLLED
            let x${r} = subgroupBroadcast(a${r}, ${s}u);
#else
            let x${r} = subgroupShuffle(a${r}, i);
#end
#each w VALUE_WIDTHS
            s${w}_${r} = fma(x${r}, b${w}, s${w}_${r});
#end
#end
          }
#end
        }
      }
      for (var j = 0u; j < 4u * once; j++) {
#each w VALUE_WIDTHS
        if (stores${w}) {
#each r ROW_QUADS
          let to${w}_${r} = (quad${r} * 4u + j) * VALUES + column${w};
#if DECAYS
#if PER_CHANNEL
          let next${w}_${r} = fma(chunkStates[stateAt + to${w}_${r}], kept${r}[j], s${w}_${r}[j]);
#else
          let next${w}_${r} = fma(chunkStates[stateAt + to${w}_${r}], kept, s${w}_${r}[j]);
#end
#else
          let next${w}_${r} = chunkStates[stateAt + to${w}_${r}] + s${w}_${r}[j];
#end
          if (chunk + 1u < chunks) {
            chunkStates[stateAt + KEYS * VALUES + to${w}_${r}] = next${w}_${r};
          } else {
            state[group.z * KEYS * VALUES + to${w}_${r}] = next${w}_${r};
          }
#end
        }
#end
      }
    }
  }
}
