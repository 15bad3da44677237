// So many tokens have been.
@group(0) @binding(0) var<storage, read_write> counters: array<u32>;

@compute @workgroup_size(THREADS)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x < arrayLength(&counters)) { counters[id.x] = TOKENS; }
}
