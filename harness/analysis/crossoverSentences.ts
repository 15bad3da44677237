import type { Crossover, WouldCross } from "../record/derived.ts";
import type { CellRecord } from "../record/run.ts";
import type { Analysed } from "./answer.ts";
import { formatCount, formatEstimate, formatList, formatShare } from "./format.ts";
import { groupBy } from "./grouping.ts";
import { describeKey, pairsOf, seriesOf } from "./series.ts";
import { unequalShares } from "./shareSentences.ts";

/** From which n on the linear arm is faster, and smaller; what is alike for several shapes is one sentence. */
export const crossoverSentences = (record: Analysed, metric: Crossover["metric"]): readonly string[] => {
  const keys = record.crossovers.map((crossover) => crossover.series);
  const emulated = metric === "time" && record.environment.deviceClass === "software" ? " on this CPU emulation" : "";
  const unequal = unequalSentences(record, metric);
  const pairs = groupBy(
    record.crossovers.filter((crossover) => crossover.metric === metric),
    (crossover) => `${sentence(crossover, crossover.between[1], "")}${unequal(crossover)}`,
  );
  const placed = [...pairs.values()].flatMap((crossovers) => {
    const [first] = crossovers;
    if (!first) return [];
    const shapes = crossovers.map((crossover) => describeKey(crossover.series, keys)).filter((shape) => shape !== "");
    return [{ crossover: first, place: `${shapes.length > 0 ? ` at ${formatList(shapes)}` : ""}${emulated}` }];
  });
  // Arms of which the same holds at every n are one sentence.
  const alike = groupBy(placed, ({ crossover, place }) => `${sentence(crossover, isOneSided(crossover) ? "" : crossover.between[1], place)}`);
  return [...alike.values()].flatMap((same) => {
    const [first] = same;
    if (!first) return [];
    const linear = formatList([...new Set(same.map(({ crossover }) => crossover.between[1]))]);
    return [`${sentence(first.crossover, linear, first.place, same.length > 1)}${unequal(first.crossover)}`];
  });
};

const isOneSided = ({ outcome }: Crossover): boolean => outcome === "already" || outcome === "none";

/** `linear`: the linear arm, or several of which the same holds. */
const sentence = ({ between, metric, outcome, n, atLatest, range, note, crossings }: Crossover, linear: string, place: string, several = false): string => {
  const [softmax] = between;
  const better = metric === "time" ? "faster" : "smaller";
  const than = metric === "time" ? `than ${softmax}` : `than the state of ${softmax}`;
  const subject = metric === "time" ? linear : `The state${several ? "s" : ""} of ${linear}`;
  const is = several ? "are" : "is";
  const span = range ? `n = ${formatCount(range[0])} to ${formatCount(range[1])}` : "the measured range";
  switch (outcome) {
    case "crosses":
      if (!n) return `${subject} is ${better} ${than} beyond some n${place}.`;
      return `From n = ${metric === "time" ? formatEstimate(n) : formatCount(Math.floor(n.value) + 1)} on, ${metric === "time" ? linear : `the state of ${linear}`} is ${better} ${than}${place}.`;
    case "already":
      return `${subject} ${is} ${better} ${than} at every n measured${place} (${span}).`;
    case "none":
      return `${subject} ${is} not ${better} ${than} at any n measured${place} (${span}).`;
    case "many":
      return `${linear} and ${softmax} change places in ${metric === "time" ? "time" : "state bytes"}${place}: ${note ?? `near n = ${crossings.map(formatCount).join(", ")}`}.`;
    case "undecided":
      if (atLatest !== undefined)
        return `From n = ${formatCount(atLatest)} on at the latest, ${linear} is ${better} ${than}${place}; below, the two are too close to tell.`;
      return `From which n on ${metric === "time" ? linear : `the state of ${linear}`} is ${better} ${than} is not decided${place}${note ? `: ${note}` : ""}.`;
    default:
      return outcome satisfies never;
  }
};

const pairKey = (upper: string, lower: string, key: Crossover["series"]): string => JSON.stringify([upper, lower, key]);

/** n* says little about mechanisms if one arm uses its device better than the other: then that is part of the answer. Pairs are looked up once: a sweep has hundreds. */
const unequalSentences = (record: Analysed, metric: Crossover["metric"]): ((crossover: Crossover) => string) => {
  if (metric !== "time") return () => "";
  const pairs = new Map(pairsOf(seriesOf(record.cells)).map((pair) => [pairKey(pair.upper.label, pair.lower.label, pair.key), pair]));
  return (crossover) => {
    const { n, between, series } = crossover;
    const pair = pairs.get(pairKey(...between, series));
    const upper = n && pair && shareNear(pair.upper.cells, n.value);
    const lower = n && pair && shareNear(pair.lower.cells, n.value);
    if (!upper || !lower || Math.max(upper / lower, lower / upper) <= unequalShares) return "";
    const [upperName, lowerName] = between;
    return ` The two are unequal there: ${upperName} runs at ${formatShare(upper)} of its ceiling, ${lowerName} at ${formatShare(lower)}.${equalised(crossover)}`;
  };
};

/** What n* would be if they were not, and by what they have to do alone. */
const equalised = ({ equalShare, predicted, range }: Crossover): string => {
  const place = (would: WouldCross | undefined): string | undefined => {
    if (would?.n !== undefined) return `at n = ${formatCount(would.n)}`;
    if (would?.outcome === "already" && range) return `below n = ${formatCount(range[0])}`;
    return would?.outcome === "none" && range ? `beyond n = ${formatCount(range[1])}` : undefined;
  };
  const [equal, least] = [place(equalShare), place(predicted)];
  if (equal === undefined || least === undefined) return "";
  return ` With both at the better one's share they would cross ${equal}, by FLOPs and bytes alone ${least}.`;
};

const shareNear = (cells: readonly CellRecord[], n: number): number | undefined => {
  const measured = cells.filter((cell) => cell.summary?.ceilingShare !== undefined);
  const nearest = measured.reduce<CellRecord | undefined>(
    (best, cell) => (!best || Math.abs(Math.log(cell.n / n)) < Math.abs(Math.log(best.n / n)) ? cell : best),
    undefined,
  );
  return nearest?.summary?.ceilingShare;
};
