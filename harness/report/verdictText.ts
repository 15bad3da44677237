import type { Messages } from "../messages/messages.ts";
import type { CellMetric, Verdict } from "../record/comparison.ts";

/** A verdict in the language's own word: of what is counted, not timed, larger and smaller. `metric`: of a cell. */
export const verdictWord = (verdict: Verdict, { comparison: { verdicts, counted } }: Messages, metric?: CellMetric): string => {
  const isTimed = metric === undefined || metric === "time" || metric === "wallTime";
  return !isTimed && (verdict === "SLOWER" || verdict === "FASTER") ? counted[verdict] : verdicts[verdict];
};

/** The same and behind it the promised one; that alone where they are the same. */
export const verdictText = (verdict: Verdict, t: Messages, metric?: CellMetric): string => {
  const own = verdictWord(verdict, t, metric);
  return own === verdict ? verdict : t.comparison.withVerdict(own, verdict);
};
