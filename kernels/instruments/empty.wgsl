// A dispatch that does next to nothing: what one costs at least.
@group(0) @binding(0) var<storage, read_write> result: array<f32>;

@compute @workgroup_size(1)
fn main() {
  result[0] = 1.0;
}
