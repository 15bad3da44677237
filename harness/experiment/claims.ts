import type { ExperimentPhase } from "./phases.ts";
import type { Draft } from "./problem.ts";
import type { ExperimentFile } from "./schema.ts";

/** Claims that a run may judge, each with the phase whose measurements say something of it. What they claim and how they are judged stands in analysis/claims. */
export const claimPhases = {
  S1: "tokenLoop",
  S2: "tokenLoop",
  S3: "tokenLoop",
  S4: "tokenLoop",
  S5: "decode",
  S6: "decode",
  S7: "generate",
  S8: "generate",
  S9: "tokenLoop",
  S10: "tokenLoop",
  S11: "tokenLoop",
  S12: "tokenLoop",
  S13: "decode",
  S14: "offload",
  S15: "prefill",
  S16: "decode",
  S17: "decode",
  S18: "decode",
  S19: "tokenLoop",
} as const satisfies Readonly<Record<string, ExperimentPhase>>;

export type ClaimId = keyof typeof claimPhases;

export const claimIds = Object.keys(claimPhases) as [ClaimId, ...ClaimId[]];

/** Those that a file asks for, in their order. */
export const claimsAsked = ({ claims }: Pick<ExperimentFile, "claims">): readonly ClaimId[] =>
  claims === true ? claimIds : claimIds.filter((id) => claims?.includes(id));

/** What is wrong with a list of claims: one that stands twice, one that no phase of the file says anything of. */
export const claimDrafts = ({ claims }: Pick<ExperimentFile, "claims">, phases: readonly string[]): readonly Draft[] =>
  (claims === true ? [] : (claims ?? [])).flatMap((id, index, all): readonly Draft[] => {
    const at = { path: ["claims", index], on: "value", given: id } as const;
    if (all.indexOf(id) !== index) return [{ ...at, message: "stands twice", accepted: "each claim once" }];
    if (phases.includes(claimPhases[id])) return [];
    const able = claimIds.filter((one) => phases.includes(claimPhases[one]));
    return [{ ...at, message: `is judged in phase ${claimPhases[id]}, which this file does not have`, accepted: able.join(", ") || "no claims" }];
  });
