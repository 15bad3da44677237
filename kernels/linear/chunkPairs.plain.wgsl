// chunkPairs.subgroup.wgsl without subgroups: ROWS rows × TILE keys a workgroup, 4 × 4 of them a thread. PANEL channels at a time are staged in workgroup
// memory, transposed.
@group(0) @binding(0) var<storage, read> a: array<StoredQuad>; // queries, or keys [batch, token, head, key / 4]
@group(0) @binding(1) var<storage, read> k: array<StoredQuad>; // [batch, token, head, key / 4]
@group(0) @binding(2) var<storage, read_write> pairs: array<vec4f>; // [batch, head, chunk, row / 4, key of the chunk]
#if STRICT
@group(0) @binding(BETA_BINDING) var<storage, read> beta: array<f32>; // [batch, token, head]
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
var<workgroup> left: array<vec4f, PANEL * ROW_QUADS>; // [channel, row / 4]
var<workgroup> right: array<vec4f, PANEL * SIDE>; // [channel, key / 4]
#if PER_CHANNEL
// Rows as far as they decay since the tile's first, for keys before it; and for keys within it, which are those of its rows, how far each has fallen:
// what lies between two is a difference of whole steps, as after a long fall within the tile two logs are large and what lies between them may be small.
var<workgroup> leftDecayed: array<vec4f, PANEL * ROW_QUADS>;
var<workgroup> steps: array<vec4f, PANEL * ROW_QUADS>;
var<workgroup> rests: array<vec4f, PANEL * ROW_QUADS>;
#end

@compute @workgroup_size(THREADS)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) grid: vec3u, @builtin(local_invocation_index) thread: u32) {
  let tokens = arrayLength(&k) / (grid.z * KEY_QUADS);
  let head = group.z % HEADS;
  let batch = group.z / HEADS;
  let chunk0 = group.y * CHUNK;
  let row0 = chunk0 + group.x * ROWS;
  if (row0 >= tokens) {
    return;
  }
  let base = batch * tokens * HEADS + head; // + token × HEADS: a row of a and k
  let last = min(row0 + ROWS, tokens) - 1u;
  let row = thread / SIDE;
  let column = thread % SIDE;
  let rows = min(vec4u(row0 + row * 4u) + vec4u(0u, 1u, 2u, 3u), vec4u(last));
#if PER_CHANNEL
  let beginning = (group.z * tokens + row0) * KEY_QUADS;
  let quadRest = arrayLength(&decayQuads) / 2u;
#end
  for (var key0 = chunk0; key0 <= last; key0 += TILE) {
#each r 4
    var p${r} = vec4f(0.0);
#end
    let key = key0 + column * 4u;
    for (var k0 = 0u; k0 < KEYS; k0 += PANEL) {
      workgroupBarrier();
      for (var i = thread; i < ROW_QUADS * PANEL_QUADS; i += THREADS) {
        let first = row0 + i / PANEL_QUADS * 4u;
        let quad = k0 / 4u + i % PANEL_QUADS;
        let to = i % PANEL_QUADS * 4u * ROW_QUADS + i / PANEL_QUADS;
#each r 4
        var x${r} = vec4f(0.0);
        if (first + ${r}u <= last && quad < KEY_QUADS) { x${r} = vec4f(a[(base + (first + ${r}u) * HEADS) * KEY_QUADS + quad]); }
#end
        // Four rows of four channels turn into four channels of four rows: whole vectors, since no two threads may write components of one.
#each c 4
        left[to + ${c}u * ROW_QUADS] = vec4f(x0[${c}], x1[${c}], x2[${c}], x3[${c}]);
#end
#if PER_CHANNEL
#each r 4
        var s${r} = vec4f(0.0);
        var t${r} = vec4f(0.0);
        if (first + ${r}u <= last && quad < KEY_QUADS) {
          let at = (group.z * tokens + first + ${r}u) * KEY_QUADS + quad;
          // So few since the tile's beginning that f32 has them.
          s${r} = vec4f(vec4i(decayQuads[beginning + quad]) - vec4i(decayQuads[at])) * QUAD_STEP;
          t${r} = bitcast<vec4f>(decayQuads[quadRest + at]);
          if (key0 < row0) { x${r} *= exp(quadBetween(at, beginning + quad)); }
        }
#end
#each c 4
        leftDecayed[to + ${c}u * ROW_QUADS] = vec4f(x0[${c}], x1[${c}], x2[${c}], x3[${c}]);
        steps[to + ${c}u * ROW_QUADS] = vec4f(s0[${c}], s1[${c}], s2[${c}], s3[${c}]);
        rests[to + ${c}u * ROW_QUADS] = vec4f(t0[${c}], t1[${c}], t2[${c}], t3[${c}]);
#end
#end
      }
      for (var i = thread; i < SIDE * PANEL_QUADS; i += THREADS) {
        let first = key0 + i / PANEL_QUADS * 4u;
        let quad = k0 / 4u + i % PANEL_QUADS;
        let to = i % PANEL_QUADS * 4u * SIDE + i / PANEL_QUADS;
#each r 4
        var x${r} = vec4f(0.0);
        if (first + ${r}u <= last && quad < KEY_QUADS) {
          x${r} = vec4f(k[(base + (first + ${r}u) * HEADS) * KEY_QUADS + quad]);
#if PER_CHANNEL
          if (first < row0) { x${r} *= exp(quadBetween(beginning + quad, (group.z * tokens + first + ${r}u) * KEY_QUADS + quad)); }
#end
        }
#end
#each c 4
        right[to + ${c}u * SIDE] = vec4f(x0[${c}], x1[${c}], x2[${c}], x3[${c}]);
#end
      }
      workgroupBarrier();
#if PER_CHANNEL
      if (key >= row0) {
        // Keys past the tile's rows are dropped below, whatever comes of them here.
        let keyRow = min((key - row0) / 4u, u32(ROW_QUADS) - 1u);
        for (var i = 0u; i < PANEL; i++) {
          let x = left[i * ROW_QUADS + row];
          let b = right[i * SIDE + column];
          let rowSteps = steps[i * ROW_QUADS + row];
          let rowRests = rests[i * ROW_QUADS + row];
          let keySteps = steps[i * ROW_QUADS + keyRow];
          let keyRests = rests[i * ROW_QUADS + keyRow];
          // Above the diagonal the difference is positive, and dropped below.
#each r 4
          let between${r} = (rowSteps[${r}] - keySteps) + (keyRests - rowRests[${r}]);
          p${r} = fma(x[${r}] * b, exp(min(between${r}, vec4f(0.0))), p${r});
#end
        }
      } else {
        for (var i = 0u; i < PANEL; i++) {
          let x = leftDecayed[i * ROW_QUADS + row];
          let b = right[i * SIDE + column];
#each r 4
          p${r} = fma(vec4f(x[${r}]), b, p${r});
#end
        }
      }
#else
      for (var i = 0u; i < PANEL; i++) {
        let x = left[i * ROW_QUADS + row];
        let b = right[i * SIDE + column];
#each r 4
        p${r} = fma(vec4f(x[${r}]), b, p${r});
#end
      }
#end
    }
#if DECAYS
#if !PER_CHANNEL
    let keys = group.z * tokens + min(vec4u(key) + vec4u(0u, 1u, 2u, 3u), vec4u(last));
#each r 4
    let rowAt${r} = group.z * tokens + rows[${r}];
    let logs${r} = vec4f(logBetween(rowAt${r}, keys.x), logBetween(rowAt${r}, keys.y), logBetween(rowAt${r}, keys.z), logBetween(rowAt${r}, keys.w));
    p${r} *= exp(min(logs${r}, vec4f(0.0)));
#end
#end
#end
#if STRICT
    let shares = vec4f(beta[base + rows.x * HEADS], beta[base + rows.y * HEADS], beta[base + rows.z * HEADS], beta[base + rows.w * HEADS]);
#else
    let shares = vec4f(1.0);
#end
    let to = ((group.z * grid.y + group.y) * (CHUNK / 4) + group.x * ROW_QUADS + row) * CHUNK + key - chunk0;
#each c 4
#if STRICT
    let seen${c} = rows > vec4u(key + ${c}u);
#else
    let seen${c} = rows >= vec4u(key + ${c}u);
#end
    if (key - chunk0 + ${c}u < CHUNK) { pairs[to + ${c}u] = select(vec4f(0.0), vec4f(p0[${c}], p1[${c}], p2[${c}], p3[${c}]) * shares, seen${c}); }
#end
  }
}
