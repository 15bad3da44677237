// Joins the splits of one head: o = sum_s 2^(m_s - m) o_s / sum_s 2^(m_s - m) l_s.
@group(0) @binding(0) var<storage, read> partials: array<vec4f>;
@group(0) @binding(1) var<storage, read> stats: array<vec2f>;
@group(0) @binding(2) var<storage, read_write> o: array<StoredQuad>;
#if COUNTED
@group(0) @binding(3) var<storage, read_write> positions: array<u32>; // [slot]
#end

const QUADS = HEAD_DIM_V / 4u;
const PARTS = THREADS / QUADS;

var<workgroup> outputs: array<vec4f, THREADS>;
var<workgroup> sums: array<vec2f, THREADS>;

@compute @workgroup_size(THREADS)
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(num_workgroups) grid: vec3u, @builtin(local_invocation_index) thread: u32) {
  let head = workgroup.x;
  let batch = workgroup.y;
  let capacity = arrayLength(&stats) / (grid.x * grid.y); // in splits
  let slot0 = (batch * grid.x + head) * capacity;
#if COUNTED
  let tokens = arrayLength(&o) / (grid.x * grid.y * QUADS);
  let token = positions[1];
  let splits = min(token / KEYS + 1u, capacity);
  let outputAt = ((batch * tokens + token % tokens) * grid.x + head) * QUADS;
#else
  let splits = capacity;
  let outputAt = (batch * grid.x + head) * QUADS;
#end
  let quad = thread % QUADS;
  let part = thread / QUADS;
  // Finite, so that a part without splits weighs 0 instead of NaN.
  var top = -3.0e38;
  var sum = 0.0;
  var output = vec4f();
  if (part < PARTS) {
    for (var s = part; s < splits; s += PARTS) {
      let stat = stats[slot0 + s];
      let newTop = max(top, stat.x);
      let shrink = exp2(top - newTop);
      let weight = exp2(stat.x - newTop);
      sum = sum * shrink + stat.y * weight;
      output = output * shrink + partials[(slot0 + s) * QUADS + quad] * weight;
      top = newTop;
    }
  }
  if (PARTS > 1u) {
    outputs[thread] = output;
    sums[thread] = vec2f(top, sum);
    workgroupBarrier();
    if (part == 0u) {
      for (var i = min(PARTS, splits) - 1u; i > 0u; i--) {
        let other = sums[i * QUADS + quad];
        let newTop = max(top, other.x);
        let shrink = exp2(top - newTop);
        let weight = exp2(other.x - newTop);
        sum = sum * shrink + other.y * weight;
        output = output * shrink + outputs[i * QUADS + quad] * weight;
        top = newTop;
      }
    }
  }
  if (part == 0u) { o[outputAt + quad] = StoredQuad(output / sum); }
#if COUNTED
  if (thread == 0u && head == 0u && batch == 0u) { positions[0] = token + 1u; }
#end
}
