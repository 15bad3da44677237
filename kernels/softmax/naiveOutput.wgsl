// o_i = sum_j p_ij v_j over all n keys: 32 rows x 32 channels a workgroup, 4 rows x 4 channels a thread.
@group(0) @binding(0) var<storage, read> scores: array<f32>;
@group(0) @binding(1) var<storage, read> v: array<CachedQuad>;
@group(0) @binding(2) var<storage, read_write> o: array<StoredQuad>;

const TILE = 32u;
const SIDE = 8u;
const THREADS = 64u;
const QUADS = HEAD_DIM_V / 4u;

var<workgroup> pTile: array<f32, TILE * (TILE + 1u)>;
var<workgroup> vTile: array<vec4f, TILE * SIDE>;

@compute @workgroup_size(THREADS)
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(num_workgroups) grid: vec3u, @builtin(local_invocation_index) thread: u32) {
  let tokens = arrayLength(&o) / (grid.z * QUADS);
  let quad0 = workgroup.x * SIDE;
  let row0 = workgroup.y * TILE;
  let head = workgroup.z % HEADS;
  let batch = workgroup.z / HEADS;
  let vBase = (batch * tokens * KV_HEADS + head / (HEADS / KV_HEADS)) * QUADS;
  let down = thread / SIDE;
  let across = thread % SIDE;
#each r 4
  var o${r} = vec4f();
#end
  for (var key0 = 0u; key0 < tokens; key0 += TILE) {
    workgroupBarrier();
    for (var i = thread; i < TILE * TILE; i += THREADS) {
      let row = row0 + i / TILE;
      let key = key0 + i % TILE;
      var value = 0.0;
      if (row < tokens && key < tokens) { value = scores[(workgroup.z * tokens + row) * tokens + key]; }
      pTile[(i / TILE) * (TILE + 1u) + i % TILE] = value;
    }
    for (var i = thread; i < TILE * SIDE; i += THREADS) {
      let key = min(key0 + i / SIDE, tokens - 1u);
      vTile[i] = vec4f(v[vBase + key * KV_HEADS * QUADS + min(quad0 + i % SIDE, QUADS - 1u)]);
    }
    workgroupBarrier();
    for (var j = 0u; j < TILE; j++) {
      let value = vTile[j * SIDE + across];
#each r 4
      o${r} += pTile[(down * 4u + ${r}u) * (TILE + 1u) + j] * value;
#end
    }
  }
  if (quad0 + across < QUADS) {
#each r 4
    if (row0 + down * 4u + ${r}u < tokens) { o[((batch * tokens + row0 + down * 4u + ${r}u) * HEADS + head) * QUADS + quad0 + across] = StoredQuad(o${r}); }
#end
  }
}
