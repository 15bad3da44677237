// Pass 1 of the chunk form: U_c = φ(K_c)ᵀ V_c, a ROWS keys × COLUMNS values tile of it in the registers of one subgroup. A lane owns
// VALUE_WIDTHS columns; keys are loaded once (lane = token) and broadcast. SERIAL: one subgroup walks all chunks of a head, writing the
// state *before* each chunk, so no scan follows; else every chunk is its own workgroup and writes its own sum.
@group(0) @binding(0) var<storage, read> k: array<vec4f>; // [batch, token, head, key / 4]
@group(0) @binding(1) var<storage, read> v: array<f32>; // [batch, token, head, value]
@group(0) @binding(2) var<storage, read_write> chunkStates: array<f32>; // [batch, head, chunk, key, value]
#if SERIAL
@group(0) @binding(3) var<storage, read_write> state: array<f32>; // [batch, head, key, value]
#if NORMALIZED
@group(0) @binding(4) var<storage, read_write> chunkZ: array<f32>; // [batch, head, chunk, key]
@group(0) @binding(5) var<storage, read_write> z: array<f32>; // [batch, head, key]
#end
#else
#if NORMALIZED
@group(0) @binding(3) var<storage, read_write> chunkZ: array<f32>;
#end
#end

@compute @workgroup_size(SUBGROUP)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(subgroup_invocation_id) lane: u32) {
  let head = group.z % HEADS;
  let batch = group.z / HEADS;
  let row0 = (group.y / COLUMN_TILES) * ROWS;
  let column0 = (group.y % COLUMN_TILES) * COLUMNS;
#each w VALUE_WIDTHS
  let column${w} = column0 + ${w}u * SUBGROUP + lane;
  // Lanes past the last column load some column that exists and never store.
  let at${w} = min(column${w}, VALUES - 1u);
#each q ROW_QUADS
  var s${w}_${q} = vec4f(0.0);
#end
#end
#if NORMALIZED
#each q ROW_QUADS
  var z${q} = vec4f(0.0);
#end
#end

#if SERIAL
  for (var chunk = 0u; chunk < CHUNKS; chunk++) {
#if NORMALIZED
#each q ROW_QUADS
    let total${q} = subgroupAdd(z${q});
    if (lane == 0u && column0 == 0u && row0 / 4u + ${q}u < KEY_QUADS) {
      chunkZ[(group.z * CHUNKS + chunk) * KEYS + row0 + ${q * 4}u + 0u] = total${q}.x;
      chunkZ[(group.z * CHUNKS + chunk) * KEYS + row0 + ${q * 4}u + 1u] = total${q}.y;
      chunkZ[(group.z * CHUNKS + chunk) * KEYS + row0 + ${q * 4}u + 2u] = total${q}.z;
      chunkZ[(group.z * CHUNKS + chunk) * KEYS + row0 + ${q * 4}u + 3u] = total${q}.w;
    }
#end
#end
#each w VALUE_WIDTHS
    if (column${w} < VALUES) {
      let to = ((group.z * CHUNKS + chunk) * KEYS + row0) * VALUES + column${w};
#each q ROW_QUADS
      if (row0 / 4u + ${q}u < KEY_QUADS) {
        chunkStates[to + (${q * 4}u + 0u) * VALUES] = s${w}_${q}.x;
        chunkStates[to + (${q * 4}u + 1u) * VALUES] = s${w}_${q}.y;
        chunkStates[to + (${q * 4}u + 2u) * VALUES] = s${w}_${q}.z;
        chunkStates[to + (${q * 4}u + 3u) * VALUES] = s${w}_${q}.w;
      }
#end
    }
#end
#else
  let chunk = group.x;
  {
#end
    let end = min((chunk + 1u) * CHUNK, TOKENS);
    for (var token0 = chunk * CHUNK; token0 < end; token0 += SUBGROUP) {
      let count = min(SUBGROUP, end - token0);
      let keyAt = ((batch * TOKENS + min(token0 + lane, TOKENS - 1u)) * HEADS + head) * KEY_QUADS;
#each q ROW_QUADS
      let a${q} = featured(k[keyAt + min(row0 / 4u + ${q}u, KEY_QUADS - 1u)]);
#end
#if NORMALIZED
#each q ROW_QUADS
      z${q} += select(vec4f(0.0), a${q}, lane < count);
#end
#end
      var valueAt = ((batch * TOKENS + token0) * HEADS + head) * VALUES;
      for (var i = 0u; i < count; i++) {
#each w VALUE_WIDTHS
        let b${w} = vec4f(v[valueAt + at${w}]);
#end
#each q ROW_QUADS
        let x${q} = subgroupShuffle(a${q}, i);
#each w VALUE_WIDTHS
        s${w}_${q} = fma(x${q}, b${w}, s${w}_${q});
#end
#end
        valueAt += HEADS * VALUES;
      }
    }
  }
#if SERIAL
#if NORMALIZED
#each q ROW_QUADS
  let total${q} = subgroupAdd(z${q});
  if (lane == 0u && column0 == 0u && row0 / 4u + ${q}u < KEY_QUADS) {
    z[group.z * KEYS + row0 + ${q * 4}u + 0u] = total${q}.x;
    z[group.z * KEYS + row0 + ${q * 4}u + 1u] = total${q}.y;
    z[group.z * KEYS + row0 + ${q * 4}u + 2u] = total${q}.z;
    z[group.z * KEYS + row0 + ${q * 4}u + 3u] = total${q}.w;
  }
#end
#end
#each w VALUE_WIDTHS
  if (column${w} < VALUES) {
    let to = (group.z * KEYS + row0) * VALUES + column${w};
#each q ROW_QUADS
    if (row0 / 4u + ${q}u < KEY_QUADS) {
      state[to + (${q * 4}u + 0u) * VALUES] = s${w}_${q}.x;
      state[to + (${q * 4}u + 1u) * VALUES] = s${w}_${q}.y;
      state[to + (${q * 4}u + 2u) * VALUES] = s${w}_${q}.z;
      state[to + (${q * 4}u + 3u) * VALUES] = s${w}_${q}.w;
    }
#end
  }
#end
#else
#if NORMALIZED
#each q ROW_QUADS
  let total${q} = subgroupAdd(z${q});
  if (lane == 0u && column0 == 0u && row0 / 4u + ${q}u < KEY_QUADS) {
    chunkZ[(group.z * CHUNKS + group.x) * KEYS + row0 + ${q * 4}u + 0u] = total${q}.x;
    chunkZ[(group.z * CHUNKS + group.x) * KEYS + row0 + ${q * 4}u + 1u] = total${q}.y;
    chunkZ[(group.z * CHUNKS + group.x) * KEYS + row0 + ${q * 4}u + 2u] = total${q}.z;
    chunkZ[(group.z * CHUNKS + group.x) * KEYS + row0 + ${q * 4}u + 3u] = total${q}.w;
  }
#end
#end
#each w VALUE_WIDTHS
  if (column${w} < VALUES) {
    let to = ((group.z * CHUNKS + group.x) * KEYS + row0) * VALUES + column${w};
#each q ROW_QUADS
    if (row0 / 4u + ${q}u < KEY_QUADS) {
      chunkStates[to + (${q * 4}u + 0u) * VALUES] = s${w}_${q}.x;
      chunkStates[to + (${q * 4}u + 1u) * VALUES] = s${w}_${q}.y;
      chunkStates[to + (${q * 4}u + 2u) * VALUES] = s${w}_${q}.z;
      chunkStates[to + (${q * 4}u + 3u) * VALUES] = s${w}_${q}.w;
    }
#end
  }
#end
#end
}
