import { z } from "zod";
import type { JournalLine } from "./journal.ts";
import { addedFields, ceilings, lossFields, outcome, prepared, runtime, sentinelFields, tuning, visitFields, writtenText } from "./measuredSchema.ts";
import { amount, count, maybe, name, text } from "./scalars.ts";

/** One line of journal.jsonl as it may be read. */
const at = text;
const byWorker = { cell: name, at, runtime: runtime.exactOptional() };

const line: z.ZodType<JournalLine> = z.discriminatedUnion("type", [
  z.object({ type: z.literal("visit"), rssBytes: amount, ...byWorker, ...visitFields }),
  z.object({ type: z.literal("prepared"), worker: count, prepared, ...byWorker }),
  z.object({ type: z.literal("lost"), ...byWorker, ...lossFields }),
  z.object({ type: z.literal("outcome"), cell: name, at, outcome }),
  z.object({ type: z.literal("added"), at, ...addedFields }),
  z.object({ type: z.literal("sentinel"), at, ...sentinelFields }),
  z.object({ type: z.literal("written"), at, text: writtenText }),
  z.object({ type: z.literal("tuned"), at, tuning }),
  z.object({ type: z.literal("ceilings"), at, ceilings: maybe(ceilings), ceilingsFailure: maybe(text) }),
]);

export const isJournalLine = (parsed: unknown): parsed is JournalLine => line.safeParse(parsed).success;
