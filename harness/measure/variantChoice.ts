import type { Tiles } from "../../kernels/mechanism.ts";

/** A variant takes the default's place only where it is this much faster in the median of the rounds, … */
const leastGain = 0.03;
/** … and faster at all in this share of them. */
const shareOfRounds = 0.75;

/**
 * The best of an arm's variants: its place among `rounds`, where each variant has one time a round (ms), the default first; undefined for a variant that
 * failed, none where it was alone. Times are compared round by round, since a busy machine slows all of a round alike. The default stays unless another is clearly faster, and
 * where nothing else is right. Undefined where no variant is.
 */
export const chooseVariant = (rounds: readonly (readonly number[] | undefined)[]): number | undefined => {
  const right = rounds.flatMap((times, index) => (times ? [{ times, index }] : []));
  const first = right[0];
  if (!first) return undefined;
  const rivals = right.slice(1).flatMap(({ times, index }) => {
    const ratios = times.map((ms, round) => ms / (first.times[round] ?? Number.NaN)).sort((a, b) => a - b);
    const ratio = ratios[ratios.length >> 1] ?? 1;
    const won = ratios.filter((one) => one < 1).length / ratios.length;
    return ratio <= 1 - leastGain && won >= shareOfRounds ? [{ index, ratio }] : [];
  });
  return rivals.reduce((best, rival) => (rival.ratio < best.ratio ? rival : best), { index: first.index, ratio: 1 }).index;
};

/** Are these the same variant? */
export const sameTiles = (a: Tiles, b: Tiles): boolean => {
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every((name) => a[name] === b[name]);
};
