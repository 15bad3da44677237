import type { Messages } from "../messages/messages.ts";
import type { Crossover, MixerCrossing } from "../record/derived.ts";
import type { Analysed } from "./answer.ts";
import { describeKey } from "./series.ts";

/** More pairs than these are no sentence; a table has them all. */
const mostPairs = 4;

/** n* of attention alone beside that of the whole token, of every pair whose stages were timed. None of other phases. */
export const mixerSentences = ({ crossovers, environment }: Pick<Analysed, "crossovers" | "environment">, t: Messages): readonly string[] => {
  const pairs = mixerCrossovers(crossovers);
  if (pairs.length === 0 || pairs.length > mostPairs) return [];
  const keys = pairs.map(({ series }) => series);
  const parts = pairs.map((pair) => ({
    names: { upper: pair.between[0], lower: pair.between[1] },
    shape: describeKey(pair.series, keys),
    mixer: fromText(pair.mixer, t),
    whole: fromText(pair, t),
  }));
  return [t.crossover.mixer(parts, environment.deviceClass === "software")];
};

/** Pairs of whole models in time, with n* of their attention alone. */
export const mixerCrossovers = (crossovers: readonly Crossover[]): readonly (Crossover & { readonly mixer: MixerCrossing })[] =>
  crossovers.flatMap((crossover) => (crossover.metric === "time" && crossover.mixer ? [{ ...crossover, mixer: crossover.mixer }] : []));

/** "from n = 640 [600, 690] on" */
const fromText = ({ outcome, n, atLatest, crossings }: MixerCrossing, { crossover: { mixerFrom } }: Messages): string => {
  switch (outcome) {
    case "crosses":
      return n === undefined ? mixerFrom.some : mixerFrom.n(n);
    case "already":
      return mixerFrom.already;
    case "none":
      return mixerFrom.none;
    case "many":
      return mixerFrom.many(crossings);
    case "undecided":
      return atLatest === undefined ? mixerFrom.open : mixerFrom.latest(atLatest);
    default:
      return outcome satisfies never;
  }
};
