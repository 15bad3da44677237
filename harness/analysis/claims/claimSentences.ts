import { claimIds, claimPhases } from "../../experiment/claims.ts";
import { en } from "../../messages/en.ts";
import type { ClaimVerdict, JudgedClaim } from "../../record/derived.ts";
import type { RunRecord } from "../../record/run.ts";
import { claimCount } from "./claimCount.ts";
import { claims } from "./claims.ts";

/** A mark that needs no colour. */
export const verdictMarks: Readonly<Record<ClaimVerdict, string>> = { holds: "✓", holdsWithCorrection: "≈", doesNotHoldHere: "✕", undecided: "?" };

/** Claims of an experiment that no run of its phases says anything of, with what they need. */
export const unjudged = (records: readonly Pick<RunRecord, "experiment" | "claims">[]): readonly string[] =>
  claims
    .filter(({ id }) => records.some(({ experiment }) => experiment.claims?.includes(id)) && !records.some((record) => verdictOf(record, id)))
    .map(({ id }) => `${id} not judged: needs phase ${claimPhases[id]}, with ${en.claims.needs[id]}.`);

const verdictOf = (record: Pick<RunRecord, "claims">, id: string): JudgedClaim | undefined => record.claims?.find((one) => one.id === id);

/** How many hold, and one line a claim that is asked for, in order: verdict, numbers, correction; where several runs judge it, one each. */
export const claimSentences = (records: readonly Pick<RunRecord, "experiment" | "claims">[]): readonly string[] => {
  const without = unjudged(records);
  const count = claimCount(records);
  const lines = claimIds.flatMap((id) => {
    const verdicts = records.flatMap((record) => {
      const found = verdictOf(record, id);
      return found ? [{ found, name: record.experiment.name }] : [];
    });
    return [
      ...verdicts.map(({ found, name }) => `${id}${verdicts.length > 1 ? ` (${name})` : ""} ${sentenceOf(found)}`),
      ...without.filter((line) => line.startsWith(`${id} `)),
    ];
  });
  return count === undefined ? [] : [count, ...lines];
};

/** "holds with a correction: A token costs … Measured: … Correction: …" */
const sentenceOf = ({ id, verdict, measured, correction }: JudgedClaim): string =>
  `${en.claims.verdicts[verdict]}: ${en.claims.says[id]} Measured: ${measured}${correction === undefined ? "" : ` Correction: ${correction}`}`;
