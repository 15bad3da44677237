import type { Crossover, Estimate } from "../record/run.ts";
import { formatCount } from "./format.ts";
import type { Spread } from "./resampling.ts";
import type { Pair } from "./series.ts";
import { percentileInterval } from "./statistics.ts";

/** One n that both arms have: log(softmax / linear), above 0 where linear is faster, and its replicates. */
interface Point {
  readonly n: number;
  readonly log: number;
  readonly replicates: Float64Array;
  /** −1, 1: the interval is clear of 0 on that side; 0: it is not */
  readonly sign: -1 | 0 | 1;
}

type Found = Pick<Crossover, "outcome" | "n" | "atLatest" | "crossings" | "note">;

/** n* of a pair in time. `spreadOf` gives a cell's paired replicates by its id. */
export const timeCrossover = (pair: Pair, spreadOf: (id: string) => Spread | undefined): Crossover => {
  const points = pair.softmax.cells.flatMap((cell) => {
    const other = pair.linear.cells.find((candidate) => candidate.n === cell.n);
    const softmax = spreadOf(cell.id);
    const linear = other && spreadOf(other.id);
    return softmax && linear ? [pointOf(cell.n, softmax, linear)] : [];
  });
  return {
    ...described(
      pair,
      "time",
      points.map((point) => point.n),
    ),
    ...decide(points),
  };
};

const pointOf = (n: number, softmax: Spread, linear: Spread): Point => {
  const log = Math.log(softmax.estimate / linear.estimate);
  const replicates = softmax.replicates.map((value, r) => Math.log(value / (linear.replicates[r] ?? linear.estimate)));
  const { low, high } = percentileInterval(log, replicates);
  return { n, log, replicates, sign: low > 0 ? 1 : high < 0 ? -1 : 0 };
};

const described = (pair: Pair, metric: Crossover["metric"], ns: readonly number[]): Pick<Crossover, "between" | "metric" | "series" | "range"> => {
  const [first, last] = [ns[0], ns.at(-1)];
  return {
    between: [pair.softmax.label, pair.linear.label],
    metric,
    series: pair.key,
    range: first === undefined || last === undefined ? undefined : [first, last],
  };
};

const found = (outcome: Crossover["outcome"], rest: Partial<Found> = {}): Found => ({
  outcome,
  n: undefined,
  atLatest: undefined,
  crossings: [],
  note: undefined,
  ...rest,
});

/** The outcome by the n at which one arm is clearly faster; n where neither is count for neither, but at an end of the range they leave it open. */
const decide = (points: readonly Point[]): Found => {
  const [first, last] = [points[0], points.at(-1)];
  if (!first || !last || points.length < 2)
    return found("undecided", {
      note: points.length === 0 ? "the arms share no n that both measured" : `the arms share only n = ${formatCount(first?.n ?? 0)}`,
    });
  const clear = points.filter((point) => point.sign !== 0);
  if (clear.length === 0) return found("undecided", { note: "neither arm is clearly faster at any n" });
  const turns = clear.flatMap((point, i) => (i > 0 && clear[i - 1]?.sign !== point.sign ? [i] : []));
  const crossings = turns.flatMap((i) => bracketCrossing(points, clear[i - 1], clear[i]));
  if (first.sign === 0 || last.sign === 0) return found("undecided", { atLatest: clearFrom(points), crossings, note: openEnd(first, last) });
  if (turns.length === 0) return oneSided(points, first.sign);
  if (turns.length > 1)
    return found("many", { crossings, note: `the faster arm changes ${turns.length} times, near n = ${crossings.map(formatCount).join(", ")}` });
  if (first.sign > 0)
    return found("many", {
      crossings,
      note: `the order turns the other way: the linear arm is faster up to n = ${formatCount(crossings[0] ?? last.n)} and slower beyond`,
    });
  const n = crossingInterval(points, crossings[0] ?? last.n);
  return found("crosses", { n, crossings: [n.value] });
};

/** Where the linear arm is ahead from: clearly so at the end, and never clearly behind. */
const clearFrom = (points: readonly Point[]): number | undefined => {
  const from = points.findLastIndex((point) => point.sign <= 0) + 1;
  // Below, all must be open: a curve that is told there and not in between has more to say than one number.
  return points.slice(0, from).every((point) => point.sign === 0) ? points[from]?.n : undefined;
};

const oneSided = (points: readonly Point[], sign: 1 | -1 | 0): Found => {
  const against = points.filter((point) => point.sign === 0 && Math.sign(point.log) !== sign).map((point) => formatCount(point.n));
  if (against.length > 0) return found("undecided", { note: `the arms are too close at n = ${against.join(", ")}` });
  return found(sign > 0 ? "already" : "none");
};

const openEnd = (first: Point, last: Point): string => {
  const at = [first, last].filter((point) => point.sign === 0).map((point) => formatCount(point.n));
  const advice = last.sign === 0 ? `measure beyond n = ${formatCount(last.n)}` : `measure below n = ${formatCount(first.n)}`;
  return `the arms are too close at n = ${at.join(" and ")} to say which is faster: ${advice}, or take more samples`;
};

/** The last sign change of the estimate between two n that are clear, by linear interpolation of the log ratio over log n. */
const bracketCrossing = (points: readonly Point[], from: Point | undefined, to: Point | undefined): readonly number[] => {
  const inside = points.filter((point) => from && to && point.n >= from.n && point.n <= to.n);
  const crossing = lastCrossing(inside, (point) => point.log);
  return crossing === undefined ? [] : [crossing];
};

const lastCrossing = (points: readonly Point[], log: (point: Point) => number): number | undefined => {
  for (let i = points.length - 1; i > 0; i--) {
    const [left, right] = [points[i - 1], points[i]];
    if (left && right && Math.sign(log(left)) !== Math.sign(log(right))) return between(left.n, right.n, log(left), log(right));
  }
  return undefined;
};

const between = (n0: number, n1: number, log0: number, log1: number): number => n0 * (n1 / n0) ** (log0 / (log0 - log1));

/**
 * n* and the central 95 % of its replicates. n* lies on the cubic through the nearest points, since a chord cuts the bend of a launch-bound
 * curve; the replicates are of the chord, shifted by as much, and the interval holds the chord's own as well.
 */
const crossingInterval = (points: readonly Point[], chord: number): Estimate => {
  const count = points[0]?.replicates.length ?? 0;
  const smallest = points[0]?.n ?? chord;
  const largest = points.at(-1)?.n ?? chord;
  const replicates = Array.from({ length: count }, (_, r) => {
    const log = (point: Point): number => point.replicates[r] ?? point.log;
    return lastCrossing(points, log) ?? (points.every((point) => log(point) > 0) ? smallest : largest);
  });
  const { low, high } = percentileInterval(chord, replicates);
  const value = cubicCrossing(points, chord);
  const bend = value / chord;
  return { value, low: Math.min(low, low * bend), high: Math.max(high, high * bend) };
};

/** The crossing of the cubic (fewer points: parabola, chord) through the nearest points, found by bisection within the bracket. */
const cubicCrossing = (points: readonly Point[], chord: number): number => {
  const at = points.findIndex((point) => point.n >= chord);
  const [left, right] = [points[at - 1], points[at]];
  if (!left || !right) return chord;
  const near = points.slice(Math.max(0, at - 2), at + 2);
  const polynomial = (x: number): number =>
    near.reduce(
      (sum, one) =>
        sum + one.log * near.reduce((product, other) => (other === one ? product : (product * (x - Math.log(other.n))) / Math.log(one.n / other.n)), 1),
      0,
    );
  let [low, high] = [Math.log(left.n), Math.log(right.n)];
  const rising = right.log > left.log;
  for (let step = 0; step < 50; step++) {
    const middle = (low + high) / 2;
    if (polynomial(middle) < 0 === rising) low = middle;
    else high = middle;
  }
  return Math.exp((low + high) / 2);
};

/** n* of a pair in stateBytes: exact, as bytes run straight between measured n. */
export const bytesCrossover = (pair: Pair): Crossover => {
  const points = pair.softmax.cells.flatMap((cell) => {
    const other = pair.linear.cells.find((candidate) => candidate.n === cell.n);
    return cell.stateBytes !== undefined && other?.stateBytes !== undefined ? [{ n: cell.n, difference: cell.stateBytes - other.stateBytes }] : [];
  });
  return {
    ...described(
      pair,
      "stateBytes",
      points.map((point) => point.n),
    ),
    ...decideBytes(points),
  };
};

const decideBytes = (points: readonly { readonly n: number; readonly difference: number }[]): Found => {
  const [first, last] = [points[0], points.at(-1)];
  if (!first || !last || points.length < 2) return found("undecided", { note: "the arms share fewer than two n" });
  const crossings = points.slice(1).flatMap((right, i) => {
    const left = points[i];
    if (!left || Math.sign(left.difference) === Math.sign(right.difference) || left.difference === 0) return [];
    return [left.n + ((right.n - left.n) * left.difference) / (left.difference - right.difference)];
  });
  const [crossing] = crossings;
  if (crossing === undefined) return found(first.difference > 0 ? "already" : first.difference < 0 || last.difference <= 0 ? "none" : "already");
  if (crossings.length > 1) return found("many", { crossings, note: undefined });
  if (first.difference > 0) return found("many", { crossings, note: `the linear arm is smaller up to n = ${formatCount(crossing)} and larger beyond` });
  return found("crosses", { n: { value: crossing, low: crossing, high: crossing }, crossings });
};
