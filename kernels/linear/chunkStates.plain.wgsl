// Pass 1 of the chunk form without subgroups: U_c = φ(K_c)ᵀ V_c, TILE keys × TILE values a workgroup, 4 × 4 of them a thread, PANEL tokens at
// a time staged in workgroup memory.
@group(0) @binding(0) var<storage, read> k: array<StoredQuad>; // [batch, token, head, key / 4]
@group(0) @binding(1) var<storage, read> v: array<ValueQuad>; // or what the delta rule writes or erases [batch, token, head, value / 4]
@group(0) @binding(2) var<storage, read_write> chunkStates: array<vec4f>; // [batch, head, chunk, key, value / 4]
#if NORMALIZED
@group(0) @binding(3) var<storage, read_write> chunkZ: array<vec4f>; // [batch, head, chunk, key / 4]
#end
#if DECAYS
#if PER_CHANNEL
@group(0) @binding(DECAY_BINDING) var<storage, read> decayQuads: array<vec4u>; // how far the log has fallen since the beginning of the chunk, steps and rest [2, batch, head, token, key / 4]
#else
@group(0) @binding(DECAY_BINDING) var<storage, read> decay: array<u32>; // how far the log has fallen since the beginning of the chunk, steps and rest [2, batch, head, token]
#end
#end

const SIDE = TILE / 4; // threads along one side of the tile
const THREADS = SIDE * SIDE;
var<workgroup> keys: array<vec4f, PANEL * SIDE>; // [token, key / 4]
var<workgroup> values: array<vec4f, PANEL * SIDE>; // [token, value / 4]

@compute @workgroup_size(THREADS)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) grid: vec3u, @builtin(local_invocation_index) thread: u32) {
  let tokens = arrayLength(&k) / (grid.z * KEY_QUADS);
  let head = group.z % HEADS;
  let batch = group.z / HEADS;
  let chunk = group.y;
  let keyQuad0 = (group.x / COLUMN_TILES) * SIDE;
  let valueQuad0 = (group.x % COLUMN_TILES) * SIDE;
  let row = thread / SIDE;
  let column = thread % SIDE;
  let end = min((chunk + 1u) * CHUNK, tokens);
  var s0 = vec4f(0.0);
  var s1 = vec4f(0.0);
  var s2 = vec4f(0.0);
  var s3 = vec4f(0.0);
#if NORMALIZED
  var total = vec4f(0.0);
#end
  for (var token0 = chunk * CHUNK; token0 < end; token0 += PANEL) {
    workgroupBarrier();
    for (var i = thread; i < PANEL * SIDE; i += THREADS) {
      let token = token0 + i / SIDE;
      let keyQuad = keyQuad0 + i % SIDE;
      let valueQuad = valueQuad0 + i % SIDE;
      let at = (batch * tokens + token) * HEADS + head;
      var key = vec4f(0.0);
      var value = vec4f(0.0);
      if (token < end && keyQuad < KEY_QUADS) { key = featured(vec4f(k[at * KEY_QUADS + keyQuad])); }
#if DECAYS
      // What of this token is left at the end of its chunk.
#if PER_CHANNEL
      if (token < end && keyQuad < KEY_QUADS) {
        key *= exp(quadBetween((group.z * tokens + end - 1u) * KEY_QUADS + keyQuad, (group.z * tokens + token) * KEY_QUADS + keyQuad));
      }
#else
      if (token < end) { key *= exp(logBetween(group.z * tokens + end - 1u, group.z * tokens + token)); }
#end
#end
      if (token < end && valueQuad < VALUE_QUADS) { value = vec4f(v[at * VALUE_QUADS + valueQuad]); }
      keys[i] = key;
      values[i] = value;
    }
    workgroupBarrier();
    for (var i = 0u; i < PANEL; i++) {
      let a = keys[i * SIDE + row];
      let b = values[i * SIDE + column];
      s0 = fma(vec4f(a.x), b, s0);
      s1 = fma(vec4f(a.y), b, s1);
      s2 = fma(vec4f(a.z), b, s2);
      s3 = fma(vec4f(a.w), b, s3);
#if NORMALIZED
      total += a;
#end
    }
  }
  let keyQuad = keyQuad0 + row;
  if (keyQuad < KEY_QUADS && valueQuad0 + column < VALUE_QUADS) {
    let to = ((group.z * grid.y + chunk) * KEYS + keyQuad * 4u) * VALUE_QUADS + valueQuad0 + column;
    chunkStates[to] = s0;
    chunkStates[to + VALUE_QUADS] = s1;
    chunkStates[to + 2u * VALUE_QUADS] = s2;
    chunkStates[to + 3u * VALUE_QUADS] = s3;
  }
#if NORMALIZED
  if (keyQuad < KEY_QUADS && valueQuad0 + column == 0u) {
    chunkZ[(group.z * grid.y + chunk) * KEY_QUADS + keyQuad] = total;
  }
#end
}
