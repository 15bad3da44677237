/** A least-squares problem by its normal equations: products of its columns with each other, with the target, and of the target with itself. */
export interface NormalEquations {
  readonly gram: readonly (readonly number[])[];
  readonly right: readonly number[];
  readonly square: number;
}

export interface NonNegativeFit {
  readonly coefficients: readonly number[];
  readonly rss: number;
}

/** Non-negative least squares: the solution without bounds where it keeps them, else the best over all sets of columns where there are few, or found from set to set. */
export const nnlsNormal = (equations: NormalEquations): NonNegativeFit => {
  const sets = subsets[equations.right.length];
  return sets ? amongSets(equations, sets) : fromSetToSet(equations);
};

/** Exactly, of at most 3 columns: the best feasible solution over all sets of active columns, of which there are eight. */
const amongSets = ({ gram, right, square }: NormalEquations, sets: readonly (readonly number[])[]): NonNegativeFit => {
  const all = sets.at(-1) ?? [];
  const free = solveNormal(gram, right, all);
  if (free?.every((value) => value >= 0)) return { coefficients: free, rss: residualSquares(gram, right, square, all, free) };
  let best: NonNegativeFit = { coefficients: right.map(() => 0), rss: square };
  for (const active of sets) {
    if (active === all) continue;
    const solved = solveNormal(gram, right, active);
    if (!solved?.every((value) => value >= 0)) continue;
    const rss = residualSquares(gram, right, square, active, solved);
    // Smaller sets come first and win ties; 1e-12 keeps rounding from adding a term.
    if (rss < best.rss * (1 - 1e-12)) best = { coefficients: right.map((_, column) => solved[active.indexOf(column)] ?? 0), rss };
  }
  return best;
};

/** Of more columns, by active sets (Lawson and Hanson 1974, chapter 23), on the normal equations (Bro and de Jong 1997, Journal of Chemometrics 11): that column enters along which errors fall fastest. */
const fromSetToSet = ({ gram, right, square }: NormalEquations): NonNegativeFit => {
  const every = right.map((_, column) => column);
  let coefficients = right.map(() => 0);
  let active: readonly number[] = [];
  // Columns that depend on those that are active add nothing.
  const dependent = new Set<number>();
  for (let step = 0; step < 3 * right.length; step++) {
    const gain = (column: number): number => (right[column] ?? 0) - dot(gram[column] ?? [], coefficients);
    const open = every.filter((column) => !active.includes(column) && !dependent.has(column) && gain(column) > 1e-10 * Math.abs(right[column] ?? 0));
    if (open.length === 0) break;
    const entering = open.reduce((best, column) => (gain(column) > gain(best) ? column : best));
    active = [...active, entering].sort((one, other) => one - other);
    for (;;) {
      const solved = solveNormal(gram, right, active);
      if (!solved) {
        dependent.add(entering);
        active = active.filter((column) => column !== entering);
        break;
      }
      const wanted = right.map((_, column) => solved[active.indexOf(column)] ?? 0);
      const falling = active.filter((column) => (wanted[column] ?? 0) <= 0);
      if (falling.length === 0) {
        coefficients = wanted;
        break;
      }
      // As far towards it as all stay above 0; those that reach it leave.
      const reach = Math.min(...falling.map((column) => (coefficients[column] ?? 0) / ((coefficients[column] ?? 0) - (wanted[column] ?? 0))));
      coefficients = coefficients.map((value, column) => value + reach * ((wanted[column] ?? 0) - value));
      active = active.filter((column) => (coefficients[column] ?? 0) > 1e-12 * Math.max(...coefficients));
      coefficients = coefficients.map((value, column) => (active.includes(column) ? value : 0));
    }
  }
  const solved = active.map((column) => coefficients[column] ?? 0);
  return { coefficients, rss: residualSquares(gram, right, square, active, solved) };
};

/** The same of columns and a target, both already weighted. */
export const nnls = (columns: readonly Float64Array[], target: Float64Array): NonNegativeFit =>
  nnlsNormal({
    gram: columns.map((a) => columns.map((b) => dot(a, b))),
    right: columns.map((a) => dot(a, target)),
    square: dot(target, target),
  });

/** Non-empty sets of 0, 1, 2 and 3 columns, small ones first. */
const subsets: readonly (readonly (readonly number[])[])[] = [[], [[0]], [[0], [1], [0, 1]], [[0], [1], [2], [0, 1], [0, 2], [1, 2], [0, 1, 2]]];

export const dot = (a: ArrayLike<number>, b: ArrayLike<number>): number => {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] ?? 0) * (b[i] ?? 0);
  return sum;
};

/** Products of weighted columns with each other, for any weights: Σ w·a·b of each pair, each once, of products that are made once. */
export const weightedGram = (columns: readonly Float64Array[]): ((weights: Float64Array) => readonly (readonly number[])[]) => {
  const pairs = columns.map((one, i) => columns.slice(0, i + 1).map((other) => one.map((value, k) => value * (other[k] ?? 0))));
  return (weights) => {
    const lower = pairs.map((row) => row.map((product) => dot(product, weights)));
    return lower.map((row, i) => lower.map((other, j) => (j <= i ? row[j] : other[i]) ?? 0));
  };
};

/** |target − columns · coefficients|², never below 0 for rounding. */
const residualSquares = (
  gram: NormalEquations["gram"],
  right: readonly number[],
  square: number,
  active: readonly number[],
  coefficients: readonly number[],
): number => {
  let sum = square;
  for (let i = 0; i < active.length; i++) {
    const row = gram[active[i] ?? 0] ?? [];
    let product = 0;
    for (let j = 0; j < active.length; j++) product += (row[active[j] ?? 0] ?? 0) * (coefficients[j] ?? 0);
    sum += (coefficients[i] ?? 0) * (product - 2 * (right[active[i] ?? 0] ?? 0));
  }
  return Math.max(0, sum);
};

/** The solution of the normal equations of the active columns, by Cholesky's factorisation; undefined where the columns are dependent. */
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
