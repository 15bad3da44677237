// Scores of a split for CPU emulations, where neighbouring loads are no cheaper: a thread owns KEY_VECTORS keys, which share each
// load of q as the BLOCK heads share each load of k, and nothing crosses threads.
fn scoreKeys(keys: u32, qBase: u32, cacheBase: u32, thread: u32) {
  for (var turn = 0u; turn < keys; turn += THREADS * KEY_VECTORS) {
#each j KEY_VECTORS
    let key${j} = turn + ${j}u * THREADS + thread;
    let row${j} = cacheBase + min(key${j}, keys - 1u) * KV_HEADS * QUADS;
#each g BLOCK
    var score${g}_${j} = 0.0;
#end
#end
    // Down from a number that no compiler knows: unrolled, a short head compiles three times as long.
    for (var left = min(QUADS, QUADS * keys); left > 0u; left--) {
      let i = QUADS - left;
#each g BLOCK
      let q${g} = vec4f(q[qBase + ${g}u * QUADS + i]);
#end
#each j KEY_VECTORS
      {
        let one = vec4f(kCache[row${j} + i]);
#each g BLOCK
        score${g}_${j} += dot(q${g}, one);
#end
      }
#end
    }
#each j KEY_VECTORS
    if (key${j} < keys) {
#each g BLOCK
      weights[${g}u * KEYS + key${j}] = score${g}_${j} * SCALE_LOG2E;
#end
    }
#end
  }
  workgroupBarrier();
}
