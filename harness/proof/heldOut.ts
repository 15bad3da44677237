import { runSpreads } from "../analysis/drift.ts";
import { growthOf } from "../analysis/growth.ts";
import { modelError } from "../analysis/laws.ts";
import { drawsOf, type Spread, sampledOf } from "../analysis/resampling.ts";
import { seriesOf } from "../analysis/series.ts";
import { percentileInterval } from "../analysis/statistics.ts";
import type { Estimate } from "../record/derived.ts";
import type { RunRecord } from "../record/run.ts";

/** A point of a curve that was kept from its fit, and where the fit of the others expects it. */
export interface HeldOut {
  readonly arm: string;
  readonly n: number;
  /** ms */
  readonly measured: number;
  readonly predicted: Estimate;
  readonly inside: boolean;
}

/** The two largest n of a curve are held out; fewer than this many others show no law. */
const held = 2;
const leastOthers = 5;

/**
 * Of every curve of a real run with n enough: does the law of the smaller n foretell the two largest? The interval is that of the fit, with the noise of the point itself
 * and a law's own error (as a standard deviation) on top.
 */
export const heldOut = (record: RunRecord): readonly HeldOut[] => {
  const draws = drawsOf(record);
  const series = seriesOf(record.cells);
  const spreadOf = runSpreads(series, draws);
  return series.flatMap((one) => {
    const points = one.cells.flatMap((cell) => {
      const spread = spreadOf(cell.id);
      return spread ? [{ n: cell.n, spread }] : [];
    });
    if (points.length < held + leastOthers) return [];
    const known = points.slice(0, -held);
    const { at } = growthOf(
      sampledOf(
        known.map(({ n }) => n),
        known.map(({ spread }) => spread),
      ),
      "n",
    );
    if (!at) return [];
    const arm = `${one.label} ${JSON.stringify(one.key)}`;
    return points.slice(-held).map(({ n, spread }) => {
      const predicted = widened(at(n), spread);
      return { arm, n, measured: spread.estimate, predicted, inside: predicted.low <= spread.estimate && spread.estimate <= predicted.high };
    });
  });
};

/** The interval on the log scale, with the point's own noise and the law's error added in squares. */
const widened = ({ value, low, high }: Estimate, { estimate, replicates }: Spread): Estimate => {
  const own = percentileInterval(estimate, replicates);
  const more = (side: number, point: number): number => Math.hypot(Math.log(side), Math.log(point), 1.96 * modelError);
  return { value, low: value * Math.exp(-more(low / value, own.low / estimate)), high: value * Math.exp(more(high / value, own.high / estimate)) };
};
