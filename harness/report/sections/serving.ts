import { formatCount } from "../../analysis/format.ts";
import { groupBy } from "../../analysis/grouping.ts";
import { isOneLayer, servingSentences } from "../../analysis/servingSentences.ts";
import type { Messages } from "../../messages/messages.ts";
import type { Served } from "../../record/derived.ts";
import type { CellRecord, RunRecord } from "../../record/run.ts";
import { evenly, mostCharts, thinned } from "../charts/facets.ts";
import { type ChartSize, chartSizes } from "../charts/frame.ts";
import { servingLeads } from "../charts/leading.ts";
import type { Rendering } from "../charts/render.ts";
import { marksOf, type ServedShape, servedShapes, servingCharts } from "../charts/servingChart.ts";
import { type Html, html } from "../html.ts";
import { bracketed } from "../interval.ts";
import { seriesText } from "../outcome.ts";
import { reasoned, said } from "../said.ts";
import { servingColumns, servingNotes } from "../servingColumns.ts";
import { type Column, intervalBelow, name, table } from "../table.ts";
import { drawnAll, figure, leadingFigure } from "./figure.ts";

/** Batches that were measured, of one arm at one n. */
interface BatchRow {
  readonly first: CellRecord;
  readonly cells: readonly CellRecord[];
}

/** Tokens a second of all texts together, as they were measured. */
const measuredTable = (record: RunRecord, labels: ReadonlySet<string>, t: Messages): Html => {
  const timed = record.cells.filter(({ label, summary }) => summary && labels.has(label));
  // Arm by arm, as in the table below.
  const cells = [...groupBy(timed, ({ label }) => label).values()].flat();
  const rows = [...groupBy(cells, ({ label, n, dModel, heads, headDim }) => JSON.stringify([label, dModel, heads, headDim, n])).values()].flatMap(
    (alike): readonly BatchRow[] => (alike[0] ? [{ first: alike[0], cells: alike }] : []),
  );
  const shapes = new Set(rows.map(({ first: { dModel, heads, headDim } }) => seriesText({ dModel, heads, headDim })));
  const batches = [...new Set(cells.map(({ batch }) => batch))].sort((one, other) => one - other);
  const columns: readonly Column<BatchRow>[] = [
    { head: t.tables.arm, cell: ({ first }) => name(first.label) },
    ...(shapes.size > 1 ? [{ head: t.tables.at, cell: ({ first: { dModel, heads, headDim } }: BatchRow) => seriesText({ dModel, heads, headDim }) }] : []),
    { head: "n", numeric: true, cell: ({ first }) => formatCount(first.n) },
    ...batches.map(
      (batch): Column<BatchRow> => ({
        head: t.serving.texts(batch),
        numeric: true,
        cell: (row) => rateOf(row.cells.find((cell) => cell.batch === batch)),
      }),
    ),
  ];
  return table(t.serving.measuredCaption, columns, rows);
};

const rateOf = (cell: CellRecord | undefined): string | undefined => {
  if (!cell?.summary) return undefined;
  const { medianMs, lowMs, highMs } = cell.summary;
  const rate = (ms: number): number => (1000 * cell.batch) / ms;
  return bracketed({ value: rate(medianMs), low: rate(highMs), high: rate(lowMs) });
};

/** What the words on a table of texts at once depend on. */
const whatOf = ({ experiment: { phase } }: RunRecord, serving: readonly Served[]) => ({
  oneLayer: isOneLayer(phase),
  weights: phase === "tokenLoop",
  roomCounted: serving.some(({ room }) => room),
  steps: serving.some(({ exactBytes, textBytes }) => !exactBytes && textBytes > 0),
});

const servedTable = (serving: readonly Served[], caption: string, t: Messages): Html => {
  const columns = servingColumns(serving, t).map(
    ({ head, numeric, text }): Column<Served> => ({
      head,
      ...(numeric ? { numeric } : {}),
      cell: (row) => (numeric ? intervalBelow(text(row)) : name(text(row))),
    }),
  );
  return table(caption, columns, serving);
};

/** What the charts of a shape show, and what their marks mean; `paired`: of speed too. */
const captionOf = (record: RunRecord, shape: ServedShape, memoryBytes: number, paired: boolean, t: Messages): readonly string[] => {
  const { texts, projected, none } = marksOf(record, shape);
  return paired ? [t.serving.fits(memoryBytes), t.serving.marks(texts, projected, none)] : [t.serving.fitsAlone(memoryBytes)];
};

/** The room for texts of the first shape and how fast they go on, one above the other, as they stand beside the answer. */
export const leadingServingFigure = async (record: RunRecord, rendering: Rendering, t: Messages): Promise<Html | undefined> => {
  const [shape, ...others] = servedShapes(record);
  const { serving: asked } = record.experiment;
  if (!shape || !asked) return undefined;
  const charts = servingCharts(record, shape, chartSizes[0]);
  const drawings = await drawnAll(
    charts.map((_, i) => ({ id: `serving-0-${i}`, chart: (size: ChartSize) => servingCharts(record, shape, size, t)[i] })),
    rendering,
  );
  if (drawings.length === 0) return undefined;
  const caption = captionOf(record, shape, asked.memoryBytes, charts.length > 1, t);
  const heading = t.charts.servingHeading;
  return leadingFigure(
    others.length === 0 ? "serving" : "leading",
    heading,
    html`${drawings}`,
    caption,
    [],
    servedTable(shape.served, t.charts.servingTexts.title, t),
    t,
  );
};

/** The most texts that have room at once and how fast they go on; undefined where the experiment asks for none. */
export const servingSection = async (record: RunRecord, rendering: Rendering, t: Messages): Promise<Html | undefined> => {
  if (record.experiment.serving === undefined) return undefined;
  const title = t.charts.servingHeading;
  const heading = html`<h2 id="serving-of">${title}</h2>`;
  const { serving = [] } = record;
  if (serving.length === 0) return html`<section aria-labelledby="serving-of">${heading}<p>${t.serving.none}</p></section>`;
  const shapes = servedShapes(record);
  const shown = evenly(shapes, mostCharts);
  // Those of the first shape may stand beside the answer.
  const below = shown.slice(servingLeads(record) ? 1 : 0);
  const drawings = await drawnAll(
    below.flatMap((shape, i) =>
      servingCharts(record, shape, chartSizes[0]).map((_, chart) => ({
        id: `serving-${i + 1}-${chart}`,
        chart: (size: ChartSize) => servingCharts(record, shape, size, t)[chart],
      })),
    ),
    rendering,
  );
  const { memoryBytes } = record.experiment.serving;
  const measured = measuredTable(record, new Set(serving.map(({ label }) => label)), t);
  return html`
<section aria-labelledby="serving-of">${heading}
${servingSentences(record, t).map((sentence) => html`<p>${said(sentence, t)}</p>`)}
<ul>${t.serving.explained(memoryBytes, whatOf(record, serving)).map((words) => html`<li>${words}</li>`)}</ul>
${drawings.length > 0 ? html`<div class="figures">${figure("serving", title, drawings, [...(below[0] ? captionOf(record, below[0], memoryBytes, drawings.length > below.length, t) : []), thinned(shown.length, shapes.length, t)], measured, true, t)}</div>` : measured}
${servedTable(serving, t.serving.caption(memoryBytes), t)}
${servingNotes(serving, t).map((note) => html`<p><small>${reasoned(note, t)}</small></p>`)}
</section>`;
};
