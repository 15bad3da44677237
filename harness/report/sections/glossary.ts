import { askedCrossovers, askedFits } from "../../analysis/asked.ts";
import type { Messages } from "../../messages/messages.ts";
import type { RunRecord } from "../../record/run.ts";
import { type Html, html } from "../html.ts";

type Term = keyof Messages["glossary"]["terms"];

/** Whether a page of this run has the word. Order of the list: as a reader meets them. */
const uses: Readonly<Record<Term, (record: RunRecord) => boolean>> = {
  token: () => true,
  cell: () => true,
  n: () => true,
  dModel: () => true,
  head: () => true,
  prefill: ({ experiment }) => experiment.phase === "prefill",
  decode: ({ experiment }) => experiment.phase === "decode",
  generate: ({ experiment }) => experiment.phase === "generate",
  tokenLoop: ({ experiment }) => experiment.phase === "tokenLoop",
  offload: ({ experiment }) => experiment.phase === "offload",
  cache: ({ cells }) => cells.some(({ family }) => family === "softmax"),
  state: ({ cells }) => cells.some(({ family }) => family === "linear"),
  order: (record) => askedFits(record).length > 0,
  crossover: (record) => askedCrossovers(record).length > 0,
  interval: ({ cells }) => cells.some(({ summary }) => summary !== undefined),
  ceiling: ({ cells }) => cells.some(({ summary }) => summary?.ceilingShare !== undefined),
  emulation: ({ environment }) => environment.deviceClass === "software",
};

/** The words of the field that a page of this run uses, for who meets them first. */
export const glossary = (record: RunRecord, t: Messages): Html => {
  const terms = (Object.keys(uses) as Term[]).filter((term) => uses[term](record)).map((term) => t.glossary.terms[term]);
  return html`<h3 id="glossary">${t.glossary.heading}</h3>
<dl class="pairs">${terms.map(({ term, meaning }) => html`<dt>${term}</dt><dd>${meaning}</dd>`)}</dl>`;
};
