import { en } from "../messages/en.ts";
import type { Messages } from "../messages/messages.ts";
import type { Estimate } from "../record/derived.ts";
import { type Power, surfaceFitter, worstJoint } from "./jointFit.ts";
import type { Spread } from "./resampling.ts";
import { mean, percentileInterval } from "./statistics.ts";

/**
 * What one step costs for `batch` texts of n tokens each: c0 + c1·batch + (c2 + c3·batch)·n, and where nothing is kept + (c4 + c5·batch)·n²; coefficients not negative. Weights are read once whatever the
 * batch, each text has a cache or state of its own (so a larger batch shares none of it), and of a state of one size n takes no part.
 */

/** The highest power of n in a law. */
export type Order = 0 | 1 | 2;

export interface BatchPoint {
  readonly n: number;
  readonly batch: number;
}

/** Powers of n and batch. */
const powersOf = (order: Order): readonly Power[] =>
  ([0, 1, 2] as const).filter((n) => n <= order).flatMap((n) => ([0, 1] as const).map((size) => ({ n, size })));

/** Values along batch at one n: what stays, and what each text adds. */
export interface Line {
  readonly fixed: number;
  readonly each: number;
}

const fitterOf = (points: readonly BatchPoint[], order: Order): ((ys: readonly number[]) => (n: number) => Line) => {
  const powers = powersOf(order);
  const fitTo = surfaceFitter(
    points.map(({ n, batch }) => ({ n, size: batch })),
    powers,
  );
  return (ys) => lineOf(powers, fitTo(ys));
};

const lineOf =
  (powers: readonly Power[], coefficients: readonly number[]) =>
  (n: number): Line => {
    const sum = (size: number): number => powers.reduce((all, power, i) => (power.size === size ? all + (coefficients[i] ?? 0) * n ** power.n : all), 0);
    return { fixed: sum(0), each: sum(1) };
  };

const at = ({ fixed, each }: Line, batch: number): number => fixed + each * batch;

/** Bytes of counted sums. `exact`: whole numbers of them give every count to the byte. */
export interface BytesLaw {
  readonly exact: boolean;
  readonly lineAt: (n: number) => Line;
}

/** The law of bytes counted at these points, of which none grow faster than n; undefined where it is off by more than a tenth somewhere. */
export const bytesLaw = (points: readonly (BatchPoint & { readonly bytes: number })[], order: Order): BytesLaw | undefined => {
  const powers = powersOf(order === 0 ? 0 : 1);
  const coefficients = surfaceFitter(
    points.map(({ n, batch }) => ({ n, size: batch })),
    powers,
  )(points.map(({ bytes }) => bytes));
  const whole = lineOf(powers, coefficients.map(Math.round));
  if (points.every(({ n, batch, bytes }) => at(whole(n), batch) === bytes)) return { exact: true, lineAt: whole };
  const lineAt = lineOf(powers, coefficients);
  const off = Math.max(...points.map(({ n, batch, bytes }) => Math.abs(at(lineAt(n), batch) / bytes - 1)));
  return off > 0.1 ? undefined : { exact: false, lineAt };
};

export interface TimeLaw {
  /** root mean square of the law over the measured time, less 1 */
  readonly rms: number;
  /** ms of a step, with the interval of the law's resamples and of how far the law is off where it was measured */
  readonly at: (point: BatchPoint) => Estimate;
}

/** Between the two largest batches a time may grow so many times as fast as the law has it, and no faster for certain. */
const fastest = 1.25;

/** The law of times measured at these points, or why there is none: it is further off them than `worstJoint` and than half their intervals, or they bend upwards at the largest batch. */
export const timeLaw = (points: readonly (BatchPoint & { readonly spread: Spread })[], order: Order, t: Messages = en): TimeLaw | string => {
  const fitTo = fitterOf(points, order);
  const ys = points.map(({ spread }) => spread.estimate);
  const law = fitTo(ys);
  const rms = Math.sqrt(points.reduce((sum, { n, batch }, i) => sum + (at(law(n), batch) / (ys[i] ?? 1) - 1) ** 2, 0) / points.length);
  if (!(rms <= Math.max(worstJoint, noiseOf(points)))) return t.serving.note.oddTimes;
  const last = lastRise(points);
  if (last && last.rise.low > fastest * law(last.n).each) return t.serving.note.bent;
  const count = Math.min(...points.map(({ spread }) => spread.replicates.length));
  const laws = Array.from({ length: count }, (_, r) => fitTo(points.map(({ spread }) => spread.replicates[r] ?? spread.estimate)));
  return {
    rms,
    at: ({ n, batch }: BatchPoint) =>
      widened(
        percentileInterval(
          at(law(n), batch),
          laws.map((one) => at(one(n), batch)),
        ),
        normal975 * rms,
      ),
  };
};

/** ms that each text adds between the two largest batches, at the largest n that has two. */
const lastRise = (points: readonly (BatchPoint & { readonly spread: Spread })[]): { readonly n: number; readonly rise: Estimate } | undefined => {
  const descending = points.toSorted((one, other) => other.n - one.n || other.batch - one.batch);
  const more = descending.find(({ n }, i) => descending[i + 1]?.n === n);
  const less = descending.find(({ n, batch }) => more && n === more.n && batch < more.batch);
  if (!more || !less) return undefined;
  const of = (upper: number, lower: number): number => (upper - lower) / (more.batch - less.batch);
  const replicates = more.spread.replicates.map((value, r) => of(value, less.spread.replicates[r] ?? less.spread.estimate));
  return { n: more.n, rise: percentileInterval(of(more.spread.estimate, less.spread.estimate), replicates) };
};

/** Half a typical 95 % interval, relative. */
const noiseOf = (points: readonly { readonly spread: Spread }[]): number =>
  mean(
    points.map(({ spread }) => {
      const { value, low, high } = percentileInterval(spread.estimate, spread.replicates);
      return (high - low) / (2 * value);
    }),
  );

const normal975 = 1.96;

/** An interval with an error more, independent of what it holds: as logarithms, in squares. */
const widened = ({ value, low, high }: Estimate, off: number): Estimate => ({
  value,
  low: value * Math.exp(-Math.hypot(Math.log(value / low), off)),
  high: value * Math.exp(Math.hypot(Math.log(high / value), off)),
});
