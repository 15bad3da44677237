import { median } from "../analysis/statistics.ts";
import type { StageRun } from "../device/stageRuns.ts";

/** Repetitions of a visit that are timed stage by stage: a fifth of the others, that a visit takes no longer than it was planned to, and eight at most. */
export const stagedRepetitions = (repetitions: number): number => Math.max(1, Math.min(8, Math.ceil(repetitions / 5)));

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
