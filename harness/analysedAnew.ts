import { analyse } from "./analysis/analysis.ts";
import { codeOfBuild } from "./device/environment.ts";
import type { Messages } from "./messages/messages.ts";
import { sameCode } from "./record/code.ts";
import type { RunRecord } from "./record/run.ts";

/**
 * A run that was read from its folder, analysed by the code that runs: intervals are drawn anew and analysis may have learnt since, so the record says by which code where another measured it, or wrote the
 * folder's tables. Findings and notes are in the language of `t`. Pure but for `by`. Throws nothing.
 */
export const analysedAnew = (read: RunRecord, t?: Messages, by = codeOfBuild()): RunRecord => {
  const { analysedBy, ...record } = read;
  const { attnbench } = record.environment;
  const isApart = !sameCode(by, analysedBy ?? attnbench);
  const anew = analyse(record, t);
  return isApart || !sameCode(by, attnbench) ? { ...anew, analysedBy: isApart ? { ...by, tables: "earlier" } : by } : anew;
};
