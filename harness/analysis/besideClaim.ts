import type { GrowthClass } from "../../kernels/mechanism.ts";
import type { Fit } from "../record/derived.ts";
import { bySize } from "./doubt.ts";

/** How a decided law differs from the claimed one without contradicting it: it grows faster, by too little to count, or it does not grow as fast yet. Undefined where it agrees, contradicts or is undecided itself. */
export const besideClaim = ({ class: found, claim, verdict }: Pick<Fit, "class" | "claim" | "verdict">): "above" | "below" | undefined =>
  found === "undecided" || verdict !== "undecided" ? undefined : bySize(found, claim) > 0 ? "above" : "below";

/** The laws that are left of a curve: a faster one that does not contradict the claimed one leaves that too. */
export const lawsLeft = (fit: Pick<Fit, "class" | "claim" | "verdict" | "candidates">): readonly GrowthClass[] =>
  besideClaim(fit) === "above" ? [fit.claim, ...fit.candidates] : fit.candidates;
