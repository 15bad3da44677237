// Causal softmax attention of one tile of ROWS query rows of one head by one subgroup, keys in tiles of KEYS with an online softmax
// (FlashAttention-2, arXiv 2307.08691, algorithm 1). Made for CPU emulations, where a load costs 10 to 60 multiply-adds: a lane holds
// KEY_VECTORS keys, then CHANNEL_VECTORS output channels, every element is loaded once by one lane, and q and the probabilities
// reach the other lanes by shuffle (UNROLLED: by broadcast, from lanes known beforehand), so there is neither workgroup memory nor a
// barrier. Registers cannot be indexed: where a loop picks one of a few, a chain of selects does it, which is cheaper there than a round
// trip through memory.
@group(0) @binding(0) var<storage, read> q: array<Stored>;
@group(0) @binding(1) var<storage, read> k: array<Cached>;
@group(0) @binding(2) var<storage, read> v: array<Cached>;
@group(0) @binding(3) var<storage, read_write> o: array<Stored>;

const GROUP = HEADS / KV_HEADS;
const KEYS = KEY_VECTORS * LANES;
const Q_PITCH = HEADS * HEAD_DIM;
const K_PITCH = KV_HEADS * HEAD_DIM;
const V_PITCH = KV_HEADS * HEAD_DIM_V;
const O_PITCH = HEADS * HEAD_DIM_V;
const FAR_BELOW = -3.0e38;

@compute @workgroup_size(LANES)
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(num_workgroups) grid: vec3u, @builtin(subgroup_invocation_id) lane: u32) {
  let tokens = arrayLength(&q) / (grid.z * HEAD_DIM);
  let rowTiles = (tokens + ROWS - 1u) / ROWS;
  // The longest rows first, so that the last workgroups to start are short ones.
  let reversed = workgroup.y * grid.x + workgroup.x;
  if (reversed >= rowTiles) { return; }
  let row0 = (rowTiles - 1u - reversed) * ROWS;
  let head = workgroup.z % HEADS;
  let batch = workgroup.z / HEADS;
  let qBase = (batch * tokens * HEADS + head) * HEAD_DIM;
  let kvRow = batch * tokens * KV_HEADS + head / GROUP;
  let kBase = kvRow * HEAD_DIM;
  let vBase = kvRow * HEAD_DIM_V;

#each r ROWS
  var max${r} = FAR_BELOW;
  var sum${r} = 0.0;
  let qRow${r} = qBase + min(row0 + ${r}u, tokens - 1u) * Q_PITCH;
#each c CHANNEL_VECTORS
  var o${r}_${c} = 0.0;
#end
#end

  let keyEnd = min(row0 + ROWS, tokens);
  for (var key0 = seenFrom(0u, row0); key0 < keyEnd; key0 = seenFrom(key0 + KEYS, row0)) {
#each r ROWS
#each j KEY_VECTORS
    var s${r}_${j} = 0.0;
#end
#end
#each j KEY_VECTORS
    let kRow${j} = kBase + min(key0 + ${j}u * LANES + lane, tokens - 1u) * K_PITCH;
#end
    for (var block = 0u; block < HEAD_DIM; block += LANES) {
#each r ROWS
      let q${r} = f32(q[qRow${r} + block + lane]);
#end
#if UNROLLED
      {
        const first = 0u;
#else
      for (var first = 0u; first < LANES; first++) {
#end
#each i STEPS
        {
          const i = ${i}u;
#each j KEY_VECTORS
          let k${j} = f32(k[kRow${j} + block + first + i]);
#end
#each r ROWS
          {
#if UNROLLED
            let one = subgroupBroadcast(q${r}, i);
#else
            let one = subgroupShuffle(q${r}, first);
#end
#each j KEY_VECTORS
            s${r}_${j} = fma(one, k${j}, s${r}_${j});
#end
          }
#end
        }
#end
      }
    }

#each r ROWS
    {
#each j KEY_VECTORS
      s${r}_${j} = select(s${r}_${j} * SCALE_LOG2E, FAR_BELOW, isHidden(key0 + ${j}u * LANES + lane, row0 + ${r}u));
#end
      var top = s${r}_0;
#each j KEY_VECTORS
      top = max(top, s${r}_${j});
#end
      top = max(max${r}, subgroupMax(top));
      let shrink = exp2(max${r} - top);
      max${r} = top;
      sum${r} *= shrink;
#each c CHANNEL_VECTORS
      o${r}_${c} *= shrink;
#end
    }
#end

    let seenEnd = seenUntil(key0 + KEYS, row0, keyEnd);
    for (var block = 0u; block < KEY_VECTORS && key0 + block * LANES < seenEnd; block++) {
#each r ROWS
      var p${r} = s${r}_0;
#each j KEY_VECTORS
      p${r} = select(p${r}, s${r}_${j}, block == ${j}u);
#end
      p${r} = exp2(p${r} - max${r});
      sum${r} += p${r};
#end
#if UNROLLED
      {
        const first = 0u;
#else
      for (var first = 0u; first < LANES; first++) {
#end
#each i STEPS
        {
          const i = ${i}u;
          let vRow = vBase + min(key0 + block * LANES + first + i, tokens - 1u) * V_PITCH + lane;
#each c CHANNEL_VECTORS
          let v${c} = f32(v[vRow + ${c}u * LANES]);
#end
#each r ROWS
          {
#if UNROLLED
            let one = subgroupBroadcast(p${r}, i);
#else
            let one = subgroupShuffle(p${r}, first);
#end
#each c CHANNEL_VECTORS
            o${r}_${c} = fma(one, v${c}, o${r}_${c});
#end
          }
#end
        }
#end
      }
    }
  }

#each r ROWS
  let total${r} = subgroupAdd(sum${r});
#end
  let oBase = (batch * tokens * HEADS + head) * HEAD_DIM_V + lane;
  for (var block = 0u; block < CHANNEL_VECTORS; block++) {
#each r ROWS
    {
      var one = o${r}_0;
#each c CHANNEL_VECTORS
      one = select(one, o${r}_${c}, block == ${c}u);
#end
      if (row0 + ${r}u < tokens) { o[oBase + (row0 + ${r}u) * O_PITCH + block * LANES] = Stored(one / total${r}); }
    }
#end
  }
}
