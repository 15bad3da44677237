// Eight independent chains x ← x·FACTOR + start of vec4 FMAs a lane: enough to hide one FMA's latency. The chains contract, so rounding does not grow.
@group(0) @binding(0) var<storage, read> starts: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> ends: array<vec4f>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let start = starts[id.x];
  let factor = vec4f(FACTOR);
  var a = start;
  var b = start + vec4f(1.0);
  var c = start + vec4f(2.0);
  var d = start + vec4f(3.0);
  var e = start + vec4f(4.0);
  var f = start + vec4f(5.0);
  var g = start + vec4f(6.0);
  var h = start + vec4f(7.0);
  for (var i = 0u; i < TURNS; i++) {
    a = fma(a, factor, start);
    b = fma(b, factor, start);
    c = fma(c, factor, start);
    d = fma(d, factor, start);
    e = fma(e, factor, start);
    f = fma(f, factor, start);
    g = fma(g, factor, start);
    h = fma(h, factor, start);
  }
  ends[id.x] = ((a + b) + (c + d)) + ((e + f) + (g + h));
}
