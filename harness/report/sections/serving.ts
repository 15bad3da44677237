import { formatBytes, formatCount } from "../../analysis/format.ts";
import { groupBy } from "../../analysis/grouping.ts";
import { isOneLayer, servingSentences } from "../../analysis/servingSentences.ts";
import { en } from "../../messages/en.ts";
import type { Messages } from "../../messages/messages.ts";
import type { Served } from "../../record/derived.ts";
import type { CellRecord, RunRecord } from "../../record/run.ts";
import { evenly, mostCharts, thinned } from "../charts/facets.ts";
import { chartSizes } from "../charts/frame.ts";
import type { Rendering } from "../charts/render.ts";
import { servedShapes, servingCharts } from "../charts/servingChart.ts";
import { type Html, html } from "../html.ts";
import { bracketed } from "../interval.ts";
import { seriesText } from "../outcome.ts";
import { inEnglish, said } from "../said.ts";
import { servingColumns, servingNotes } from "../servingColumns.ts";
import { type Column, intervalBelow, name, table } from "../table.ts";
import { drawn, figure } from "./figure.ts";

/** Batches that were measured, of one arm at one n. */
interface BatchRow {
  readonly first: CellRecord;
  readonly cells: readonly CellRecord[];
}

/** Tokens a second of all texts together, as they were measured. */
const measuredTable = (record: RunRecord, labels: ReadonlySet<string>): Html => {
  const cells = record.cells.filter(({ label, summary }) => summary && labels.has(label));
  const rows = [...groupBy(cells, ({ label, n, dModel, heads, headDim }) => JSON.stringify([label, dModel, heads, headDim, n])).values()].flatMap(
    (alike): readonly BatchRow[] => (alike[0] ? [{ first: alike[0], cells: alike }] : []),
  );
  const shapes = new Set(rows.map(({ first: { dModel, heads, headDim } }) => seriesText({ dModel, heads, headDim })));
  const batches = [...new Set(cells.map(({ batch }) => batch))].sort((one, other) => one - other);
  const columns: readonly Column<BatchRow>[] = [
    { head: "arm", cell: ({ first }) => name(first.label) },
    ...(shapes.size > 1 ? [{ head: "at", cell: ({ first: { dModel, heads, headDim } }: BatchRow) => seriesText({ dModel, heads, headDim }) }] : []),
    { head: "n", numeric: true, cell: ({ first }) => formatCount(first.n) },
    ...batches.map(
      (batch): Column<BatchRow> => ({
        head: `${formatCount(batch)} text${batch === 1 ? "" : "s"}`,
        numeric: true,
        cell: (row) => rateOf(row.cells.find((cell) => cell.batch === batch)),
      }),
    ),
  ];
  return table("Tokens a second of all texts together, measured", columns, rows, en);
};

const rateOf = (cell: CellRecord | undefined): string | undefined => {
  if (!cell?.summary) return undefined;
  const { medianMs, lowMs, highMs } = cell.summary;
  const rate = (ms: number): number => (1000 * cell.batch) / ms;
  return bracketed({ value: rate(medianMs), low: rate(highMs), high: rate(lowMs) });
};

const wordsOf = (record: RunRecord, serving: readonly Served[]): readonly string[] => [
  `The budget is ${formatBytes(record.experiment.serving?.memoryBytes ?? 0)}${isOneLayer(record.experiment.phase) ? " for one layer's attention" : ""}: what is needed whatever the batch (fixed)${record.experiment.phase === "tokenLoop" ? " (weights)" : ""}, and of each text its state and its part of all that is computed. ${
    serving.some(({ room }) => room)
      ? "How many have room was counted before anything was measured, by the closed form of what kernels allocate, which every measured cell met to the byte, and by what this device takes: its largest buffer and binding, and workgroups in a row"
      : "Both are of the bytes that this run counted"
  }; a program that shares buffers between layers otherwise, or keeps weights in fewer bits, has room for more.`,
  "One token of each text is a step, so tokens a second are the batch over a step's time. A time is measured where just that batch was; else it is projected: a cost that stays, one for each text, and one for each token of each text, fitted to the batches that were measured. The interval has in it how far that law is off where it was measured, and nothing of what a device does beyond: caches that end, for one.",
  ...(serving.some(({ exactBytes, textBytes }) => !exactBytes && textBytes > 0)
    ? [
        serving.some(({ room }) => room)
          ? "Where bytes step with the batch, those of a text are about so many: the average over all that have room."
          : "Where bytes step with n or batch they are about so many: the line through those that were counted.",
      ]
    : []),
];

/** The most texts that have room at once and how fast they go on; undefined where the experiment asks for none. */
export const servingSection = async (record: RunRecord, rendering: Rendering, t: Messages): Promise<Html | undefined> => {
  if (record.experiment.serving === undefined) return undefined;
  const title = t.charts.servingHeading;
  const heading = html`<h2 id="serving-of">${title}</h2>`;
  const { serving = [] } = record;
  if (serving.length === 0)
    return html`<section aria-labelledby="serving-of">${heading}${inEnglish(html`<p>No arm that keeps a state has a time at any batch.</p>`, t)}</section>`;
  const shapes = servedShapes(record);
  const shown = evenly(shapes, mostCharts);
  const drawings: Html[] = [];
  for (const [i, shape] of shown.entries())
    for (let chart = 0; chart < servingCharts(record, shape, chartSizes[0]).length; chart++) {
      const drawing = await drawn(`serving-${i}-${chart}`, (size) => servingCharts(record, shape, size, t)[chart], rendering);
      if (drawing !== undefined) drawings.push(drawing);
    }
  const columns = servingColumns(serving).map(
    ({ head, numeric, text }): Column<Served> => ({
      head,
      ...(numeric ? { numeric } : {}),
      cell: (row) => (numeric ? intervalBelow(text(row)) : name(text(row))),
    }),
  );
  const measured = measuredTable(record, new Set(serving.map(({ label }) => label)));
  return html`
<section aria-labelledby="serving-of">${heading}
${servingSentences(record, t).map((sentence) => html`<p>${said(sentence, t)}</p>`)}
${inEnglish(html`<ul>${wordsOf(record, serving).map((words) => html`<li>${words}</li>`)}</ul>`, t)}
${drawings.length > 0 && html`<div class="figures">${figure("serving", title, drawings, [thinned(shown.length, shapes.length, t)], inEnglish(measured, t), true, t)}</div>`}
${inEnglish(
  html`${table(`Texts at once in ${formatBytes(record.experiment.serving.memoryBytes)}`, columns, serving, en)}
${servingNotes(serving).map((note) => html`<p><small><bdi>${note}</bdi></small></p>`)}`,
  t,
)}
</section>`;
};
