import type { RunRecord } from "../record/run.ts";

/** A run of another phase of the same file, whose verdicts a page has beside its own. */
export interface BesideRun {
  readonly record: RunRecord;
  /** file of its page, in the same folder */
  readonly page: string;
}
