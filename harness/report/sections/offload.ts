import { formatCount, formatList } from "../../analysis/format.ts";
import { type Moved, movedStates } from "../../analysis/offload.ts";
import { breakEvenSentence } from "../../analysis/offloadSentences.ts";
import { en } from "../../messages/en.ts";
import type { Messages } from "../../messages/messages.ts";
import type { RunRecord } from "../../record/run.ts";
import { type Html, html } from "../html.ts";
import { offloadColumns } from "../offloadColumns.ts";
import { inEnglish } from "../said.ts";
import { type Column, intervalBelow, name, table } from "../table.ts";

/** What was timed, and what was not. */
const wordsOf = ({ experiment: { layers } }: RunRecord, rows: readonly Moved[]): readonly string[] => {
  const tiers = new Set(rows.map(({ cell }) => cell.form));
  return [
    "A state that stays on the GPU costs a token its decode step and nothing else. One that was taken away has to come in first, and what that takes is added.",
    "out: copied on the GPU, mapped, and copied into host memory. in: written to the GPU from host memory, until the GPU has it. Every byte that came back was compared with what had gone out, and the decode step after it with a float64 reference.",
    ...(tiers.has("disk")
      ? [
          "disk: out also writes a file and waits until the disk has it (fsync); in also reads the file, which the operating system may well serve from its page cache in memory, as it does for programs that do this. Then it is no rate of the disk itself.",
        ]
      : []),
    "What a token changes in the state has to be saved as well, which is not in what is added: a row of a KV cache, but the whole of a recurrent state, its out.",
    "Computing anew is the attention of one layer over n tokens from keys and values that are there. A model has to make those too, in all layers up to this one, so that for a whole model bringing back pays from a shorter length on.",
    ...(layers === undefined
      ? []
      : [
          `A token needs the states of all ${formatCount(layers)} layers, one after another: ${formatCount(layers)} times what one takes. A program that brings in the next layer while it computes this one hides some of that; nothing here does.`,
        ]),
  ];
};

/** Both ways of every state that a tier kept; undefined in other phases. */
export const offloadSection = (record: RunRecord, t: Messages): Html | undefined => {
  if (record.experiment.phase !== "offload") return undefined;
  const rows = movedStates(record);
  const heading = html`<h2 id="offload">${t.figures.offload}</h2>`;
  if (rows.length === 0) return html`<section aria-labelledby="offload">${heading}${inEnglish(html`<p>No state was moved.</p>`, t)}</section>`;
  const columns = offloadColumns(record, rows).map(
    ({ head, numeric, text }): Column<Moved> => ({
      head,
      ...(numeric ? { numeric } : {}),
      cell: (row) => (numeric ? intervalBelow(text(row)) : name(text(row))),
    }),
  );
  const sentence = breakEvenSentence(record, t);
  return html`
<section aria-labelledby="offload">${heading}
${sentence !== "" && html`<p>${sentence}</p>`}
${inEnglish(
  html`<ul>${wordsOf(record, rows).map((words) => html`<li>${words}</li>`)}</ul>
${table(`States kept in ${formatList([...new Set(rows.map(({ cell }) => cell.form))])}, both ways`, columns, rows, en)}`,
  t,
)}
</section>`;
};
