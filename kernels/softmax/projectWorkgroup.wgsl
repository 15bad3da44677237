// Keys or values of all tokens so far from their hidden states: projected[t] = hidden[t] W. A tiled matrix product: ROWS tokens x 64 channels a
// workgroup, 4 tokens x 8 channels a thread, 16 channels of the hidden states at a time.
@group(0) @binding(0) var<storage, read> hidden: array<StoredQuad>; // [batch, token, WIDTH / 4]
@group(0) @binding(1) var<storage, read> weights: array<StoredQuad>; // [WIDTH, CHANNELS / 4]
@group(0) @binding(2) var<storage, read_write> projected: array<vec4f>; // [batch, token, CHANNELS / 4]
#if COUNTED
// Read-only, so that control flow that depends on it is uniform.
@group(0) @binding(3) var<storage, read> positions: array<u32>; // [slot]
#end

const ACROSS = 8u;
const THREADS = ROWS / 4u * ACROSS;
const SLICE = 4u; // vec4s of a hidden state
const ROW_QUADS = WIDTH / 4u;
const QUADS = CHANNELS / 4u;
const COLUMNS = 2u * ACROSS; // vec4s of a workgroup
const COLUMN_TILES = (QUADS + COLUMNS - 1u) / COLUMNS;
const PITCH = SLICE + 1u;

var<workgroup> hiddenTile: array<vec4f, ROWS * PITCH>;
var<workgroup> weightTile: array<vec4f, 4u * SLICE * COLUMNS>;

@compute @workgroup_size(THREADS)
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(num_workgroups) grid: vec3u, @builtin(local_invocation_index) thread: u32) {
  let capacity = arrayLength(&hidden) / (grid.z * ROW_QUADS);
#if COUNTED
  let tokens = positions[1] + 1u;
#else
  let tokens = capacity;
#end
  let row0 = ((workgroup.y / COLUMN_TILES) * grid.x + workgroup.x) * ROWS;
  let quad0 = (workgroup.y % COLUMN_TILES) * COLUMNS;
  let base = workgroup.z * capacity;
  let down = thread / ACROSS;
  let across = thread % ACROSS;
#each r 4
  var a${r} = vec4f();
  var b${r} = vec4f();
#end
  for (var slice = 0u; slice < ROW_QUADS; slice += SLICE) {
    workgroupBarrier();
    for (var i = thread; i < ROWS * SLICE; i += THREADS) {
      let quad = slice + i % SLICE;
      let row = min(row0 + i / SLICE, tokens - 1u);
      hiddenTile[(i / SLICE) * PITCH + i % SLICE] = select(vec4f(), vec4f(hidden[(base + row) * ROW_QUADS + min(quad, ROW_QUADS - 1u)]), quad < ROW_QUADS);
    }
    for (var i = thread; i < 4u * SLICE * COLUMNS; i += THREADS) {
      let line = min(4u * slice + i / COLUMNS, WIDTH - 1u);
      weightTile[i] = vec4f(weights[line * QUADS + min(quad0 + i % COLUMNS, QUADS - 1u)]);
    }
    workgroupBarrier();
    for (var i = 0u; i < SLICE; i++) {
#each r 4
      let x${r} = hiddenTile[(down * 4u + ${r}u) * PITCH + i];
#end
#each j 4
      {
        let left = weightTile[(4u * i + ${j}u) * COLUMNS + across];
        let right = weightTile[(4u * i + ${j}u) * COLUMNS + ACROSS + across];
#each r 4
        a${r} += x${r}[${j}] * left;
        b${r} += x${r}[${j}] * right;
#end
      }
#end
    }
  }
#each r 4
  {
    let row = row0 + down * 4u + ${r}u;
    if (row < tokens) {
      let place = (base + row) * QUADS + quad0 + across;
      if (quad0 + across < QUADS) { projected[place] = a${r}; }
      if (quad0 + ACROSS + across < QUADS) { projected[place + ACROSS] = b${r}; }
    }
  }
#end
}
