// Causal softmax attention of one tile of 16 ROWS_EACH query rows of one head, keys in tiles of 32 with an online softmax
// (FlashAttention-2, arXiv 2307.08691, algorithm 1). Needs no subgroups: 16 x 8 threads share Q, K and V through workgroup memory, each
// thread keeps ROWS_EACH rows x 4 keys of scores and ROWS_EACH rows x (HEAD_DIM_V / 8) channels of output in registers.
@group(0) @binding(0) var<storage, read> q: array<StoredQuad>;
@group(0) @binding(1) var<storage, read> k: array<CachedQuad>;
@group(0) @binding(2) var<storage, read> v: array<CachedQuad>;
@group(0) @binding(3) var<storage, read_write> o: array<StoredQuad>;

const ROWS = 16u * ROWS_EACH;
const KEYS = 32u;
const ACROSS = 8u;
const THREADS = 128u;
const QUADS = HEAD_DIM / 4u;
const V_QUADS = HEAD_DIM_V / 4u;
const GROUP = HEADS / KV_HEADS;
// One quad of padding a row keeps 8 neighbouring threads on different banks.
const PITCH = SLICE + 1u;
const K_STAGE = ROWS * PITCH;
// The probabilities live where the Q and K slices were: these are dead by then.
const V_STAGE = ROWS * KEYS / 4u;
const FAR_BELOW = -3.0e38;

var<workgroup> stage: array<vec4f, max(V_STAGE + 384u, K_STAGE + KEYS * PITCH)>;
var<workgroup> rowParts: array<f32, ROWS * ACROSS>;

@compute @workgroup_size(THREADS)
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(num_workgroups) grid: vec3u, @builtin(local_invocation_index) thread: u32) {
  let tokens = arrayLength(&q) / (grid.z * QUADS);
  let rowTiles = (tokens + ROWS - 1u) / ROWS;
  // The longest rows first, so that the last workgroups to start are short ones.
  let reversed = workgroup.y * grid.x + workgroup.x;
  if (reversed >= rowTiles) { return; }
  let row0 = (rowTiles - 1u - reversed) * ROWS;
  let head = workgroup.z % HEADS;
  let batch = workgroup.z / HEADS;
  let kvHead = head / GROUP;
  let down = thread / ACROSS;
  let across = thread % ACROSS;
  let qBase = (batch * tokens * HEADS + head) * QUADS;
  let kBase = (batch * tokens * KV_HEADS + kvHead) * QUADS;
  let vBase = (batch * tokens * KV_HEADS + kvHead) * V_QUADS;

#each r ROWS_EACH
  var max${r} = FAR_BELOW;
  var sum${r} = 0.0;
#each c CHANNEL_QUADS
  var o${r}_${c} = vec4f();
#end
#end

  let keyEnd = min(row0 + ROWS, tokens);
  for (var key0 = seenFrom(0u, row0); key0 < keyEnd; key0 = seenFrom(key0 + KEYS, row0)) {
#each r ROWS_EACH
    var s${r} = vec4f();
#end
    for (var slice = 0u; slice < QUADS; slice += SLICE) {
      workgroupBarrier();
      for (var i = thread; i < ROWS * SLICE; i += THREADS) {
        let row = i / SLICE;
        let token = row0 + row;
        var value = vec4f();
        if (token < tokens) { value = vec4f(q[qBase + token * HEADS * QUADS + slice + i % SLICE]) * SCALE_LOG2E; }
        stage[row * PITCH + i % SLICE] = value;
      }
      for (var i = thread; i < KEYS * SLICE; i += THREADS) {
        let key = i / SLICE;
        let token = key0 + key;
        var value = vec4f();
        if (token < tokens) { value = vec4f(k[kBase + token * KV_HEADS * QUADS + slice + i % SLICE]); }
        // Keys 4a..4a+3 belong to thread a: interleaved, so that threads read neighbouring rows.
        stage[K_STAGE + ((key % 4u) * ACROSS + key / 4u) * PITCH + i % SLICE] = value;
      }
      workgroupBarrier();
      for (var i = 0u; i < SLICE; i++) {
#each c 4
        let k${c} = stage[K_STAGE + (${c}u * ACROSS + across) * PITCH + i];
#end
#each r ROWS_EACH
        let q${r} = stage[(down * ROWS_EACH + ${r}u) * PITCH + i];
        s${r} += vec4f(dot(q${r}, k0), dot(q${r}, k1), dot(q${r}, k2), dot(q${r}, k3));
#end
      }
    }

    let key = key0 + across * 4u;
#each r ROWS_EACH
    {
      let row = row0 + down * ROWS_EACH + ${r}u;
      let hidden = vec4<bool>(isHidden(key, row), isHidden(key + 1u, row), isHidden(key + 2u, row), isHidden(key + 3u, row));
      s${r} = select(s${r}, vec4f(FAR_BELOW), hidden);
    }
    rowParts[(down * ROWS_EACH + ${r}u) * ACROSS + across] = max(max(s${r}.x, s${r}.y), max(s${r}.z, s${r}.w));
#end
    workgroupBarrier();
#each r ROWS_EACH
    var newMax${r} = max${r};
    for (var i = 0u; i < ACROSS; i++) { newMax${r} = max(newMax${r}, rowParts[(down * ROWS_EACH + ${r}u) * ACROSS + i]); }
    let weight${r} = exp2(s${r} - newMax${r});
    let shrink${r} = exp2(max${r} - newMax${r});
    max${r} = newMax${r};
    sum${r} = sum${r} * shrink${r} + dot(weight${r}, vec4f(1.0));
    stage[(down * ROWS_EACH + ${r}u) * ACROSS + across] = weight${r};
#each c CHANNEL_QUADS
    o${r}_${c} *= shrink${r};
#end
#end

    for (var slice = 0u; slice < KEYS; slice += V_KEYS) {
      if (slice > 0u) { workgroupBarrier(); }
      for (var i = thread; i < V_KEYS * V_QUADS; i += THREADS) {
        let token = key0 + slice + i / V_QUADS;
        var value = vec4f();
        if (token < tokens) { value = vec4f(v[vBase + token * KV_HEADS * V_QUADS + i % V_QUADS]); }
        stage[V_STAGE + i] = value;
      }
      workgroupBarrier();
      for (var i = 0u; i < V_KEYS; i += 4u) {
#each r ROWS_EACH
        let p${r} = stage[(down * ROWS_EACH + ${r}u) * ACROSS + (slice + i) / 4u];
#end
#each c CHANNEL_QUADS
        {
          let channel = min(across + ${c}u * ACROSS, V_QUADS - 1u);
#each j 4
          let v${j} = stage[V_STAGE + (i + ${j}u) * V_QUADS + channel];
#end
#each r ROWS_EACH
          o${r}_${c} += p${r}.x * v0 + p${r}.y * v1 + p${r}.z * v2 + p${r}.w * v3;
#end
        }
#end
      }
    }
  }

  workgroupBarrier();
#each r ROWS_EACH
  rowParts[(down * ROWS_EACH + ${r}u) * ACROSS + across] = sum${r};
#end
  workgroupBarrier();
#each r ROWS_EACH
  {
    let token = row0 + down * ROWS_EACH + ${r}u;
    var total = 0.0;
    for (var i = 0u; i < ACROSS; i++) { total += rowParts[(down * ROWS_EACH + ${r}u) * ACROSS + i]; }
    if (token < tokens) {
      let oBase = ((batch * tokens + token) * HEADS + head) * V_QUADS;
#each c CHANNEL_QUADS
      if (across + ${c}u * ACROSS < V_QUADS) { o[oBase + across + ${c}u * ACROSS] = StoredQuad(o${r}_${c} / total); }
#end
    }
  }
#end
}
