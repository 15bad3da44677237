import type { Estimate, StageSummary } from "../record/derived.ts";
import type { CellRecord } from "../record/run.ts";
import type { Draws } from "./resampling.ts";
import { median } from "./statistics.ts";
import { visitEstimate } from "./visitEstimate.ts";

/** Where a repetition's time goes: undefined where no visit timed its stages. What slows a visit slows all of it, so that shares are told within visits. */
export const stageSummary = ({ id, visits, prepared }: Pick<CellRecord, "id" | "visits" | "prepared">, draws: Draws): StageSummary | undefined => {
  const staged = visits.flatMap((visit) => (visit.stages ? [{ visit, ms: visit.stages }] : []));
  const [first] = staged;
  if (!first) return undefined;
  const order = Object.keys(prepared?.stages ?? first.ms).filter((stage) => stage in first.ms);
  const sum = (ms: Readonly<Record<string, number>>): number => order.reduce((all, stage) => all + (ms[stage] ?? 0), 0);
  const estimate = (name: string, read: (one: (typeof staged)[number]) => number): Estimate =>
    visitEstimate(
      { id },
      draws,
      name,
      staged.map((one) => ({ visit: one.visit, value: read(one) })),
    );
  const shares = order.map((stage) => estimate(`${stage}/share`, ({ ms }) => (ms[stage] ?? 0) / sum(ms)));
  // Medians of parts need not add up to a whole.
  const all = shares.reduce((whole, { value }) => whole + value, 0);
  return {
    times: order.map((stage, i) => ({
      stage,
      ms: estimate(stage, ({ ms }) => ms[stage] ?? 0),
      share: atMostAll(scaled(shares[i] ?? { value: 0, low: 0, high: 0 }, 1 / all)),
    })),
    sumOverWhole: estimate("sum", ({ visit, ms }) => sum(ms) / median(visit.gpuMs)),
  };
};

const scaled = ({ value, low, high }: Estimate, factor: number): Estimate => ({ value: factor * value, low: factor * low, high: factor * high });

const atMostAll = ({ value, low, high }: Estimate): Estimate => ({ value, low, high: Math.max(value, Math.min(1, high)) });
