import { type ClaimId, claimIds } from "../../experiment/claims.ts";
import { en, type Fate } from "../../messages/en.ts";
import type { Messages } from "../../messages/messages.ts";
import type { RunRecord } from "../../record/run.ts";

const fateOrder: readonly Fate[] = ["holds", "holdsWithCorrection", "doesNotHoldHere", "undecided", "differs", "notJudged"];

/** Of claims that a run says the same of, as many are named in its sentence. */
const mostNamed = 3;

/**
 * "Of 19 claims 12 hold, 3 hold with a correction and 4 are not judged." Each claim that any of the runs asks for is counted once; undefined where none is. `byThisRun`: of one run that is told of alone, whose
 * file's other claims are for other runs to judge: "This run judges 6 of 19 claims: 3 hold with a correction (a cache takes memory for each token; …) and 3 are undecided."
 */
export const claimCount = (records: readonly Pick<RunRecord, "experiment" | "claims">[], byThisRun = false, t: Messages = en): string | undefined => {
  const asked = claimIds.filter((id) => records.some(({ experiment }) => experiment.claims?.includes(id)));
  if (asked.length === 0) return undefined;
  const fates = asked.map((id) => ({ id, fate: fateOf(records, id) }));
  const counts = fateOrder
    .map((fate) => ({ fate, ids: fates.filter((one) => one.fate === fate).map(({ id }) => id) }))
    .map(({ fate, ids }) => ({ fate, count: ids.length, named: fate === "undecided" ? [] : ids.slice(0, mostNamed).map((id) => t.claims.brief[id]) }))
    .filter(({ count }) => count > 0);
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
