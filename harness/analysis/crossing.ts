import type { Advantage, Crossover } from "../record/run.ts";
import { formatCount } from "./format.ts";
import { type Pairing, type Point, pointsOf } from "./logRatio.ts";
import { rootInterval, rootOf } from "./ratioRoot.ts";

export type Crossing = Pick<Crossover, "outcome" | "n" | "atLatest" | "crossings" | "note"> & { readonly advantages: readonly Advantage[] };

/** How many times faster, for which the n is told from which on it is so. */
const wantedAdvantages = [1.1, 2, 10];

/** Where two curves cross, or why that is not known: by the x at which one is clearly below; x where neither is count for neither, but at an end of the range they leave it open. */
export const crossingOf = (pairing: Pairing): Crossing => {
  const points = pointsOf(pairing);
  const [first, last] = [points[0], points.at(-1)];
  if (!first || !last || points.length < 2)
    return found("undecided", {
      note: points.length === 0 ? "the arms share no n that both measured" : `the arms share only n = ${formatCount(first?.n ?? 0)}`,
    });
  const clear = points.filter((point) => point.sign !== 0);
  if (clear.length === 0) return found("undecided", { note: "neither arm is clearly faster at any n" });
  const turns = clear.flatMap((point, i) => (i > 0 && clear[i - 1]?.sign !== point.sign ? [i] : []));
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
