// What all kernels that multiply rows by a matrix have in common, put before them (projection.ts): the matrix, which rows a workgroup takes, and what
// becomes of a sum. GATED: two matrices, silu(gate) · up (SwiGLU, Shazeer 2020, arXiv 2002.05202). ADDS: onto what stands in y, the residual stream.
// GROUPED: each group of rows (group.wgsl) has a matrix of its own among several. Outputs past the first WIDTH belong to BESIDE further buffers, one behind
// another. A kernel says by rowCount() how many rows x has, and calls put().
@group(0) @binding(1) var<storage, read> w: array<StoredQuad>; // [matrix, o, IN_QUADS]
@group(0) @binding(2) var<storage, read_write> y: array<f32>; // [row, WIDTH]
#if GATED
@group(0) @binding(3) var<storage, read> wGate: array<StoredQuad>; // [matrix, o, IN_QUADS]
#end
#if GROUPED
@group(0) @binding(GROUPS_AT) var<storage, read> groups: array<u32>; // [group, 1 + GROUP]: its matrix, then its rows of y
#end
#each p BESIDE
@group(0) @binding(${p + BESIDE_AT}) var<storage, read_write> y${p}: array<f32>; // [row, WIDTH${p}]
#end

const NONE = 0xffffffffu;

// ROWS places from `first` on, and where the outputs of their matrix begin among those of all. `first` is NONE where all places are empty.
struct Rows {
  first: u32,
  matrix: u32,
}

#if GROUPED
fn rowsOf(workgroup: vec3u, grid: vec3u) -> Rows {
  let part = workgroup.z * grid.y + workgroup.y;
  let group = part / (GROUP / ROWS) * (1u + GROUP);
  let first = group + 1u + part % (GROUP / ROWS) * ROWS;
  // Places of a group are filled from its first on.
  if (first >= arrayLength(&groups) || groups[first] == NONE) { return Rows(NONE, 0u); }
  return Rows(first, groups[group] * OUT);
}
fn toRow(rows: Rows, place: u32) -> u32 { return groups[rows.first + place]; }
// So many of y come of one of x. Of no row: any, once more.
fn fromRow(rows: Rows, row: u32) -> u32 { return select(row, groups[rows.first], row == NONE) / SHARING; }
#else
fn rowsOf(workgroup: vec3u, grid: vec3u) -> Rows { return Rows(workgroup.y * ROWS, 0u); }
fn toRow(rows: Rows, place: u32) -> u32 { return select(NONE, rows.first + place, rows.first + place < rowCount()); }
fn fromRow(rows: Rows, row: u32) -> u32 { return min(row, rowCount() - 1u); }
#end

#if GATED
fn put(row: u32, o: u32, sum: f32, gate: f32) {
  if (row != NONE && o < OUT) { y[row * WIDTH + o] = sum * gate / (1.0 + exp(-gate)); }
}
#else
fn put(row: u32, o: u32, sum: f32) {
  if (row == NONE || o >= OUT) { return; }
#each p BESIDE
  if (o >= FIRST${p} && o < FIRST${p} + WIDTH${p}) { store${p}(row, o - FIRST${p}, finished${p}(sum)); }
#end
  if (o >= WIDTH) { return; }
#if ADDS
  y[row * WIDTH + o] += sum;
#else
  store(row, o, finished(sum));
#end
}
#end
