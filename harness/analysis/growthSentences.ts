import type { Fit, RunRecord } from "../record/run.ts";
import { type Analysed, armName } from "./answer.ts";
import { formatChoice, formatCount, formatEstimate, formatList } from "./format.ts";
import { groupBy } from "./grouping.ts";
import { describeKey } from "./series.ts";

const subjects = {
  prefill: "The time to prefill n tokens",
  decode: "The time of a decode step after n tokens",
  generate: "The time to generate n tokens",
} as const satisfies Record<RunRecord["experiment"]["phase"], string>;

/** How time grows: `known`, one sentence for all that is; `open`, one for each reason why the rest is not decided. */
export const growthSentences = (record: Analysed): { readonly known: readonly string[]; readonly open: readonly string[] } => {
  const fits = record.fits.filter((fit) => fit.metric === "time");
  const keys = fits.map((fit) => fit.series);
  const arms = [...groupBy(fits, armName)];
  // Curves end where a device does, so arms may have ranges of their own.
  const ranges = new Set(arms.map(([, ofArm]) => rangeText(ofArm)).filter((range) => range !== ""));
  const [common] = ranges.size === 1 ? ranges : [];
  const known = arms.flatMap(([arm, ofArm]) =>
    knownPhrases(arm, ofArm, keys).map((phrase) => (common === undefined ? `${phrase}${rangeText(ofArm)}` : phrase)),
  );
  return {
    known: known.length > 0 ? [`${subjects[record.experiment.phase]} is ${formatList(known)}${common ?? ""}.`] : [],
    open: undecidedSentences(fits, keys),
  };
};

const isKnown = (fit: Fit): boolean => fit.candidates.length > 0;

/**
 * "O(n) with softmax (split)"; where an arm's curves differ, one phrase for each law with its shapes. A decided law's note says from which n on.
 * A law that is one of two is known too: "O(n) or O(n log n) with …".
 */
const knownPhrases = (arm: string, fits: readonly Fit[], keys: readonly Fit["series"][]): readonly string[] => {
  const laws = [
    ...groupBy(fits, (fit) =>
      isKnown(fit) ? `${formatChoice(fit.candidates)} with ${arm}${fit.class !== "undecided" && fit.note ? ` ${fit.note}` : ""}` : "",
    ),
  ];
  return laws.filter(([law]) => law !== "").map(([law, alike]) => `${law}${laws.length > 1 ? at(alike, keys) : ""}`);
};

const at = (fits: readonly Fit[], keys: readonly Fit["series"][]): string => {
  const shapes = fits.map((fit) => describeKey(fit.series, keys)).filter((shape) => shape !== "");
  return shapes.length > 0 ? ` at ${formatList(shapes)}` : "";
};

const rangeText = (fits: readonly Fit[]): string => {
  const xs = fits.filter(isKnown).flatMap((fit) => fit.points.map((point) => point.x));
  return xs.length > 0 ? ` (n = ${formatCount(Math.min(...xs))} to ${formatCount(Math.max(...xs))})` : "";
};

/** One for each reason, naming all arms it holds for. */
const undecidedSentences = (fits: readonly Fit[], keys: readonly Fit["series"][]): readonly string[] => {
  const open = fits.filter((fit) => fit.class === "undecided");
  return [...groupBy(open, (fit) => `${isKnown(fit)} ${fit.note ?? ""}`).values()].map((alike) => {
    const arms = formatList([...groupBy(alike, armName)].map(([arm, ofArm]) => `${arm}${at(ofArm, keys)}`));
    const [first] = alike;
    const note = first?.note ? `: ${first.note}` : "";
    return `${first && isKnown(first) ? `Which of these the time of ${arms} follows` : `How time grows with ${arms}`} is not decided${note}.${slopeText(alike)}`;
  });
};

/** What is known all the same: the local exponent at the largest n, for a single curve. */
const slopeText = ([fit, ...others]: readonly Fit[]): string => {
  const x = fit?.points.at(-1)?.x;
  if (!fit?.exponent || x === undefined || others.length > 0) return "";
  return ` At n = ${formatCount(x)} it grows like n to the power ${formatEstimate(fit.exponent, (value) => value.toFixed(2))}.`;
};
