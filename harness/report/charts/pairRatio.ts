import { formatTimes } from "../../analysis/format.ts";
import type { Estimate } from "../../record/derived.ts";
import type { RunRecord } from "../../record/run.ts";
import { times } from "../interval.ts";
import { type Facet, fitOf } from "./facets.ts";
import { type GrowthPoint, measuredValue } from "./growth.ts";

/** How many times as long one arm takes as another at one n of a facet. */
export interface PairRatio extends Estimate {
  /** it reads otherwise than the two medians do: what the whole machine drifted is taken out */
  readonly undrifted: boolean;
}

type Value = Pick<GrowthPoint, "y" | "low" | "high">;

/**
 * Time of the first arm over that of the second, as the answer tells it (speedUpOf): of points that laws are fitted to, which have no drift in them that all cells share, or of medians
 * where a law leaves one out. The interval adds both in quadrature of logs. Undefined where one is not measured.
 */
export const pairRatioOf = (record: RunRecord, facet: Facet, [above, below]: readonly [string, string], x: number): PairRatio | undefined => {
  const variable = facet.variable ?? "n";
  const medianOf = (label: string): Value | undefined => {
    const cell = facet.cells.find((candidate) => candidate.label === label && candidate[variable] === x);
    return cell && measuredValue(cell, "time");
  };
  const fittedOf = (label: string): Value | undefined => fitOf(record, facet, label, "time")?.points.find((point) => point.x === x && point.low > 0);
  const [upper, lower] = [medianOf(above), medianOf(below)];
  if (!upper || !lower) return undefined;
  const [upperFitted, lowerFitted] = [fittedOf(above), fittedOf(below)];
  const median = ratioOf(upper, lower);
  const told = upperFitted && lowerFitted ? ratioOf(upperFitted, lowerFitted) : median;
  return { ...told, undrifted: formatTimes(told.value) !== formatTimes(median.value) };
};

const ratioOf = (above: Value, below: Value): Estimate => {
  const value = above.y / below.y;
  const under = Math.hypot(Math.log(above.y / above.low), Math.log(below.high / below.y));
  const over = Math.hypot(Math.log(above.high / above.y), Math.log(below.y / below.low));
  return { value, low: value * Math.exp(-under), high: value * Math.exp(over) };
};

/** Does the interval hold 1? Then the page calls neither faster. */
export const isOpen = ({ low, high }: Estimate): boolean => low <= 1 && high >= 1 && high > low;

/** "0.96×", "1.04×", "3.2×", "870×": two digits behind the point where one would make two times equal that are not. */
export const ratioWords = (ratio: number): string => (ratio >= 0.995 && ratio < 1.995 ? `${ratio.toFixed(2)}×` : times(ratio));
