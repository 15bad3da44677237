import type { Phase } from "../../kernels/mechanism.ts";

/** What an experiment may ask for; `probe` is for instruments. */
export const phases = ["prefill", "decode", "generate", "tokenLoop", "offload"] as const satisfies readonly Phase[];

export type ExperimentPhase = (typeof phases)[number];

/** Phases whose times no clock of a GPU can tell, as what they time is not all on the GPU: a run of one is by the wall clock, all of it. */
export const wallTimed: ReadonlySet<ExperimentPhase> = new Set<ExperimentPhase>(["offload"]);

/** Phases of one token's way through a whole model, or of what it keeps: those that a file's model is for. */
export const modelPhases: ReadonlySet<ExperimentPhase> = new Set<ExperimentPhase>(["tokenLoop", "offload"]);
