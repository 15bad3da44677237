// Blocks of 16 rows on the diagonal of I + L are inverted in place, negated: −(I + L_bb)⁻¹, a column a thread. A finished row is taken from those below it,
// where L is not zero; all of L is read before any thread writes.
@group(0) @binding(0) var<storage, read_write> pairs: array<vec4f>; // L [batch, head, chunk, row / 4, key of the chunk]

@compute @workgroup_size(CHUNK)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) grid: vec3u, @builtin(local_invocation_index) thread: u32) {
  let block = thread / 16u * 16u;
  let own = ((group.z * grid.y + group.y) * (CHUNK / 4) + block / 4u) * CHUNK; // + (row / 4) × CHUNK + key
#each r 4
  var x${r} = select(vec4f(0.0), vec4f(-1.0), vec4u(${r * 4}u) + vec4u(0u, 1u, 2u, 3u) == vec4u(thread - block));
#end
#if EMULATED
  // Four columns of L a turn. The rows that are finished then go behind the others, so that those to finish next are always x0.
  // To 4, but no compiler knows: a loop of a constant length is unrolled by some (Mesa), which takes them seconds.
  for (var quad = 0u; quad < 4u * min(grid.x, 1u); quad++) {
#each c 4
#each r 4
    x${r} = fma(-pairs[own + (quad + ${r}u) % 4u * CHUNK + block + quad * 4u + ${c}u], vec4f(x0[${c}]), x${r});
#end
#end
    let finished = x0;
    x0 = x1;
    x1 = x2;
    x2 = x3;
    x3 = finished;
  }
#else
#each j 16
#each r 4
  x${r} = fma(-pairs[own + ${r}u * CHUNK + block + ${j}u], vec4f(x${j / 4}[${j % 4}]), x${r});
#end
#end
#end
  storageBarrier();
#each r 4
  pairs[own + ${r}u * CHUNK + thread] = x${r};
#end
}
