import type { Estimate } from "../record/derived.ts";
import type { NearRatio, Point, Ratio } from "./logRatio.ts";
import { percentileInterval } from "./statistics.ts";

/** Of several curves the nearest was chosen, which makes its residuals look smaller than they are: by so much intervals of n* are wider, on the log scale (npm run proof: else they hold 92 to 94 %, and their errors are 1.05 to 1.11 times as large as told). */
const chosen = 1.1;

/** The last sign change of the estimates less `level` within the bracket, by linear interpolation of the log ratio over log n; undefined without one. */
const chordRoot = (points: readonly Point[], level: number, [from, to]: readonly [number, number]): number | undefined => {
  const inside = points.filter(({ n }) => n >= from && n <= to).map(({ n, log }) => ({ n, log: log - level }));
  for (let i = inside.length - 1; i > 0; i--) {
    const [left, right] = [inside[i - 1], inside[i]];
    if (left && right && left.log > 0 !== right.log > 0) return left.n * (right.n / left.n) ** (left.log / (left.log - right.log));
  }
  return undefined;
};

const innerNs = (points: readonly Point[], from: number, to: number): readonly number[] => points.map(({ n }) => n).filter((n) => n > from && n < to);

/** The last x between the ascending `grid` at which `value` turns from below 0 to above (or the other way), undefined without one. `known`: values at the grid. */
const lastRoot = (
  value: (x: number) => number,
  grid: readonly number[],
  rising: boolean,
  known: (i: number) => number = (i) => value(grid[i] ?? 1),
): number | undefined => {
  let right = known(grid.length - 1);
  for (let i = grid.length - 1; i > 0; i--) {
    const left = known(i - 1);
    if (left > 0 !== rising && right > 0 === rising) return rootWithin(value, grid[i - 1] ?? 1, grid[i] ?? 1, left, right);
    right = left;
  }
  return undefined;
};

/** Steps of log x below which a root is one: far below the narrowest interval, of a few thousandths. */
const rootStep = 1e-7;

/** The zero between two x of which `value` is known and of another sign, by the rule of false position on log x with Illinois's halving (Dowell and Jarratt 1971). */
const rootWithin = (value: (x: number) => number, from: number, to: number, valueFrom: number, valueTo: number): number => {
  let [low, high, atLow, atHigh] = [Math.log(from), Math.log(to), valueFrom, valueTo];
  let side = 0;
  let root = high;
  for (let step = 0; step < 40; step++) {
    const before = root;
    root = (low * atHigh - high * atLow) / (atHigh - atLow);
    if (Math.abs(root - before) < rootStep) break;
    const at = value(Math.exp(root));
    if (at === 0) break;
    if (at > 0 === atHigh > 0) {
      [high, atHigh] = [root, at];
      if (side === 1) atLow /= 2;
      side = 1;
    } else {
      [low, atLow] = [root, at];
      if (side === -1) atHigh /= 2;
      side = -1;
    }
  }
  return Math.exp(root);
};

/** The x within the bracket at which the log ratio last rises through `level` (or falls), and the curve that says so; undefined where it does not. */
export const rootOf = (
  { points, near: nearRatio }: Ratio,
  level: number,
  bracket: readonly [number, number],
  rising: boolean,
): { readonly value: number; readonly curve: NearRatio } | undefined => {
  const near = chordRoot(points, level, bracket);
  if (near === undefined) return undefined;
  const curve = nearRatio(near);
  // Beyond the points that it was fitted to, a curve says nothing.
  const [least = near, most = near] = [curve.grid[0], curve.grid.at(-1)];
  const [from, to] = [Math.max(bracket[0], least), Math.min(bracket[1], most)];
  const value = lastRoot((x) => curve.of(x, undefined) - level, [from, ...innerNs(points, from, to), to], rising) ?? near;
  return { value, curve };
};

/** The x at which the log ratio last rises through `level` and the central 95 % of its replicates; undefined where the estimate does not within `bracket`. */
export const rootInterval = (ratio: Ratio, level: number, bracket: readonly [number, number]): Estimate | undefined => {
  const root = rootOf(ratio, level, bracket, true);
  if (!root) return undefined;
  const { at, of, grid } = root.curve;
  const [smallest = 1, largest = 1] = [grid[0], grid.at(-1)];
  const atGrid = grid.map(at);
  const replicates = Array.from({ length: ratio.replicates }, (_, r) => {
    const known = (i: number): number => (atGrid[i]?.(r) ?? 0) - level;
    return lastRoot((x) => of(x, r) - level, grid, true, known) ?? (known(0) > 0 ? smallest : largest);
  });
  return percentileInterval(
    root.value,
    replicates.map((n) => root.value * (n / root.value) ** chosen),
  );
};
