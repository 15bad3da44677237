// Rows of x times a matrix that lies output by output ([o, i], i fastest): a team of LANES threads makes one output of ROWS rows, so that each
// weight is loaded once for all of them. GATED: two matrices, silu(gate) · up (SwiGLU, Shazeer 2020, arXiv 2002.05202). ADDS: onto what stands in y, the
// residual stream.
@group(0) @binding(0) var<storage, read> x: array<vec4f>; // [row, IN_QUADS]
@group(0) @binding(1) var<storage, read> w: array<StoredQuad>; // [o, IN_QUADS]
@group(0) @binding(2) var<storage, read_write> y: array<f32>; // [row, OUT]
#if GATED
@group(0) @binding(3) var<storage, read> wGate: array<StoredQuad>; // [o, IN_QUADS]
#end

const TEAMS = THREADS / LANES;

#if TEAMED
var<workgroup> parts: array<f32, THREADS * PARTS>;
#end

@compute @workgroup_size(THREADS)
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_index) thread: u32) {
  let rows = arrayLength(&x) / IN_QUADS;
  let lane = thread % LANES;
  let o = workgroup.x * TEAMS + thread / LANES;
  let row0 = workgroup.y * ROWS;
#each r ROWS
  let from${r} = min(row0 + ${r}u, rows - 1u) * IN_QUADS;
  var sum${r} = 0.0;
#if GATED
  var gate${r} = 0.0;
#end
#end
  let weights = min(o, OUT - 1u) * IN_QUADS;
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
  if (row0 + ${r}u < rows) {
    let at = (row0 + ${r}u) * OUT + o;
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
