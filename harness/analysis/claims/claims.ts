import { type ClaimId, claimIds, claimPhases } from "../../experiment/claims.ts";
import { en } from "../../messages/en.ts";
import type { Messages } from "../../messages/messages.ts";
import type { JudgedClaim } from "../../record/derived.ts";
import type { Analysed } from "../answer.ts";
import type { Claim } from "./claim.ts";
import { feedForwardClaims } from "./feedForwardClaims.ts";
import { inputClaims } from "./inputClaims.ts";
import { linearClaims } from "./linearClaims.ts";
import { memoryClaims } from "./memoryClaims.ts";
import { movedClaims } from "./movedClaims.ts";
import { softmaxClaims } from "./softmaxClaims.ts";
import { textClaims } from "./textClaims.ts";
import { wholeClaims } from "./wholeClaims.ts";

const byId = new Map<ClaimId, Claim>(
  [...textClaims, ...inputClaims, ...softmaxClaims, ...feedForwardClaims, ...wholeClaims, ...memoryClaims, ...movedClaims, ...linearClaims].map((claim) => [
    claim.id,
    claim,
  ]),
);

/** All claims, in their order. */
export const claims: readonly Claim[] = claimIds.flatMap((id) => byId.get(id) ?? []);

/** What a run says of the claims that its experiment asks about: of those alone that its phase speaks of, and that it has numbers for. In the language of `t`. */
export const claimsOf = (record: Analysed, t: Messages = en): readonly JudgedClaim[] =>
  (record.experiment.claims ?? [])
    .filter((id) => claimPhases[id] === record.experiment.phase)
    .flatMap((id) => {
      const judgement = byId.get(id)?.judge(record, t);
      return judgement ? [{ id, ...judgement }] : [];
    });
