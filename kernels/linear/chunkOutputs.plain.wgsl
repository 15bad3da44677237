// Pass 3 of the chunk form without subgroups: O_c = scale · (φ(Q_c) S_c + tril(φ(Q_c) φ(K_c)ᵀ) V_c), ROWS tokens × TILE values a workgroup,
// 4 × 4 of them a thread; also the size of a block of scores. PANEL contraction steps at a time are staged in workgroup memory.
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
@group(0) @binding(5) var<storage, read> chunkZ: array<f32>; // [batch, head, chunk, key]
#end
#if DECAYS
#if PER_CHANNEL
@group(0) @binding(DECAY_BINDING) var<storage, read> decayQuads: array<vec4u>; // how far the log has fallen since the beginning of the chunk, steps and rest [2, batch, head, token, key / 4]
#else
@group(0) @binding(DECAY_BINDING) var<storage, read> decay: array<u32>; // how far the log has fallen since the beginning of the chunk, steps and rest [2, batch, head, token]
#end
#end

const SIDE = TILE / 4; // threads along a row of the tile
const ROW_QUADS = ROWS / 4; // threads along a column of it
const THREADS = SIDE * ROW_QUADS;
const PANEL_QUADS = PANEL / 4;
var<workgroup> left: array<vec4f, PANEL * ROW_QUADS>; // [contraction step, row / 4]
var<workgroup> right: array<vec4f, PANEL * SIDE>; // [contraction step, column / 4]
var<workgroup> scores: array<vec4f, TILE * ROW_QUADS>; // [key, row / 4]

var<private> s0 = vec4f(0.0);
var<private> s1 = vec4f(0.0);
var<private> s2 = vec4f(0.0);
var<private> s3 = vec4f(0.0);

fn add(a: vec4f, b: vec4f) {
  s0 = fma(vec4f(a.x), b, s0);
  s1 = fma(vec4f(a.y), b, s1);
  s2 = fma(vec4f(a.z), b, s2);
  s3 = fma(vec4f(a.w), b, s3);
}

// Stage φ(q) of ROWS tokens from row0 to last and PANEL channels from k0, transposed. Zeros past the edges.
fn stageQueries(base: u32, row0: u32, last: u32, k0: u32, decayAt: u32, thread: u32) {
  for (var i = thread; i < ROW_QUADS * PANEL_QUADS; i += THREADS) {
    let rows = row0 + i / PANEL_QUADS * 4u;
    let quad = i % PANEL_QUADS;
#each r 4
    var x${r} = vec4f(0.0);
    if (rows + ${r}u <= last && k0 / 4u + quad < KEY_QUADS) { x${r} = featured(vec4f(q[(base + (rows + ${r}u) * HEADS) * KEY_QUADS + k0 / 4u + quad])); }
#if DECAYS
#if PER_CHANNEL
    if (rows + ${r}u <= last && k0 / 4u + quad < KEY_QUADS) { x${r} *= exp(quadSince((decayAt + rows + ${r}u) * KEY_QUADS + k0 / 4u + quad)); }
#end
#end
#end
    // Four rows of four channels turn into four channels of four rows: whole vectors, since no two threads may write components of one.
#each c 4
    left[(quad * 4u + ${c}u) * ROW_QUADS + i / PANEL_QUADS] = vec4f(x0[${c}], x1[${c}], x2[${c}], x3[${c}]);
#end
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
  let row = thread / SIDE;
  let column = thread % SIDE;
  let base = batch * tokens * HEADS + head; // + token × HEADS: a row of q, k, v, o
#if NORMALIZED
  var denominators = vec4f(0.0);
#end

  // φ(Q_c) S_c: what came before this chunk.
  for (var k0 = 0u; k0 < KEYS; k0 += PANEL) {
    workgroupBarrier();
    stageQueries(base, row0, last, k0, group.z * tokens, thread);
    for (var i = thread; i < PANEL * SIDE; i += THREADS) {
      var x = vec4f(0.0);
      if (k0 + i / SIDE < KEYS && valueQuad0 + i % SIDE < VALUE_QUADS) {
        x = chunkStates[((group.z * grid.y + chunk) * KEYS + k0 + i / SIDE) * VALUE_QUADS + valueQuad0 + i % SIDE];
      }
      right[i] = x;
    }
    workgroupBarrier();
    for (var i = 0u; i < PANEL; i++) {
      let a = left[i * ROW_QUADS + row];
      add(a, right[i * SIDE + column]);
#if NORMALIZED
      denominators += a * chunkZ[(group.z * grid.y + chunk) * KEYS + min(k0 + i, KEYS - 1u)];
#end
    }
  }

#if DECAYS
#if !PER_CHANNEL
  let decayBase = group.z * tokens;
  let decayRows = min(vec4u(row0 + row * 4u) + vec4u(0u, 1u, 2u, 3u), vec4u(last));
  let remaining = exp(
    vec4f(logSince(decayBase + decayRows.x), logSince(decayBase + decayRows.y), logSince(decayBase + decayRows.z), logSince(decayBase + decayRows.w)),
  );
  s0 *= remaining.x;
  s1 *= remaining.y;
  s2 *= remaining.z;
  s3 *= remaining.w;
#end
#end
  // tril(φ(Q_c) φ(K_c)ᵀ) V_c, TILE keys at a time, none past the last row.
  var sums = mat4x4f(s0, s1, s2, s3);
  for (var key0 = chunk * CHUNK; key0 <= last; key0 += TILE) {
#if PAIRED
    workgroupBarrier();
    for (var i = thread; i < TILE * ROW_QUADS; i += THREADS) {
      let first = ((group.z * grid.y + chunk) * (CHUNK / 4) + (row0 - chunk * CHUNK) / 4u + i % ROW_QUADS) * CHUNK;
      var x = vec4f(0.0);
      if (key0 + i / ROW_QUADS <= last) { x = pairs[first + key0 - chunk * CHUNK + i / ROW_QUADS]; }
      scores[i] = x;
    }
#else
    s0 = vec4f(0.0);
    s1 = vec4f(0.0);
    s2 = vec4f(0.0);
    s3 = vec4f(0.0);
    for (var k0 = 0u; k0 < KEYS; k0 += PANEL) {
      workgroupBarrier();
      stageQueries(base, row0, last, k0, group.z * tokens, thread);
      for (var i = thread; i < SIDE * PANEL_QUADS; i += THREADS) {
        let keys = key0 + i / PANEL_QUADS * 4u;
        let quad = i % PANEL_QUADS;
#each r 4
        var x${r} = vec4f(0.0);
        if (keys + ${r}u <= last && k0 / 4u + quad < KEY_QUADS) { x${r} = featured(vec4f(k[(base + (keys + ${r}u) * HEADS) * KEY_QUADS + k0 / 4u + quad])); }
#end
#each c 4
        right[(quad * 4u + ${c}u) * SIDE + i / PANEL_QUADS] = vec4f(x0[${c}], x1[${c}], x2[${c}], x3[${c}]);
#end
      }
      workgroupBarrier();
      for (var i = 0u; i < PANEL; i++) {
        add(left[i * ROW_QUADS + row], right[i * SIDE + column]);
      }
    }
    let rows = vec4u(row0 + row * 4u) + vec4u(0u, 1u, 2u, 3u);
    let key = key0 + column * 4u;
#if DECAYS
    let decayKeys = min(vec4u(key) + vec4u(0u, 1u, 2u, 3u), vec4u(last));
    // Above the diagonal the difference is positive, and dropped below.
#each r 4
    s${r} *= exp(
      min(
        vec4f(
          logBetween(decayBase + decayRows[${r}], decayBase + decayKeys.x),
          logBetween(decayBase + decayRows[${r}], decayBase + decayKeys.y),
          logBetween(decayBase + decayRows[${r}], decayBase + decayKeys.z),
          logBetween(decayBase + decayRows[${r}], decayBase + decayKeys.w),
        ),
        vec4f(0.0),
      ),
    );
#end
#end
    scores[(column * 4u) * ROW_QUADS + row] = select(vec4f(0.0), vec4f(s0.x, s1.x, s2.x, s3.x), rows >= vec4u(key));
    scores[(column * 4u + 1u) * ROW_QUADS + row] = select(vec4f(0.0), vec4f(s0.y, s1.y, s2.y, s3.y), rows >= vec4u(key + 1u));
    scores[(column * 4u + 2u) * ROW_QUADS + row] = select(vec4f(0.0), vec4f(s0.z, s1.z, s2.z, s3.z), rows >= vec4u(key + 2u));
    scores[(column * 4u + 3u) * ROW_QUADS + row] = select(vec4f(0.0), vec4f(s0.w, s1.w, s2.w, s3.w), rows >= vec4u(key + 3u));
#end

    s0 = sums[0];
    s1 = sums[1];
    s2 = sums[2];
    s3 = sums[3];
    let end = min(TILE, last + 1u - key0);
    for (var j0 = 0u; j0 < end; j0 += PANEL) {
      workgroupBarrier();
      for (var i = thread; i < PANEL * SIDE; i += THREADS) {
        let token = key0 + j0 + i / SIDE;
        var x = vec4f(0.0);
        if (token <= last && valueQuad0 + i % SIDE < VALUE_QUADS) { x = vec4f(v[(base + token * HEADS) * VALUE_QUADS + valueQuad0 + i % SIDE]); }
        right[i] = x;
      }
      workgroupBarrier();
      for (var i = 0u; i < PANEL; i++) {
        let a = scores[(j0 + i) * ROW_QUADS + row];
        add(a, right[i * SIDE + column]);
#if NORMALIZED
        denominators += a;
#end
      }
    }
    sums = mat4x4f(s0, s1, s2, s3);
  }

#if NORMALIZED
  // The scale cancels: it would stand above and below.
  let factors = 1.0 / denominators;
#else
  let factors = vec4f(SCALE);
#end
  if (valueQuad0 + column < VALUE_QUADS) {
    let token = row0 + row * 4u;
    let to = (base + token * HEADS) * VALUE_QUADS + valueQuad0 + column;
#each i 4
    if (token + ${i}u <= last) { o[to + ${i}u * HEADS * VALUE_QUADS] = StoredQuad(sums[${i}] * factors[${i}]); }
#end
  }
}
