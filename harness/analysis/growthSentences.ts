import type { Messages } from "../messages/messages.ts";
import type { Fit } from "../record/derived.ts";
import { type Analysed, armName } from "./answer.ts";
import { lawsLeft } from "./besideClaim.ts";
import { groupBy } from "./grouping.ts";
import { describeKey } from "./series.ts";

/** How time grows: `known`, one sentence for all that is; `open`, one for each reason why the rest is not decided. */
export const growthSentences = (record: Analysed, t: Messages): { readonly known: readonly string[]; readonly open: readonly string[] } => {
  const fits = record.fits.filter((fit) => fit.metric === "time");
  const keys = fits.map((fit) => fit.series);
  const arms = [...groupBy(fits, armName)];
  const laws = groupBy(
    arms.flatMap(([arm, ofArm]) => knownLaws(arm, ofArm, keys, t)),
    ({ law }) => law,
  );
  const known = [...laws].map(([law, alike]) => ({ law, arms: alike.map(({ arm }) => arm) }));
  return {
    known: known.length > 0 ? [t.growth.known(record.experiment.phase, known, rangeOf(arms.map(([, ofArm]) => ofArm)))] : [],
    open: undecidedSentences(fits, keys, t),
  };
};

const isKnown = (fit: Fit): boolean => fit.candidates.length > 0;

/**
 * The laws of an arm and who follows them: "O(n)", "softmax (split)"; where its curves differ, one for each law, with its shapes. Of a decided law with a note
 * it is said from which n on. A law that is one of two is known too: "O(n) or O(n log n)".
 */
const knownLaws = (
  arm: string,
  fits: readonly Fit[],
  keys: readonly Fit["series"][],
  t: Messages,
): readonly { readonly law: string; readonly arm: string }[] => {
  const laws = [...groupBy(fits, (fit) => JSON.stringify([lawsLeft(fit), fit.class === "undecided" ? undefined : fit.note]))];
  return laws.flatMap(([, alike]) => {
    const [fit] = alike;
    if (!fit || !isKnown(fit)) return [];
    const from = fit.class !== "undecided" && fit.note ? fit.points[0]?.x : undefined;
    return [{ law: t.choice(lawsLeft(fit)), arm: t.growth.arm(arm, from, laws.length > 1 ? shapesOf(alike, keys) : []) }];
  });
};

const shapesOf = (fits: readonly Fit[], keys: readonly Fit["series"][]): readonly string[] =>
  fits.map((fit) => describeKey(fit.series, keys)).filter((shape) => shape !== "");

/** Of what n the laws are known. Curves end where a device does, so arms may end at n of their own. */
const rangeOf = (arms: readonly (readonly Fit[])[]): { readonly first: number; readonly nearest: number; readonly farthest: number } | undefined => {
  const known = arms.map((fits) => fits.filter(isKnown).flatMap((fit) => fit.points.map((point) => point.x))).filter((xs) => xs.length > 0);
  if (known.length === 0) return undefined;
  const ends = known.map((xs) => Math.max(...xs));
  return { first: Math.min(...known.flat()), nearest: Math.min(...ends), farthest: Math.max(...ends) };
};

/** One for each reason, naming all arms it holds for. */
const undecidedSentences = (fits: readonly Fit[], keys: readonly Fit["series"][], t: Messages): readonly string[] => {
  const open = fits.filter((fit) => fit.class === "undecided");
  return [...groupBy(open, (fit) => `${isKnown(fit)} ${fit.note ?? ""}`).values()].map((alike) => {
    const arms = [...groupBy(alike, armName)].map(([arm, ofArm]) => t.growth.arm(arm, undefined, shapesOf(ofArm, keys)));
    const [first] = alike;
    return `${t.growth.open(arms, first !== undefined && isKnown(first), first?.note)}${slopeText(alike, t)}`;
  });
};

/** What is known all the same: the local exponent at the largest n, for a single curve. */
const slopeText = ([fit, ...others]: readonly Fit[], t: Messages): string => {
  const x = fit?.points.at(-1)?.x;
  return !fit?.exponent || x === undefined || others.length > 0 ? "" : t.growth.slope(x, fit.exponent);
};
