// Pass 3 of the chunk form: O_c = scale · (φ(Q_c) S_c + tril(φ(Q_c) φ(K_c)ᵀ) V_c) for ROWS tokens × COLUMNS values, in the registers of one
// subgroup. A lane owns VALUE_WIDTHS columns, or KEY_WIDTHS keys of a block of scores; one contraction step of all rows is loaded once
// (lane = row) and broadcast. Scores go through workgroup memory, since their columns become the next contraction index; all of them come
// first, so that two register tiles are never alive at once.
@group(0) @binding(0) var<storage, read> q: array<f32>; // [batch, token, head, key]
@group(0) @binding(1) var<storage, read> k: array<f32>; // [batch, token, head, key]
@group(0) @binding(2) var<storage, read> v: array<f32>; // [batch, token, head, value]
@group(0) @binding(3) var<storage, read> chunkStates: array<f32>; // [batch, head, chunk, key, value]: before each chunk
@group(0) @binding(4) var<storage, read_write> o: array<f32>; // [batch, token, head, value]
#if NORMALIZED
@group(0) @binding(5) var<storage, read> chunkZ: array<f32>; // [batch, head, chunk, key]
#end

const KEY_BLOCK = SUBGROUP * KEY_WIDTHS;
const SCORES = (CHUNK + KEY_BLOCK - 1) / KEY_BLOCK * KEY_BLOCK;
var<workgroup> scores: array<vec4f, ROW_QUADS * SCORES>; // [key of the chunk, row / 4]

@compute @workgroup_size(SUBGROUP)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) grid: vec3u, @builtin(subgroup_invocation_id) lane: u32) {
  // 1, but no compiler knows: a loop of a constant length is unrolled by some (Mesa), which takes them seconds.
  let once = min(grid.x, 1u);
  let head = group.z % HEADS;
  let batch = group.z / HEADS;
  let chunk = group.y;
  let row0 = chunk * CHUNK + (group.x / COLUMN_TILES) * ROWS;
  if (row0 >= TOKENS) {
    return;
  }
  let firstColumn = (group.x % COLUMN_TILES) * COLUMNS;
  let keyBase = (batch * TOKENS * HEADS + head) * KEYS;
  let valueBase = (batch * TOKENS * HEADS + head) * VALUES;
  let last = min(row0 + ROWS, TOKENS) - 1u;
  // Edges are clamped, not branched around: a row or column past the last is the last once more. Lanes past the last column do not store.
#each r ROW_QUADS
  let rows${r} = min(vec4u(row0 + ${r * 4}u) + vec4u(0u, 1u, 2u, 3u), vec4u(last));
#end
#each b LANE_BLOCKS
  let queryAt${b} = keyBase + min(row0 + ${b}u * SUBGROUP + lane, last) * (HEADS * KEYS);
#if NORMALIZED
  var d${b} = 0.0;
#end
#end

  // tril(φ(Q_c) φ(K_c)ᵀ), a block of keys at a time, none past the last row.
  for (var key0 = 0u; chunk * CHUNK + key0 <= last; key0 += KEY_BLOCK) {
#each w KEY_WIDTHS
    let key${w}Token = chunk * CHUNK + key0 + ${w}u * SUBGROUP + lane;
    let keyAt${w} = keyBase + min(key${w}Token, last) * (HEADS * KEYS);
#each r ROW_QUADS
    var p${w}_${r} = vec4f(0.0);
#end
#end
    for (var i = 0u; i < KEYS * once; i++) {
#each b LANE_BLOCKS
      let a${b} = featuredScalar(q[queryAt${b} + i]);
#end
#each w KEY_WIDTHS
      let b${w} = vec4f(featuredScalar(k[keyAt${w} + i]));
#end
#each r ROW_QUADS
      let x${r} = vec4f(
#each c 4
        subgroupBroadcast(a${r / LANE_QUADS}, ${r % LANE_QUADS}u * 4u + ${c}u),
#end
      );
#each w KEY_WIDTHS
      p${w}_${r} = fma(x${r}, b${w}, p${w}_${r});
#end
#end
    }
#each w KEY_WIDTHS
#each r ROW_QUADS
    scores[(key0 + ${w}u * SUBGROUP + lane) * ROW_QUADS + ${r}u] = select(vec4f(0.0), p${w}_${r}, rows${r} >= vec4u(key${w}Token));
#end
#end
  }
  workgroupBarrier();

#each w VALUE_WIDTHS
  let column${w} = min(firstColumn + ${w}u * SUBGROUP + lane, VALUES - 1u);
#each r ROW_QUADS
  var s${w}_${r} = vec4f(0.0);
#end
#end
  // φ(Q_c) S_c: what came before this chunk.
  var stateAt = (group.z * CHUNKS + chunk) * KEYS * VALUES;
  for (var i = 0u; i < KEYS * once; i++) {
#if NORMALIZED
    let zAt = chunkZ[(group.z * CHUNKS + chunk) * KEYS + i];
#end
#each b LANE_BLOCKS
    let a${b} = featuredScalar(q[queryAt${b} + i]);
#if NORMALIZED
    d${b} = fma(a${b}, zAt, d${b});
#end
#end
#each w VALUE_WIDTHS
    let b${w} = vec4f(chunkStates[stateAt + column${w}]);
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
    stateAt += VALUES;
  }
  // Scores times V_c: what came in this chunk.
  var valueAt = valueBase + chunk * CHUNK * (HEADS * VALUES);
  for (var i = 0u; i <= last - chunk * CHUNK; i++) {
#each b LANE_BLOCKS
    let row${b} = min(${b}u * SUBGROUP + lane, ROWS - 1u);
    let a${b} = scores[i * ROW_QUADS + row${b} / 4u][row${b} % 4u];
#if NORMALIZED
    d${b} += a${b};
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
    valueAt += HEADS * VALUES;
  }

#if NORMALIZED
  // The scale cancels: it would stand above and below.
#each b LANE_BLOCKS
  let inverse${b} = 1.0 / d${b};
#end
#end
#each r ROW_QUADS
#if NORMALIZED
  let f${r} = vec4f(
#each c 4
    subgroupBroadcast(inverse${r / LANE_QUADS}, ${r % LANE_QUADS}u * 4u + ${c}u),
#end
  );
#else
  let f${r} = vec4f(SCALE);
#end
#end
  // A loop over the four rows of a quad, since code that stores compiles slowly and runs once.
  for (var j = 0u; j < 4u * once; j++) {
#each w VALUE_WIDTHS
    if (VALUES % COLUMNS == 0 || firstColumn + ${w}u * SUBGROUP + lane < VALUES) {
#each r ROW_QUADS
      o[valueBase + rows${r}[j] * (HEADS * VALUES) + column${w}] = s${w}_${r}[j] * f${r}[j];
#end
    }
#end
  }
}
