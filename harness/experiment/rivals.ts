import type { Form, Mechanism, Phase } from "../../kernels/mechanism.ts";
import { recomputes, tierOf } from "../../kernels/offload.ts";

/** What tells whose place an arm might take. */
export interface Rival {
  readonly phase: Phase;
  readonly mechanism: string;
  readonly form: Form;
  readonly family: Mechanism["family"] | undefined;
}

/** Is it asked from which n on the second of two arms is below the first? Of a linear mechanism beside softmax, and of a state that comes back beside the same one computed anew. */
export const areRivals = (upper: Rival, lower: Rival): boolean =>
  upper.phase === "offload"
    ? upper.mechanism === lower.mechanism && upper.form === recomputes && tierOf(lower.form) !== undefined
    : upper.family === "softmax" && lower.family === "linear";

/** Such a pair, in words. */
export const rivalsText = (phase: Phase): string =>
  phase === "offload"
    ? `first an arm of form ${recomputes}, then one of its mechanism that a tier keeps`
    : "first an arm of the softmax family, then one of the linear family";
