import type { Dtype, Step } from "../mechanism.ts";
import type { StageName } from "./stageNames.ts";

/** What all steps of a model have in common. */
export interface Making {
  /** of weights; what flows between steps is f32 */
  readonly dtype: Dtype;
  /** tokens that go through together */
  readonly rows: number;
  /** a CPU emulation, where loads cost more than arithmetic */
  readonly software: boolean;
  /** of every subgroup, where all have as many; 0 elsewhere, and where there are none */
  readonly lanes: number;
  /** workgroups of one dimension at most */
  readonly most: number;
}

/** A step that is timed with others of its stage. */
export const staged = (stage: StageName, step: Step): Step => ({ ...step, stage });

/** Threads that wait for each other at barriers: on a GPU `most`, on a CPU emulation, where one core goes through all of a workgroup from barrier to barrier, those of one subgroup. */
export const teamOf = ({ software, lanes }: Pick<Making, "software" | "lanes">, most: number): number => (software ? Math.max(lanes, 4) : most);
