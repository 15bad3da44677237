// Causal softmax attention of ROWS query rows of one head for GPUs, keys in tiles of KEYS with an online softmax (FlashAttention-2, arXiv 2307.08691, algorithm 1).
// A thread keeps a row of q and of o in registers (SHARE neighbours keep a part each), so that a row's softmax needs no other thread and a vec4 of K or V, which all threads
// of a subgroup read from workgroup memory at the same address, feeds 4 multiply-adds. SPLITS threads a row take turns over the keys and join in the end.
// What has been summed is scaled down only when a score rises 2⁸ above the maximum so far: until then exp2 stays small enough (FlashAttention-4's trick).
@group(0) @binding(0) var<storage, read> q: array<vec4f>; // [batch, token, head, channel / 4]
@group(0) @binding(1) var<storage, read> k: array<CachedQuad>; // [batch, token, kvHead, channel / 4]
@group(0) @binding(2) var<storage, read> v: array<CachedQuad>; // [batch, token, kvHead, channel / 4]
@group(0) @binding(3) var<storage, read_write> o: array<vec4f>; // [batch, token, head, channel / 4]

const QUADS = HEAD_DIM / 4u;
const V_QUADS = HEAD_DIM_V / 4u;
const GROUP = HEADS / KV_HEADS;
const THREADS = ROWS * SPLITS * SHARE;
const V_STAGE = KEYS * QUADS;
const FAR_BELOW = -3.0e38;
const HEADROOM = 8.0;

// K [key, channel / 4], then V; what splits exchange in the end.
var<workgroup> stage: array<vec4f, max(KEYS * (QUADS + V_QUADS), SPLITS * SPLITS * ROWS * SHARE)>;

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
  let row = thread / SHARE % ROWS;
  let split = thread / (SHARE * ROWS);
  let token = row0 + row;
  let qAt = ((batch * tokens + min(token, tokens - 1u)) * HEADS + head) * QUADS;
  let kvRow = batch * tokens * KV_HEADS + head / GROUP; // + token × KV_HEADS: a row of k and v

  // KEYS / SPLITS, but no compiler knows: a loop of a constant length is unrolled by some (Mesa), which takes them a minute.
  let splitKeys = KEYS / SPLITS * min(grid.z, 1u);

  var highest = FAR_BELOW;
  var sum = 0.0;
#each c Q_QUADS
  var q${c} = vec4f();
  if (${c}u * SHARE + share < QUADS) { q${c} = q[qAt + ${c}u * SHARE + share] * SCALE_LOG2E; }
#end
#each g O_GROUPS
#each h SPLITS
  var o${g}_${h} = vec4f();
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
#each i 4
      var dots${i} = vec4f();
#end
#each c Q_QUADS
#each i 4
#if PADDED
      dots${i} = fma(q${c}, stage[j * QUADS + ${i}u * QUADS + min(${c}u * SHARE + share, QUADS - 1u)], dots${i});
#else
      dots${i} = fma(q${c}, stage[kAt + ${i}u * QUADS + ${c}u * SHARE], dots${i});
#end
#end
#end
      var scores = vec4f(dot(dots0, vec4f(1.0)), dot(dots1, vec4f(1.0)), dot(dots2, vec4f(1.0)), dot(dots3, vec4f(1.0)));
#if SHARED
      for (var distance = 1u; distance < SHARE; distance *= 2u) { scores += subgroupShuffleXor(scores, distance); }
#end
      let key = key0 + j;
      let hidden = vec4<bool>(isHidden(key, token), isHidden(key + 1u, token), isHidden(key + 2u, token), isHidden(key + 3u, token));
      scores = select(scores, vec4f(FAR_BELOW), hidden);
      let top = max(max(scores.x, scores.y), max(scores.z, scores.w));
      if (top > highest + HEADROOM) {
        let shrink = exp2(highest - top);
        highest = top;
        sum *= shrink;
#each g O_GROUPS
#each h SPLITS
        o${g}_${h} *= shrink;
#end
#end
      }
      // Before the first key that a row sees, nothing is above anything.
      let weights = select(exp2(scores - highest), vec4f(), hidden);
      sum += dot(weights, vec4f(1.0));
      let vAt = V_STAGE + j * V_QUADS;
#each g O_GROUPS
#each h SPLITS
      {
        let quad = vAt + channelQuad(${g}u, ${h}u, share);
        o${g}_${h} += weights.x * stage[quad] + weights.y * stage[quad + V_QUADS] + weights.z * stage[quad + 2u * V_QUADS] + weights.w * stage[quad + 3u * V_QUADS];
      }
#end
#end
    }
  }

  let oAt = ((batch * tokens + token) * HEADS + head) * V_QUADS;
#if SPLIT
  workgroupBarrier();
  if (share == 0u) { stage[split * ROWS + row] = vec4f(highest, sum, 0.0, 0.0); }
  workgroupBarrier();
  var joint = FAR_BELOW;
#each s SPLITS
  let stats${s} = stage[${s}u * ROWS + row];
  joint = max(joint, stats${s}.x);
#end
  var total = 0.0;
#each s SPLITS
  total += stats${s}.y * exp2(stats${s}.x - joint);
#end
  let factor = exp2(highest - joint) / total;
  // As many quads at a time as there are splits: each adds up one.
#each g O_GROUPS
  workgroupBarrier();
#each h SPLITS
  stage[((split * SPLITS + ${h}u) * ROWS + row) * SHARE + share] = o${g}_${h} * factor;
#end
  workgroupBarrier();
  {
    var output = vec4f();
#each s SPLITS
    output += stage[((${s}u * SPLITS + split) * ROWS + row) * SHARE + share];
#end
    let quad = (${g}u * SPLITS + split) * SHARE + share;
    if (token < tokens && quad < V_QUADS) { o[oAt + quad] = output; }
  }
#end
#else
#each g O_GROUPS
  if (token < tokens && ${g}u * SHARE + share < V_QUADS) { o[oAt + ${g}u * SHARE + share] = o${g}_0 / sum; }
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
