import type { Fit, RunRecord } from "../record/run.ts";
import { type Analysed, armName } from "./answer.ts";
import { formatCount, formatEstimate, formatList } from "./format.ts";
import { groupBy } from "./grouping.ts";
import { describeKey } from "./series.ts";

const subjects = {
  prefill: "The time to prefill n tokens",
  decode: "The time of a decode step after n tokens",
  generate: "The time to generate n tokens",
} as const satisfies Record<RunRecord["experiment"]["phase"], string>;

/** How time grows: one sentence for all that is decided, one for each reason why the rest is not. */
export const growthSentences = (record: Analysed): readonly string[] => {
  const fits = record.fits.filter((fit) => fit.metric === "time");
  const keys = fits.map((fit) => fit.series);
  const arms = [...groupBy(fits, armName)];
  const decided = arms.flatMap(([arm, ofArm]) => decidedPhrases(arm, ofArm, keys));
  const sentence = decided.length > 0 ? [`${subjects[record.experiment.phase]} is ${formatList(decided)}${rangeText(fits)}.`] : [];
  return [...sentence, ...undecidedSentences(fits, keys)];
};

/** "O(n) with softmax (split)"; where an arm's curves differ, one phrase for each class with its shapes. A note says from which n on. */
const decidedPhrases = (arm: string, fits: readonly Fit[], keys: readonly Fit["series"][]): readonly string[] => {
  const laws = [...groupBy(fits, (fit) => (fit.class === "undecided" ? "" : `${fit.class} with ${arm}${fit.note ? ` ${fit.note}` : ""}`))];
  return laws.filter(([law]) => law !== "").map(([law, alike]) => `${law}${laws.length > 1 ? at(alike, keys) : ""}`);
};

const at = (fits: readonly Fit[], keys: readonly Fit["series"][]): string => {
  const shapes = fits.map((fit) => describeKey(fit.series, keys)).filter((shape) => shape !== "");
  return shapes.length > 0 ? ` at ${formatList(shapes)}` : "";
};

const rangeText = (fits: readonly Fit[]): string => {
  const xs = fits.filter((fit) => fit.class !== "undecided").flatMap((fit) => fit.points.map((point) => point.x));
  return xs.length > 0 ? ` (n = ${formatCount(Math.min(...xs))} to ${formatCount(Math.max(...xs))})` : "";
};

/** One for each reason, naming all arms it holds for. */
const undecidedSentences = (fits: readonly Fit[], keys: readonly Fit["series"][]): readonly string[] => {
  const open = fits.filter((fit) => fit.class === "undecided");
  return [...groupBy(open, (fit) => fit.note ?? "")].map(([note, alike]) => {
    const arms = [...groupBy(alike, armName)].map(([arm, ofArm]) => `${arm}${at(ofArm, keys)}`);
    return `How time grows with ${formatList(arms)} is not decided${note ? `: ${note}` : ""}.${slopeText(alike)}`;
  });
};

/** What is known all the same: the local exponent at the largest n, for a single curve. */
const slopeText = ([fit, ...others]: readonly Fit[]): string => {
  const x = fit?.points.at(-1)?.x;
  if (!fit?.exponent || x === undefined || others.length > 0) return "";
  return ` At n = ${formatCount(x)} it grows like n to the power ${formatEstimate(fit.exponent, (value) => value.toFixed(2))}.`;
};
