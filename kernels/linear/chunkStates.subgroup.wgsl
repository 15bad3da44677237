// Pass 1 of the chunk form: U_c = φ(K_c)ᵀ V_c of every chunk, a ROWS keys × COLUMNS values tile of it in the registers of one subgroup. A lane
// owns VALUE_WIDTHS columns; the keys of a token are loaded once (lane = key) and broadcast.
@group(0) @binding(0) var<storage, read> k: array<f32>; // [batch, token, head, key]
@group(0) @binding(1) var<storage, read> v: array<f32>; // [batch, token, head, value]
@group(0) @binding(2) var<storage, read_write> chunkStates: array<f32>; // [batch, head, chunk, key, value]
#if NORMALIZED
@group(0) @binding(3) var<storage, read_write> chunkZ: array<f32>; // [batch, head, chunk, key]
#end

@compute @workgroup_size(SUBGROUP)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) grid: vec3u, @builtin(subgroup_invocation_id) lane: u32) {
  // 1, but no compiler knows: a loop of a constant length is unrolled by some (Mesa), which takes them seconds.
  let once = min(grid.x, 1u);
  let head = group.z % HEADS;
  let batch = group.z / HEADS;
  let chunk = group.y;
  let firstColumn = (group.x % COLUMN_TILES) * COLUMNS;
  let row0 = (group.x / COLUMN_TILES) * ROWS;
  // Edges are clamped, not branched around: a row or column past the last is the last once more. Lanes past the last column do not store.
#each b LANE_BLOCKS
  let own${b} = min(row0 + ${b}u * SUBGROUP + lane, KEYS - 1u);
#if NORMALIZED
  var z${b} = 0.0;
#end
#end
#each w VALUE_WIDTHS
  let column${w} = min(firstColumn + ${w}u * SUBGROUP + lane, VALUES - 1u);
#each r ROW_QUADS
  var s${w}_${r} = vec4f(0.0);
#end
#end

  let end = min((chunk + 1u) * CHUNK, TOKENS);
  var keyAt = ((batch * TOKENS + chunk * CHUNK) * HEADS + head) * KEYS;
  var valueAt = ((batch * TOKENS + chunk * CHUNK) * HEADS + head) * VALUES;
  for (var token = chunk * CHUNK; token < end; token++) {
#each b LANE_BLOCKS
    let a${b} = featuredScalar(k[keyAt + own${b}]);
#if NORMALIZED
    z${b} += a${b};
#end
#end
#each w VALUE_WIDTHS
    let b${w} = vec4f(v[valueAt + column${w}]);
#end
#each r ROW_QUADS
    let x${r} = vec4f(
#each c 4
      subgroupBroadcast(a${r / LANE_QUADS}, ${r % LANE_QUADS}u * 4u + ${c}u),
#end
    );
#each w VALUE_WIDTHS
    s${w}_${r} = fma(x${r}, b${w}, s${w}_${r});
#end
#end
    keyAt += HEADS * KEYS;
    valueAt += HEADS * VALUES;
  }

  // A loop over the four keys of a quad, since code that stores compiles slowly and runs once.
  let to = (group.z * CHUNKS + chunk) * KEYS;
  for (var j = 0u; j < 4u * once; j++) {
#each w VALUE_WIDTHS
    if (VALUES % COLUMNS == 0 || firstColumn + ${w}u * SUBGROUP + lane < VALUES) {
#each r ROW_QUADS
      if (KEYS % ROWS == 0 || row0 + ${r * 4}u < KEYS) {
        chunkStates[(to + row0 + ${r * 4}u + j) * VALUES + column${w}] = s${w}_${r}[j];
      }
#end
    }
#end
  }
#if NORMALIZED
  if (firstColumn == 0u) {
#each b LANE_BLOCKS
    chunkZ[to + own${b}] = z${b};
#end
  }
#end
}
