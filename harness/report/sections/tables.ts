import { askedCrossovers, askedFits } from "../../analysis/asked.ts";
import { formatBytes, formatCount, formatMs, formatNumber, formatShare } from "../../analysis/format.ts";
import type { Crossover, Fit, JointCrossing, JointFit, SizeFit } from "../../record/derived.ts";
import type { CellRecord, RunRecord } from "../../record/run.ts";
import { facetsOf } from "../charts/facets.ts";
import { type Html, html } from "../html.ts";
import { bracketed } from "../interval.ts";
import { advantagesText, crossoverText, metricWords, seriesText, tallyOf, tallySentence, verdictWords, wouldCrossText } from "../outcome.ts";
import { type Column, name, table } from "../table.ts";

const fitColumns: readonly Column<Fit>[] = [
  { head: "arm", cell: (fit) => name(fit.label) },
  { head: "form", cell: (fit) => fit.form },
  { head: "at", cell: (fit) => seriesText(fit.series) },
  { head: "of", cell: (fit) => (fit.metric === "time" ? "time" : "state bytes") },
  { head: "grows with", cell: (fit) => fit.variable },
  { head: "fitted", cell: (fit) => html`<strong>${fit.class}</strong>` },
  { head: "claimed", cell: (fit) => fit.claim },
  {
    head: "verdict",
    cell: (fit) =>
      html`<span class="verdict ${{ agrees: "pass", contradicted: "fail", undecided: "undecided" }[fit.verdict]}">${{ agrees: "✓", contradicted: "✕", undecided: "?" }[fit.verdict]} ${verdictWords[fit.verdict]}</span>`,
  },
  { head: "slope at the end", numeric: true, cell: (fit) => (fit.exponent === undefined ? undefined : bracketed(fit.exponent)) },
  { head: "constant", numeric: true, cell: (fit) => coefficient(fit, "t0") },
  { head: "per n", numeric: true, cell: (fit) => coefficient(fit, "a") },
  { head: "per n²", numeric: true, cell: (fit) => coefficient(fit, "b") },
  { head: "points", numeric: true, cell: (fit) => formatCount(fit.points.length) },
  {
    head: "note",
    cell: (fit) =>
      [fit.note, fit.measureUpTo === undefined ? undefined : `Measure up to ${fit.variable} = ${formatCount(fit.measureUpTo)}.`]
        .filter((text) => text !== undefined)
        .join(" "),
  },
];

const coefficient = (fit: Fit, name: "t0" | "a" | "b"): string | undefined =>
  fit.coefficients === undefined ? undefined : bracketed(fit.coefficients[name], fit.metric === "time" ? formatMs : formatBytes);

const crossoverColumns: readonly Column<Crossover>[] = [
  { head: "pair", cell: ({ between }) => html`${name(between[0])} → ${name(between[1])}` },
  { head: "of", cell: ({ metric }) => metricWords[metric] },
  { head: "at", cell: ({ series }) => seriesText(series) },
  { head: "result", cell: (crossover) => crossoverText(crossover) },
  { head: "so many times as fast from n", cell: advantagesText },
  { head: "at equal shares", cell: ({ equalShare }) => wouldCrossText(equalShare) },
  { head: "predicted", cell: ({ predicted }) => wouldCrossText(predicted) },
  { head: "range of n", numeric: true, cell: ({ range }) => (range === undefined ? undefined : `${formatCount(range[0])}–${formatCount(range[1])}`) },
  { head: "note", cell: ({ note }) => note },
];

/** One row a fit, one column a length: what was not measured, and is told as such. */
const projectionsTable = (fits: readonly Fit[]): Html | undefined => {
  const projected = fits.filter(({ projections }) => projections !== undefined);
  const lengths = [...new Set(projected.flatMap(({ projections = [] }) => projections.map(({ x }) => x)))].sort((one, other) => one - other);
  if (lengths.length === 0) return undefined;
  const columns: readonly Column<Fit>[] = [
    { head: "arm", cell: (fit) => name(fit.label) },
    { head: "at", cell: (fit) => seriesText(fit.series) },
    { head: "measured up to n", numeric: true, cell: ({ points }) => formatCount(points.at(-1)?.x ?? 0) },
    ...lengths.map(
      (length): Column<Fit> => ({
        head: `n = ${formatCount(length)}`,
        numeric: true,
        cell: ({ projections = [] }) => {
          const found = projections.find(({ x }) => x === length);
          return found && bracketed(found, formatMs);
        },
      }),
    ),
  ];
  return table("Extrapolated, not measured: the fitted times at lengths beyond those of this run. Brackets are 95 % intervals of the fit.", columns, projected);
};

const sizeColumns: readonly Column<SizeFit>[] = [
  { head: "arm", cell: (fit) => name(fit.label) },
  { head: "of", cell: (fit) => (fit.metric === "time" ? "time" : "state bytes") },
  { head: "grows with", cell: (fit) => fit.variable },
  { head: "at", cell: (fit) => seriesText(fit.series) },
  { head: "values", cell: (fit) => fit.points.map(({ x }) => formatCount(x)).join(", ") },
  { head: "slope at the end", numeric: true, cell: (fit) => (fit.exponent === undefined ? undefined : bracketed(fit.exponent)) },
  { head: "law", cell: (fit) => (fit.class === "undecided" ? undefined : fit.class.replace("n", fit.variable)) },
  { head: "FLOPs", cell: (fit) => fit.work?.replace("n", fit.variable) },
];

/** "0.110 ms + 3.20 ns · n · dModel": only the n and size that a law has, in the unit of each term. */
const jointLaw = ({ terms, variable }: JointFit): string =>
  terms
    .map(({ n, size, coefficient }) => [formatMs(coefficient.value), raised("n", n), raised(variable, size)].filter((text) => text !== "").join(" · "))
    .join(" + ");

const raised = (name: string, power: 0 | 1 | 2): string => ["", name, `${name}²`][power] ?? "";

const jointColumns: readonly Column<JointFit>[] = [
  { head: "arm", cell: (fit) => name(fit.label) },
  { head: "form", cell: (fit) => fit.form },
  { head: "at", cell: (fit) => seriesText(fit.series) },
  { head: "time of one repetition", cell: jointLaw },
  { head: "cells", numeric: true, cell: (fit) => formatCount(fit.cells) },
  { head: "off by", numeric: true, cell: ({ rms }) => formatShare(rms) },
  {
    head: "at most by",
    numeric: true,
    cell: ({ worst, variable }) => `${formatShare(Math.abs(worst.off))} (n ${formatCount(worst.n)}, ${variable} ${formatCount(worst.size)})`,
  },
];

const crossingPoints = ({ points, variable }: JointCrossing): string =>
  points.map(({ size, n }) => `${variable} ${formatCount(size)}: ${n === undefined ? "none" : bracketed(n, formatCount)}`).join("; ");

const jointCrossingColumns: readonly Column<JointCrossing>[] = [
  { head: "pair", cell: ({ between }) => html`${name(between[0])} → ${name(between[1])}` },
  { head: "at", cell: ({ series }) => seriesText(series) },
  { head: "n* by the laws over both", cell: crossingPoints },
];

/** Laws over n and the width of the model at once, and what they say of n*. */
const jointTables = ({ jointFits = [], jointCrossings = [] }: RunRecord): Html | undefined =>
  jointFits.length === 0
    ? undefined
    : html`${table("Time over n and the width of the model at once: one law for all cells of an arm, non-negative, by relative error. Off by: root mean square over its cells.", jointColumns, jointFits)}
${jointCrossings.length > 0 && table("n* by these laws, within the n that were measured of both. Brackets hold the noise of the times, not what the laws are off by.", jointCrossingColumns, jointCrossings)}`;

/** Fits against claims, and crossovers; nothing where the experiment has too few n to ask for any. */
export const fitsSection = (record: RunRecord): Html | undefined => {
  const [fits, crossovers] = [askedFits(record), askedCrossovers(record)];
  if (fits.length === 0 && crossovers.length === 0) return undefined;
  return html`
<section aria-labelledby="fits"><h2 id="fits">Orders, fits and crossovers</h2>
${fits.length > 0 && table("Growth of each arm, fitted and claimed. Brackets are 95 % intervals.", fitColumns, fits)}
${projectionsTable(fits)}
${(record.sizeFits ?? []).length > 0 && table("Growth with the width of the model, by more heads (dModel) or wider ones (headDim), at the largest n that all values were measured at. FLOPs: how the work of the definition grows. A law of times is named from 7 values on.", sizeColumns, record.sizeFits ?? [])}
${jointTables(record)}
${crossovers.length > 0 && table("Where the second arm becomes cheaper than the first: n*, the last n up to which the first stays below. At equal shares: if both used this device as well as the better one does at its best. Predicted: of the least times that the measured ceilings allow for what each executes.", crossoverColumns, crossovers)}
</section>`;
};

const outcomeCell = ({ outcome, composedOf }: CellRecord): Html => {
  if (composedOf) return html`<span class="verdict undecided">+ composed</span>`;
  const marks = { ok: "✓ ok", failed: "✕ failed", skipped: "○ skipped", censored: "△ censored", pending: "○ not reached" } as const;
  const kinds = { ok: "pass", failed: "fail", skipped: "undecided", censored: "undecided", pending: "undecided" } as const;
  return html`<span class="verdict ${kinds[outcome.status]}">${marks[outcome.status]}</span>${"code" in outcome && html` <code>${outcome.code}</code>`}`;
};

const cellColumns = (record: RunRecord): readonly Column<CellRecord>[] => {
  const names = new Set(facetsOf(record).flatMap(({ values }) => Object.keys(values)));
  const extra = [...new Set(record.cells.flatMap((cell) => Object.keys(cell.parameters)))].filter((name) => names.has(name));
  const some = (has: (cell: CellRecord) => boolean): boolean => record.cells.some(has);
  const columns: (Column<CellRecord> | false)[] = [
    { head: "arm", cell: (cell) => name(cell.label) },
    { head: "form", cell: (cell) => cell.form },
    { head: "n", numeric: true, cell: (cell) => formatCount(cell.n) },
    { head: "dModel", numeric: true, cell: (cell) => formatCount(cell.dModel) },
    {
      head: "heads",
      numeric: true,
      cell: (cell) => (cell.kvHeads === cell.heads ? formatCount(cell.heads) : `${formatCount(cell.heads)} / ${formatCount(cell.kvHeads)} kv`),
    },
    { head: "headDim", numeric: true, cell: (cell) => formatCount(cell.headDim) },
    some((cell) => cell.batch !== 1) && { head: "batch", numeric: true, cell: (cell) => formatCount(cell.batch) },
    ...extra.map(
      (name): Column<CellRecord> => ({ head: name, cell: (cell) => (cell.parameters[name] === undefined ? undefined : String(cell.parameters[name])) }),
    ),
    { head: "outcome", cell: outcomeCell },
    { head: "median", numeric: true, cell: ({ summary }) => summary && formatMs(summary.medianMs) },
    { head: "95 % interval", numeric: true, cell: ({ summary }) => summary && `${formatMs(summary.lowMs)} – ${formatMs(summary.highMs)}` },
    { head: "samples", numeric: true, cell: ({ summary, composedOf }) => (composedOf ? undefined : summary && formatCount(summary.samples)) },
    { head: "tokens/s", numeric: true, cell: ({ summary }) => summary && formatNumber(summary.tokensPerSecond) },
    { head: "GFLOP/s", numeric: true, cell: ({ summary, composedOf }) => (composedOf ? undefined : summary && formatNumber(summary.gflops)) },
    { head: "GB/s", numeric: true, cell: ({ summary, composedOf }) => (composedOf ? undefined : summary && formatNumber(summary.gbps)) },
    some(({ summary }) => summary?.ceilingShare !== undefined) && {
      head: "of ceiling",
      numeric: true,
      cell: ({ summary }) =>
        summary?.ceilingShare === undefined ? undefined : `${formatShare(summary.ceilingShare)}${summary.binding === undefined ? "" : ` (${summary.binding})`}`,
    },
    { head: "state", numeric: true, cell: (cell) => (cell.stateBytes === undefined ? undefined : formatBytes(cell.stateBytes)) },
    { head: "peak", numeric: true, cell: (cell) => (cell.peakBytes === undefined ? undefined : formatBytes(cell.peakBytes)) },
    { head: "worst error", numeric: true, cell: ({ prepared }) => prepared && formatNumber(prepared.maxError) },
    { head: "reason", cell: ({ outcome }) => "reason" in outcome && outcome.reason },
  ];
  return columns.filter((column) => column !== false);
};

/** Every cell with its outcome; none is left out. */
export const cellsSection = (record: RunRecord): Html => html`
<section aria-labelledby="cells"><h2 id="cells">All cells</h2>
${table(`${tallySentence(tallyOf(record.cells))}. Times are per repetition.`, cellColumns(record), record.cells, (cell) => `cell-${cell.id}`)}
</section>`;
