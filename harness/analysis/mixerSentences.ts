import type { Crossover, MixerCrossing } from "../record/derived.ts";
import type { Analysed } from "./answer.ts";
import { bracketed, formatCount } from "./format.ts";
import { describeKey } from "./series.ts";

/** More pairs than these are no sentence; a table has them all. */
const mostPairs = 6;

/** n* of attention alone beside that of the whole token, of every pair whose stages were timed. None of other phases. */
export const mixerSentences = ({ crossovers, environment }: Pick<Analysed, "crossovers" | "environment">): readonly string[] => {
  const pairs = mixerCrossovers(crossovers);
  if (pairs.length === 0 || pairs.length > mostPairs) return [];
  const keys = pairs.map(({ series }) => series);
  const parts = pairs.map((pair) => {
    const shape = describeKey(pair.series, keys);
    return `${pair.between[1]} than ${pair.between[0]}${shape === "" ? "" : `, ${shape},`} ${fromText(pair.mixer)}, as a whole token ${fromText(pair)}`;
  });
  const emulated = environment.deviceClass === "software" ? " on this CPU emulation" : "";
  return [`From which n on attention alone is faster, and the whole token beside it${emulated}: ${parts.join("; ")}.`];
};

/** Pairs of whole models in time, with n* of their attention alone. */
export const mixerCrossovers = (crossovers: readonly Crossover[]): readonly (Crossover & { readonly mixer: MixerCrossing })[] =>
  crossovers.flatMap((crossover) => (crossover.metric === "time" && crossover.mixer ? [{ ...crossover, mixer: crossover.mixer }] : []));

/** "from n = 640 [600, 690] on" */
const fromText = ({ outcome, n, atLatest, crossings }: MixerCrossing): string => {
  switch (outcome) {
    case "crosses":
      return n === undefined ? "beyond some n" : `from n = ${bracketed(n, formatCount)} on`;
    case "already":
      return "at every n measured";
    case "none":
      return "at no n measured";
    case "many":
      return `by turns, near n = ${crossings.map(formatCount).join(", ")}`;
    case "undecided":
      return atLatest === undefined ? "from an n that is not decided" : `from n = ${formatCount(atLatest)} on at the latest`;
    default:
      return outcome satisfies never;
  }
};
