import { bends, devianceOf, scorer, type Term } from "./laws.ts";
import { nnls } from "./nnls.ts";

/**
 * Curves that are none of the laws: a power that is no whole number, and growth that levels off. Where one of them follows the points as well as a law does, the law is not shown.
 */

/** One of a family of curves t0 + a·term(x), t0 and a ≥ 0, with one number more that is free. */
export interface FreeFit {
  readonly value: number;
  readonly deviance: number;
  /** sum of squared relative errors */
  readonly rss: number;
  /** of y at the largest x, what grows */
  readonly grown: number;
}

/** The best curve of one term. */
const fitOf = (xs: readonly number[], ys: readonly number[], term: (x: number) => number): Omit<FreeFit, "value"> => {
  const scale = term(xs.at(-1) ?? 1) || 1;
  const columns = [Float64Array.from(ys, (y) => 1 / y), Float64Array.from(xs, (x, i) => term(x) / scale / (ys[i] ?? 1))];
  const { coefficients, rss } = nnls(columns, new Float64Array(xs.length).fill(1));
  const [t0 = 0, a = 0] = coefficients;
  return { rss, deviance: devianceOf(rss, xs.length), grown: a / (t0 + a || 1) };
};

/** The best of a grid, then between its neighbours by golden section. */
const bestOf = (curveOf: (value: number) => Omit<FreeFit, "value">, grid: readonly number[]): FreeFit => {
  const deviance = (value: number): number => curveOf(value).deviance;
  const at = grid.map(deviance);
  const best = at.indexOf(Math.min(...at));
  const golden = (Math.sqrt(5) - 1) / 2;
  let [low, high] = [grid[Math.max(0, best - 1)] ?? 0, grid[Math.min(grid.length - 1, best + 1)] ?? 0];
  let [left, right] = [high - golden * (high - low), low + golden * (high - low)];
  let [atLeft, atRight] = [deviance(left), deviance(right)];
  for (let step = 0; step < 24; step++) {
    // The point that stays inside is one of the next two.
    if (atLeft < atRight) {
      high = right;
      [right, atRight, left] = [left, atLeft, right - golden * (right - low)];
      atLeft = deviance(left);
    } else {
      low = left;
      [left, atLeft, right] = [right, atRight, left + golden * (high - left)];
      atRight = deviance(right);
    }
  }
  const value = (low + high) / 2;
  return { value, ...curveOf(value) };
};

const powers = Array.from({ length: 60 }, (_, i) => 0.1 * (i + 1));
/** χ² of one degree of freedom, 95 % */
const likely = 3.84;

export interface PowerLaw extends FreeFit {
  /** powers that are as likely, 95 % */
  readonly low: number;
  readonly high: number;
}

/** Of y at this share of the largest x, what grows. */
export const grownAt = ({ value, grown }: PowerLaw, share: number): number => {
  const there = grown * share ** value;
  return there > 0 ? there / (1 - grown + there) : 0;
};

const powerCurve =
  (xs: readonly number[], ys: readonly number[]) =>
  (power: number): Omit<FreeFit, "value"> =>
    fitOf(xs, ys, (x) => x ** power);

/** t0 + a·x^p, of ys > 0 at ascending xs. */
const nearestPower = (xs: readonly number[], ys: readonly number[]): FreeFit => bestOf(powerCurve(xs, ys), powers);

/** t0 + a·x^p: p with its 95 % interval by the profile of the deviance (Venzon and Moolgavkar 1988), of ys > 0 at ascending xs. */
export const powerLaw = (xs: readonly number[], ys: readonly number[]): PowerLaw => {
  const curveOf = powerCurve(xs, ys);
  const best = nearestPower(xs, ys);
  const edge = (toward: number): number => {
    const isLikely = (power: number): boolean => curveOf(power).deviance <= best.deviance + likely;
    if (isLikely(toward)) return toward;
    let [inside, outside] = [best.value, toward];
    for (let step = 0; step < 20; step++) {
      const middle = (inside + outside) / 2;
      if (isLikely(middle)) inside = middle;
      else outside = middle;
    }
    return inside;
  };
  return { ...best, low: edge(powers[0] ?? 0), high: edge(powers.at(-1) ?? 1) };
};

/** t0 + a·x/(x + c): growth that levels off beyond c. */
export const levellingOff = (xs: readonly number[], ys: readonly number[]): FreeFit => {
  const [first, last] = [Math.log(xs[0] ?? 1), Math.log(xs.at(-1) ?? 1)];
  return bestOf(
    (log) => fitOf(xs, ys, (x) => x / (x + Math.exp(log))),
    Array.from({ length: 17 }, (_, i) => first + ((last - first) * i) / 16),
  );
};

/** A law must be so much worse before a power takes its place; see doubt.ts. */
const margin = 6;

/** Bends of smooth curves for these points: those of laws, and where a power of x follows clearly better than any law, that and how it moves with the power. */
export const bendsOf = (xs: readonly number[], ys: readonly number[]): readonly (readonly Term[])[] => {
  const least = Math.min(...scorer(xs)(ys).map(({ deviance }) => deviance));
  if (!Number.isFinite(least)) return bends;
  const { value: power, deviance } = nearestPower(xs, ys);
  return deviance + margin < least ? [...bends, [(x) => x ** power, (x) => x ** power * Math.log(x)]] : bends;
};

/**
 * Sum of squared relative errors about the curve that AICc finds nearest, be it a law or a power of x, and the degrees of freedom left to it: 0 of too few points for any.
 */
export const leastResidual = (xs: readonly number[], ys: readonly number[]): { readonly squares: number; readonly freedom: number } => {
  const [best] = scorer(xs)(ys);
  if (!best) return { squares: 0, freedom: 0 };
  const law = { squares: best.rms ** 2 * xs.length, freedom: xs.length - best.parameters };
  const parameters = 4;
  const spare = xs.length - parameters - 1;
  if (spare < 1) return law;
  const power = nearestPower(xs, ys);
  const criterion = power.deviance + 2 * parameters + (2 * parameters * (parameters + 1)) / spare;
  return criterion < best.criterion ? { squares: power.rss, freedom: xs.length - parameters + 1 } : law;
};
