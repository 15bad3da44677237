// Root-mean-square normalisation of each row by one workgroup (Zhang and Sennrich 2019, arXiv 1910.07467); UNIT: to length 1 instead, without weights.
// SUBGROUP: a workgroup is one, which needs no barrier; on CPU emulations one costs as much as a hundred multiply-adds.
@group(0) @binding(0) var<storage, read> x: array<vec4f>; // [row, WIDTH_QUADS]
@group(0) @binding(1) var<storage, read_write> y: array<vec4f>; // [row, WIDTH_QUADS]
#if !UNIT
@group(0) @binding(2) var<storage, read> weight: array<StoredQuad>; // [WIDTH_QUADS]
#end

const EPSILON = 1.0e-6;

#if !SUBGROUP
var<workgroup> parts: array<f32, THREADS>;
#end

@compute @workgroup_size(THREADS)
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(num_workgroups) grid: vec3u, @builtin(local_invocation_index) thread: u32) {
  let row = workgroup.y * grid.x + workgroup.x;
  let rows = arrayLength(&x) / WIDTH_QUADS;
  let first = min(row, rows - 1u) * WIDTH_QUADS;
  var sum = 0.0;
  for (var i = thread; i < WIDTH_QUADS; i += THREADS) { sum += dot(x[first + i], x[first + i]); }
#if SUBGROUP
  let total = subgroupAdd(sum);
#else
  parts[thread] = sum;
  workgroupBarrier();
  for (var left = u32(THREADS); left > 1u; left = (left + 1u) / 2u) {
    let kept = (left + 1u) / 2u;
    if (thread + kept < left) { parts[thread] += parts[thread + kept]; }
    workgroupBarrier();
  }
  let total = parts[0];
#end
#if UNIT
  let scale = inverseSqrt(total + EPSILON);
#else
  let scale = inverseSqrt(total / (4.0 * f32(WIDTH_QUADS)) + EPSILON);
#end
  if (row >= rows) { return; }
  for (var i = thread; i < WIDTH_QUADS; i += THREADS) {
#if UNIT
    y[first + i] = x[first + i] * scale;
#else
    y[first + i] = x[first + i] * scale * vec4f(weight[i]);
#end
  }
}
