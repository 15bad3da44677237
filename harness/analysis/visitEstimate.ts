import type { Estimate } from "../record/derived.ts";
import type { CellRecord, Visit } from "../record/run.ts";
import { type Draws, resample } from "./resampling.ts";
import { median, percentileInterval } from "./statistics.ts";

/** One value of a visit beside its samples. */
export interface VisitValue {
  readonly visit: Visit;
  readonly value: number;
}

/** The median over visits of what each found once, with its interval, as of the samples of a clock. `name` tells the draws of a cell's values apart. */
export const visitEstimate = ({ id }: Pick<CellRecord, "id">, draws: Draws, name: string, values: readonly VisitValue[]): Estimate => {
  const spread = resample(
    values.map(({ visit, value }): Visit => ({ ...visit, k: 1, gpuMs: [value] })),
    { ...draws, source: "gpu", stepMs: 0 },
    `${id}/${name}`,
  );
  // What took less than a step of the clock has no log.
  return spread ? percentileInterval(spread.estimate, spread.replicates) : { value: median(values.map(({ value }) => value)), low: 0, high: 0 };
};
