// Many rows of x times a matrix as in project.wgsl: ROWS rows × OUTPUTS outputs a workgroup, ROWS_EACH × OUTPUTS_EACH of them a thread, SLICE vec4s of
// channels at a time staged in workgroup memory. GATED: as many outputs of either matrix.
@group(0) @binding(0) var<storage, read> x: array<vec4f>; // [row, IN_QUADS]

const DOWN = ROWS / ROWS_EACH;
const ACROSS = OUTPUTS / OUTPUTS_EACH;
const THREADS = DOWN * ACROSS;
fn rowCount() -> u32 { return arrayLength(&x) / IN_QUADS; }
// An odd number of vec4s, so that neighbours' rows lie in different banks.
const PITCH = SLICE + 1u;

var<workgroup> xTile: array<vec4f, ROWS * PITCH>;
var<workgroup> wTile: array<vec4f, OUTPUTS * PITCH>;
#if GATED
var<workgroup> gateTile: array<vec4f, OUTPUTS * PITCH>;
#end

fn added(sum: f32, a: vec4f, b: vec4f) -> f32 { return fma(a.w, b.w, fma(a.z, b.z, fma(a.y, b.y, fma(a.x, b.x, sum)))); }

@compute @workgroup_size(THREADS)
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(num_workgroups) grid: vec3u, @builtin(local_invocation_index) thread: u32) {
  let rows = rowsOf(workgroup, grid);
  if (rows.first == NONE) { return; }
  let output0 = workgroup.x * OUTPUTS;
  let down = thread / ACROSS;
  let across = thread % ACROSS;
#each r ROWS_EACH
#each c OUTPUTS_EACH
  var sum${r}_${c} = 0.0;
#if GATED
  var gate${r}_${c} = 0.0;
#end
#end
#end
  for (var slice = 0u; slice < IN_QUADS; slice += SLICE) {
    workgroupBarrier();
    for (var i = thread; i < ROWS * SLICE; i += THREADS) {
      let quad = slice + i % SLICE;
      let row = fromRow(rows, toRow(rows, i / SLICE));
      xTile[(i / SLICE) * PITCH + i % SLICE] = select(vec4f(), x[row * IN_QUADS + min(quad, IN_QUADS - 1u)], quad < IN_QUADS);
    }
    for (var i = thread; i < OUTPUTS * SLICE; i += THREADS) {
      let o = min(output0 + i / SLICE, OUT - 1u);
      let at = (rows.matrix + o) * IN_QUADS + min(slice + i % SLICE, IN_QUADS - 1u);
      let to = (i / SLICE) * PITCH + i % SLICE;
      wTile[to] = vec4f(w[at]);
#if GATED
      gateTile[to] = vec4f(wGate[at]);
#end
    }
    workgroupBarrier();
    for (var i = 0u; i < SLICE; i++) {
#each r ROWS_EACH
      let x${r} = xTile[(${r}u * DOWN + down) * PITCH + i];
#end
#each c OUTPUTS_EACH
      {
        let at = (${c}u * ACROSS + across) * PITCH + i;
        let weight = wTile[at];
#each r ROWS_EACH
        sum${r}_${c} = added(sum${r}_${c}, x${r}, weight);
#end
#if GATED
        let gateWeight = gateTile[at];
#each r ROWS_EACH
        gate${r}_${c} = added(gate${r}_${c}, x${r}, gateWeight);
#end
#end
      }
#end
    }
  }
  // A loop over what a thread holds, since code that stores compiles slowly and runs once.
  for (var c = 0u; c < OUTPUTS_EACH; c++) {
    let o = output0 + c * ACROSS + across;
#each r ROWS_EACH
    {
      var sum = sum${r}_0;
#if GATED
      var gate = gate${r}_0;
#end
#each c OUTPUTS_EACH
      sum = select(sum, sum${r}_${c}, c == ${c}u);
#if GATED
      gate = select(gate, gate${r}_${c}, c == ${c}u);
#end
#end
#if GATED
      put(toRow(rows, ${r}u * DOWN + down), o, sum, gate);
#else
      put(toRow(rows, ${r}u * DOWN + down), o, sum);
#end
    }
#end
  }
}
