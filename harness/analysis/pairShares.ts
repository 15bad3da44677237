import type { Crossover } from "../record/derived.ts";
import type { CellRecord, RunRecord } from "../record/run.ts";
import { type CeilingShare, ceilingShareOf } from "./ceilingShare.ts";
import { pairsOf, seriesOf } from "./series.ts";

/** Arms whose shares of their ceilings differ by more than this are said to be unequal. */
export const unequalShares = 1.5;

/** What share of its ceiling each arm of a pair reaches, in order of the pair. */
export interface PairShares {
  readonly n: number;
  readonly shares: readonly [upper: CeilingShare, lower: CeilingShare];
}

/** The share of the cell that is nearest to n; undefined where none has one. */
const shareNear = (cells: readonly CellRecord[], n: number): CeilingShare | undefined => {
  const measured = cells.filter((cell) => ceilingShareOf(cell) !== undefined);
  const nearest = measured.reduce<CellRecord | undefined>(
    (best, cell) => (!best || Math.abs(Math.log(cell.n / n)) < Math.abs(Math.log(best.n / n)) ? cell : best),
    undefined,
  );
  return nearest && ceilingShareOf(nearest);
};

const pairKey = (upper: string, lower: string, key: Crossover["series"]): string => JSON.stringify([upper, lower, key]);

/** Shares of the pair of a crossing near its n*, or where it has none at the largest n that both were measured at. Pairs are looked up once: a sweep has hundreds. */
export const pairSharesOf = ({ cells }: Pick<RunRecord, "cells">): ((crossover: Pick<Crossover, "between" | "series" | "n">) => PairShares | undefined) => {
  const pairs = new Map(pairsOf(seriesOf(cells)).map((pair) => [pairKey(pair.upper.label, pair.lower.label, pair.key), pair]));
  return ({ between, series, n: found }) => {
    const pair = pairs.get(pairKey(...between, series));
    if (!pair) return undefined;
    const n = found?.value ?? pair.upper.cells.findLast((cell) => pair.lower.cells.some((other) => other.n === cell.n))?.n;
    const [upper, lower] = [pair.upper, pair.lower].map((side) => (n === undefined ? undefined : shareNear(side.cells, n)));
    return n === undefined || !upper || !lower ? undefined : { n, shares: [upper, lower] };
  };
};

/** Does one arm use the device so much better than the other that a ratio of their times is the kernels' too? */
export const areUnequal = ({ shares: [upper, lower] }: PairShares): boolean => Math.max(upper.value / lower.value, lower.value / upper.value) > unequalShares;
