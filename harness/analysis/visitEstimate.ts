import type { Estimate } from "../record/derived.ts";
import type { CellRecord, Visit } from "../record/run.ts";
import { type Draws, resample, type Spread } from "./resampling.ts";
import { median, percentileInterval } from "./statistics.ts";

/** One value of a visit beside its samples. */
export interface VisitValue {
  readonly visit: Visit;
  readonly value: number;
}

/** What each visit found once, and what that could as well have been, as of the samples of a clock: undefined of what took less than a step of it, which has no log. `name` tells the draws of a cell's values apart. */
export const visitSpread = ({ id }: Pick<CellRecord, "id">, draws: Draws, name: string, values: readonly VisitValue[]): Spread | undefined =>
  resample(
    values.map(({ visit, value }): Visit => ({ ...visit, k: 1, gpuMs: [value] })),
    { ...draws, source: "gpu", stepMs: 0 },
    `${id}/${name}`,
  );

/** Its median over visits, with its interval. */
export const visitEstimate = (cell: Pick<CellRecord, "id">, draws: Draws, name: string, values: readonly VisitValue[]): Estimate => {
  const spread = visitSpread(cell, draws, name, values);
  return spread ? percentileInterval(spread.estimate, spread.replicates) : { value: median(values.map(({ value }) => value)), low: 0, high: 0 };
};
