// Causal softmax attention of ROWS query rows of one head for GPUs, keys in tiles of KEYS with an online softmax (FlashAttention-2, arXiv 2307.08691, algorithm 1).
// SHARE neighbours keep ROWS_EACH rows of q and of o in registers, a part of the channels each: a vec4 of K or V, which most threads of a subgroup read from workgroup memory at the
// same address, feeds 4 ROWS_EACH multiply-adds, and what limits a GPU here is that memory. Of two rows the even neighbours take the softmax of the first, the odd ones
// of the second. SPLITS times as many threads take turns over the keys and join in the end.
// What has been summed is scaled down only when a score rises 2⁸ above the maximum so far: until then exp2 stays small enough (FlashAttention-4's trick).
@group(0) @binding(0) var<storage, read> q: array<StoredQuad>; // [batch, token, head, channel / 4]
@group(0) @binding(1) var<storage, read> k: array<CachedQuad>; // [batch, token, kvHead, channel / 4]
@group(0) @binding(2) var<storage, read> v: array<CachedQuad>; // [batch, token, kvHead, channel / 4]
@group(0) @binding(3) var<storage, read_write> o: array<StoredQuad>; // [batch, token, head, channel / 4]

const QUADS = HEAD_DIM / 4u;
const V_QUADS = HEAD_DIM_V / 4u;
const GROUP = HEADS / KV_HEADS;
const TEAMS = ROWS / ROWS_EACH; // of SHARE threads, for each split
const THREADS = TEAMS * SPLITS * SHARE;
const V_STAGE = KEYS * QUADS;
const FAR_BELOW = -3.0e38;
const HEADROOM = 8.0;

// K [key, channel / 4], then V; what splits exchange in the end.
var<workgroup> stage: array<vec4f, max(KEYS * (QUADS + V_QUADS), max(SPLITS * SPLITS * TEAMS * SHARE, SPLITS * ROWS))>;

#if SHARED
@diagnostic(off, subgroup_uniformity)
#end
@compute @workgroup_size(THREADS)
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(num_workgroups) grid: vec3u, @builtin(local_invocation_index) thread: u32) {
  let tokens = arrayLength(&q) / (grid.z * QUADS);
  let rowTiles = (tokens + ROWS - 1u) / ROWS;
  // The longest rows first, so that the last workgroups to start are short ones.
  let reversed = workgroup.y * grid.x + workgroup.x;
  if (reversed >= rowTiles) { return; }
  let row0 = (rowTiles - 1u - reversed) * ROWS;
  let head = workgroup.z % HEADS;
  let batch = workgroup.z / HEADS;
  let share = thread % SHARE;
  let team = thread / SHARE % TEAMS;
  let split = thread / (SHARE * TEAMS);
  let first = row0 + team * ROWS_EACH; // token of this team's first row
#if PAIRED
  let odd = share % 2u == 1u;
  let own = thread % 2u; // which row's softmax is this thread's
#else
  let own = 0u;
#end
  let kvRow = batch * tokens * KV_HEADS + head / GROUP; // + token × KV_HEADS: a row of k and v

  // KEYS / SPLITS, but no compiler knows: a loop of a constant length is unrolled by some (Mesa), which takes them a minute.
  let splitKeys = KEYS / SPLITS * min(grid.z, 1u);

  var highest = FAR_BELOW;
  var sum = 0.0;
#each r ROWS_EACH
  let qAt${r} = ((batch * tokens + min(first + ${r}u, tokens - 1u)) * HEADS + head) * QUADS;
#each c Q_QUADS
  var q${r}_${c} = vec4f();
  if (${c}u * SHARE + share < QUADS) { q${r}_${c} = vec4f(q[qAt${r} + ${c}u * SHARE + share]) * SCALE_LOG2E; }
#end
#each g O_GROUPS
#each h SPLITS
  var o${r}_${g}_${h} = vec4f();
#end
#end
#end

  let keyEnd = min(row0 + ROWS, tokens);
  for (var key0 = seenFrom(0u, row0); key0 < keyEnd; key0 = seenFrom(key0 + KEYS, row0)) {
    workgroupBarrier();
    for (var i = thread; i < KEYS * QUADS; i += THREADS) {
      let key = key0 + i / QUADS;
      var x = vec4f();
      if (key < tokens) { x = vec4f(k[(kvRow + key * KV_HEADS) * QUADS + i % QUADS]); }
      stage[i] = x;
    }
    for (var i = thread; i < KEYS * V_QUADS; i += THREADS) {
      let key = key0 + i / V_QUADS;
      var x = vec4f();
      if (key < tokens) { x = vec4f(v[(kvRow + key * KV_HEADS) * V_QUADS + i % V_QUADS]); }
      stage[V_STAGE + i] = x;
    }
    workgroupBarrier();
    let seenEnd = seenUntil(key0 + KEYS, row0, keyEnd);
    for (var j = split * splitKeys; j < (split + 1u) * splitKeys && key0 + j < seenEnd; j += 4u) {
      let kAt = j * QUADS + share;
#each r ROWS_EACH
#each i 4
      var dots${r}_${i} = vec4f();
#end
#end
#each c Q_QUADS
#each i 4
      {
#if PADDED
        let one = stage[(j + ${i}u) * QUADS + min(${c}u * SHARE + share, QUADS - 1u)];
#else
        let one = stage[kAt + ${i}u * QUADS + ${c}u * SHARE];
#end
#each r ROWS_EACH
        dots${r}_${i} = fma(q${r}_${c}, one, dots${r}_${i});
#end
      }
#end
#end
#each r ROWS_EACH
      var part${r} = vec4f(dot(dots${r}_0, vec4f(1.0)), dot(dots${r}_1, vec4f(1.0)), dot(dots${r}_2, vec4f(1.0)), dot(dots${r}_3, vec4f(1.0)));
#if SHARED
      for (var distance = SHARE / 2u; distance >= ROWS_EACH; distance /= 2u) { part${r} += subgroupShuffleXor(part${r}, distance); }
#end
#end
#if PAIRED
      var scores = select(part0, part1, odd) + subgroupShuffleXor(select(part1, part0, odd), 1u);
#else
      var scores = part0;
#end
      let key = key0 + j;
      let hidden = vec4<bool>(isHidden(key, first + own), isHidden(key + 1u, first + own), isHidden(key + 2u, first + own), isHidden(key + 3u, first + own));
      scores = select(scores, vec4f(FAR_BELOW), hidden);
      let top = max(max(scores.x, scores.y), max(scores.z, scores.w));
      let rises = top > highest + HEADROOM;
#if PAIRED
      if (subgroupAny(rises)) {
        let shrink = select(1.0, exp2(highest - top), rises);
        let others = subgroupShuffleXor(shrink, 1u);
        let shrink0 = select(shrink, others, odd);
        let shrink1 = select(others, shrink, odd);
#else
      if (rises) {
        let shrink = exp2(highest - top);
        let shrink0 = shrink;
#end
        highest = select(highest, top, rises);
        sum *= shrink;
#each r ROWS_EACH
#each g O_GROUPS
#each h SPLITS
        o${r}_${g}_${h} *= shrink${r};
#end
#end
#end
      }
      // Before the first key that a row sees, nothing is above anything.
      let weights = select(exp2(scores - highest), vec4f(), hidden);
      sum += dot(weights, vec4f(1.0));
#if PAIRED
      let others = subgroupShuffleXor(weights, 1u);
      let weights0 = select(weights, others, odd);
      let weights1 = select(others, weights, odd);
#else
      let weights0 = weights;
#end
      let vAt = V_STAGE + j * V_QUADS;
#each g O_GROUPS
#each h SPLITS
      {
        let quad = vAt + channelQuad(${g}u, ${h}u, share);
#each i 4
        let value${i} = stage[quad + ${i}u * V_QUADS];
#end
#each r ROWS_EACH
        o${r}_${g}_${h} += weights${r}.x * value0 + weights${r}.y * value1 + weights${r}.z * value2 + weights${r}.w * value3;
#end
      }
#end
#end
    }
  }

#if SPLIT
  workgroupBarrier();
  if (share < ROWS_EACH) { stage[split * ROWS + team * ROWS_EACH + own] = vec4f(highest, sum, 0.0, 0.0); }
  workgroupBarrier();
#each r ROWS_EACH
  var factor${r} = 0.0;
  {
    var joint = FAR_BELOW;
#each s SPLITS
    let stats${s} = stage[${s}u * ROWS + team * ROWS_EACH + ${r}u].xy;
    joint = max(joint, stats${s}.x);
#end
    var total = 0.0;
    var mine = 0.0;
#each s SPLITS
    let kept${s} = exp2(stats${s}.x - joint);
    total += stats${s}.y * kept${s};
    mine = select(mine, kept${s}, split == ${s}u);
#end
    factor${r} = mine / total;
  }
#end
  // As many quads at a time as there are splits: each adds up one.
#each r ROWS_EACH
#each g O_GROUPS
  workgroupBarrier();
#each h SPLITS
  stage[((split * SPLITS + ${h}u) * TEAMS + team) * SHARE + share] = o${r}_${g}_${h} * factor${r};
#end
  workgroupBarrier();
  {
    var output = vec4f();
#each s SPLITS
    output += stage[((${s}u * SPLITS + split) * TEAMS + team) * SHARE + share];
#end
    let quad = (${g}u * SPLITS + split) * SHARE + share;
    let token = first + ${r}u;
    if (token < tokens && quad < V_QUADS) { o[((batch * tokens + token) * HEADS + head) * V_QUADS + quad] = StoredQuad(output); }
  }
#end
#end
#else
#if PAIRED
  let others = subgroupShuffleXor(sum, 1u);
  let sum0 = select(sum, others, odd);
  let sum1 = select(others, sum, odd);
#else
  let sum0 = sum;
#end
#each r ROWS_EACH
#each g O_GROUPS
  if (first + ${r}u < tokens && ${g}u * SHARE + share < V_QUADS) { o[((batch * tokens + first + ${r}u) * HEADS + head) * V_QUADS + ${g}u * SHARE + share] = StoredQuad(o${r}_${g}_0 / sum${r}); }
#end
#end
#end
}

// Which quad of a row of V a thread's accumulator is for; past the row's end the last once more, which is not kept.
fn channelQuad(group: u32, place: u32, share: u32) -> u32 {
#if PADDED
  return min((group * SPLITS + place) * SHARE + share, V_QUADS - 1u);
#else
  return (group * SPLITS + place) * SHARE + share;
#end
}
