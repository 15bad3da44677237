import type { FasterAt, Names, Speed } from "../messages/en.ts";
import type { Messages } from "../messages/messages.ts";
import type { Crossover } from "../record/derived.ts";
import type { Analysed } from "./answer.ts";
import { formatCount } from "./format.ts";
import { otherPrograms } from "./otherPrograms.ts";
import { type ShapePlaces, shapePlaces } from "./shapePlaces.ts";
import { spanOf } from "./span.ts";
import { speedUpOf } from "./speedUp.ts";
import { spokenArm } from "./spokenArm.ts";

/** So many more programs are told of in the one sentence. */
const mostPrograms = 2;

/**
 * From which n on the second arm of a pair is the faster one, and by how much at the longest; of several shapes where each begins, one answer where all agree which arm wins in the end, and other programs of the same arms beside
 * it. `crossovers`: of one pair, one a shape; `where`: on which device. Undefined where no n was measured of both.
 */
export const crossingHeadline = (
  record: Analysed,
  crossovers: readonly Crossover[],
  names: Names,
  does: string,
  where: string,
  t: Messages,
): string | undefined => {
  const found = pairSentence(record, crossovers, names, does, where, t);
  if (found === undefined) return undefined;
  const programs = otherPrograms(record, crossovers).map(({ label, of, crossovers: own }) => ({
    arm: spokenArm(record, label, t),
    of,
    shapes: fasterAts(own, shapePlaces(record, seriesOf(own))),
  }));
  return programs.length === 0 ? found : t.headline.withPrograms(found, names, programs.slice(0, mostPrograms), Math.max(0, programs.length - mostPrograms));
};

const seriesOf = (crossovers: readonly Crossover[]): readonly Crossover["series"][] => crossovers.map(({ series }) => series);

const pairSentence = (record: Analysed, crossovers: readonly Crossover[], names: Names, does: string, where: string, t: Messages): string | undefined => {
  const ordered = inOrder(record, crossovers);
  const { axis, places } = shapePlaces(record, seriesOf(ordered));
  const shapes = fasterAts(ordered, { axis, places });
  if (ordered.every(({ range }) => range === undefined)) return undefined;
  const decided = ordered.filter((_, i) => shapes[i]?.faster !== "open");
  const kinds = new Set(shapes.flatMap(({ faster }) => (faster === "open" ? [] : [faster])));
  if (kinds.size === 0) return t.headline.open(where, does, names);
  const [kind] = kinds;
  const isAlike = decided.length === shapes.length && kinds.size === 1 && new Set(shapes.map(({ n }) => formatCount(n))).size === 1;
  if (isAlike || (kinds.size === 1 && (kind === "always" || kind === "never" || kind === "changes"))) {
    const sentence = alikeSentence(record.fits, decided, kind ?? "open", names, does, where, t);
    const placesOf = (open: boolean): readonly string[] => places.filter((_, i) => (shapes[i]?.faster === "open") === open);
    return decided.length === shapes.length ? sentence : t.headline.partly(sentence, placesOf(false), placesOf(true));
  }
  const ahead = ordered.filter((_, i) => ["from", "latest", "always"].includes(shapes[i]?.faster ?? ""));
  const crossed = ordered.filter((_, i) => shapes[i]?.faster === "from");
  const speed = ahead.length === decided.length ? t.headline.speed(speedsOf(record.fits, ahead)) : "";
  const below = {
    at: crossed.length === shapes.length ? [] : shapes.filter(({ faster }) => faster === "from"),
    speed: speedsOf(record.fits, crossed, "smallest"),
  };
  return t.headline.byShape(where, does, names, shapes, { axis, order: orderOf(ordered, axis) }, speed, crossed.length === 0 ? undefined : below);
};

/** What is alike in all shapes of a pair, or of the one that there is. */
const alikeSentence = (
  fits: Analysed["fits"],
  crossovers: readonly Crossover[],
  kind: FasterAt["faster"],
  names: Names,
  does: string,
  where: string,
  t: Messages,
): string => {
  const measured = spanOf(
    crossovers.flatMap(({ range }) => range ?? []),
    formatCount,
  );
  const speed = t.headline.speed(speedsOf(fits, crossovers));
  const [first] = crossovers;
  switch (kind) {
    case "from":
      return t.headline.crosses(where, formatCount(first?.n?.value ?? 0), does, names, speed, speedsOf(fits, crossovers, "smallest"));
    case "latest":
      return t.headline.latest(where, does, names, first?.atLatest ?? 0, speed);
    case "always":
      return t.headline.already(where, does, names, measured, speed);
    case "never":
      return t.headline.none(where, does, names, measured, speed);
    case "changes":
      return t.headline.many(where, does, names, measured);
    case "open":
      return t.headline.open(where, does, names);
    default:
      return kind satisfies never;
  }
};

const fasterOf = ({ outcome, n, atLatest }: Crossover): FasterAt["faster"] => {
  switch (outcome) {
    case "crosses":
      return n ? "from" : "open";
    case "already":
      return "always";
    case "none":
      return "never";
    case "many":
      return "changes";
    case "undecided":
      return atLatest === undefined ? "open" : "latest";
    default:
      return outcome satisfies never;
  }
};

const fasterAts = (crossovers: readonly Crossover[], { axis, places }: ShapePlaces): readonly FasterAt[] =>
  crossovers.map((crossover, i): FasterAt => {
    const [first = 0, last = first] = crossover.range ?? [];
    const faster = fasterOf(crossover);
    const place = places[i] ?? "";
    return {
      place,
      value: axis === undefined ? undefined : String(crossover.series[axis]),
      faster,
      n: (faster === "from" ? crossover.n?.value : crossover.atLatest) ?? first,
      measured: [first, last],
    };
  });

/** By the axis that tells shapes apart, ascending, where its values are numbers. */
const inOrder = (record: Analysed, crossovers: readonly Crossover[]): readonly Crossover[] => {
  const { axis } = shapePlaces(record, seriesOf(crossovers));
  return axis === undefined ? crossovers : crossovers.toSorted((one, other) => Number(one.series[axis]) - Number(other.series[axis]) || 0);
};

/** Fewer shapes say themselves which way it goes. */
const leastForOrder = 3;

/** Does the second arm begin to be faster the later, the larger the axis is? By intervals that lie apart from shape to shape; undefined where they do not, or an arm is not known to be ahead. */
const orderOf = (crossovers: readonly Crossover[], axis: string | undefined): "later" | "sooner" | undefined => {
  const spans = crossovers.flatMap((crossover): readonly (readonly [number, number])[] => {
    const { n, atLatest, range } = crossover;
    if (n) return [[n.low, n.high]];
    if (atLatest !== undefined) return [[0, atLatest]];
    return crossover.outcome === "already" && range ? [[0, range[0]]] : [];
  });
  const isNumeric = axis !== undefined && crossovers.every(({ series }) => typeof series[axis] === "number");
  if (!isNumeric || spans.length < crossovers.length || spans.length < leastForOrder) return undefined;
  const every = (isApart: (one: readonly [number, number], next: readonly [number, number]) => boolean): boolean =>
    spans.slice(1).every((next, i) => isApart(spans[i] ?? next, next));
  if (every((one, next) => one[1] < next[0])) return "later";
  return every((one, next) => one[0] > next[1]) ? "sooner" : undefined;
};

/** An interval whose ends are further apart than so many times is told itself: a reader would take the number in its middle for known. */
const vague = 4;

/** Least and most times as fast that the second arm is at the largest n of each shape of a pair, or at the smallest; by their intervals where one of these is vague. Undefined where a shape has none. */
const speedsOf = (fits: Analysed["fits"], crossovers: readonly Crossover[], end: "largest" | "smallest" = "largest"): Speed | undefined => {
  const speeds = crossovers.flatMap((crossover) => speedUpOf(fits, crossover, end) ?? []);
  if (speeds.length === 0 || speeds.length < crossovers.length) return undefined;
  const isVague = speeds.some(({ times }) => times.high > vague * times.low);
  const factors = speeds.flatMap(({ times }) => (isVague ? [times.low, times.high] : [times.value]));
  return {
    n: spanOf(
      speeds.map(({ n }) => n),
      formatCount,
    ),
    least: Math.min(...factors),
    most: Math.max(...factors),
    ...(isVague ? { vague: true } : {}),
  };
};
