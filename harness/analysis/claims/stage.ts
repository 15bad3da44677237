import type { StageCost } from "../../../kernels/mechanism.ts";
import type { StageName } from "../../../kernels/model/stageNames.ts";
import type { Estimate, StageSummary } from "../../record/derived.ts";
import type { CellRecord } from "../../record/run.ts";

/** Time and share of one stage of a cell; undefined where it was not timed. */
export const stageTime = ({ summary }: CellRecord, name: StageName): StageSummary["times"][number] | undefined =>
  summary?.stages?.times.find(({ stage }) => stage === name);

/** What a stage has to do, as counted from the shape. */
export const stageCost = ({ prepared }: CellRecord, name: StageName): StageCost | undefined => prepared?.stages?.[name];

/** All stages but attention together, ms: intervals added, as if all were off the same way. */
export const restMs = ({ summary }: CellRecord): Estimate | undefined => {
  const rest = summary?.stages?.times.filter(({ stage }) => stage !== "mix");
  if (!rest || rest.length === 0) return undefined;
  const sum = (read: (ms: Estimate) => number): number => rest.reduce((all, { ms }) => all + read(ms), 0);
  return { value: sum(({ value }) => value), low: sum(({ low }) => low), high: sum(({ high }) => high) };
};

export const wholeMs = ({ summary }: CellRecord): Estimate | undefined => summary && { value: summary.medianMs, low: summary.lowMs, high: summary.highMs };
