import { type ClaimId, claimIds } from "../../experiment/claims.ts";
import { en, type Fate } from "../../messages/en.ts";
import type { Messages } from "../../messages/messages.ts";
import type { RunRecord } from "../../record/run.ts";

const fateOrder: readonly Fate[] = ["holds", "holdsWithCorrection", "doesNotHoldHere", "undecided", "differs", "notJudged"];

/**
 * "Of 19 claims 12 hold, 3 hold with a correction and 4 are not judged." Each claim that any of the runs asks for is counted once; undefined where none is. `byThisRun`: of one run that is told of alone, whose
 * file's other claims are for other runs to judge: "This run judges 6 of 19 claims: 3 hold with a correction and 3 are undecided."
 */
export const claimCount = (records: readonly Pick<RunRecord, "experiment" | "claims">[], byThisRun = false, t: Messages = en): string | undefined => {
  const asked = claimIds.filter((id) => records.some(({ experiment }) => experiment.claims?.includes(id)));
  if (asked.length === 0) return undefined;
  const fates = asked.map((id) => fateOf(records, id));
  const counts = fateOrder.map((fate) => ({ fate, count: fates.filter((one) => one === fate).length })).filter(({ count }) => count > 0);
  return byThisRun
    ? t.judgedClaims(
        asked.length,
        counts.filter(({ fate }) => fate !== "notJudged"),
      )
    : t.claimCount(asked.length, counts);
};

const fateOf = (records: readonly Pick<RunRecord, "claims">[], id: ClaimId): Fate => {
  const [first, ...others] = new Set(records.flatMap(({ claims = [] }) => claims.filter((claim) => claim.id === id).map(({ verdict }) => verdict)));
  if (first === undefined) return "notJudged";
  return others.length === 0 ? first : "differs";
};
