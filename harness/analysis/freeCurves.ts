import { devianceOf } from "./laws.ts";
import { nnls } from "./nnls.ts";

/**
 * Curves that are none of the laws: a power that is no whole number, and growth that levels off. Where one of them follows the points as well as a law does, the law is not shown.
 */

/** A family of curves t0 + a·term(x), t0 and a ≥ 0, with one number more that is free. */
interface FreeFit {
  readonly value: number;
  readonly deviance: number;
}

const columnsOf = (xs: readonly number[], ys: readonly number[], term: (x: number) => number): readonly Float64Array[] => {
  const scale = term(xs.at(-1) ?? 1) || 1;
  return [Float64Array.from(ys, (y) => 1 / y), Float64Array.from(xs, (x, i) => term(x) / scale / (ys[i] ?? 1))];
};

const devianceAt = (xs: readonly number[], ys: readonly number[], term: (x: number) => number): number =>
  devianceOf(nnls(columnsOf(xs, ys, term), new Float64Array(xs.length).fill(1)).rss, xs.length);

/** The best of a grid, then between its neighbours by golden section. */
const bestOf = (deviance: (value: number) => number, grid: readonly number[]): FreeFit => {
  const at = grid.map(deviance);
  const best = at.indexOf(Math.min(...at));
  const golden = (Math.sqrt(5) - 1) / 2;
  let [low, high] = [grid[Math.max(0, best - 1)] ?? 0, grid[Math.min(grid.length - 1, best + 1)] ?? 0];
  for (let step = 0; step < 24; step++) {
    const [left, right] = [high - golden * (high - low), low + golden * (high - low)];
    if (deviance(left) < deviance(right)) high = right;
    else low = left;
  }
  const value = (low + high) / 2;
  return { value, deviance: Math.min(deviance(value), at[best] ?? Number.POSITIVE_INFINITY) };
};

const powers = Array.from({ length: 39 }, (_, i) => 0.1 * (i + 1));
/** χ² of one degree of freedom, 95 % */
const likely = 3.84;

export interface PowerLaw extends FreeFit {
  /** powers that are as likely, 95 % */
  readonly low: number;
  readonly high: number;
}

/** t0 + a·x^p: p with its 95 % interval by the profile of the deviance (Venzon and Moolgavkar 1988), of ys > 0 at ascending xs. */
export const powerLaw = (xs: readonly number[], ys: readonly number[]): PowerLaw => {
  const deviance = (power: number): number => devianceAt(xs, ys, (x) => x ** power);
  const best = bestOf(deviance, powers);
  const edge = (toward: number): number => {
    const isLikely = (power: number): boolean => deviance(power) <= best.deviance + likely;
    if (isLikely(toward)) return toward;
    let [inside, outside] = [best.value, toward];
    for (let step = 0; step < 20; step++) {
      const middle = (inside + outside) / 2;
      if (isLikely(middle)) inside = middle;
      else outside = middle;
    }
    return inside;
  };
  return { ...best, low: edge(powers[0] ?? 0), high: edge(powers.at(-1) ?? 4) };
};

/** t0 + a·x/(x + c): growth that levels off beyond c. */
export const levellingOff = (xs: readonly number[], ys: readonly number[]): FreeFit => {
  const deviance = (log: number): number => devianceAt(xs, ys, (x) => x / (x + Math.exp(log)));
  const [first, last] = [Math.log(xs[0] ?? 1), Math.log(xs.at(-1) ?? 1)];
  return bestOf(
    deviance,
    Array.from({ length: 17 }, (_, i) => first + ((last - first) * i) / 16),
  );
};
