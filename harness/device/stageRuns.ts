import type { Step } from "../../kernels/mechanism.ts";

/** Neighbouring steps of one stage: [from, to) of a repetition's steps. */
export interface StageRun {
  readonly stage: string;
  readonly from: number;
  readonly to: number;
}

/** The stages of a repetition as its steps come; none where a step belongs to no stage, since what is left over would belong to none. */
export const stageRunsOf = (steps: readonly Pick<Step, "stage">[]): readonly StageRun[] => {
  const runs: StageRun[] = [];
  for (const [i, { stage }] of steps.entries()) {
    if (stage === undefined) return [];
    const last = runs.at(-1);
    if (last?.stage === stage) runs[runs.length - 1] = { ...last, to: i + 1 };
    else runs.push({ stage, from: i, to: i + 1 });
  }
  return runs;
};
