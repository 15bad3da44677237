// Rows of x times a matrix as in project.wgsl, ROWS rows × VECTORS LANES outputs of it by one subgroup. Made for CPU emulations, where a load costs 10 to
// 60 multiply-adds: a lane holds VECTORS outputs and loads each of their weights once for all rows, and x is loaded once, a lane a channel. It reaches the
// other lanes by broadcasts from lanes that are known beforehand: SwiftShader compares a variable one with each of its lanes.
@group(0) @binding(0) var<storage, read> x: array<f32>; // [row, INPUTS]

const INPUTS = 4u * IN_QUADS;
const COLUMNS = VECTORS * LANES;
fn rowCount() -> u32 { return arrayLength(&x) / INPUTS; }

@compute @workgroup_size(LANES)
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(num_workgroups) grid: vec3u, @builtin(subgroup_invocation_id) lane: u32) {
  // 1, but no compiler knows: a loop of a constant length is unrolled by some (Mesa), which takes them seconds.
  let once = min(grid.x, 1u);
  let output0 = workgroup.x * COLUMNS + lane;
  // Edges are clamped, not branched around: a row or output past the last is the last once more. Lanes past the last output do not store.
  let rows = rowsOf(workgroup, grid);
  if (rows.first == NONE) { return; }
#each r ROWS
  let to${r} = toRow(rows, ${r}u);
  let from${r} = fromRow(rows, to${r}) * INPUTS;
#end
#each r ROWS
#each c VECTORS
  var sum${r}_${c} = 0.0;
#if GATED
  var gate${r}_${c} = 0.0;
#end
#end
#end
#each c VECTORS
  let weights${c} = (rows.matrix + min(output0 + ${c}u * LANES, OUT - 1u)) * IN_QUADS;
#end
  for (var block = 0u; block < IN_QUADS * once; block += LANE_QUADS) {
    let channel = 4u * block + lane;
#each r ROWS
#if RAGGED
    let x${r} = select(0.0, x[from${r} + min(channel, INPUTS - 1u)], channel < INPUTS);
#else
    let x${r} = x[from${r} + channel];
#end
#end
#each q LANE_QUADS
    {
#if RAGGED
      let quad = min(block + ${q}u, IN_QUADS - 1u);
#else
      let quad = block + ${q}u;
#end
#each c VECTORS
      let w${c} = vec4f(w[weights${c} + quad]);
#if GATED
      let wGate${c} = vec4f(wGate[weights${c} + quad]);
#end
#end
#each r ROWS
      {
        let value = vec4f(
          subgroupBroadcast(x${r}, ${q * 4}u),
          subgroupBroadcast(x${r}, ${q * 4}u + 1u),
          subgroupBroadcast(x${r}, ${q * 4}u + 2u),
          subgroupBroadcast(x${r}, ${q * 4}u + 3u),
        );
#each c VECTORS
        sum${r}_${c} += dot(value, w${c});
#if GATED
        gate${r}_${c} += dot(value, wGate${c});
#end
#end
      }
#end
    }
#end
  }

  // A loop over what a lane holds, since code that stores compiles slowly and runs once.
  for (var c = 0u; c < VECTORS * once; c++) {
    let o = output0 + c * LANES;
#each r ROWS
    {
      var sum = sum${r}_0;
#if GATED
      var gate = gate${r}_0;
#end
#each c VECTORS
      sum = select(sum, sum${r}_${c}, c == ${c}u);
#if GATED
      gate = select(gate, gate${r}_${c}, c == ${c}u);
#end
#end
#if GATED
      put(to${r}, o, sum, gate);
#else
      put(to${r}, o, sum);
#end
    }
#end
  }
}
