import { formatTimes } from "../../analysis/format.ts";
import type { Estimate, RatioAt } from "../../record/derived.ts";
import type { RunRecord } from "../../record/run.ts";
import { times } from "../interval.ts";
import { crossoversOf, type Facet, fitOf } from "./facets.ts";
import { type GrowthPoint, measuredValue } from "./growth.ts";

/** How many times as long one arm takes as another at one n of a facet. */
export interface PairRatio extends Estimate {
  /** it reads otherwise than the two medians do: what the whole machine drifted is taken out */
  readonly undrifted: boolean;
}

type Value = Pick<GrowthPoint, "y" | "low" | "high">;

/**
 * Time of the first arm over that of the second, as the answer tells it (speedUpOf): by paired draws, which have nothing in them that the whole machine did; where the run has none of these two, of the points that laws are fitted
 * to, or of medians where a law leaves one out, with an interval that adds both in quadrature of logs. Undefined where one is not measured.
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
  const paired = pairedRatio(record, facet, [above, below], x);
  const told = paired ?? (upperFitted && lowerFitted ? ratioOf(upperFitted, lowerFitted) : median);
  return { ...told, undrifted: formatTimes(told.value) !== formatTimes(median.value) };
};

/** A pair is recorded one way round. */
const pairedRatio = (record: RunRecord, facet: Facet, [above, below]: readonly [string, string], x: number): Estimate | undefined => {
  const crossovers = crossoversOf(record, facet, "time");
  const ratioIn = (one: string, other: string): RatioAt | undefined =>
    crossovers.find(({ between }) => between[0] === one && between[1] === other)?.ratios?.find(({ n }) => n === x);
  const found = ratioIn(above, below);
  if (found) return { value: found.value, low: found.low, high: found.high };
  const turned = ratioIn(below, above);
  return turned && { value: 1 / turned.value, low: 1 / turned.high, high: 1 / turned.low };
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
