import type { Estimate } from "../record/derived.ts";

/** What an n* is to be known by. */
export interface Wanted {
  /** half-width of its interval, as a share of it */
  readonly share: number;
  /** n that kernels step by: no interval can be narrower in truth */
  readonly tile: number;
}

/** Measured n stand no farther from an n* than this factor, or one tile: what lies between two is the work of a law. */
const nearest = 1.25;
/** Ratio of neighbours among the n that the first round adds; each later one takes half of it, on the log scale. */
const firstStep = 1.15;
const offsets = [0, -1, 1, -2, 2];
export const mostRounds = 4;

/** As narrow as wanted, or one tile wide. */
export const isTight = ({ value, low, high }: Estimate, { share, tile }: Wanted): boolean => high - low <= Math.max(2 * share * value, tile);

/**
 * The n to add around an n*, ascending: none where its interval is tight and measured n stand close by on both sides. Whole tiles, within the range of `measured` (ascending), and
 * none nearly there already. `round` counts from 0.
 */
export const lengthsAround = (n: Estimate, measured: readonly number[], wanted: Wanted, round: number): readonly number[] => {
  const { tile } = wanted;
  const [first = 1, last = 1] = [measured[0], measured.at(-1)];
  const isNear = (other: number): boolean => other !== 0 && (Math.abs(Math.log(other / n.value)) <= Math.log(nearest) || Math.abs(other - n.value) <= tile);
  const isBracketed = isNear(measured.findLast((x) => x <= n.value) ?? 0) && isNear(measured.find((x) => x >= n.value) ?? 0);
  if (round >= mostRounds || (isTight(n, wanted) && isBracketed)) return [];
  const step = firstStep ** (1 / 2 ** round);
  const added: number[] = [];
  for (const offset of offsets) {
    const x = Math.max(1, Math.round((n.value * step ** offset) / tile)) * tile;
    const isTaken = [...measured, ...added].some((other) => Math.abs(Math.log(other / x)) < Math.log(step) / 2);
    if (x > first && x < last && !isTaken) added.push(x);
  }
  return added.sort((one, other) => one - other);
};
