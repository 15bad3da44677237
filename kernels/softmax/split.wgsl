// One token's attention over one split of KEYS cached keys (Flash-Decoding): the BLOCK query heads of a KV group that this
// workgroup serves share every K and V load. APPENDS: it also writes the newest token's k and v into their row of the cache, where
// that is in its split and no other workgroup reads it. DIRECT: one split is all, and o is written; else the split's unnormalised
// output, its score maximum (base 2) and its sum.
@group(0) @binding(0) var<storage, read> q: array<StoredQuad>;
#if APPENDS
@group(0) @binding(1) var<storage, read> k: array<StoredQuad>;
@group(0) @binding(2) var<storage, read> v: array<StoredQuad>;
@group(0) @binding(3) var<storage, read_write> kCache: array<CachedQuad>;
@group(0) @binding(4) var<storage, read_write> vCache: array<CachedQuad>;
#else
@group(0) @binding(1) var<storage, read> kCache: array<CachedQuad>;
@group(0) @binding(2) var<storage, read> vCache: array<CachedQuad>;
#end
#if DIRECT
@group(0) @binding(${OUTPUTS}) var<storage, read_write> o: array<StoredQuad>;
#else
@group(0) @binding(${OUTPUTS}) var<storage, read_write> partials: array<vec4f>;
@group(0) @binding(${OUTPUTS + 1}) var<storage, read_write> stats: array<vec2f>;
#end
#if COUNTED
#if APPENDS
@group(0) @binding(${OUTPUTS + 2}) var<storage, read_write> positions: array<u32>; // [slot]
#else
// Read-only, so that control flow that depends on it is uniform.
@group(0) @binding(${OUTPUTS + 2}) var<storage, read> positions: array<u32>; // [slot]
#end
#else
#if PLACED
@group(0) @binding(${PLACE}) var<storage, read> position: array<u32>; // [1], of the newest token
#end
#end

const QUADS = HEAD_DIM / 4u;
const V_QUADS = HEAD_DIM_V / 4u;
const GROUP = HEADS / KV_HEADS;
const BLOCKS = GROUP / BLOCK;
// Threads side by side over the channels, CHANNEL_QUADS vec4s each; PARTS such rows of threads take turns over the keys.
const SPAN = min(THREADS, V_QUADS);
const PARTS = THREADS / SPAN;

var<workgroup> weights: array<f32, BLOCK * KEYS>;
var<workgroup> parts: array<f32, BLOCK * THREADS>;
var<workgroup> outputs: array<vec4f, THREADS>;
#if COUNTED
#if APPENDS
var<workgroup> counted: u32;
#end
#end

@compute @workgroup_size(THREADS)
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(num_workgroups) grid: vec3u, @builtin(local_invocation_index) thread: u32) {
  let capacity = arrayLength(&kCache) / (grid.z * KV_HEADS * QUADS);
#if !DIRECT
  let splits = arrayLength(&stats) / (grid.z * HEADS);
#end
#if COUNTED
#if APPENDS
  // What depends on it is uniform only so.
  if (thread == 0u) { counted = positions[0]; }
  let token = workgroupUniformLoad(&counted);
  if (thread == 0u && workgroup.x + workgroup.y + workgroup.z == 0u) { positions[1] = token; }
#else
  let token = positions[1];
#end
  let rows = min(token + 1u, capacity);
#else
#if PLACED
  let token = position[0];
#else
  let token = capacity - 1u;
#end
  let rows = capacity;
#end
  let split = workgroup.x;
  let kvHead = workgroup.y / BLOCKS;
  let batch = workgroup.z;
  let head0 = kvHead * GROUP + (workgroup.y % BLOCKS) * BLOCK;
  let key0 = split * KEYS;
  let keys = min(KEYS, rows - key0);
  let cacheRow = (batch * capacity + key0) * KV_HEADS + kvHead;
#if APPENDS
#if WINDOWED
  let newest = select(SINKS + (token - SINKS) % WINDOW, token, token < SINKS);
#else
  let newest = token;
#end
  if (newest / KEYS == split) {
    let arriving = (batch * STREAM + token % STREAM) * KV_HEADS + kvHead;
    let row = (batch * capacity + newest) * KV_HEADS + kvHead;
    for (var i = thread; i < QUADS; i += THREADS) { kCache[row * QUADS + i] = CachedQuad(k[arriving * QUADS + i]); }
    for (var i = thread; i < V_QUADS; i += THREADS) { vCache[row * V_QUADS + i] = CachedQuad(v[arriving * V_QUADS + i]); }
    storageBarrier();
  }
#end
  scoreKeys(keys, ((batch * STREAM + token % STREAM) * HEADS + head0) * QUADS, cacheRow * QUADS, thread);

#each g BLOCK
  var max${g} = -3.0e38;
  for (var i = thread; i < keys; i += THREADS) { max${g} = max(max${g}, weights[${g}u * KEYS + i]); }
  parts[${g}u * THREADS + thread] = max${g};
#end
  workgroupBarrier();
  // From a number that no compiler knows: unrolled, such loops take it a minute.
  for (var left = min(u32(THREADS), keys); left > 1u; left = (left + 1u) / 2u) {
    let kept = (left + 1u) / 2u;
    if (thread + kept < left) {
#each g BLOCK
      parts[${g}u * THREADS + thread] = max(parts[${g}u * THREADS + thread], parts[${g}u * THREADS + thread + kept]);
#end
    }
    workgroupBarrier();
  }
#each g BLOCK
  max${g} = parts[${g}u * THREADS];
  for (var i = thread; i < keys; i += THREADS) { weights[${g}u * KEYS + i] = exp2(weights[${g}u * KEYS + i] - max${g}); }
#end
  workgroupBarrier();

  let part = thread / SPAN;
  let live = min(PARTS, keys);
#each c CHANNEL_QUADS
  let quad${c} = min(thread % SPAN + ${c}u * SPAN, V_QUADS - 1u);
#end
#each g BLOCK
  var sum${g} = 0.0;
#each c CHANNEL_QUADS
  var o${g}_${c} = vec4f();
#end
#end
  if (part < PARTS) {
    for (var key = part; key < keys; key += PARTS) {
      let row = (cacheRow + key * KV_HEADS) * V_QUADS;
#each c CHANNEL_QUADS
      let value${c} = vec4f(vCache[row + quad${c}]);
#end
#each g BLOCK
      let weight${g} = weights[${g}u * KEYS + key];
      sum${g} += weight${g};
#each c CHANNEL_QUADS
      o${g}_${c} += weight${g} * value${c};
#end
#end
    }
  }
#each g BLOCK
  {
#if DIRECT
    let slot = batch * HEADS + head0 + ${g}u;
#else
    let slot = (batch * HEADS + head0 + ${g}u) * splits + split;
#end
#each c CHANNEL_QUADS
    if (PARTS > 1u) {
      outputs[thread] = o${g}_${c};
      parts[thread] = sum${g};
      workgroupBarrier();
      for (var left = live; left > 1u; left = (left + 1u) / 2u) {
        let kept = (left + 1u) / 2u;
        if (part + kept < left) {
          outputs[thread] += outputs[thread + kept * SPAN];
          parts[thread] += parts[thread + kept * SPAN];
        }
        workgroupBarrier();
      }
      o${g}_${c} = outputs[thread];
      sum${g} = parts[thread];
      workgroupBarrier();
    }
#if DIRECT
    if (part == 0u && thread + ${c}u * SPAN < V_QUADS) { o[slot * V_QUADS + quad${c}] = StoredQuad(o${g}_${c} / sum${g}); }
#else
    if (part == 0u && thread + ${c}u * SPAN < V_QUADS) { partials[slot * V_QUADS + quad${c}] = o${g}_${c}; }
#end
#end
#if !DIRECT
    if (thread == 0u) { stats[slot] = vec2f(max${g}, sum${g}); }
#end
  }
#end
}
