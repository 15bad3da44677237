import { type ClaimId, claimIds } from "../../experiment/claims.ts";
import type { ClaimVerdict } from "../../record/derived.ts";
import type { RunRecord } from "../../record/run.ts";
import { formatList } from "../format.ts";

/** What becomes of a claim in all runs together; `differs`: they do not agree. */
type Fate = ClaimVerdict | "differs" | "notJudged";

const fateWords: Readonly<Record<Fate, readonly [one: string, many: string]>> = {
  holds: ["holds", "hold"],
  holdsWithCorrection: ["holds with a correction", "hold with a correction"],
  doesNotHoldHere: ["does not hold here", "do not hold here"],
  undecided: ["is undecided", "are undecided"],
  differs: ["is judged differently by two runs", "are judged differently by two runs"],
  notJudged: ["is not judged", "are not judged"],
};

/** Of what a single run says. */
export const byThisRun = " by this run";

/**
 * "Of 19 claims 12 hold, 3 hold with a correction and 4 are not judged by this run." Each claim that any of the runs asks for is counted once; undefined where none is. `by`: whose judgement is missing of those that are not judged.
 */
export const claimCount = (records: readonly Pick<RunRecord, "experiment" | "claims">[], by = ""): string | undefined => {
  const asked = claimIds.filter((id) => records.some(({ experiment }) => experiment.claims?.includes(id)));
  if (asked.length === 0) return undefined;
  const fates = asked.map((id) => fateOf(records, id));
  const parts = (Object.keys(fateWords) as readonly Fate[]).flatMap((fate) => {
    const count = fates.filter((one) => one === fate).length;
    return count === 0 ? [] : [`${count} ${fateWords[fate][count === 1 ? 0 : 1]}${fate === "notJudged" ? by : ""}`];
  });
  return `Of ${asked.length} claim${asked.length === 1 ? "" : "s"} ${formatList(parts)}.`;
};

const fateOf = (records: readonly Pick<RunRecord, "claims">[], id: ClaimId): Fate => {
  const [first, ...others] = new Set(records.flatMap(({ claims = [] }) => claims.filter((claim) => claim.id === id).map(({ verdict }) => verdict)));
  if (first === undefined) return "notJudged";
  return others.length === 0 ? first : "differs";
};
