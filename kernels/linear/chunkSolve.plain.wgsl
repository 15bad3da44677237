// chunkSolve.subgroup.wgsl for GPUs, which wait for memory where a CPU emulation counts loads: some workgroups solve for the values and some for the keys, so that both wait at once; the
// lines of L of ROWS rows are staged in workgroup memory, β R is read for all of these rows and finished rows AHEAD at a time, and the block on the diagonal is a product in registers.
@group(0) @binding(0) var<storage, read> v: array<Stored>; // [batch, token, head, value]
@group(0) @binding(1) var<storage, read> k: array<Stored>; // [batch, token, head, key]
@group(0) @binding(2) var<storage, read> pairs: array<vec4f>; // L [batch, head, chunk, row / 4, key of the chunk]
@group(0) @binding(3) var<storage, read> beta: array<f32>; // [batch, token, head]
@group(0) @binding(4) var<storage, read_write> written: array<f32>; // [batch, token, head, value]
@group(0) @binding(5) var<storage, read_write> erased: array<f32>; // [batch, token, head, key]
#if DECAYED
@group(0) @binding(6) var<storage, read> decay: array<u32>; // how far the log has fallen since the beginning of the chunk, steps and rest [2, batch, head, token] or [2, batch, head, token, key]
#end
const LINES = CHUNK * ROW_QUADS;
var<workgroup> lines: array<vec4f, LINES>; // [row / 4, key of the chunk]

fn rightAt(ofKeys: bool, at: u32) -> f32 {
  if (ofKeys) { return f32(k[at]); }
  return f32(v[at]);
}

fn solvedAt(ofKeys: bool, at: u32) -> f32 {
  if (ofKeys) { return erased[at]; }
  return written[at];
}

@compute @workgroup_size(THREADS)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) grid: vec3u, @builtin(local_invocation_index) thread: u32) {
  let ofKeys = group.x >= VALUE_GROUPS;
  let columns = select(u32(VALUES), u32(KEYS), ofKeys);
  let tokens = arrayLength(&v) / (grid.z * VALUES);
  let head = group.z % HEADS;
  let batch = group.z / HEADS;
  let base = batch * tokens * HEADS + head; // + token × HEADS: a row of what is solved
  let chunk0 = group.y * CHUNK;
  let end = min(chunk0 + CHUNK, tokens);
  // A thread past the last column solves it once more and does not store.
  let column = (group.x - select(0u, VALUE_GROUPS, ofKeys)) * THREADS + thread;
  let at = min(column, columns - 1u);
  for (var top = chunk0; top < end; top += ROWS) {
    let lineAt = ((group.z * grid.y + group.y) * (CHUNK / 4) + (top - chunk0) / 4u) * CHUNK;
    let keys = top - chunk0;
    workgroupBarrier();
    for (var i = thread; i < LINES; i += THREADS) {
      if (i % CHUNK < keys + ROWS) { lines[i] = pairs[lineAt + i]; }
    }
    // β R. Rows past the last token are that one's again, and not stored.
#each r ROW_QUADS
#each j 4
    let token${r}_${j} = min(top + ${r * 4}u + ${j}u, end - 1u);
    let row${r}_${j} = base + token${r}_${j} * HEADS;
    var weight${r}_${j} = beta[row${r}_${j}];
#if DECAYED
    if (ofKeys) {
#if PER_CHANNEL
      weight${r}_${j} *= exp(logSince((group.z * tokens + token${r}_${j}) * KEYS + at));
#else
      weight${r}_${j} *= exp(logSince(group.z * tokens + token${r}_${j}));
#end
    }
#end
#end
    var x${r} = vec4f(
#each j 4
      weight${r}_${j} * rightAt(ofKeys, row${r}_${j} * columns + at),
#end
    );
#end
    workgroupBarrier();
    // What the finished rows take away.
    for (var key0 = 0u; key0 < keys; key0 += AHEAD) {
#each u AHEAD
      let y${u} = solvedAt(ofKeys, (base + (chunk0 + key0 + ${u}u) * HEADS) * columns + at);
#end
#each u AHEAD
#each r ROW_QUADS
      x${r} = fma(-lines[${r}u * CHUNK + key0 + ${u}u], vec4f(y${u}), x${r});
#end
#end
    }
#each r ROW_QUADS
    var solved${r} = vec4f(0.0);
#end
    // L is zero above the diagonal, and so is its inverse.
#each u ROWS
#each r ROW_QUADS
    solved${r} = fma(-lines[${r}u * CHUNK + keys + ${u}u], vec4f(x${u / 4}[${u % 4}]), solved${r});
#end
#end
#each r ROW_QUADS
#each j 4
    if (column < columns && top + ${r * 4}u + ${j}u < end) {
      let to${j} = row${r}_${j} * columns + column;
      if (ofKeys) { erased[to${j}] = solved${r}[${j}]; } else { written[to${j}] = solved${r}[${j}]; }
    }
#end
#end
  }
}
