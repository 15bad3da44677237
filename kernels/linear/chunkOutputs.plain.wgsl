// Pass 3 of the chunk form without subgroups: O_c = scale · (φ(Q_c) S_c + tril(φ(Q_c) φ(K_c)ᵀ) V_c), ROWS tokens × TILE values a workgroup, ROWS_EACH × 4 of
// them a thread, and SCORE_ROWS × 4 of the scores. PANEL channels or keys at a time are staged in workgroup memory as they lie in theirs, quads along a row, so that every thread stages and
// nothing is transposed: four contraction steps are ROWS_EACH quads of the left side and four of the right.
@group(0) @binding(0) var<storage, read> q: array<StoredQuad>; // [batch, token, head, key / 4]
#if PAIRED
@group(0) @binding(1) var<storage, read> pairs: array<vec4f>; // tril(Q Kᵀ), decayed [batch, head, chunk, row / 4, key of the chunk]
#else
@group(0) @binding(1) var<storage, read> k: array<StoredQuad>; // [batch, token, head, key / 4]
#end
@group(0) @binding(2) var<storage, read> v: array<ValueQuad>; // or what the delta rule writes [batch, token, head, value / 4]
@group(0) @binding(3) var<storage, read> chunkStates: array<vec4f>; // [batch, head, chunk, key, value / 4]: before each chunk
@group(0) @binding(4) var<storage, read_write> o: array<StoredQuad>; // [batch, token, head, value / 4]
#if NORMALIZED
@group(0) @binding(5) var<storage, read> chunkZ: array<vec4f>; // [batch, head, chunk, key / 4]
#end
#if DECAYS
#if PER_CHANNEL
@group(0) @binding(DECAY_BINDING) var<storage, read> decayQuads: array<vec4u>; // how far the log has fallen since the beginning of the chunk, steps and rest [2, batch, head, token, key / 4]
#else
@group(0) @binding(DECAY_BINDING) var<storage, read> decay: array<u32>; // how far the log has fallen since the beginning of the chunk, steps and rest [2, batch, head, token]
#end
#end

const SIDE = TILE / 4; // threads along a row of the tile
const THREADS = SIDE * ROWS / ROWS_EACH;
const QUADS = PANEL / 4; // of a staged row of the left side
var<workgroup> left: array<vec4f, ROWS * QUADS>; // [row, channel / 4], then scores [row, key / 4]
var<workgroup> right: array<vec4f, PANEL * max(SIDE, QUADS)>; // [contraction step, column / 4], or keys [key, channel / 4]

#each r ROWS_EACH
var<private> sum${r} = vec4f();
#end
#if NORMALIZED
#each r ROWS_EACH
var<private> denominator${r} = 0.0;
#end
#end

// What is staged, multiplied: `quads` quads of rows of the left side from `first` on with the column's.
fn multiply(first: u32, column: u32, quads: u32) {
  for (var i = 0u; i < quads; i++) {
#each s 4
    let b${s} = right[(i * 4u + ${s}u) * SIDE + column];
#end
#each r ROWS_EACH
    {
      let a = left[(first + ${r}u) * QUADS + i];
      sum${r} = fma(vec4f(a.x), b0, sum${r});
      sum${r} = fma(vec4f(a.y), b1, sum${r});
      sum${r} = fma(vec4f(a.z), b2, sum${r});
      sum${r} = fma(vec4f(a.w), b3, sum${r});
    }
#end
  }
}

// φ(q) of ROWS tokens from row0 to last and PANEL channels from quad0. Zeros past the edges.
fn stageQueries(base: u32, row0: u32, last: u32, quad0: u32, decayAt: u32, thread: u32) {
  for (var i = thread; i < ROWS * QUADS; i += THREADS) {
    let token = row0 + i / QUADS;
    let quad = quad0 + i % QUADS;
    var x = vec4f();
    if (token <= last && quad < KEY_QUADS) {
      x = featured(vec4f(q[(base + token * HEADS) * KEY_QUADS + quad]));
#if PER_CHANNEL
      x *= exp(quadSince((decayAt + token) * KEY_QUADS + quad));
#end
    }
    left[i] = x;
  }
}

@compute @workgroup_size(THREADS)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) grid: vec3u, @builtin(local_invocation_index) thread: u32) {
  let tokens = arrayLength(&q) / (grid.z * KEY_QUADS);
  let head = group.z % HEADS;
  let batch = group.z / HEADS;
  let chunk = group.y;
  let row0 = chunk * CHUNK + (group.x / COLUMN_TILES) * ROWS;
  if (row0 >= tokens) {
    return;
  }
  let last = min(row0 + ROWS, tokens) - 1u;
  let valueQuad0 = (group.x % COLUMN_TILES) * SIDE;
  let first = thread / SIDE * ROWS_EACH;
  let column = thread % SIDE;
  let base = batch * tokens * HEADS + head; // + token × HEADS: a row of q, k, v, o
  let ofChunk = group.z * grid.y + chunk;
#if EMULATED
  // QUADS and KEY_QUADS, but no compiler knows: a loop of at most a constant length is unrolled by some (Mesa), which takes them ten seconds.
  let quads = QUADS * min(grid.x, 1u);
  let keyQuads = KEY_QUADS * min(grid.x, 1u);
#else
  const quads = QUADS;
  const keyQuads = KEY_QUADS;
#end

  // φ(Q_c) S_c: what came before this chunk.
  for (var quad0 = 0u; quad0 < keyQuads; quad0 += QUADS) {
    workgroupBarrier();
    stageQueries(base, row0, last, quad0, group.z * tokens, thread);
    for (var i = thread; i < PANEL * SIDE; i += THREADS) {
      let key = quad0 * 4u + i / SIDE;
      var x = vec4f();
      if (key < KEYS && valueQuad0 + i % SIDE < VALUE_QUADS) { x = chunkStates[(ofChunk * KEYS + key) * VALUE_QUADS + valueQuad0 + i % SIDE]; }
      right[i] = x;
    }
    workgroupBarrier();
    multiply(first, column, min(quads, KEY_QUADS - quad0));
#if NORMALIZED
    for (var i = 0u; i < QUADS; i++) {
      // Queries past the last channel are zero.
      let z = chunkZ[ofChunk * KEY_QUADS + min(quad0 + i, KEY_QUADS - 1u)];
#each r ROWS_EACH
      denominator${r} += dot(left[(first + ${r}u) * QUADS + i], z);
#end
    }
#end
  }

#if DECAYS
#if !PER_CHANNEL
  let decayBase = group.z * tokens;
#each r ROWS_EACH
  sum${r} *= exp(logSince(decayBase + min(row0 + first + ${r}u, last)));
#end
#end
#end
  // tril(φ(Q_c) φ(K_c)ᵀ) V_c, PANEL keys at a time, none past the last row.
  for (var key0 = chunk * CHUNK; key0 <= last; key0 += PANEL) {
#if PAIRED
    workgroupBarrier();
    // Four rows of four keys turn into four keys of four rows.
    for (var i = thread; i < ROWS / 4 * QUADS; i += THREADS) {
      let key = key0 - chunk * CHUNK + i % QUADS * 4u;
      let pairAt = (ofChunk * (CHUNK / 4) + (row0 - chunk * CHUNK) / 4u + i / QUADS) * CHUNK + key;
#each c 4
      var x${c} = vec4f();
      if (chunk * CHUNK + key + ${c}u <= last) { x${c} = pairs[pairAt + ${c}u]; }
#end
#each r 4
      left[(i / QUADS * 4u + ${r}u) * QUADS + i % QUADS] = vec4f(x0[${r}], x1[${r}], x2[${r}], x3[${r}]);
#end
    }
#else
    let keyQuad = thread % QUADS;
    let scored = thread / QUADS * SCORE_ROWS;
#each r SCORE_ROWS
    var score${r} = vec4f();
#end
    for (var quad0 = 0u; quad0 < keyQuads; quad0 += QUADS) {
      workgroupBarrier();
      // They are there yet where all channels fit.
      if (KEY_QUADS > QUADS || key0 > chunk * CHUNK) { stageQueries(base, row0, last, quad0, group.z * tokens, thread); }
      for (var i = thread; i < PANEL * QUADS; i += THREADS) {
        let key = i / QUADS;
        let quad = i % QUADS;
        var x = vec4f();
        if (key0 + key <= last && quad0 + quad < KEY_QUADS) { x = featured(vec4f(k[(base + (key0 + key) * HEADS) * KEY_QUADS + quad0 + quad])); }
        // Neighbouring threads read keys four apart: turned round by that, they meet in no bank.
        right[key * QUADS + (quad + key / 4u) % QUADS] = x;
      }
      workgroupBarrier();
      for (var i = 0u; i < min(quads, KEY_QUADS - quad0); i++) {
        let at = keyQuad * 4u * QUADS + (i + keyQuad) % QUADS;
#each c 4
        let near${c} = right[at + ${c}u * QUADS];
#end
#each r SCORE_ROWS
        {
          let a = left[(scored + ${r}u) * QUADS + i];
          score${r} += vec4f(dot(a, near0), dot(a, near1), dot(a, near2), dot(a, near3));
        }
#end
      }
    }
    // All have read what scores take the place of.
    workgroupBarrier();
    let keys = vec4u(key0 + keyQuad * 4u) + vec4u(0u, 1u, 2u, 3u);
#if DECAYS
    let decayKeys = decayBase + min(keys, vec4u(last));
#end
#each r SCORE_ROWS
    {
      let token = row0 + scored + ${r}u;
#if DECAYS
      let decayRow = decayBase + min(token, last);
      // Above the diagonal the difference is positive, and dropped below.
      score${r} *= exp(min(vec4f(logBetween(decayRow, decayKeys.x), logBetween(decayRow, decayKeys.y), logBetween(decayRow, decayKeys.z), logBetween(decayRow, decayKeys.w)), vec4f()));
#end
      left[(scored + ${r}u) * QUADS + keyQuad] = select(vec4f(), score${r}, vec4u(token) >= keys);
    }
#end
#end
    for (var i = thread; i < PANEL * SIDE; i += THREADS) {
      let token = key0 + i / SIDE;
      var x = vec4f();
      if (token <= last && valueQuad0 + i % SIDE < VALUE_QUADS) { x = vec4f(v[(base + token * HEADS) * VALUE_QUADS + valueQuad0 + i % SIDE]); }
      right[i] = x;
    }
    workgroupBarrier();
    // Keys past the last row count for none.
    multiply(first, column, min(quads, (last - key0) / 4u + 1u));
#if NORMALIZED
    for (var i = 0u; i < QUADS; i++) {
#each r ROWS_EACH
      denominator${r} += dot(left[(first + ${r}u) * QUADS + i], vec4f(1.0));
#end
    }
#end
  }

  if (valueQuad0 + column < VALUE_QUADS) {
    let to = (base + (row0 + first) * HEADS) * VALUE_QUADS + valueQuad0 + column;
#each r ROWS_EACH
#if NORMALIZED
    // The scale cancels: it would stand above and below.
    if (row0 + first + ${r}u <= last) { o[to + ${r}u * HEADS * VALUE_QUADS] = StoredQuad(sum${r} / (denominator${r} + LEAST_DENOMINATOR)); }
#else
    if (row0 + first + ${r}u <= last) { o[to + ${r}u * HEADS * VALUE_QUADS] = StoredQuad(sum${r} * SCALE); }
#end
#end
  }
}
