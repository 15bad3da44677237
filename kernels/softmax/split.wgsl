// One token's attention over one split of KEYS cached keys (Flash-Decoding): the BLOCK query heads of a KV group that this
// workgroup serves share every K and V load. Writes the split's unnormalised output, its score maximum (base 2) and its sum.
// LANES threads share one key's dot product; with 1, a thread owns a key and no partial sums cross threads.
@group(0) @binding(0) var<storage, read> q: array<vec4f>;
@group(0) @binding(1) var<storage, read> kCache: array<vec4f>;
@group(0) @binding(2) var<storage, read> vCache: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> partials: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> stats: array<vec2f>;

const QUADS = HEAD_DIM / 4u;
const GROUP = HEADS / KV_HEADS;
const BLOCKS = GROUP / BLOCK;
const TURN = THREADS / LANES;
const PARTS = THREADS / QUADS;
const FAR_BELOW = -3.0e38;

var<workgroup> weights: array<f32, BLOCK * KEYS>;
var<workgroup> parts: array<f32, BLOCK * THREADS>;
var<workgroup> outputs: array<vec4f, THREADS>;

@compute @workgroup_size(THREADS)
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_index) thread: u32) {
  let token = position();
  let split = workgroup.x;
  let kvHead = workgroup.y / BLOCKS;
  let batch = workgroup.z;
  let head0 = kvHead * GROUP + (workgroup.y % BLOCKS) * BLOCK;
  let key0 = split * KEYS;
  let keys = min(KEYS, token + 1u - key0);
  let cacheBase = ((batch * CAPACITY + key0) * KV_HEADS + kvHead) * QUADS;

  let lane = thread % LANES;
  //@repeat g BLOCK
  var max${g} = FAR_BELOW;
  //@repeat c LANE_QUADS
  let q${g}_${c} = q[((batch * STREAM + token % STREAM) * HEADS + head0 + ${g}u) * QUADS + lane + ${c}u * LANES] * SCALE_LOG2E;
  //@end
  //@end
  for (var turn = 0u; turn < keys; turn += TURN) {
    let key = min(turn + thread / LANES, keys - 1u);
    let base = cacheBase + key * KV_HEADS * QUADS + lane;
    //@repeat g BLOCK
    var score${g} = 0.0;
    //@end
    //@repeat c LANE_QUADS
    let k${c} = kCache[base + ${c}u * LANES];
    //@repeat g BLOCK
    score${g} += dot(q${g}_${c}, k${c});
    //@end
    //@end
    if (LANES > 1u) {
      //@repeat g BLOCK
      parts[${g}u * THREADS + thread] = score${g};
      //@end
      workgroupBarrier();
      for (var i = thread; i < BLOCK * TURN; i += THREADS) {
        var score = 0.0;
        for (var j = 0u; j < LANES; j++) { score += parts[i * LANES + j]; }
        if (turn + i % TURN < KEYS) { weights[(i / TURN) * KEYS + turn + i % TURN] = score; }
      }
      workgroupBarrier();
    } else {
      //@repeat g BLOCK
      weights[${g}u * KEYS + key] = score${g};
      max${g} = max(max${g}, score${g});
      //@end
    }
  }
  if (LANES > 1u) {
    //@repeat g BLOCK
    for (var i = thread; i < keys; i += THREADS) { max${g} = max(max${g}, weights[${g}u * KEYS + i]); }
    //@end
  }

  //@repeat g BLOCK
  parts[${g}u * THREADS + thread] = max${g};
  //@end
  workgroupBarrier();
  for (var live = u32(THREADS); live > 1u; live = (live + 1u) / 2u) {
    let kept = (live + 1u) / 2u;
    if (thread + kept < live) {
      //@repeat g BLOCK
      parts[${g}u * THREADS + thread] = max(parts[${g}u * THREADS + thread], parts[${g}u * THREADS + thread + kept]);
      //@end
    }
    workgroupBarrier();
  }
  //@repeat g BLOCK
  max${g} = parts[${g}u * THREADS];
  for (var i = thread; i < keys; i += THREADS) { weights[${g}u * KEYS + i] = exp2(weights[${g}u * KEYS + i] - max${g}); }
  //@end
  workgroupBarrier();

  let quad = thread % QUADS;
  let part = thread / QUADS;
  //@repeat g BLOCK
  var sum${g} = 0.0;
  var o${g} = vec4f();
  //@end
  if (part < PARTS) {
    for (var key = part; key < keys; key += PARTS) {
      let value = vCache[cacheBase + key * KV_HEADS * QUADS + quad];
      //@repeat g BLOCK
      let weight${g} = weights[${g}u * KEYS + key];
      sum${g} += weight${g};
      o${g} += weight${g} * value;
      //@end
    }
  }
  //@repeat g BLOCK
  {
    if (PARTS > 1u) {
      outputs[thread] = o${g};
      parts[thread] = sum${g};
      workgroupBarrier();
      if (part == 0u) {
        for (var i = 1u; i < PARTS; i++) {
          o${g} += outputs[i * QUADS + quad];
          sum${g} += parts[i * QUADS + quad];
        }
      }
      workgroupBarrier();
    }
    let slot = (batch * HEADS + head0 + ${g}u) * SPLITS + split;
    if (part == 0u) { partials[slot * QUADS + quad] = o${g}; }
    if (thread == 0u) { stats[slot] = vec2f(max${g}, sum${g}); }
  }
  //@end
}
