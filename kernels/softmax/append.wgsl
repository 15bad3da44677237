// Writes the newest token's k and v into its row of the cache, in place: behind the others, or over the oldest of a window.
@group(0) @binding(0) var<storage, read> k: array<StoredQuad>;
@group(0) @binding(1) var<storage, read> v: array<StoredQuad>;
@group(0) @binding(2) var<storage, read_write> kCache: array<CachedQuad>;
@group(0) @binding(3) var<storage, read_write> vCache: array<CachedQuad>;
#if COUNTED
@group(0) @binding(4) var<storage, read_write> positions: array<u32>; // [slot]
#else
#if WINDOWED
@group(0) @binding(4) var<storage, read> position: array<u32>; // [1], of the newest token
#end
#end

const K_QUADS = KV_HEADS * HEAD_DIM / 4u;
const V_QUADS = KV_HEADS * HEAD_DIM_V / 4u;

@compute @workgroup_size(THREADS)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) grid: vec3u) {
  let capacity = arrayLength(&kCache) / (grid.y * K_QUADS);
#if COUNTED
  let token = positions[0];
#else
#if WINDOWED
  let token = position[0];
#else
  let token = capacity - 1u;
#end
#end
#if WINDOWED
  let row = select(SINKS + (token - SINKS) % WINDOW, token, token < SINKS);
#else
  let row = token;
#end
  let source = id.y * STREAM + token % STREAM;
  let place = id.y * capacity + row;
  if (id.x < K_QUADS) { kCache[place * K_QUADS + id.x] = CachedQuad(k[source * K_QUADS + id.x]); }
  if (id.x < V_QUADS) { vCache[place * V_QUADS + id.x] = CachedQuad(v[source * V_QUADS + id.x]); }
#if COUNTED
  if (id.x == 0u && id.y == 0u) { positions[1] = token; }
#end
}
