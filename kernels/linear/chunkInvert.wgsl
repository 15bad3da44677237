// Blocks of ROWS rows on the diagonal of I + L are inverted in place, negated: −(I + L_bb)⁻¹, a column a thread, forward from the diagonal. What it needs
// is read before any thread writes.
@group(0) @binding(0) var<storage, read_write> pairs: array<f32>; // L [batch, head, chunk, row / 4, key of the chunk, row % 4]
var<workgroup> lower: array<f32, CHUNK * ROWS>; // [block, row, key of the block]
var<workgroup> inverse: array<f32, ROWS * CHUNK>; // [row, block, column]

@compute @workgroup_size(CHUNK)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) grid: vec3u, @builtin(local_invocation_index) thread: u32) {
  let block0 = thread / ROWS * ROWS;
  let column = thread % ROWS;
  let own = (group.z * grid.y + group.y) * CHUNK * CHUNK; // + ((row / 4) × CHUNK + key) × 4 + row % 4
  for (var row = 0u; row < ROWS; row++) {
    lower[(block0 + row) * ROWS + column] = pairs[own + ((block0 + row) / 4u * CHUNK + block0 + column) * 4u + row % 4u];
  }
  workgroupBarrier();
  for (var row = 0u; row < ROWS; row++) {
    var sum = select(0.0, -1.0, row == column);
    for (var j = column; j < row; j++) { sum -= lower[(block0 + row) * ROWS + j] * inverse[j * CHUNK + thread]; }
    inverse[row * CHUNK + thread] = sum;
    pairs[own + ((block0 + row) / 4u * CHUNK + block0 + column) * 4u + row % 4u] = sum;
  }
}
