import type { CellRecord, Estimate, StageSummary, Visit } from "../record/run.ts";
import { type Draws, resample } from "./resampling.ts";
import { median, percentileInterval } from "./statistics.ts";

/** Where a repetition's time goes: undefined where no visit timed its stages. What slows a visit slows all of it, so that shares are told within visits. */
export const stageSummary = ({ id, visits, prepared }: Pick<CellRecord, "id" | "visits" | "prepared">, draws: Draws): StageSummary | undefined => {
  const staged = visits.flatMap((visit) => (visit.stages ? [{ visit, ms: visit.stages }] : []));
  const [first] = staged;
  if (!first) return undefined;
  const order = Object.keys(prepared?.stages ?? first.ms).filter((stage) => stage in first.ms);
  const sum = (ms: Readonly<Record<string, number>>): number => order.reduce((all, stage) => all + (ms[stage] ?? 0), 0);
  const estimate = (name: string, read: (one: (typeof staged)[number]) => number): Estimate => {
    const values = staged.map((one) => ({ visit: one.visit, value: read(one) }));
    const spread = resample(
      values.map(({ visit, value }): Visit => ({ ...visit, k: 1, gpuMs: [value] })),
      { ...draws, source: "gpu", stepMs: 0 },
      `${id}/${name}`,
    );
    // A stage that took less than a step of the clock has no log.
    return spread ? percentileInterval(spread.estimate, spread.replicates) : { value: median(values.map(({ value }) => value)), low: 0, high: 0 };
  };
  const shares = order.map((stage) => estimate(`${stage}/share`, ({ ms }) => (ms[stage] ?? 0) / sum(ms)));
  // Medians of parts need not add up to a whole.
  const all = shares.reduce((whole, { value }) => whole + value, 0);
  return {
    times: order.map((stage, i) => ({
      stage,
      ms: estimate(stage, ({ ms }) => ms[stage] ?? 0),
      share: scaled(shares[i] ?? { value: 0, low: 0, high: 0 }, 1 / all),
    })),
    sumOverWhole: estimate("sum", ({ visit, ms }) => sum(ms) / median(visit.gpuMs)),
  };
};

const scaled = ({ value, low, high }: Estimate, factor: number): Estimate => ({ value: factor * value, low: factor * low, high: factor * high });
