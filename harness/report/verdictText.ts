import type { Messages } from "../messages/messages.ts";
import type { Verdict } from "../record/comparison.ts";

/** A verdict in the language's own word and behind it the promised one; that alone where they are the same. */
export const verdictText = (verdict: Verdict, { comparison: { verdicts, withVerdict } }: Messages): string =>
  verdicts[verdict] === verdict ? verdict : withVerdict(verdicts[verdict], verdict);
