/**
 * Non-negative least squares with at most 3 columns, exactly: the best feasible solution over all sets of active columns (Lawson and
 * Hanson 1974 search these sets; with three there are eight). `columns` and `target` are already weighted.
 */
export const nnls = (columns: readonly Float64Array[], target: Float64Array): { readonly coefficients: readonly number[]; readonly rss: number } => {
  const width = columns.length;
  const gram = columns.map((a) => columns.map((b) => dot(a, b)));
  const right = columns.map((a) => dot(a, target));
  let best = { coefficients: columns.map(() => 0), rss: dot(target, target) };
  for (let set = 1; set < 1 << width; set++) {
    const active = columns.map((_, i) => i).filter((i) => set & (1 << i));
    const solved = solve(
      active.map((i) => active.map((j) => gram[i]?.[j] ?? 0)),
      active.map((i) => right[i] ?? 0),
    );
    if (!solved?.every((value) => value >= 0)) continue;
    const coefficients = columns.map((_, i) => (active.includes(i) ? (solved[active.indexOf(i)] ?? 0) : 0));
    const rss = residualSquares(columns, coefficients, target);
    // Ties go to the smaller set, which comes of a strict comparison only if it is looked at first; 1e-12 keeps rounding from adding a term.
    if (rss < best.rss * (1 - 1e-12)) best = { coefficients, rss };
  }
  return best;
};

const dot = (a: Float64Array, b: Float64Array): number => {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] ?? 0) * (b[i] ?? 0);
  return sum;
};

const residualSquares = (columns: readonly Float64Array[], coefficients: readonly number[], target: Float64Array): number => {
  let sum = 0;
  for (let i = 0; i < target.length; i++) {
    let residual = -(target[i] ?? 0);
    for (let c = 0; c < columns.length; c++) residual += (coefficients[c] ?? 0) * (columns[c]?.[i] ?? 0);
    sum += residual * residual;
  }
  return sum;
};

/** Gaussian elimination with partial pivoting; undefined where the columns are dependent. */
const solve = (matrix: number[][], right: number[]): number[] | undefined => {
  const size = right.length;
  const rows = matrix.map((row, i) => [...row, right[i] ?? 0]);
  const at = (i: number, j: number): number => rows[i]?.[j] ?? 0;
  const scale = Math.max(...matrix.map((row, i) => Math.abs(row[i] ?? 0)));
  for (let column = 0; column < size; column++) {
    let pivot = column;
    for (let i = column + 1; i < size; i++) if (Math.abs(at(i, column)) > Math.abs(at(pivot, column))) pivot = i;
    if (!(Math.abs(at(pivot, column)) > scale * 1e-14)) return undefined;
    [rows[column], rows[pivot]] = [rows[pivot] ?? [], rows[column] ?? []];
    for (let i = 0; i < size; i++) {
      if (i === column) continue;
      const factor = at(i, column) / at(column, column);
      const row = rows[i];
      if (row) for (let j = column; j <= size; j++) row[j] = at(i, j) - factor * at(column, j);
    }
  }
  return right.map((_, i) => at(i, size) / at(i, i));
};
