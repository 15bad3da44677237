import type { Estimate, StageSummary } from "../record/derived.ts";
import type { CellRecord } from "../record/run.ts";
import type { Draws, Spread } from "./resampling.ts";
import { median, percentileInterval } from "./statistics.ts";
import { type VisitValue, visitEstimate, visitSpread } from "./visitEstimate.ts";

/**
 * Where a repetition's time goes: undefined where no visit timed its stages. What slows a visit slows all of it, and few of a cell's visits may time stages, so that each stage is told by its part of the whole of its own
 * visit, times `whole`, the cell's time over all visits: stages add up to as much of that as `sumOverWhole` says.
 */
export const stageSummary = (
  { id, visits, prepared }: Pick<CellRecord, "id" | "visits" | "prepared">,
  whole: Spread,
  draws: Draws,
): StageSummary | undefined => {
  const staged = visits.flatMap((visit) => (visit.stages ? [{ visit, ms: visit.stages }] : []));
  const [first] = staged;
  if (!first) return undefined;
  const order = Object.keys(prepared?.stages ?? first.ms).filter((stage) => stage in first.ms);
  const sum = (ms: Readonly<Record<string, number>>): number => order.reduce((all, stage) => all + (ms[stage] ?? 0), 0);
  const valuesOf = (read: (one: (typeof staged)[number]) => number): readonly VisitValue[] => staged.map((one) => ({ visit: one.visit, value: read(one) }));
  const shares = order.map((stage) =>
    visitEstimate(
      { id },
      draws,
      `${stage}/share`,
      valuesOf(({ ms }) => (ms[stage] ?? 0) / sum(ms)),
    ),
  );
  // Medians of parts need not add up to a whole.
  const all = shares.reduce((total, { value }) => total + value, 0);
  const sumOverWhole = visitEstimate(
    { id },
    draws,
    "sum",
    valuesOf(({ visit, ms }) => sum(ms) / median(visit.gpuMs)),
  );
  return {
    times: order.map((stage, i) => {
      const share = atMostAll(scaled(shares[i] ?? { value: 0, low: 0, high: 0 }, 1 / all));
      const part = visitSpread(
        { id },
        draws,
        stage,
        valuesOf(({ visit, ms }) => (ms[stage] ?? 0) / median(visit.gpuMs)),
      );
      return { stage, ms: part ? timed(share.value * sumOverWhole.value * whole.estimate, part, whole) : { value: 0, low: 0, high: 0 }, share };
    }),
    sumOverWhole,
  };
};

/** The time `ms` of a stage, with the interval that its part of the whole and the whole have together, draw by draw. */
const timed = (ms: number, part: Spread, whole: Spread): Estimate => {
  const product = percentileInterval(
    part.estimate * whole.estimate,
    part.replicates.map((value, i) => value * (whole.replicates[i] ?? whole.estimate)),
  );
  const { low, high } = scaled(product, ms / product.value);
  return { value: ms, low: Math.min(low, ms), high: Math.max(high, ms) };
};

const scaled = ({ value, low, high }: Estimate, factor: number): Estimate => ({ value: factor * value, low: factor * low, high: factor * high });

const atMostAll = ({ value, low, high }: Estimate): Estimate => ({ value, low, high: Math.max(value, Math.min(1, high)) });
