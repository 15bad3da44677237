import { tierOf } from "../../../kernels/offload.ts";
import { type Moved, movedStates } from "../../analysis/offload.ts";
import { breakEvenSentence } from "../../analysis/offloadSentences.ts";
import type { Messages } from "../../messages/messages.ts";
import type { RunRecord } from "../../record/run.ts";
import { type Html, html } from "../html.ts";
import { offloadColumns } from "../offloadColumns.ts";
import { said } from "../said.ts";
import { type Column, intervalBelow, name, table } from "../table.ts";
import { modelSentence } from "./stages.ts";

/** Both ways of every state that a tier kept; undefined in other phases. */
export const offloadSection = (record: RunRecord, t: Messages): Html | undefined => {
  if (record.experiment.phase !== "offload") return undefined;
  const rows = movedStates(record);
  const heading = html`<h2 id="offload">${t.figures.offload}</h2>`;
  if (rows.length === 0) return html`<section aria-labelledby="offload">${heading}<p>${t.offload.none}</p></section>`;
  const columns = offloadColumns(record, rows, t).map(
    ({ head, numeric, text }): Column<Moved> => ({
      head,
      ...(numeric ? { numeric } : {}),
      cell: (row) => (numeric ? intervalBelow(text(row)) : name(text(row))),
    }),
  );
  const forms = [...new Set(rows.map(({ cell }) => cell.form))];
  const { layers, model } = record.experiment;
  const fromDisk = rows.filter(({ cell }) => tierOf(cell.form) === "disk");
  const disk = fromDisk.length === 0 ? undefined : fromDisk.every(({ pastCache }) => pastCache) ? "pastCache" : "perhapsCached";
  const sentences = [breakEvenSentence(record, t), modelSentence(record, t)].filter((sentence) => sentence !== "");
  return html`
<section aria-labelledby="offload">${heading}
${sentences.map((sentence) => html`<p>${said(sentence, t)}</p>`)}
<ul>${t.offload.explained({ disk, ofModel: model !== undefined, layers }).map((words) => html`<li>${words}</li>`)}</ul>
${table(t.offload.caption(forms), columns, rows)}
</section>`;
};
