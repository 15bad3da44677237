import { curveTerms, type Sampled, type Term } from "./laws.ts";
import { dot, solveNormal } from "./nnls.ts";
import { chiSquare99, mean } from "./statistics.ts";

/**
 * A law of the kind t0 + a·x + b·x² through one curve, whose coefficients may be of any sign: what a non-negative fit says of a slope or a crossing is off to one side
 * wherever a coefficient is at its bound, and intervals of it miss the truth too often. For exponents and n*, not for naming laws.
 */
export interface SmoothCurve {
  /** log y at x: of the curve itself (undefined), or of replicate r */
  logAt(x: number): (replicate?: number) => number;
  /** the same of one replicate alone: a root asks once at each x */
  logOf(x: number, replicate: number | undefined): number;
  /** local slope of log y over log x at x, likewise */
  slopeAt(x: number): (replicate?: number) => number;
  /** log y less that of the curve, at each of the points */
  readonly residuals: readonly number[];
  /** standard deviation of the log by which points lie off the curve beyond their noise: kernels step with tiles and caches; 0 where noise explains it */
  readonly misfit: number;
  /** typical standard deviation of the log of a point */
  readonly noise: number;
}

/** Steps of Gauss and Newton to the least squares of log errors. */
const steps = 4;
/** logs that differ by less are equal: rounding */
const exact = 1e-6;
/** y that a curve with negative coefficients may not fall below, as a share of the smallest point */
const floorShare = 0.01;

/** Of at least two points. `terms` beside a constant: as many of them as there are points for. */
export const smoothCurve = ({ xs, ys, replicates }: Sampled, terms: readonly Term[] = curveTerms): SmoothCurve => {
  const used = terms.slice(0, Math.min(terms.length, xs.length - 1));
  const scales = used.map((term) => Math.abs(term(xs.at(-1) ?? 1)) || 1);
  const basis = (x: number): Float64Array => {
    const at = new Float64Array(used.length + 1);
    at[0] = 1;
    for (let i = 0; i < used.length; i++) at[i + 1] = (used[i]?.(x) ?? 0) / (scales[i] ?? 1);
    return at;
  };
  const bases = xs.map(basis);
  const least = floorShare * Math.min(...ys);
  // A thousand replicates ask at dozens of x each: arrays of one kind, and no call.
  const valueAt = (coefficients: Float64Array, at: Float64Array): number => {
    let sum = 0;
    for (let i = 0; i < coefficients.length; i++) sum += (coefficients[i] ?? 0) * (at[i] ?? 0);
    return Math.max(least, sum);
  };

  let fitted: readonly number[] = ys;
  let coefficients = new Float64Array();
  let solve: (targets: readonly number[]) => ArrayLike<number> = () => [];
  for (let step = 0; step < steps; step++) {
    const around = fitted;
    const columns = Array.from({ length: used.length + 1 }, (_, c) => Float64Array.from(bases, (row, i) => (row[c] ?? 0) / (around[i] ?? 1)));
    const gram = columns.map((one) => columns.map((other) => dot(one, other)));
    const active = columns.map((_, c) => c);
    solve = (targets) =>
      solveNormal(
        gram,
        columns.map((column) => dot(column, targets)),
        active,
      ) ?? coefficients;
    coefficients = Float64Array.from(solve(ys.map((y, i) => 1 + Math.log(y / (around[i] ?? y)))));
    fitted = bases.map((row) => valueAt(coefficients, row));
  }
  // Replicates lie near: their coefficients follow linearly from the logs of their points over these.
  const perPoint = xs.map((_, i) => solve(xs.map((__, j) => (i === j ? 1 : 0))));
  const [logs, squares] = [new Array<number>(xs.length).fill(0), new Float64Array(xs.length)];
  const moved = replicates.map((values) => {
    const shifted = coefficients.slice();
    for (let i = 0; i < xs.length; i++) {
      const off = Math.log((values[i] ?? 1) / (ys[i] ?? 1));
      logs[i] = off;
      const unit = perPoint[i] ?? [];
      for (let c = 0; c < shifted.length; c++) shifted[c] = (shifted[c] ?? 0) + (unit[c] ?? 0) * off;
    }
    // What moves all points alike is no noise of one against the others.
    const level = mean(logs);
    for (let i = 0; i < xs.length; i++) squares[i] = (squares[i] ?? 0) + ((logs[i] ?? 0) - level) ** 2;
    return shifted;
  });
  const of = (replicate: number | undefined): Float64Array => (replicate === undefined ? coefficients : (moved[replicate] ?? coefficients));
  const logAt = (x: number): ((replicate?: number) => number) => {
    const at = basis(x);
    return (replicate) => Math.log(valueAt(of(replicate), at));
  };
  const residuals = xs.map((x, i) => Math.log(ys[i] ?? 1) - logAt(x)());
  const variances = [...squares].map((square) => (square / Math.max(1, replicates.length)) * (xs.length / Math.max(1, xs.length - 1)));
  return {
    logAt,
    logOf(x, replicate) {
      const own = of(replicate);
      let sum = own[0] ?? 0;
      for (let i = 0; i < used.length; i++) sum += ((own[i + 1] ?? 0) * (used[i]?.(x) ?? 0)) / (scales[i] ?? 1);
      return Math.log(Math.max(least, sum));
    },
    slopeAt(x) {
      const near = 1e-4;
      const [above, below] = [logAt(x * (1 + near)), logAt(x / (1 + near))];
      return (replicate) => (above(replicate) - below(replicate)) / (2 * Math.log(1 + near));
    },
    residuals,
    ...misfitOf(residuals, variances, xs.length - used.length - 1),
  };
};

/** The smooth curve of the terms that come nearest to the points; the first of several that come equally near. */
export const nearestCurve = (sampled: Sampled, choices: readonly (readonly Term[])[]): SmoothCurve => {
  const alone = { ...sampled, replicates: [] };
  const squares = choices.map((terms) => meanSquare(smoothCurve(alone, terms).residuals));
  return smoothCurve(sampled, choices[squares.findIndex((square) => square <= Math.min(...squares) * (1 + 1e-9))]);
};

/** Points lie off the curve where the sum of their squared residuals over their variances is one that noise reaches in 1 of 100 curves. */
const misfitOf = (residuals: readonly number[], variances: readonly number[], freedom: number): Pick<SmoothCurve, "misfit" | "noise"> => {
  const noise = Math.sqrt(mean(variances));
  if (freedom < 1) return { misfit: 0, noise };
  const total = residuals.reduce((sum, residual, i) => sum + residual ** 2 / ((variances[i] ?? 0) + exact ** 2), 0);
  if (total <= chiSquare99(freedom)) return { misfit: 0, noise };
  return { misfit: Math.sqrt(mean(residuals.map((residual, i) => Math.max(0, residual ** 2 - (variances[i] ?? 0))))), noise };
};

const meanSquare = (values: readonly number[]): number => mean(values.map((value) => value ** 2));
