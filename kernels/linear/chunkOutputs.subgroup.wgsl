// Pass 3 of the chunk form: O_c = scale · (φ(Q_c) S_c + tril(φ(Q_c) φ(K_c)ᵀ) V_c) for ROWS tokens × COLUMNS values, in the registers of one
// subgroup. A lane owns VALUE_WIDTHS columns, or KEY_WIDTHS keys of a block of scores; rows come as vec4f of four tokens, loaded once
// (lane = contraction index) and broadcast (laneSteps.ts; KEYS is a multiple of four). Scores go through workgroup memory, since their columns become the next contraction index; all of
// them come first, so that two register tiles are never alive at once.
@group(0) @binding(0) var<storage, read> q: array<Stored>; // [batch, token, head, key]
#if PAIRED
@group(0) @binding(1) var<storage, read> pairs: array<vec4f>; // tril(Q Kᵀ), decayed [batch, head, chunk, row / 4, key of the chunk]
#else
@group(0) @binding(1) var<storage, read> k: array<StoredQuad>; // [batch, token, head, key / 4]
#end
@group(0) @binding(2) var<storage, read> v: array<Value>; // or what the delta rule writes [batch, token, head, value]
@group(0) @binding(3) var<storage, read> chunkStates: array<f32>; // [batch, head, chunk, key, value]: before each chunk
@group(0) @binding(4) var<storage, read_write> o: array<Stored>; // [batch, token, head, value]
#if NORMALIZED
@group(0) @binding(5) var<storage, read> chunkZ: array<f32>; // [batch, head, chunk, key]
#end
#if DECAYS
#if PER_CHANNEL
@group(0) @binding(DECAY_BINDING) var<storage, read> decay: array<u32>; // how far the log has fallen since the beginning of the chunk, steps and rest [2, batch, head, token, key]
#else
@group(0) @binding(DECAY_BINDING) var<storage, read> decay: array<u32>; // how far the log has fallen since the beginning of the chunk, steps and rest [2, batch, head, token]
#end
#end

#if !PAIRED
const KEY_BLOCK = SUBGROUP * KEY_WIDTHS;
const SCORES = (CHUNK + KEY_BLOCK - 1) / KEY_BLOCK * KEY_BLOCK;
var<workgroup> scores: array<f32, ROWS * SCORES>; // [row, key of the chunk]
#end

@compute @workgroup_size(SUBGROUP)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) grid: vec3u, @builtin(subgroup_invocation_id) lane: u32) {
  // 1, but no compiler knows: a loop of a constant length is unrolled by some (Mesa), which takes them seconds.
  let once = min(grid.x, 1u);
  let tokens = arrayLength(&q) / (grid.z * KEYS);
  let head = group.z % HEADS;
  let batch = group.z / HEADS;
  let chunk = group.y;
  let row0 = chunk * CHUNK + (group.x / COLUMN_TILES) * ROWS;
  if (row0 >= tokens) {
    return;
  }
  let firstColumn = (group.x % COLUMN_TILES) * COLUMNS;
  let qBase = (batch * tokens * HEADS + head) * KEYS;
  let vBase = (batch * tokens * HEADS + head) * VALUES;
  let last = min(row0 + ROWS, tokens) - 1u;
  // Edges are clamped, not branched around: a row or column past the last is the last once more. Lanes past the last column do not store.
#each r ROW_QUADS
  let rows${r} = min(vec4u(row0 + ${r * 4}u) + vec4u(0u, 1u, 2u, 3u), vec4u(last));
  let from${r} = qBase + rows${r} * (HEADS * KEYS);
#if DECAYS
  let decayAt${r} = group.z * tokens + rows${r};
#if !PER_CHANNEL
  var rowSteps${r} = vec4i();
  var rowRest${r} = vec4f();
#end
#end
#if NORMALIZED
  // This lane's share of the denominators.
  var d${r} = vec4f(0.0);
#end
#end
#if DECAYS
#if !PER_CHANNEL
  // Rows of a quad one after another, each put behind those before it, since code that loads compiles slowly.
  for (var j = 0u; j < 4u * once; j++) {
#each r ROW_QUADS
    rowSteps${r} = vec4i(rowSteps${r}.yzw, i32(decay[decayAt${r}[j]]));
    rowRest${r} = vec4f(rowRest${r}.yzw, bitcast<f32>(decay[arrayLength(&decay) / 2u + decayAt${r}[j]]));
#end
  }
#end
#end

#if !PAIRED
  // tril(φ(Q_c) φ(K_c)ᵀ), a block of keys at a time, none past the last row.
  for (var key0 = 0u; chunk * CHUNK + key0 <= last; key0 += KEY_BLOCK) {
#each w KEY_WIDTHS
    let key${w}Token = chunk * CHUNK + key0 + ${w}u * SUBGROUP + lane;
    let keyAt${w} = (batch * tokens * HEADS + head + min(key${w}Token, last) * HEADS) * KEY_QUADS;
#each r ROW_QUADS
    var p${w}_${r} = vec4f(0.0);
#end
#end
    for (var k0 = 0u; k0 < KEYS; k0 += SUBGROUP) {
      let count = min(SUBGROUP, KEYS - k0);
      let channel = min(k0 + lane, KEYS - 1u);
#each r ROW_QUADS
      let a${r} = featured(vec4f(StoredQuad(q[from${r}.x + channel], q[from${r}.y + channel], q[from${r}.z + channel], q[from${r}.w + channel])));
#end
      // Neighbouring lanes read rows far apart, so each takes four channels of its row at a time.
      for (var i = 0u; i < count; i += 4u) {
#each w KEY_WIDTHS
        let b${w} = featured(vec4f(k[keyAt${w} + (k0 + i) / 4u]));
#end
#each c 4
#each r ROW_QUADS
#if UNROLLED
        let x${c}_${r} = subgroupBroadcast(a${r}, ${c}u);
#else
        let x${c}_${r} = subgroupShuffle(a${r}, i + ${c}u);
#end
#each w KEY_WIDTHS
        p${w}_${r} = fma(x${c}_${r}, vec4f(b${w}[${c}]), p${w}_${r});
#end
#end
#end
      }
    }
#each w KEY_WIDTHS
#if DECAYS
    let keyDecayAt${w} = group.z * tokens + min(key${w}Token, last);
    let keySteps${w} = vec4i(i32(decay[keyDecayAt${w}]));
    let keyRest${w} = vec4f(bitcast<f32>(decay[arrayLength(&decay) / 2u + keyDecayAt${w}]));
#end
#each r ROW_QUADS
#if DECAYS
    p${w}_${r} *= exp(min(vec4f(keySteps${w} - rowSteps${r}) * FALL_STEP + (keyRest${w} - rowRest${r}), vec4f(0.0)));
#end
    p${w}_${r} = select(vec4f(0.0), p${w}_${r}, rows${r} >= vec4u(key${w}Token));
#if NORMALIZED
    d${r} += p${w}_${r};
#end
#end
#end
    // Loops over the four rows of a quad, here and at the end, since code that stores compiles slowly and runs once.
    for (var j = 0u; j < 4u * once; j++) {
#each w KEY_WIDTHS
#each r ROW_QUADS
      scores[(${r * 4}u + j) * SCORES + key0 + ${w}u * SUBGROUP + lane] = p${w}_${r}[j];
#end
#end
    }
  }
  workgroupBarrier();
#end

#each w VALUE_WIDTHS
  let column${w} = min(firstColumn + ${w}u * SUBGROUP + lane, VALUES - 1u);
#each r ROW_QUADS
  var s${w}_${r} = vec4f(0.0);
#end
#end
  // φ(Q_c) S_c: what came before this chunk.
  for (var k0 = 0u; k0 < KEYS; k0 += SUBGROUP) {
    let count = min(SUBGROUP, KEYS - k0);
    let channel = min(k0 + lane, KEYS - 1u);
#if PER_CHANNEL
#each r ROW_QUADS
    var a${r} = vec4f();
    var left${r} = vec4f();
#end
    // Rows of a quad one after another, each put behind those before it, since code that loads compiles slowly.
    for (var j = 0u; j < 4u * once; j++) {
#each r ROW_QUADS
      a${r} = vec4f(a${r}.yzw, f32(q[from${r}[j] + channel]));
      left${r} = vec4f(left${r}.yzw, logSince(decayAt${r}[j] * KEYS + channel));
#end
    }
#each r ROW_QUADS
    a${r} = featured(a${r}) * exp(left${r});
#end
#else
#each r ROW_QUADS
    let a${r} = featured(vec4f(StoredQuad(q[from${r}.x + channel], q[from${r}.y + channel], q[from${r}.z + channel], q[from${r}.w + channel])));
#end
#end
#if NORMALIZED
    let zShare = select(0.0, chunkZ[(group.z * grid.y + chunk) * KEYS + channel], lane < count);
#each r ROW_QUADS
    d${r} += a${r} * zShare;
#end
#end
    var stateAt = ((group.z * grid.y + chunk) * KEYS + k0) * VALUES;
#if UNROLLED
    {
#else
    for (var i = 0u; i < count; i++) {
#end
#each i STEPS
      {
#each w VALUE_WIDTHS
        let b${w} = vec4f(chunkStates[stateAt + column${w}]);
#end
#each r ROW_QUADS
#if UNROLLED
        let x${r} = subgroupBroadcast(a${r}, ${i}u);
#else
        let x${r} = subgroupShuffle(a${r}, i);
#end
#each w VALUE_WIDTHS
        s${w}_${r} = fma(x${r}, b${w}, s${w}_${r});
#end
#end
        stateAt += VALUES;
      }
#end
    }
  }
#if DECAYS
#if !PER_CHANNEL
#each r ROW_QUADS
  let left${r} = exp(-(vec4f(rowSteps${r}) * FALL_STEP + rowRest${r}));
#each w VALUE_WIDTHS
  s${w}_${r} *= left${r};
#end
#end
#end
#end
  // Scores times V_c: what came in this chunk.
  let keys = last + 1u - chunk * CHUNK;
  var valueAt = vBase + chunk * CHUNK * (HEADS * VALUES);
  for (var j0 = 0u; j0 < keys; j0 += SUBGROUP) {
#if PAIRED
    let pairAt = ((group.z * grid.y + chunk) * (CHUNK / 4) + (row0 - chunk * CHUNK) / 4u) * CHUNK + min(j0 + lane, CHUNK - 1u);
#end
    let count = min(SUBGROUP, keys - j0);
#each r ROW_QUADS
#if PAIRED
    let a${r} = select(vec4f(0.0), pairs[pairAt + ${r}u * CHUNK], lane < count);
#else
    let at${r} = ${r * 4}u * SCORES + j0 + lane;
    let a${r} = vec4f(scores[at${r}], scores[at${r} + SCORES], scores[at${r} + 2u * SCORES], scores[at${r} + 3u * SCORES]);
#end
#end
#if UNROLLED
    {
#else
    for (var i = 0u; i < count; i++) {
#end
#each i STEPS
      {
#each w VALUE_WIDTHS
        let b${w} = vec4f(f32(v[valueAt + column${w}]));
#end
#each r ROW_QUADS
#if UNROLLED
        let x${r} = subgroupBroadcast(a${r}, ${i}u);
#else
        let x${r} = subgroupShuffle(a${r}, i);
#end
#each w VALUE_WIDTHS
        s${w}_${r} = fma(x${r}, b${w}, s${w}_${r});
#end
#end
#if UNROLLED
        // Past the last key, where scores are zeros, the last one's value once more.
        valueAt += select(0u, HEADS * VALUES, j0 + ${i + 1}u < keys);
#else
        valueAt += HEADS * VALUES;
#end
      }
#end
    }
  }

#each r ROW_QUADS
#if NORMALIZED
  // The scale cancels: it would stand above and below.
  let f${r} = 1.0 / (subgroupAdd(d${r}) + LEAST_DENOMINATOR);
#else
  let f${r} = vec4f(SCALE);
#end
#end
  for (var j = 0u; j < 4u * once; j++) {
#each w VALUE_WIDTHS
    if (VALUES % COLUMNS == 0 || firstColumn + ${w}u * SUBGROUP + lane < VALUES) {
#each r ROW_QUADS
      o[vBase + rows${r}[j] * (HEADS * VALUES) + column${w}] = Stored(s${w}_${r}[j] * f${r}[j]);
#end
    }
#end
  }
}
