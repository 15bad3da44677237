/**
 * Non-negative least squares with at most 3 columns, exactly: the best feasible solution over all sets of active columns (Lawson and
 * Hanson 1974 search these sets; with three there are eight). `columns` and `target` are already weighted.
 */
export const nnls = (columns: readonly Float64Array[], target: Float64Array): { readonly coefficients: readonly number[]; readonly rss: number } => {
  const gram = columns.map((a) => columns.map((b) => dot(a, b)));
  const right = columns.map((a) => dot(a, target));
  let best = { coefficients: columns.map(() => 0), rss: dot(target, target) };
  for (const active of subsets[columns.length] ?? []) {
    const solved = solveNormal(gram, right, active);
    if (!solved?.every((value) => value >= 0)) continue;
    const coefficients = columns.map(() => 0);
    for (const [i, column] of active.entries()) coefficients[column] = solved[i] ?? 0;
    const rss = residualSquares(columns, coefficients, target);
    // Smaller sets come first and win ties; 1e-12 keeps rounding from adding a term.
    if (rss < best.rss * (1 - 1e-12)) best = { coefficients, rss };
  }
  return best;
};

/** Non-empty sets of 0, 1, 2 and 3 columns, small ones first. */
const subsets: readonly (readonly (readonly number[])[])[] = [[], [[0]], [[0], [1], [0, 1]], [[0], [1], [2], [0, 1], [0, 2], [1, 2], [0, 1, 2]]];

export const dot = (a: ArrayLike<number>, b: ArrayLike<number>): number => {
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

/** The normal equations of the active columns, by Cholesky's factorisation; undefined where the columns are dependent. */
export const solveNormal = (gram: readonly (readonly number[])[], right: readonly number[], active: readonly number[]): readonly number[] | undefined => {
  const size = active.length;
  const lower = new Float64Array(size * size);
  const at = (i: number, j: number): number => lower[i * size + j] ?? 0;
  const solved: number[] = [];
  for (let i = 0; i < size; i++) {
    const row = gram[active[i] ?? 0] ?? [];
    for (let j = 0; j <= i; j++) {
      let rest = row[active[j] ?? 0] ?? 0;
      for (let k = 0; k < j; k++) rest -= at(i, k) * at(j, k);
      if (i === j && !(rest > (row[active[i] ?? 0] ?? 0) * 1e-14)) return undefined;
      lower[i * size + j] = i === j ? Math.sqrt(rest) : rest / at(j, j);
    }
    let value = right[active[i] ?? 0] ?? 0;
    for (let k = 0; k < i; k++) value -= at(i, k) * (solved[k] ?? 0);
    solved.push(value / at(i, i));
  }
  for (let i = size - 1; i >= 0; i--) {
    let value = solved[i] ?? 0;
    for (let k = i + 1; k < size; k++) value -= at(k, i) * (solved[k] ?? 0);
    solved[i] = value / at(i, i);
  }
  return solved;
};
