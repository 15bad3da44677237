// Keys or values of all tokens so far from their hidden states, by one subgroup for ROWS tokens x CHANNEL_VECTORS LANES channels. Made for CPU
// emulations, as tiledSubgroup.wgsl: a lane holds its channels, loads each weight once for all ROWS, and hidden states reach the other lanes by shuffle.
@group(0) @binding(0) var<storage, read> hidden: array<Stored>; // [batch, token, WIDTH]
@group(0) @binding(1) var<storage, read> weights: array<Stored>; // [WIDTH, CHANNELS]
@group(0) @binding(2) var<storage, read_write> projected: array<f32>; // [batch, token, CHANNELS]
#if COUNTED
// Read-only, so that control flow that depends on it is uniform.
@group(0) @binding(3) var<storage, read> positions: array<u32>; // [slot]
#end

const COLUMNS = CHANNEL_VECTORS * LANES;
const COLUMN_TILES = (CHANNELS + COLUMNS - 1u) / COLUMNS;

@compute @workgroup_size(LANES)
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(num_workgroups) grid: vec3u, @builtin(subgroup_invocation_id) lane: u32) {
  let capacity = arrayLength(&hidden) / (grid.z * WIDTH);
#if COUNTED
  let tokens = positions[1] + 1u;
#else
  let tokens = capacity;
#end
  let row0 = ((workgroup.y / COLUMN_TILES) * grid.x + workgroup.x) * ROWS;
  if (row0 >= tokens) { return; }
  let channel0 = (workgroup.y % COLUMN_TILES) * COLUMNS + lane;
  let base = workgroup.z * capacity;
#each r ROWS
  let at${r} = (base + min(row0 + ${r}u, tokens - 1u)) * WIDTH;
#each c CHANNEL_VECTORS
  var sum${r}_${c} = 0.0;
#end
#end
  for (var block = 0u; block < WIDTH; block += LANES) {
#each r ROWS
    let x${r} = select(0.0, f32(hidden[at${r} + min(block + lane, WIDTH - 1u)]), block + lane < WIDTH);
#end
    for (var i = 0u; i < LANES; i++) {
      let line = min(block + i, WIDTH - 1u) * CHANNELS;
#each c CHANNEL_VECTORS
      let w${c} = f32(weights[line + min(channel0 + ${c}u * LANES, CHANNELS - 1u)]);
#end
#each r ROWS
      {
        let one = subgroupShuffle(x${r}, i);
#each c CHANNEL_VECTORS
        sum${r}_${c} = fma(one, w${c}, sum${r}_${c});
#end
      }
#end
    }
  }
#each r ROWS
  if (row0 + ${r}u < tokens) {
    let place = (base + row0 + ${r}u) * CHANNELS + channel0;
#each c CHANNEL_VECTORS
    if (channel0 + ${c}u * LANES < CHANNELS) { projected[place + ${c}u * LANES] = sum${r}_${c}; }
#end
  }
#end
}
