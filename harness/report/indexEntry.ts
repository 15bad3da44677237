import { z } from "zod";
import { claimCount } from "../analysis/claims/claimCount.ts";
import { phases } from "../experiment/phases.ts";
import { type Language, languages } from "../messages/languages.ts";
import { messagesOf } from "../messages/messages.ts";
import { adapterName } from "../record/adapterName.ts";
import type { RunRecord } from "../record/run.ts";
import { escaped, type Html, raw, shortened } from "./html.ts";
import { tallyOf } from "./outcome.ts";
import { presentable } from "./presentable.ts";
import { leadOf, warningsOf } from "./sections/answer.ts";

const schema = z.object({
  experiment: z.string(),
  run: z.string(),
  title: z.string(),
  phase: z.enum(phases),
  startedAt: z.string(),
  /** in words; of a CPU emulation its driver */
  device: z.string(),
  /** the answer's first sentences */
  lead: z.array(z.string()),
  /** the first of them that is no count of claims */
  answer: z.string(),
  /** what a reader must know before believing them; the most serious alone */
  warning: z.optional(z.string()),
  /** how many cells came out how, in words */
  cells: z.string(),
  /** that these words are in; absent: English, as those of all pages of before */
  language: z.optional(z.enum(languages)),
  /** a shard, or one side of a duet: no run by itself */
  isPart: z.optional(z.literal(true)),
});

/** What the index says of a run, in the language of its page. Each page has its own in its head, so that an index of hundreds of pages is made without reading their data. */
export type IndexEntry = Readonly<z.infer<typeof schema>>;

/** `language`: that `run` was analysed in. */
export const indexEntry = (run: RunRecord, language: Language): IndexEntry => {
  const t = messagesOf(language);
  const record = presentable(run);
  const { experiment, environment } = record;
  const [warning] = warningsOf(record, t);
  const lead = leadOf(record, t);
  const count = claimCount([record], true, t);
  return {
    experiment: experiment.name,
    run: record.run,
    title: shortened(experiment.title, 200),
    phase: experiment.phase,
    startedAt: record.startedAt,
    device: shortened(adapterName(environment.adapter, environment.deviceClass === "software") || environment.adapter.choice, 120),
    lead: [...lead],
    answer: lead.find((text) => text !== count) ?? lead[0] ?? "",
    ...(warning === undefined ? {} : { warning }),
    cells: t.tally(tallyOf(record.cells)),
    ...(language === "en" ? {} : { language }),
    ...(record.shard === undefined && record.duet === undefined ? {} : { isPart: true as const }),
  };
};

const entities: Readonly<Record<string, string>> = { "&lt;": "<", "&gt;": ">", "&quot;": '"', "&#39;": "'", "&amp;": "&" };

export const entryMeta = (entry: IndexEntry): Html => raw(`<meta name="attnbench-run" content="${escaped(JSON.stringify(entry))}">`);

/** The entry in the head of a page; undefined where there is none that this attnbench reads. Throws nothing. */
export const entryIn = (head: string): IndexEntry | undefined => {
  const [, text = ""] = /<meta name="attnbench-run" content="([^"]*)">/.exec(head) ?? [];
  try {
    return schema.parse(JSON.parse(text.replace(/&(?:lt|gt|quot|#39|amp);/g, (entity) => entities[entity] ?? entity)));
  } catch {
    return undefined;
  }
};
