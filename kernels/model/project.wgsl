// Rows of x times a matrix that lies output by output ([o, i], i fastest): a team of LANES threads makes one output of ROWS rows, so that each
// weight is loaded once for all of them. GATED: two matrices, silu(gate) · up (SwiGLU, Shazeer 2020, arXiv 2002.05202). ADDS: onto what stands in y, the
// residual stream.
@group(0) @binding(0) var<storage, read> x: array<vec4f>; // [row, IN_QUADS]
@group(0) @binding(1) var<storage, read> w: array<StoredQuad>; // [o, IN_QUADS]
@group(0) @binding(2) var<storage, read_write> y: array<f32>; // [row, OUT]
#if GROUPED
@group(0) @binding(3) var<storage, read> groups: array<u32>; // [group, 1 + GROUP], as group.wgsl makes them; ROWS of a group a workgroup
#if GATED
@group(0) @binding(4) var<storage, read> wGate: array<StoredQuad>; // [expert, o, IN_QUADS]
#end
#else
#if GATED
@group(0) @binding(3) var<storage, read> wGate: array<StoredQuad>; // [o, IN_QUADS]
#end
#end

const TEAMS = THREADS / LANES;
#if GROUPED
const NONE = 0xffffffffu;
#end

#if TEAMED
var<workgroup> parts: array<f32, THREADS * PARTS>;
#end

@compute @workgroup_size(THREADS)
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(num_workgroups) grid: vec3u, @builtin(local_invocation_index) thread: u32) {
  let lane = thread % LANES;
  let o = workgroup.x * TEAMS + thread / LANES;
#if GROUPED
  let part = workgroup.z * grid.y + workgroup.y;
  let group = part / (GROUP / ROWS) * (1u + GROUP);
  // Places of a group are filled from its first on.
  let first = group + 1u + part % (GROUP / ROWS) * ROWS;
  if (first >= arrayLength(&groups) || groups[first] == NONE) { return; }
  let matrix = groups[group] * OUT;
#each r ROWS
  let to${r} = groups[first + ${r}u];
  let from${r} = select(to${r}, groups[first], to${r} == NONE) / SHARING * IN_QUADS;
#end
#else
  let rows = arrayLength(&x) / IN_QUADS;
  let row0 = workgroup.y * ROWS;
  let matrix = 0u;
#each r ROWS
  let to${r} = row0 + ${r}u;
  let from${r} = min(to${r}, rows - 1u) * IN_QUADS;
#end
#end
#each r ROWS
  var sum${r} = 0.0;
#if GATED
  var gate${r} = 0.0;
#end
#end
  let weights = (matrix + min(o, OUT - 1u)) * IN_QUADS;
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
  if (o >= OUT) { return; }
#each r ROWS
#if GROUPED
  if (to${r} != NONE) {
#else
  if (to${r} < rows) {
#end
    let at = to${r} * OUT + o;
#if GATED
    y[at] = sum${r} * gate${r} / (1.0 + exp(-gate${r}));
#else
#if ADDS
    y[at] += sum${r};
#else
    y[at] = finished(sum${r});
#end
#end
  }
#end
}
