// Scores of a whole prefill in memory: scores[batch, head, i, j] = scale q_i . k_j, far below everything where j > i.
// A tiled matrix product: 32 x 32 scores a workgroup, 4 x 4 a thread. Masked tiles are computed like any other.
@group(0) @binding(0) var<storage, read> q: array<StoredQuad>;
@group(0) @binding(1) var<storage, read> k: array<CachedQuad>;
@group(0) @binding(2) var<storage, read_write> scores: array<f32>;

const TILE = 32u;
const SIDE = 8u;
const THREADS = 64u;
const QUADS = HEAD_DIM / 4u;
const PITCH = SLICE + 1u;

var<workgroup> qTile: array<vec4f, TILE * PITCH>;
var<workgroup> kTile: array<vec4f, TILE * PITCH>;

@compute @workgroup_size(THREADS)
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(num_workgroups) grid: vec3u, @builtin(local_invocation_index) thread: u32) {
  let tokens = arrayLength(&q) / (grid.z * QUADS);
  let key0 = workgroup.x * TILE;
  let row0 = workgroup.y * TILE;
  let head = workgroup.z % HEADS;
  let batch = workgroup.z / HEADS;
  let qBase = (batch * tokens * HEADS + head) * QUADS;
  let kBase = (batch * tokens * KV_HEADS + head / (HEADS / KV_HEADS)) * QUADS;
  let down = thread / SIDE;
  let across = thread % SIDE;
#each r 4
  var s${r} = vec4f();
#end
  for (var slice = 0u; slice < QUADS; slice += SLICE) {
    workgroupBarrier();
    for (var i = thread; i < TILE * SLICE; i += THREADS) {
      let line = i / SLICE;
      let row = min(row0 + line, tokens - 1u);
      let key = min(key0 + line, tokens - 1u);
      qTile[line * PITCH + i % SLICE] = vec4f(q[qBase + row * HEADS * QUADS + slice + i % SLICE]);
      kTile[line * PITCH + i % SLICE] = vec4f(k[kBase + key * KV_HEADS * QUADS + slice + i % SLICE]);
    }
    workgroupBarrier();
    for (var i = 0u; i < SLICE; i++) {
#each c 4
      let k${c} = kTile[(${c}u * SIDE + across) * PITCH + i];
#end
#each r 4
      let q${r} = qTile[(${r}u * SIDE + down) * PITCH + i];
      s${r} += vec4f(dot(q${r}, k0), dot(q${r}, k1), dot(q${r}, k2), dot(q${r}, k3));
#end
    }
  }
#each r 4
  {
    let row = row0 + ${r}u * SIDE + down;
    let base = (workgroup.z * tokens + row) * tokens;
#each c 4
    {
      let key = key0 + ${c}u * SIDE + across;
      if (row < tokens && key < tokens) { scores[base + key] = select(s${r}[${c}] * SCALE, -3.0e38, isHidden(key, row)); }
    }
#end
  }
#end
}
