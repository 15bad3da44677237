import type { Advantage, Crossover } from "../record/derived.ts";
import { type Pairing, type Point, ratioOf } from "./logRatio.ts";
import type { CrossingNote } from "./notes.ts";
import { rootInterval, rootOf } from "./ratioRoot.ts";

export type Crossing = Pick<Crossover, "outcome" | "n" | "atLatest" | "crossings"> & {
  readonly note: CrossingNote | undefined;
  readonly advantages: readonly Advantage[];
};

/** How many times faster, for which the n is told from which on it is so. */
const wantedAdvantages = [1.1, 2, 10];

/** What the curves and their size are called in notes. */
export interface CrossingWords {
  readonly x: string;
  /** undefined: the linear arm */
  readonly lower: string | undefined;
}

const usualWords: CrossingWords = { x: "n", lower: undefined };

/** With fewer values, what lies between two is a line that nobody measured: an interval is at least from one to the next. */
const leastForLaw = 5;

/** Where two curves cross, or why that is not known: by the x at which one is clearly below; x where neither is count for neither, but at an end of the range they leave it open. */
export const crossingOf = (pairing: Pairing, words: CrossingWords = usualWords): Crossing => {
  const curves = ratioOf(pairing);
  const { points } = curves;
  const [first, last] = [points[0], points.at(-1)];
  if (!first || !last || points.length < 2)
    return found("undecided", {
      note: points.length === 0 ? { kind: "shareNone", x: words.x } : { kind: "shareOne", x: words.x, at: first?.n ?? 0 },
    });
  const clear = points.filter((point) => point.sign !== 0);
  if (clear.length === 0) return found("undecided", { note: { kind: "neitherBelow", x: words.x } });
  const turns = clear.flatMap((point, i) => (i > 0 && clear[i - 1]?.sign !== point.sign ? [i] : []));
  const crossings = turns.flatMap((i) => {
    const [from, to] = [clear[i - 1], clear[i]];
    const crossing = from && to && rootOf(curves, 0, [from.n, to.n], from.sign < 0)?.value;
    return crossing === undefined ? [] : [crossing];
  });
  if (first.sign === 0 || last.sign === 0) return found("undecided", { atLatest: clearFrom(points), crossings, note: openEnd(first, last, words) });
  if (turns.length === 0) return oneSided(points, first.sign, words);
  if (turns.length > 1) return found("many", { crossings, note: { kind: "changes", x: words.x, turns: turns.length, crossings } });
  if (first.sign > 0) return found("many", { crossings, note: { kind: "otherWay", ...words, at: crossings[0] ?? last.n } });
  const [from, to] = [clear[(turns[0] ?? 1) - 1], clear[turns[0] ?? 1]];
  const bracket = [from?.n ?? first.n, to?.n ?? last.n] as const;
  const root = rootInterval(curves, 0, bracket);
  const n = root && points.length < leastForLaw ? { ...root, low: Math.min(root.low, bracket[0]), high: Math.max(root.high, bracket[1]) } : root;
  if (!n) return found("undecided", { note: { kind: "unsettled", x: words.x } });
  const advantages = (points.length < leastForLaw ? [] : wantedAdvantages).flatMap((ratio) => {
    const at = rootInterval(curves, Math.log(ratio), [first.n, last.n]);
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

/** Where the lower arm is clearly ahead from, up to the end; what lies below is open, also where it was clearly behind at some n there. */
const clearFrom = (points: readonly Point[]): number | undefined => points[points.findLastIndex((point) => point.sign <= 0) + 1]?.n;

const oneSided = (points: readonly Point[], sign: 1 | -1 | 0, { x }: CrossingWords): Crossing => {
  const against = points.filter((point) => point.sign === 0 && Math.sign(point.log) !== sign).map(({ n }) => n);
  if (against.length > 0) return found("undecided", { note: { kind: "tooClose", x, at: against } });
  return found(sign > 0 ? "already" : "none");
};

const openEnd = (first: Point, last: Point, { x }: CrossingWords): CrossingNote => ({
  kind: "openEnd",
  x,
  at: [first, last].filter(({ sign }) => sign === 0).map(({ n }) => n),
  below: first.n,
  beyond: last.sign === 0 ? last.n : undefined,
});
