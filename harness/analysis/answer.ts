import type { Finding, RunRecord } from "../record/run.ts";
import { crossoverSentences } from "./crossoverSentences.ts";
import { expectationsOf } from "./expectation.ts";
import { growthSentences } from "./growthSentences.ts";
import { memorySentences } from "./memorySentences.ts";
import { warningsOf } from "./warnings.ts";

/** A record whose summaries, fits and crossovers are computed. */
export type Analysed = Omit<RunRecord, "findings">;

/** The answer of a run, sentence by sentence: what carries over to other devices (growth and bytes) first, then n*, then what to beware of. */
export const findingsOf = (record: Analysed): readonly Finding[] => [
  ...growthSentences(record).map((text) => ({ kind: "growth" as const, text })),
  ...memorySentences(record).map((text) => ({ kind: "memory" as const, text })),
  ...(["stateBytes", "time"] as const).flatMap((metric) => crossoverSentences(record, metric).map((text) => ({ kind: "crossover" as const, text }))),
  ...expectationsOf(record),
  ...warningsOf(record).map((text) => ({ kind: "warning" as const, text })),
];

/** "softmax (split)", or the label alone where it names the form. */
export const armName = ({ label, form }: { readonly label: string; readonly form: string }): string => (label.includes(form) ? label : `${label} (${form})`);
