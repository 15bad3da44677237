// The delta rule within a chunk, solved forward: (I + L) X = β R, with R the values, or the keys as far as they decay since the chunk began. A thread
// owns VALUE_WIDTHS columns of X and goes down them ROWS rows at a time: first what the finished rows take away, a product with L, then the block on the
// diagonal, whose negated inverse chunkInvert.wgsl has put there, so that it is one more such product. Each column needs only itself, so nothing is shared
// but L: its lines are loaded once per subgroup and broadcast.
@group(0) @binding(0) var<storage, read> right: array<Stored>; // [batch, token, head, column]
@group(0) @binding(1) var<storage, read> pairs: array<vec4f>; // L [batch, head, chunk, row / 4, key of the chunk]
@group(0) @binding(2) var<storage, read> beta: array<f32>; // [batch, token, head]
@group(0) @binding(3) var<storage, read_write> solved: array<f32>; // [batch, token, head, column]
#if DECAYED
@group(0) @binding(4) var<storage, read> decay: array<u32>; // how far the log has fallen since the beginning of the chunk, steps and rest [2, batch, head, token] or [2, batch, head, token, key]
#end

@compute @workgroup_size(THREADS)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) grid: vec3u,
  @builtin(local_invocation_index) thread: u32,
  @builtin(subgroup_invocation_id) lane: u32,
) {
  // 1, but no compiler knows: a loop of a constant length is unrolled by some (Mesa), which takes them seconds.
  let once = min(grid.x, 1u);
  let tokens = arrayLength(&right) / (grid.z * COLUMNS);
  let head = group.z % HEADS;
  let batch = group.z / HEADS;
  let base = batch * tokens * HEADS + head; // + token × HEADS: a row of right and solved
  let chunk0 = group.y * CHUNK;
  let end = min(chunk0 + CHUNK, tokens);
  // Threads past the last column solve it once more and do not store.
#each w VALUE_WIDTHS
  let column${w} = (group.x * VALUE_WIDTHS + ${w}u) * THREADS + thread;
  let at${w} = min(column${w}, COLUMNS - 1u);
#end
  for (var top = chunk0; top < end; top += ROWS) {
    let lineAt = ((group.z * grid.y + group.y) * (CHUNK / 4) + (top - chunk0) / 4u) * CHUNK;
#each w VALUE_WIDTHS
#each r ROW_QUADS
    var x${w}_${r} = vec4f(0.0);
#end
#end
    // Block 0 is what the rows above take away from β R, block 1 the one on the diagonal; either ends with a store.
    for (var block = 0u; block < 2u * once; block++) {
      let begin = select(0u, top - chunk0, block == 1u);
      let past = select(top - chunk0, min(top + ROWS, end) - chunk0, block == 1u);
      for (var key0 = begin; key0 < past; key0 += STEP) {
#each r ROW_QUADS
        let l${r} = select(vec4f(0.0), pairs[lineAt + ${r}u * CHUNK + key0 + min(lane, STEP - 1u)], key0 + lane < past);
#end
#if UNROLLED
        {
          let i = 0u;
#else
        for (var i = 0u; i < min(STEP, past - key0); i++) {
#end
#each s STEPS
          {
            // Of lanes past the last key, which hold zeros, the last one's row once more: those behind it are not solved yet.
            let done = (base + (chunk0 + min(key0 + i + ${s}u, past - 1u)) * HEADS) * COLUMNS;
#each w VALUE_WIDTHS
            let y${w} = vec4f(solved[done + at${w}]);
#end
#each r ROW_QUADS
#if UNROLLED
            let c${r} = subgroupBroadcast(l${r}, ${s}u);
#else
            let c${r} = subgroupShuffle(l${r}, i);
#end
#each w VALUE_WIDTHS
            x${w}_${r} = fma(-c${r}, y${w}, x${w}_${r});
#end
#end
          }
#end
        }
      }
      // A loop over the four rows of a quad, since code that loads or stores compiles slowly.
      for (var j = 0u; j < 4u * once; j++) {
#each r ROW_QUADS
        let row${r} = top + ${r * 4}u + j;
        if (row${r} < end) {
          let at = base + row${r} * HEADS;
          let share = select(0.0, beta[at], block == 0u);
#if DECAYED
#if !PER_CHANNEL
          let weight = share * exp(logSince(group.z * tokens + row${r}));
#end
#else
          let weight = share;
#end
#each w VALUE_WIDTHS
          if (column${w} < COLUMNS) {
#if DECAYED
#if PER_CHANNEL
            let weight = share * exp(logSince((group.z * tokens + row${r}) * COLUMNS + column${w}));
#end
#end
            solved[at * COLUMNS + column${w}] = fma(weight, f32(right[at * COLUMNS + column${w}]), x${w}_${r}[j]);
          }
#end
        }
#end
      }
#each w VALUE_WIDTHS
#each r ROW_QUADS
      x${w}_${r} = vec4f(0.0);
#end
#end
    }
  }
}
