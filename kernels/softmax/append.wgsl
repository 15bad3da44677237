// Writes the newest token's k and v into its row of the cache, in place.
@group(0) @binding(0) var<storage, read> k: array<vec4f>;
@group(0) @binding(1) var<storage, read> v: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> kCache: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> vCache: array<vec4f>;

const ROW_QUADS = KV_HEADS * HEAD_DIM / 4u;

@compute @workgroup_size(THREADS)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let token = position();
  if (id.x < ROW_QUADS) {
    let source = (id.y * STREAM + token % STREAM) * ROW_QUADS + id.x;
    let place = (id.y * CAPACITY + token) * ROW_QUADS + id.x;
    kCache[place] = k[source];
    vCache[place] = v[source];
  }
  if (id.x == 0u && id.y == 0u) { carryPosition(token); }
}
