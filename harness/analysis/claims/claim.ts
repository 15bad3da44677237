import type { ClaimId } from "../../experiment/claims.ts";
import type { Messages } from "../../messages/messages.ts";
import type { JudgedClaim } from "../../record/derived.ts";
import type { Analysed } from "../answer.ts";
import type { Verdict } from "../every.ts";

/** What a run says of a claim. */
export type Judgement = Omit<JudgedClaim, "id">;

/** One statement about attention that a run can hold against its own numbers. What it says and needs stands in messages. */
export interface Claim {
  readonly id: ClaimId;
  /** Of a run of the claim's phase (experiment/claims.ts), in the language of `t`; undefined where it has nothing that speaks of it. */
  readonly judge: (record: Analysed, t: Messages) => Judgement | undefined;
}

/** What a judge found out. */
export interface Found {
  /** undefined: the numbers do not tell */
  readonly held: Verdict;
  readonly measured: string;
  /** what is counted exactly, without any time: told where it holds and times leave the whole open */
  readonly byCounts?: Verdict;
  /** sentences that the claim needs beside it whatever times say: they are counted */
  readonly counted?: readonly (string | false | undefined)[];
  /** the same where it holds */
  readonly corrections?: readonly (string | false | undefined)[];
  /** a sentence on what would decide */
  readonly would: string;
  readonly evidence: string;
  readonly numbers?: Judgement["numbers"] | undefined;
}

export const judged = (t: Messages, { numbers, ...found }: Found): Judgement => ({ ...verdictOf(t, found), ...(numbers ? { numbers } : {}) });

const verdictOf = (t: Messages, { held, measured, byCounts, counted = [], corrections = [], would, evidence }: Found): Judgement => {
  const told = (sentences: Found["corrections"] = []): readonly string[] => sentences.flatMap((text) => text || []);
  if (held === undefined) {
    const beside = told(counted);
    const counts = byCounts ? [t.claims.found.byCounts(beside.length > 0)] : [];
    return { verdict: "undecided", measured: t.joinSentences([measured, ...beside, ...counts, would]), evidence };
  }
  if (!held) return { verdict: "doesNotHoldHere", measured, evidence };
  const correction = t.joinSentences(told([...counted, ...corrections]));
  return correction === "" ? { verdict: "holds", measured, evidence } : { verdict: "holdsWithCorrection", measured, correction, evidence };
};
