import type { Fit } from "../record/derived.ts";
import type { RunRecord } from "../record/run.ts";
import { type Analysed, armName } from "./answer.ts";
import { formatChoice, formatCount, formatEstimate, formatList } from "./format.ts";
import { groupBy } from "./grouping.ts";
import { describeKey } from "./series.ts";

const subjects = {
  prefill: "The time to prefill n tokens",
  decode: "The time of a decode step after n tokens",
  generate: "The time to generate n tokens",
  tokenLoop: "The time of a token's whole way through the model, with n tokens before it,",
  offload: "The time until the state of n tokens is on the GPU",
} as const satisfies Record<RunRecord["experiment"]["phase"], string>;

/** How time grows: `known`, one sentence for all that is; `open`, one for each reason why the rest is not decided. */
export const growthSentences = (record: Analysed): { readonly known: readonly string[]; readonly open: readonly string[] } => {
  const fits = record.fits.filter((fit) => fit.metric === "time");
  const keys = fits.map((fit) => fit.series);
  const arms = [...groupBy(fits, armName)];
  const laws = groupBy(
    arms.flatMap(([arm, ofArm]) => knownLaws(arm, ofArm, keys)),
    ({ law }) => law,
  );
  const known = [...laws].map(([law, alike]) => `${law} with ${formatList(alike.map(({ arm }) => arm))}`);
  return {
    known: known.length > 0 ? [`${subjects[record.experiment.phase]} is ${formatList(known)}${rangeText(arms.map(([, ofArm]) => ofArm))}.`] : [],
    open: undecidedSentences(fits, keys),
  };
};

const isKnown = (fit: Fit): boolean => fit.candidates.length > 0;

/**
 * The laws of an arm and who follows them: "O(n)", "softmax (split)"; where its curves differ, one for each law, with its shapes. A decided law's note
 * says from which n on. A law that is one of two is known too: "O(n) or O(n log n)".
 */
const knownLaws = (arm: string, fits: readonly Fit[], keys: readonly Fit["series"][]): readonly { readonly law: string; readonly arm: string }[] => {
  const laws = [...groupBy(fits, (fit) => JSON.stringify([fit.candidates, fit.class === "undecided" ? undefined : fit.note]))];
  return laws.flatMap(([, alike]) => {
    const [fit] = alike;
    if (!fit || !isKnown(fit)) return [];
    const note = fit.class !== "undecided" && fit.note ? ` ${fit.note}` : "";
    return [{ law: formatChoice(fit.candidates), arm: `${arm}${note}${laws.length > 1 ? at(alike, keys) : ""}` }];
  });
};

const at = (fits: readonly Fit[], keys: readonly Fit["series"][]): string => {
  const shapes = fits.map((fit) => describeKey(fit.series, keys)).filter((shape) => shape !== "");
  return shapes.length > 0 ? ` at ${formatList(shapes)}` : "";
};

/** Of what n the laws are known. Curves end where a device does, so arms may end at n of their own. */
const rangeText = (arms: readonly (readonly Fit[])[]): string => {
  const known = arms.map((fits) => fits.filter(isKnown).flatMap((fit) => fit.points.map((point) => point.x))).filter((xs) => xs.length > 0);
  if (known.length === 0) return "";
  const ends = known.map((xs) => Math.max(...xs));
  const [nearest, farthest] = [Math.min(...ends), Math.max(...ends)];
  const first = formatCount(Math.min(...known.flat()));
  return ` (n = ${first} to ${formatCount(nearest)}${farthest > nearest ? `, some to ${formatCount(farthest)}` : ""})`;
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
