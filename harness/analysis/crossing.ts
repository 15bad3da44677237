import type { Advantage, Crossover, Estimate } from "../record/run.ts";
import { formatCount } from "./format.ts";
import { bends, type Sampled } from "./laws.ts";
import { normals, seedFor } from "./random.ts";
import { nearestCurve, type SmoothCurve } from "./smoothCurve.ts";
import { percentileInterval } from "./statistics.ts";

/** Two curves at the same x: y of the arm that grows faster, as it is thought, and of the other. Replicates are paired. */
export interface Pairing {
  readonly upper: Sampled;
  readonly lower: Sampled;
}

/** One x: log(upper / lower), above 0 where the lower arm is faster, and its replicates. */
interface Point {
  readonly n: number;
  readonly log: number;
  readonly replicates: Float64Array;
  /** −1, 1: the interval is clear of 0 on that side; 0: it is not */
  readonly sign: -1 | 0 | 1;
}

export type Crossing = Pick<Crossover, "outcome" | "n" | "atLatest" | "crossings" | "note"> & { readonly advantages: readonly Advantage[] };

/** How many times faster, for which the n is told from which on it is so. */
const wantedAdvantages = [1.1, 2, 10];

/** Where two curves cross, or why that is not known: by the x at which one is clearly below; x where neither is count for neither, but at an end of the range they leave it open. */
export const crossingOf = ({ upper, lower }: Pairing): Crossing => {
  const points = upper.xs.map((n, i) => pointOf(n, i, upper, lower));
  const [first, last] = [points[0], points.at(-1)];
  if (!first || !last || points.length < 2)
    return found("undecided", {
      note: points.length === 0 ? "the arms share no n that both measured" : `the arms share only n = ${formatCount(first?.n ?? 0)}`,
    });
  const clear = points.filter((point) => point.sign !== 0);
  if (clear.length === 0) return found("undecided", { note: "neither arm is clearly faster at any n" });
  const turns = clear.flatMap((point, i) => (i > 0 && clear[i - 1]?.sign !== point.sign ? [i] : []));
  const pairing = { upper, lower };
  const crossings = turns.flatMap((i) => {
    const [from, to] = [clear[i - 1], clear[i]];
    const crossing = from && to && rootOf(pairing, points, 0, [from.n, to.n], from.sign < 0)?.value;
    return crossing === undefined ? [] : [crossing];
  });
  if (first.sign === 0 || last.sign === 0) return found("undecided", { atLatest: clearFrom(points), crossings, note: openEnd(first, last) });
  if (turns.length === 0) return oneSided(points, first.sign);
  if (turns.length > 1)
    return found("many", { crossings, note: `the faster arm changes ${turns.length} times, near n = ${crossings.map(formatCount).join(", ")}` });
  if (first.sign > 0)
    return found("many", {
      crossings,
      note: `the order turns the other way: the linear arm is faster up to n = ${formatCount(crossings[0] ?? last.n)} and slower beyond`,
    });
  const [from, to] = [clear[(turns[0] ?? 1) - 1], clear[turns[0] ?? 1]];
  const n = rootInterval(pairing, points, 0, [from?.n ?? first.n, to?.n ?? last.n]);
  if (!n) return found("undecided", { note: "the curves between the measured n do not settle where they cross" });
  const advantages = wantedAdvantages.flatMap((ratio) => {
    const at = rootInterval(pairing, points, Math.log(ratio), [first.n, last.n]);
    return at ? [{ ratio, n: at }] : [];
  });
  return found("crosses", { n, crossings: [n.value], advantages });
};

const pointOf = (n: number, i: number, upper: Sampled, lower: Sampled): Point => {
  const log = Math.log((upper.ys[i] ?? 1) / (lower.ys[i] ?? 1));
  const replicates = Float64Array.from(upper.replicates, (values, r) => Math.log((values[i] ?? 1) / (lower.replicates[r]?.[i] ?? 1)));
  const { low, high } = percentileInterval(log, replicates);
  return { n, log, replicates, sign: low > 0 ? 1 : high < 0 ? -1 : 0 };
};

export const found = (outcome: Crossover["outcome"], rest: Partial<Crossing> = {}): Crossing => ({
  outcome,
  n: undefined,
  atLatest: undefined,
  crossings: [],
  note: undefined,
  advantages: [],
  ...rest,
});

/** Where the lower arm is ahead from: clearly so at the end, and never clearly behind. */
const clearFrom = (points: readonly Point[]): number | undefined => {
  const from = points.findLastIndex((point) => point.sign <= 0) + 1;
  // Below, all must be open: a curve that is told there and not in between has more to say than one number.
  return points.slice(0, from).every((point) => point.sign === 0) ? points[from]?.n : undefined;
};

const oneSided = (points: readonly Point[], sign: 1 | -1 | 0): Crossing => {
  const against = points.filter((point) => point.sign === 0 && Math.sign(point.log) !== sign).map((point) => formatCount(point.n));
  if (against.length > 0) return found("undecided", { note: `the arms are too close at n = ${against.join(", ")}` });
  return found(sign > 0 ? "already" : "none");
};

const openEnd = (first: Point, last: Point): string => {
  const at = [first, last].filter((point) => point.sign === 0).map((point) => formatCount(point.n));
  const advice = last.sign === 0 ? `measure beyond n = ${formatCount(last.n)}` : `measure below n = ${formatCount(first.n)}`;
  return `the arms are too close at n = ${at.join(" and ")} to say which is faster: ${advice}, or take more samples`;
};

/** log(upper / lower) at any x of the range, of the estimate (undefined) or of replicate r. */
type LogRatio = (x: number) => (replicate?: number) => number;

/** So many points about a crossing are looked at where a smooth law does not follow the whole curve. */
const windows = [Number.POSITIVE_INFINITY, 7, 5] as const;
/** With fewer points the curve goes through each of them. */
const leastForLaw = 5;

/** The ratio near one x, and the measured x for which this holds. */
interface NearRatio {
  readonly at: LogRatio;
  readonly grid: readonly number[];
}

/**
 * The ratio between measured x, by smooth laws of both arms: a chord would cut the bend of a launch-bound curve. Where such laws miss the points by more than their
 * noise (kernels step with tiles, caches end), those nearest `x` alone are asked; and where these are missed too, the curve goes back to the
 * points as far as noise lets it, and what may lie between two of them is part of its replicates.
 */
const ratioNear = (pairing: Pairing, points: readonly Point[], x: number): NearRatio => {
  const { upper, lower, xs, misfit, noise } = windows
    .slice(1)
    .reduce((fit, count) => (fit.misfit === 0 ? fit : fitNear(pairing, x, count)), fitNear(pairing, x, windows[0]));
  const smooth: LogRatio = (x) => {
    const [above, below] = [upper.logAt(x), lower.logAt(x)];
    return (r) => above(r) - below(r);
  };
  const few = xs.length < leastForLaw;
  if (!few && misfit === 0) return { at: smooth, grid: xs };
  const back = few ? 1 : misfit ** 2 / (misfit ** 2 + noise ** 2);
  const normal = normals(seedFor(1, "between points"));
  const shifts = points[0] ? Array.from(points[0].replicates, normal) : [];
  const offAt = points.map((point) => {
    const law = smooth(point.n);
    return (r?: number): number => (r === undefined ? point.log : (point.replicates[r] ?? point.log)) - law(r);
  });
  const at: LogRatio = (x) => {
    const next = points.findIndex(({ n }) => n >= x);
    const i = Math.max(1, next === -1 ? points.length - 1 : next);
    const [left, right, offLeft, offRight] = [points[i - 1], points[i], offAt[i - 1], offAt[i]];
    const law = smooth(x);
    if (!left || !right || !offLeft || !offRight) return law;
    const share = Math.min(1, Math.max(0, Math.log(x / left.n) / Math.log(right.n / left.n)));
    // A random walk pinned at both ends.
    const loose = misfit * Math.sqrt(2 * share * (1 - share));
    return (r) => law(r) + back * ((1 - share) * offLeft(r) + share * offRight(r)) + (r === undefined ? 0 : loose * (shifts[r] ?? 0));
  };
  return { at, grid: xs };
};

interface NearFit {
  readonly xs: readonly number[];
  readonly upper: SmoothCurve;
  readonly lower: SmoothCurve;
  readonly misfit: number;
  readonly noise: number;
}

const fitNear = ({ upper, lower }: Pairing, x: number, count: number): NearFit => {
  const near = upper.xs
    .map((n, i) => ({ i, distance: Math.abs(Math.log(n / x)) }))
    .sort((one, other) => one.distance - other.distance)
    .slice(0, Math.min(count, upper.xs.length))
    .map(({ i }) => i)
    .sort((one, other) => one - other);
  const part = (values: readonly number[]): readonly number[] => near.map((i) => values[i] ?? 1);
  const of = ({ xs, ys, replicates }: Sampled): SmoothCurve => nearestCurve({ xs: part(xs), ys: part(ys), replicates: replicates.map(part) }, bends);
  const [one, other] = [of(upper), of(lower)];
  return { xs: part(upper.xs), upper: one, lower: other, misfit: Math.hypot(one.misfit, other.misfit), noise: Math.hypot(one.noise, other.noise) };
};

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
  for (let i = grid.length - 1; i > 0; i--) {
    if (known(i - 1) > 0 === rising || known(i) > 0 !== rising) continue;
    return rootWithin(value, grid[i - 1] ?? 1, grid[i] ?? 1, known(i - 1), known(i));
  }
  return undefined;
};

/** The zero between two x of which `value` is known and of another sign, by the rule of false position on log x with Illinois's halving (Dowell and Jarratt 1971). */
const rootWithin = (value: (x: number) => number, from: number, to: number, valueFrom: number, valueTo: number): number => {
  let [low, high, atLow, atHigh] = [Math.log(from), Math.log(to), valueFrom, valueTo];
  let side = 0;
  let root = high;
  for (let step = 0; step < 40; step++) {
    const before = root;
    root = (low * atHigh - high * atLow) / (atHigh - atLow);
    if (Math.abs(root - before) < 1e-9) break;
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
const rootOf = (
  pairing: Pairing,
  points: readonly Point[],
  level: number,
  bracket: readonly [number, number],
  rising: boolean,
): { readonly value: number; readonly curve: NearRatio } | undefined => {
  const near = chordRoot(points, level, bracket);
  if (near === undefined) return undefined;
  const curve = ratioNear(pairing, points, near);
  // Beyond the points that it was fitted to, a curve says nothing.
  const [least = near, most = near] = [curve.grid[0], curve.grid.at(-1)];
  const [from, to] = [Math.max(bracket[0], least), Math.min(bracket[1], most)];
  const value = lastRoot((x) => curve.at(x)() - level, [from, ...innerNs(points, from, to), to], rising) ?? near;
  return { value, curve };
};

/** The x at which the log ratio last rises through `level` and the central 95 % of its replicates; undefined where the estimate does not within `bracket`. */
const rootInterval = (pairing: Pairing, points: readonly Point[], level: number, bracket: readonly [number, number]): Estimate | undefined => {
  const root = rootOf(pairing, points, level, bracket, true);
  if (!root) return undefined;
  const { at, grid } = root.curve;
  const [smallest = 1, largest = 1] = [grid[0], grid.at(-1)];
  const atGrid = grid.map(at);
  const replicates = pairing.upper.replicates.map((_, r) => {
    const known = (i: number): number => (atGrid[i]?.(r) ?? 0) - level;
    return lastRoot((x) => at(x)(r) - level, grid, true, known) ?? (known(0) > 0 ? smallest : largest);
  });
  return percentileInterval(root.value, replicates);
};
