// Four vec4s a lane, neighbours touching neighbours. LANES: constant.
@group(0) @binding(0) var<storage, read> source: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> copied: array<vec4f>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  // From the buffer, not a constant: see read.wgsl.
  let vectors = arrayLength(&source) / LANES;
  for (var i = 0u; i < vectors; i += 4u) {
    let at = i * LANES + id.x;
    copied[at] = source[at];
    copied[at + LANES] = source[at + LANES];
    copied[at + 2u * LANES] = source[at + 2u * LANES];
    copied[at + 3u * LANES] = source[at + 3u * LANES];
  }
}
