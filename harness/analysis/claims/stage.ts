import type { StageCost } from "../../../kernels/mechanism.ts";
import type { StageName } from "../../../kernels/model/stageNames.ts";
import type { Estimate, StageSummary } from "../../record/derived.ts";
import type { CellRecord } from "../../record/run.ts";

/** Time and share of one stage of a cell; undefined where it was not timed. */
export const stageTime = ({ summary }: CellRecord, name: StageName): StageSummary["times"][number] | undefined =>
  summary?.stages?.times.find(({ stage }) => stage === name);

/** What a stage has to do, as counted from the shape. */
export const stageCost = ({ prepared }: CellRecord, name: StageName): StageCost | undefined => prepared?.stages?.[name];

/** Several together: intervals added, as if all were off the same way. */
export const sumOf = (all: readonly Estimate[]): Estimate => {
  const sum = (read: (one: Estimate) => number): number => all.reduce((total, one) => total + read(one), 0);
  return { value: sum(({ value }) => value), low: sum(({ low }) => low), high: sum(({ high }) => high) };
};

/** All stages but attention together, ms. */
export const restMs = ({ summary }: CellRecord): Estimate | undefined => {
  const rest = summary?.stages?.times.filter(({ stage }) => stage !== "mix");
  return rest && rest.length > 0 ? sumOf(rest.map(({ ms }) => ms)) : undefined;
};

export const wholeMs = ({ summary }: CellRecord): Estimate | undefined => summary && { value: summary.medianMs, low: summary.lowMs, high: summary.highMs };
