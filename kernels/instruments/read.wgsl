// Every lane sums its share of the source, neighbours reading neighbouring vec4s. LANES: constant.
@group(0) @binding(0) var<storage, read> source: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> sums: array<vec4f>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  // From the buffer, not a constant: a known trip count is unrolled into thousands of instructions on lavapipe.
  let vectors = arrayLength(&source) / LANES;
  let lane = id.x;
  var a = vec4f();
  var b = vec4f();
  var c = vec4f();
  var d = vec4f();
  for (var i = 0u; i < vectors; i += 4u) {
    let at = i * LANES + lane;
    a += source[at];
    b += source[at + LANES];
    c += source[at + 2u * LANES];
    d += source[at + 3u * LANES];
  }
  sums[lane] = (a + b) + (c + d);
}
