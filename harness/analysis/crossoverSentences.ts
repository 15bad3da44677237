import type { Crossed } from "../messages/en.ts";
import type { Messages } from "../messages/messages.ts";
import type { Crossover, WouldCross } from "../record/derived.ts";
import type { Analysed } from "./answer.ts";
import { groupBy } from "./grouping.ts";
import { areUnequal, pairSharesOf } from "./pairShares.ts";
import { describeKey } from "./series.ts";

/** What is told of a crossing but for the arms that it is of. */
type Place = Omit<Crossed, "names" | "several">;

/** From which n on the linear arm is faster, and smaller; what is alike for several shapes is one sentence. */
export const crossoverSentences = (record: Analysed, metric: Crossover["metric"], t: Messages): readonly string[] => {
  const keys = record.crossovers.map((crossover) => crossover.series);
  const emulated = metric === "time" && record.environment.deviceClass === "software";
  const unequal = unequalSentences(record, metric, t);
  const nowhere = (crossover: Crossover): Place => ({ metric, shapes: [], emulated: false, range: crossover.range });
  const pairs = groupBy(
    record.crossovers.filter((crossover) => crossover.metric === metric),
    (crossover) => `${sentence(crossover, crossover.between[1], nowhere(crossover), t)}${unequal(crossover)}`,
  );
  const placed = [...pairs.values()].flatMap((crossovers) => {
    const [first] = crossovers;
    if (!first) return [];
    const shapes = crossovers.map((crossover) => describeKey(crossover.series, keys)).filter((shape) => shape !== "");
    return [{ crossover: first, place: { ...nowhere(first), shapes, emulated } }];
  });
  // Arms of which the same holds at every n are one sentence.
  const alike = groupBy(placed, ({ crossover, place }) => sentence(crossover, isOneSided(crossover) ? "" : crossover.between[1], place, t));
  return [...alike.values()].flatMap((same) => {
    const [first] = same;
    if (!first) return [];
    const linear = t.list([...new Set(same.map(({ crossover }) => crossover.between[1]))]);
    return [`${sentence(first.crossover, linear, first.place, t, same.length > 1)}${unequal(first.crossover)}`];
  });
};

const isOneSided = ({ outcome }: Crossover): boolean => outcome === "already" || outcome === "none";

/** `lower`: the linear arm, or several of which the same holds. */
const sentence = (
  { between: [upper], outcome, n, atLatest, note, crossings }: Crossover,
  lower: string,
  place: Place,
  t: Messages,
  several = false,
): string => {
  const told: Crossed = { ...place, names: { upper, lower }, several };
  switch (outcome) {
    case "crosses":
      return n ? t.crossover.crosses(told, n) : t.crossover.beyondSome(told);
    case "already":
      return t.crossover.already(told);
    case "none":
      return t.crossover.none(told);
    case "many":
      return t.crossover.many(told, note, crossings);
    case "undecided":
      return atLatest === undefined ? t.crossover.open(told, note) : t.crossover.latest(told, atLatest);
    default:
      return outcome satisfies never;
  }
};

/** n* says little about mechanisms if one arm uses its device better than the other: then that is part of the answer. */
const unequalSentences = (record: Analysed, metric: Crossover["metric"], t: Messages): ((crossover: Crossover) => string) => {
  if (metric !== "time") return () => "";
  const sharesOf = pairSharesOf(record);
  return (crossover) => {
    const near = crossover.n && sharesOf(crossover);
    if (!near || !areUnequal(near)) return "";
    const [upperName, lowerName] = crossover.between;
    const [upper, lower] = near.shares;
    return `${t.crossover.unequal({ upper: upperName, lower: lowerName }, { upper, lower })}${equalised(crossover, t)}`;
  };
};

/** What n* would be if they were not, and by what they have to do alone. */
const equalised = ({ equalShare, predicted, range }: Crossover, t: Messages): string => {
  const place = (would: WouldCross | undefined): string | undefined => {
    if (would?.n !== undefined) return t.crossover.atN(would.n);
    if (would?.outcome === "already" && range) return t.crossover.belowN(range[0]);
    return would?.outcome === "none" && range ? t.crossover.beyondN(range[1]) : undefined;
  };
  const [equal, least] = [place(equalShare), place(predicted)];
  return equal === undefined || least === undefined ? "" : t.crossover.equalised(equal, least);
};
