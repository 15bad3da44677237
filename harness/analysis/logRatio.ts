import { bendsOf } from "./freeCurves.ts";
import type { Sampled } from "./laws.ts";
import { normals, seedFor } from "./random.ts";
import { nearestCurve, type SmoothCurve } from "./smoothCurve.ts";
import { percentileInterval } from "./statistics.ts";

/** Two curves at the same x: y of the arm that grows faster, as it is thought, and of the other. Replicates are paired. */
export interface Pairing {
  readonly upper: Sampled;
  readonly lower: Sampled;
}

/** One x: log(upper / lower), above 0 where the lower arm is faster, and its replicates. */
export interface Point {
  readonly n: number;
  readonly log: number;
  /** its 95 % interval */
  readonly low: number;
  readonly high: number;
  readonly replicates: Float64Array;
  /** −1, 1: the interval is clear of 0 on that side; 0: it is not */
  readonly sign: -1 | 0 | 1;
}

export const pointsOf = ({ upper, lower }: Pairing): readonly Point[] => upper.xs.map((n, i) => pointOf(n, i, upper, lower));

const pointOf = (n: number, i: number, upper: Sampled, lower: Sampled): Point => {
  const log = Math.log((upper.ys[i] ?? 1) / (lower.ys[i] ?? 1));
  const replicates = Float64Array.from(upper.replicates, (values, r) => Math.log((values[i] ?? 1) / (lower.replicates[r]?.[i] ?? 1)));
  const { low, high } = percentileInterval(log, replicates);
  return { n, log, low, high, replicates, sign: low > 0 ? 1 : high < 0 ? -1 : 0 };
};

/** log(upper / lower) at any x of the range, of the estimate (undefined) or of replicate r. */
export type LogRatio = (x: number) => (replicate?: number) => number;

/** So many points about a crossing are looked at where a smooth law does not follow the whole curve. */
const windows = [Number.POSITIVE_INFINITY, 7, 5] as const;
/** With fewer points the curve goes through each of them. */
const leastForLaw = 5;

/** The ratio near one x, and the measured x for which this holds. */
export interface NearRatio {
  readonly at: LogRatio;
  /** the same at one x of one replicate alone */
  readonly of: (x: number, replicate: number | undefined) => number;
  readonly grid: readonly number[];
}

/** Two curves, their points, and the ratio near any x. */
export interface Ratio {
  readonly points: readonly Point[];
  readonly replicates: number;
  near(x: number): NearRatio;
}

/**
 * The ratio between measured x is that of smooth laws of both arms: a chord would cut the bend of a launch-bound curve. Where such laws miss the points by more than their
 * noise (kernels step with tiles, caches end), those nearest x alone are asked; and where these are missed too, the curve goes back to the
 * points as far as noise lets it, and what may lie between two of them is part of its replicates.
 */
export const ratioOf = (pairing: Pairing): Ratio => {
  const points = pointsOf(pairing);
  // Roots at several levels lie near the same points.
  const fits = new Map<string, NearFit>();
  const fitTo = (x: number, count: number): NearFit => {
    const near = nearest(pairing.upper.xs, x, count);
    const key = near.join(" ");
    const fit = fits.get(key) ?? fitNear(pairing, near);
    fits.set(key, fit);
    return fit;
  };
  return {
    points,
    replicates: pairing.upper.replicates.length,
    near: (x) =>
      nearRatio(
        windows.slice(1).reduce((fit, count) => (fit.misfit === 0 ? fit : fitTo(x, count)), fitTo(x, windows[0])),
        points,
      ),
  };
};

const nearRatio = ({ upper, lower, xs, misfit, noise }: NearFit, points: readonly Point[]): NearRatio => {
  const smooth: LogRatio = (x) => {
    const [above, below] = [upper.logAt(x), lower.logAt(x)];
    return (r) => above(r) - below(r);
  };
  const few = xs.length < leastForLaw;
  if (!few && misfit === 0) return { at: smooth, of: (x, r) => upper.logOf(x, r) - lower.logOf(x, r), grid: xs };
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
  return { at, of: (x, r) => at(x)(r), grid: xs };
};

interface NearFit {
  readonly xs: readonly number[];
  readonly upper: SmoothCurve;
  readonly lower: SmoothCurve;
  readonly misfit: number;
  readonly noise: number;
}

/** The places of the `count` of `xs` that lie nearest to x, ascending. */
const nearest = (xs: readonly number[], x: number, count: number): readonly number[] =>
  xs
    .map((n, i) => ({ i, distance: Math.abs(Math.log(n / x)) }))
    .sort((one, other) => one.distance - other.distance)
    .slice(0, Math.min(count, xs.length))
    .map(({ i }) => i)
    .sort((one, other) => one - other);

const fitNear = ({ upper, lower }: Pairing, near: readonly number[]): NearFit => {
  const whole = near.length === upper.xs.length;
  const part = (values: readonly number[]): readonly number[] => (whole ? values : near.map((i) => values[i] ?? 1));
  const of = ({ xs, ys, replicates }: Sampled): SmoothCurve =>
    nearestCurve({ xs: part(xs), ys: part(ys), replicates: replicates.map(part) }, bendsOf(part(xs), part(ys)));
  const [one, other] = [of(upper), of(lower)];
  return { xs: part(upper.xs), upper: one, lower: other, misfit: Math.hypot(one.misfit, other.misfit), noise: Math.hypot(one.noise, other.noise) };
};
