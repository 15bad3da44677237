// Rows of x times a matrix that lies output by output ([o, i], i fastest): a team of LANES threads makes one output of ROWS rows, so that each
// weight is loaded once for all of them. Bindings of the matrix and what it adds to: projected.wgsl.
@group(0) @binding(0) var<storage, read> x: array<vec4f>; // [row, IN_QUADS]

const TEAMS = THREADS / LANES;
fn rowCount() -> u32 { return arrayLength(&x) / IN_QUADS; }

#if TEAMED
var<workgroup> parts: array<f32, THREADS * PARTS>;
#end

@compute @workgroup_size(THREADS)
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(num_workgroups) grid: vec3u, @builtin(local_invocation_index) thread: u32) {
  let lane = thread % LANES;
  let o = workgroup.x * TEAMS + thread / LANES;
  let rows = rowsOf(workgroup, grid);
  if (rows.first == NONE) { return; }
#each r ROWS
  let to${r} = toRow(rows, ${r}u);
  let from${r} = fromRow(rows, to${r}) * IN_QUADS;
#end
#each r ROWS
  var sum${r} = 0.0;
#if GATED
  var gate${r} = 0.0;
#end
#end
  let weights = (rows.matrix + min(o, OUT - 1u)) * IN_QUADS;
  for (var i = lane; i < IN_QUADS; i += LANES) {
    let weight = vec4f(w[weights + i]);
#if GATED
    let gateWeight = vec4f(wGate[weights + i]);
#end
#each r ROWS
    {
      let value = x[from${r} + i];
      sum${r} += dot(weight, value);
#if GATED
      gate${r} += dot(gateWeight, value);
#end
    }
#end
  }
#if TEAMED
#each r ROWS
  parts[${r}u * THREADS + thread] = sum${r};
#if GATED
  parts[(ROWS + ${r}u) * THREADS + thread] = gate${r};
#end
#end
  workgroupBarrier();
  for (var left = u32(LANES); left > 1u; left = (left + 1u) / 2u) {
    let kept = (left + 1u) / 2u;
    if (lane + kept < left) {
      for (var part = 0u; part < PARTS; part++) { parts[part * THREADS + thread] += parts[part * THREADS + thread + kept]; }
    }
    workgroupBarrier();
  }
  if (lane != 0u) { return; }
#each r ROWS
  sum${r} = parts[${r}u * THREADS + thread];
#if GATED
  gate${r} = parts[(ROWS + ${r}u) * THREADS + thread];
#end
#end
#end
#each r ROWS
#if GATED
  put(to${r}, o, sum${r}, gate${r});
#else
  put(to${r}, o, sum${r});
#end
#end
}
