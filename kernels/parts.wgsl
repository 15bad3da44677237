// Between the parts of a step: counts those that are done.
@group(0) @binding(0) var<storage, read_write> partsBefore: array<u32>;

@compute @workgroup_size(1)
fn main() {
#if FIRST
  partsBefore[0] = 0u;
#else
  partsBefore[0] += 1u;
#end
}
