// A text begins: the first token stands at 0.
@group(0) @binding(0) var<storage, read_write> positions: array<u32>;

@compute @workgroup_size(1)
fn main() { positions[0] = 0u; }
