// Between two parts of a prefill: the next one begins where the last one ended, and finds z where no thread of it writes.
@group(0) @binding(0) var<storage, read_write> position: array<u32>; // [batch, head]
#if NORMALIZED
@group(0) @binding(1) var<storage, read> z: array<f32>; // [batch, head, key]
@group(0) @binding(2) var<storage, read_write> zBefore: array<f32>; // [batch, head, key]
#end

@compute @workgroup_size(THREADS)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) thread: u32) {
  let element = group.x * THREADS + thread;
  if (element == 0u) { position[group.z] += PART_TOKENS; }
#if NORMALIZED
  if (element < KEYS) { zBefore[group.z * KEYS + element] = z[group.z * KEYS + element]; }
#end
}
