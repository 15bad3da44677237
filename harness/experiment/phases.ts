import type { Phase } from "../../kernels/mechanism.ts";

/** What an experiment may ask for; `probe` is for instruments. */
export const phases = ["prefill", "decode", "generate", "tokenLoop"] as const satisfies readonly Phase[];

export type ExperimentPhase = (typeof phases)[number];
