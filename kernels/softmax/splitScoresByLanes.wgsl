// Scores of a split for GPUs: LANES neighbouring threads read one key's neighbouring vec4s and add up their parts. RAGGED: LANES does not divide
// a head, and where a lane has no vec4 left it multiplies the last one by 0.
const TURN = THREADS / LANES;

fn scoreKeys(keys: u32, qBase: u32, cacheBase: u32, thread: u32) {
  let lane = thread % LANES;
#each g BLOCK
#each c LANE_QUADS
#if RAGGED
  let q${g}_${c} = select(vec4f(), vec4f(q[qBase + ${g}u * QUADS + min(lane + ${c}u * LANES, QUADS - 1u)]) * SCALE_LOG2E, lane + ${c}u * LANES < QUADS);
#else
  let q${g}_${c} = vec4f(q[qBase + ${g}u * QUADS + lane + ${c}u * LANES]) * SCALE_LOG2E;
#end
#end
#end
  for (var turn = 0u; turn < keys; turn += TURN) {
    let base = cacheBase + min(turn + thread / LANES, keys - 1u) * KV_HEADS * QUADS;
#each g BLOCK
    var score${g} = 0.0;
#end
#each c LANE_QUADS
#if RAGGED
    let k${c} = vec4f(kCache[base + min(lane + ${c}u * LANES, QUADS - 1u)]);
#else
    let k${c} = vec4f(kCache[base + lane + ${c}u * LANES]);
#end
#each g BLOCK
    score${g} += dot(q${g}_${c}, k${c});
#end
#end
#each g BLOCK
    parts[${g}u * THREADS + thread] = score${g};
#end
    workgroupBarrier();
    for (var i = thread; i < BLOCK * TURN; i += THREADS) {
      var score = 0.0;
      for (var j = 0u; j < LANES; j++) { score += parts[i * LANES + j]; }
      if (turn + i % TURN < KEYS) { weights[(i / TURN) * KEYS + turn + i % TURN] = score; }
    }
    workgroupBarrier();
  }
}
