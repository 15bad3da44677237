// What a window leaves of a prompt, copied to the rows of a cache: the sinks, then the newest WINDOW tokens where a ring has them.
@group(0) @binding(0) var<storage, read> prompt: array<CachedQuad>; // [batch, token, ROW_QUADS]
@group(0) @binding(1) var<storage, read_write> cache: array<CachedQuad>; // [batch, row, ROW_QUADS]

@compute @workgroup_size(THREADS)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) grid: vec3u) {
  let rows = arrayLength(&cache) / (grid.z * ROW_QUADS);
  let tokens = arrayLength(&prompt) / (grid.z * ROW_QUADS);
  let index = id.y * grid.x * THREADS + id.x;
  let row = index / ROW_QUADS;
  if (row >= rows) { return; }
  let last = tokens - 1u;
  let token = select(last - (last - row) % WINDOW, row, row < SINKS);
  cache[id.z * rows * ROW_QUADS + index] = prompt[(id.z * tokens + token) * ROW_QUADS + index % ROW_QUADS];
}
