// Pass 1 of the chunk form: U_c = φ(K_c)ᵀ V_c of every chunk, a ROWS keys × COLUMNS values tile of it in the registers of one subgroup. A lane
// owns VALUE_WIDTHS columns; keys come as vec4f of four channels, loaded once (lane = token) and broadcast (laneSteps.ts).
@group(0) @binding(0) var<storage, read> k: array<StoredQuad>; // [batch, token, head, key / 4]
@group(0) @binding(1) var<storage, read> v: array<Stored>; // [batch, token, head, value]
@group(0) @binding(2) var<storage, read_write> chunkStates: array<f32>; // [batch, head, chunk, key, value]
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

@compute @workgroup_size(SUBGROUP)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) grid: vec3u, @builtin(subgroup_invocation_id) lane: u32) {
  // 1, but no compiler knows: a loop of a constant length is unrolled by some (Mesa), which takes them seconds.
  let once = min(grid.x, 1u);
  let tokens = arrayLength(&k) / (grid.z * KEY_QUADS);
  let head = group.z % HEADS;
  let batch = group.z / HEADS;
  let chunk = group.y;
  let firstColumn = (group.x % COLUMN_TILES) * COLUMNS;
  // Edges are clamped, not branched around: a row or column past the last is the last once more. Lanes past the last column do not store.
#each r ROW_QUADS
  let quad${r} = min((group.x / COLUMN_TILES) * (ROWS / 4) + ${r}u, KEY_QUADS - 1u);
#if NORMALIZED
  var z${r} = vec4f(0.0);
#end
#end
#each w VALUE_WIDTHS
  let column${w} = min(firstColumn + ${w}u * SUBGROUP + lane, VALUES - 1u);
#each r ROW_QUADS
  var s${w}_${r} = vec4f(0.0);
#end
#end

  let end = min((chunk + 1u) * CHUNK, tokens);
  for (var token0 = chunk * CHUNK; token0 < end; token0 += SUBGROUP) {
    let count = min(SUBGROUP, end - token0);
    let keyAt = ((batch * tokens + min(token0 + lane, tokens - 1u)) * HEADS + head) * KEY_QUADS;
#if DECAYS
    // What of this token is left at the end of its chunk.
    let endAt = group.z * tokens + end - 1u;
    let tokenAt = group.z * tokens + min(token0 + lane, end - 1u);
#if !PER_CHANNEL
    let remaining = exp(logBetween(endAt, tokenAt));
#end
#end
#each r ROW_QUADS
#if DECAYS
#if PER_CHANNEL
    let a${r} = select(vec4f(0.0), featured(vec4f(k[keyAt + quad${r}])) * exp(quadBetween(endAt * KEY_QUADS + quad${r}, tokenAt * KEY_QUADS + quad${r})), lane < count);
#else
    let a${r} = select(vec4f(0.0), featured(vec4f(k[keyAt + quad${r}])) * remaining, lane < count);
#end
#else
    let a${r} = select(vec4f(0.0), featured(vec4f(k[keyAt + quad${r}])), lane < count);
#end
#if NORMALIZED
    z${r} += a${r};
#end
#end
    var valueAt = ((batch * tokens + token0) * HEADS + head) * VALUES;
#if UNROLLED
    {
#else
    for (var i = 0u; i < count; i++) {
#end
#each i STEPS
      {
#each w VALUE_WIDTHS
        let b${w} = vec4f(f32(v[valueAt + column${w}]));
#end
#each r ROW_QUADS
#if UNROLLED
        let x${r} = subgroupBroadcast(a${r}, ${i}u);
#else
        let x${r} = subgroupShuffle(a${r}, i);
#end
#each w VALUE_WIDTHS
        s${w}_${r} = fma(x${r}, b${w}, s${w}_${r});
#end
#end
#if UNROLLED
        // Of lanes past the last token, which hold zeros, the last one's value once more.
        valueAt += select(0u, HEADS * VALUES, ${i + 1}u < count);
#else
        valueAt += HEADS * VALUES;
#end
      }
#end
    }
  }

  // A loop over the four keys of a quad, since code that stores compiles slowly and runs once.
  let to = (group.z * grid.y + chunk) * KEYS * VALUES;
  for (var j = 0u; j < 4u * once; j++) {
#each w VALUE_WIDTHS
    if (VALUES % COLUMNS == 0 || firstColumn + ${w}u * SUBGROUP + lane < VALUES) {
#each r ROW_QUADS
      chunkStates[to + (quad${r} * 4u + j) * VALUES + column${w}] = s${w}_${r}[j];
#end
    }
#end
  }
#if NORMALIZED
#each r ROW_QUADS
  let total${r} = subgroupAdd(z${r});
  if (lane == 0u && firstColumn == 0u) {
    chunkZ[(group.z * grid.y + chunk) * KEY_QUADS + quad${r}] = total${r};
  }
#end
#end
}
