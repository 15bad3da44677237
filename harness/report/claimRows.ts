import { verdictMarks } from "../analysis/claims/claimSentences.ts";
import { claims } from "../analysis/claims/claims.ts";
import { type ClaimId, claimPhases } from "../experiment/claims.ts";
import type { Messages } from "../messages/messages.ts";
import type { JudgedClaim } from "../record/derived.ts";
import type { RunRecord } from "../record/run.ts";
import type { BesideRun } from "./besideRun.ts";

/** One claim that an experiment asks for, as a table shows it. */
export interface ClaimRow {
  readonly id: ClaimId;
  readonly says: string;
  /** undefined: no run at hand judges it */
  readonly judged: JudgedClaim | undefined;
  /** of the same file, that judges it, where this run does not */
  readonly beside: BesideRun | undefined;
  /** "✓ holds" */
  readonly verdict: { readonly mark: string; readonly words: string };
  /** numbers, or what a verdict needs */
  readonly measured: string;
}

/** All claims that a run's experiment asks for, in their order: judged by it, or by runs of the file's other phases that are at hand. */
export const claimRows = (record: RunRecord, { claims: t }: Messages, beside: readonly BesideRun[] = []): readonly ClaimRow[] =>
  claims
    .filter(({ id }) => record.experiment.claims?.includes(id))
    .map(({ id }) => {
      const judgedBy = ({ claims: own }: RunRecord): JudgedClaim | undefined => own?.find((claim) => claim.id === id);
      const other = judgedBy(record) ? undefined : beside.find((one) => judgedBy(one.record));
      const judged = judgedBy(other?.record ?? record);
      return {
        id,
        says: t.says[id],
        judged,
        beside: other,
        verdict: judged ? { mark: verdictMarks[judged.verdict], words: t.verdicts[judged.verdict] } : { mark: "–", words: t.notJudged },
        measured: judged?.measured ?? t.needed(claimPhases[id], t.needs[id]),
      };
    });
