// Softmax of every row of scores in place: one workgroup a row, masked columns included (they become 0).
@group(0) @binding(0) var<storage, read_write> scores: array<f32>;

const THREADS = 64u;

var<workgroup> parts: array<f32, THREADS>;

@compute @workgroup_size(THREADS)
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(num_workgroups) grid: vec3u, @builtin(local_invocation_index) thread: u32) {
  let tokens = grid.x;
  let base = (workgroup.z * tokens + workgroup.x) * tokens;
  var own = -3.0e38;
  for (var j = thread; j < tokens; j += THREADS) { own = max(own, scores[base + j]); }
  parts[thread] = own;
  workgroupBarrier();
  var rowMax = parts[0];
  for (var i = 1u; i < THREADS; i++) { rowMax = max(rowMax, parts[i]); }
  workgroupBarrier();
  var sum = 0.0;
  for (var j = thread; j < tokens; j += THREADS) {
    let weight = exp(scores[base + j] - rowMax);
    scores[base + j] = weight;
    sum += weight;
  }
  parts[thread] = sum;
  workgroupBarrier();
  var total = 0.0;
  for (var i = 0u; i < THREADS; i++) { total += parts[i]; }
  for (var j = thread; j < tokens; j += THREADS) { scores[base + j] /= total; }
}
