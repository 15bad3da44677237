// What a prompt left becomes what the next token goes on from: the first elements of each entry, since a cache has room for a whole text.
@group(0) @binding(0) var<storage, read> left: array<vec4f>; // [batch, LEFT_QUADS]
@group(0) @binding(1) var<storage, read_write> state: array<StoredQuad>; // [batch, STATE_QUADS]

@compute @workgroup_size(THREADS)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) grid: vec3u) {
  let i = id.y * grid.x * THREADS + id.x;
  if (i >= LEFT_QUADS) { return; }
  state[id.z * STATE_QUADS + i] = StoredQuad(left[id.z * LEFT_QUADS + i]);
}
