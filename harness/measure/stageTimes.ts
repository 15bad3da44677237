import { median } from "../analysis/statistics.ts";
import type { StageRun } from "../device/stageRuns.ts";

/**
 * Repetitions of a visit that are timed stage by stage, where a worker has by then timed so many of a cell and so many of them by stage: a fifth of all, and eight at most, that visits take no longer than they were planned to.
 * The first visit has one; where a visit is a single long repetition, every fifth has.
 */
export const stagedRepetitions = (timed: number, staged: number): number => Math.max(0, Math.min(8, Math.ceil(timed / 5) - staged));

/** Ms of each stage in one repetition, stages as they first come: the median over repetitions, of which `passMs` has the runs one after another. */
export const stageTimesOf = (runs: readonly StageRun[], passMs: readonly number[]): Readonly<Record<string, number>> => {
  const repetitions = passMs.length / runs.length;
  const stages = [...new Set(runs.map(({ stage }) => stage))];
  const sumsOf = (stage: string): readonly number[] =>
    Array.from({ length: repetitions }, (_, repetition) =>
      runs.reduce((sum, run, i) => sum + (run.stage === stage ? (passMs[repetition * runs.length + i] ?? Number.NaN) : 0), 0),
    );
  return Object.fromEntries(stages.map((stage) => [stage, median(sumsOf(stage))] as const));
};
