import { askedCrossovers, askedFits } from "../../analysis/asked.ts";
import { besideClaim } from "../../analysis/besideClaim.ts";
import { aboveCeiling, ceilingShareOf } from "../../analysis/ceilingShare.ts";
import { formatBytes, formatCount, formatMs, formatNumber, formatShare } from "../../analysis/format.ts";
import { residualsOf } from "../../analysis/residuals.ts";
import type { Messages } from "../../messages/messages.ts";
import type { Crossover, Fit, JointCrossing, JointFit, SizeFit } from "../../record/derived.ts";
import type { CellRecord, RunRecord } from "../../record/run.ts";
import { facetsOf } from "../charts/facets.ts";
import { type Html, type HtmlValue, html, shortened } from "../html.ts";
import { bracketed } from "../interval.ts";
import { advantagesText, crossoverText, seriesText, tallyOf, wouldCrossText } from "../outcome.ts";
import { reasoned } from "../said.ts";
import { type Column, filled, intervalBelow, lesserTick, name, table } from "../table.ts";

/** What is said of a whole row, in lines of its own beneath its verdict: in a column behind the numbers nobody would find it. */
const remark = (text: string | undefined): Html | undefined => (text === undefined || text === "" ? undefined : html`<span class="remark">${text}</span>`);

const fitColumns = ({ tables: t }: Messages, fits: readonly Fit[]): readonly Column<Fit>[] => [
  { head: t.arm, cell: (fit) => html`${name(fit.label)} <small class="below">${fit.form}</small>` },
  // In as many lines as its row has anyway.
  { head: t.at, cell: (fit) => html`${seriesText(fit.series).replaceAll(/(?<!,) /g, "\u00a0")}` },
  { head: t.of, cell: (fit) => t[fit.metric] },
  // That of an n says every other head.
  ...(fits.some(({ variable }) => variable !== "n") ? [{ head: t.growsWith, cell: (fit: Fit) => fit.variable }] : []),
  { head: t.fitted, cell: (fit) => html`<strong>${t.law(fit.class)}</strong> <small class="below">${t.claimed} ${fit.claim}</small>` },
  {
    head: t.verdict,
    cell: (fit) =>
      html`<span class="verdict ${{ agrees: "pass", contradicted: "fail", undecided: "undecided" }[fit.verdict]}">${{ agrees: "✓", contradicted: "✕", undecided: "?" }[fit.verdict]} ${t.verdicts[fit.verdict]}</span>${remark(noteOf(fit, t))}`,
  },
  { head: t.slopeAtEnd, numeric: true, cell: (fit) => (fit.exponent === undefined ? undefined : intervalBelow(bracketed(fit.exponent))) },
  { head: t.constant, numeric: true, cell: (fit) => coefficient(fit, "t0") },
  { head: t.perN, numeric: true, cell: (fit) => coefficient(fit, "a") },
  { head: t.perN2, numeric: true, cell: (fit) => coefficient(fit, "b") },
  { head: t.points, numeric: true, cell: (fit) => formatCount(fit.points.length) },
  { head: t.typicallyOff, numeric: true, cell: (fit) => formatOff(residualsOf(fit)?.middle) },
  {
    head: t.atMostOff,
    numeric: true,
    cell: (fit) => {
      const worst = residualsOf(fit)?.worst;
      return worst && intervalBelow(t.offAt(signedShare(worst.off), fit.variable, worst.x));
    },
  },
];

const noteOf = (fit: Fit, t: Messages["tables"]): string =>
  [
    fit.note,
    besideText(fit, t),
    // Most notes end with it.
    fit.measureUpTo === undefined || fit.note?.includes(formatCount(fit.measureUpTo)) ? undefined : t.measureUpTo(fit.variable, fit.measureUpTo),
  ]
    .filter((text) => text !== undefined)
    .join(" ");

const besideText = (fit: Fit, t: Messages["tables"]): string | undefined => {
  const beside = besideClaim(fit);
  return beside && t.besideClaim[beside](fit.claim);
};

const coefficient = (fit: Fit, name: "t0" | "a" | "b"): HtmlValue =>
  fit.coefficients === undefined ? undefined : intervalBelow(bracketed(fit.coefficients[name], fit.metric === "time" ? formatMs : formatBytes));

/** Bytes are exact, and a computer's rounding is no distance. */
const leastOff = 5e-6;

const formatOff = (off: number | undefined): string | undefined => (off === undefined ? undefined : off < leastOff ? "0" : formatShare(off));

/** "+1.2 %" above the curve, "−1.2 %" below it. */
const signedShare = (off: number): string | undefined => (Math.abs(off) < leastOff ? undefined : `${off < 0 ? "−" : "+"}${formatShare(Math.abs(off))}`);

/** Rows that a table of residuals has at most: of more curves, the middle and the worst of each are enough. */
const mostResidualRows = 24;

/** One row a fit, one column a length: where its points lie above and below its curve. Bytes are left out where they lie on it. Folded away: what tells a law from its noise is for who doubts it. */
const residualsTable = (fits: readonly Fit[], t: Messages): Html | undefined => {
  const rows = fits.flatMap((fit) => {
    const residuals = residualsOf(fit);
    return residuals === undefined || (fit.metric === "stateBytes" && Math.abs(residuals.worst.off) < leastOff)
      ? []
      : [{ fit, offs: new Map(residuals.points.map(({ x, off }) => [x, off])) }];
  });
  const xs = [...new Set(rows.flatMap(({ offs }) => [...offs.keys()]))].sort((one, other) => one - other);
  if (xs.length === 0 || rows.length > mostResidualRows) return undefined;
  const columns: readonly Column<(typeof rows)[number]>[] = [
    { head: t.tables.arm, cell: ({ fit }) => name(fit.label) },
    { head: t.tables.form, cell: ({ fit }) => fit.form },
    { head: t.tables.at, cell: ({ fit }) => seriesText(fit.series) },
    { head: t.tables.of, cell: ({ fit }) => t.tables[fit.metric] },
    ...xs.map(
      (x): Column<(typeof rows)[number]> => ({
        head: formatCount(x),
        numeric: true,
        cell: ({ offs }) => {
          const off = offs.get(x);
          return off === undefined ? undefined : (signedShare(off) ?? "0");
        },
      }),
    ),
  ];
  return html`<details><summary>${t.tables.residuals}</summary>${table(t.tables.residualsCaption, filled(columns, rows), rows)}</details>`;
};

const crossoverColumns = (t: Messages): readonly Column<Crossover>[] => [
  { head: t.tables.pair, cell: ({ between }) => html`${name(between[0])} → ${name(between[1])}` },
  { head: t.tables.of, cell: ({ metric }) => t.tables[metric] },
  { head: t.tables.at, cell: ({ series }) => seriesText(series) },
  { head: t.tables.result, cell: (crossover) => html`${crossoverText(crossover, t)}${remark(crossover.note)}` },
  { head: t.tables.timesAsFast, cell: advantagesText },
  { head: t.tables.equalShares, cell: ({ equalShare }) => wouldCrossText(equalShare, t) },
  { head: t.tables.predicted, cell: ({ predicted }) => wouldCrossText(predicted, t) },
  { head: t.tables.rangeOfN, numeric: true, cell: ({ range }) => (range === undefined ? undefined : `${formatCount(range[0])}–${formatCount(range[1])}`) },
];

/** One row a fit, one column a length: what was not measured, and is told as such. */
const projectionsTable = (fits: readonly Fit[], t: Messages): Html | undefined => {
  const projected = fits.filter(({ projections }) => projections !== undefined);
  const lengths = [...new Set(projected.flatMap(({ projections = [] }) => projections.map(({ x }) => x)))].sort((one, other) => one - other);
  if (lengths.length === 0) return undefined;
  const columns: readonly Column<Fit>[] = [
    { head: t.tables.arm, cell: (fit) => name(fit.label) },
    { head: t.tables.at, cell: (fit) => seriesText(fit.series) },
    { head: t.tables.measuredUpTo, numeric: true, cell: ({ points }) => formatCount(points.at(-1)?.x ?? 0) },
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
  return table(t.tables.extrapolated, columns, projected);
};

const sizeColumns = ({ tables: t }: Messages): readonly Column<SizeFit>[] => [
  { head: t.arm, cell: (fit) => name(fit.label) },
  { head: t.of, cell: (fit) => t[fit.metric] },
  { head: t.growsWith, cell: (fit) => fit.variable },
  { head: t.at, cell: (fit) => seriesText(fit.series) },
  { head: t.values, cell: (fit) => fit.points.map(({ x }) => formatCount(x)).join(", ") },
  { head: t.slopeAtEnd, numeric: true, cell: (fit) => (fit.exponent === undefined ? undefined : bracketed(fit.exponent)) },
  { head: t.lawHead, cell: (fit) => (fit.class === "undecided" ? undefined : fit.class.replace("n", fit.variable)) },
  { head: t.flops, cell: (fit) => fit.work?.replace("n", fit.variable) },
];

/** "0.110 ms + 3.20 ns · n · dModel": only the n and size that a law has, in the unit of each term. */
const jointLaw = ({ terms, variable }: JointFit): string =>
  terms
    .map(({ n, size, coefficient }) => [formatMs(coefficient.value), raised("n", n), raised(variable, size)].filter((text) => text !== "").join(" · "))
    .join(" + ");

const raised = (name: string, power: 0 | 1 | 2): string => ["", name, `${name}²`][power] ?? "";

const jointColumns = ({ tables: t }: Messages): readonly Column<JointFit>[] => [
  { head: t.arm, cell: (fit) => name(fit.label) },
  { head: t.form, cell: (fit) => fit.form },
  { head: t.at, cell: (fit) => seriesText(fit.series) },
  { head: t.timeOfOne, cell: jointLaw },
  { head: t.cells, numeric: true, cell: (fit) => formatCount(fit.cells) },
  { head: t.offBy, numeric: true, cell: ({ rms }) => formatShare(rms) },
  {
    head: t.atMostBy,
    numeric: true,
    cell: ({ worst, variable }) => t.worst(Math.abs(worst.off), worst.n, variable, worst.size),
  },
];

const crossingPoints = ({ points, variable }: JointCrossing, none: string): string =>
  points.map(({ size, n }) => `${variable} ${formatCount(size)}: ${n === undefined ? none : bracketed(n, formatCount)}`).join("; ");

const jointCrossingColumns = ({ tables: t }: Messages): readonly Column<JointCrossing>[] => [
  { head: t.pair, cell: ({ between }) => html`${name(between[0])} → ${name(between[1])}` },
  { head: t.at, cell: ({ series }) => seriesText(series) },
  { head: t.jointCrossing, cell: (crossing) => crossingPoints(crossing, t.none) },
];

/** Laws over n and the width of the model at once, and what they say of n*. */
const jointTables = ({ jointFits = [], jointCrossings = [] }: RunRecord, t: Messages): Html | undefined =>
  jointFits.length === 0
    ? undefined
    : html`${table(t.tables.joint, jointColumns(t), jointFits)}
${jointCrossings.length > 0 && table(t.tables.jointCrossings, jointCrossingColumns(t), jointCrossings)}`;

/** Fits against claims, and crossovers; nothing where the experiment has too few n to ask for any. */
export const fitsSection = (record: RunRecord, t: Messages): Html | undefined => {
  const [fits, crossovers] = [askedFits(record), askedCrossovers(record)];
  if (fits.length === 0 && crossovers.length === 0) return undefined;
  return html`
<section aria-labelledby="fits"><h2 id="fits">${t.tables.fitsHeading}</h2>
${fits.length > 0 && table(t.tables.fits, filled(fitColumns(t, fits), fits), fits)}
${residualsTable(fits, t)}
${projectionsTable(fits, t)}
${(record.sizeFits ?? []).length > 0 && table(t.tables.sizes, filled(sizeColumns(t), record.sizeFits ?? []), record.sizeFits ?? [])}
${jointTables(record, t)}
${crossovers.length > 0 && html`<div id="crossings">${table(t.tables.crossovers, filled(crossoverColumns(t), crossovers), crossovers)}</div>`}
</section>`;
};

const outcomeCell = ({ outcome, composedOf }: CellRecord, t: Messages): Html => {
  const { tables } = t;
  if (composedOf) return html`<span class="verdict undecided">${tables.composed}</span>`;
  const kinds = { ok: "pass", failed: "fail", skipped: "undecided", censored: "undecided", pending: "undecided" } as const;
  return html`<span class="verdict ${kinds[outcome.status]}">${tables.outcomes[outcome.status]}</span>${
    "code" in outcome && html` <span class="remark">${because(tables.because(outcome.code, outcome.reason), outcome.reason, t)}</span>`
  }`;
};

/** `why` ends with what a device or a file says itself, in a language of its own. */
const because = (why: string, own: string, t: Messages): Html =>
  html`${reasoned(why.slice(0, why.length - own.length), t)}${own !== "" && reasoned(shortened(own, longestReason), t)}`;

/** Characters of a reason: a driver may say more than a page has room for. */
const longestReason = 400;

/** The sizes of a cell, as its row and its caption name them. */
const sizesOf = ({ tables: t }: Messages): readonly { readonly head: string; readonly of: (cell: CellRecord) => string }[] => [
  { head: "dModel", of: (cell) => formatCount(cell.dModel) },
  { head: t.heads, of: (cell) => (cell.kvHeads === cell.heads ? formatCount(cell.heads) : t.kv(formatCount(cell.heads), formatCount(cell.kvHeads))) },
  { head: "headDim", of: (cell) => formatCount(cell.headDim) },
  { head: t.batch, of: (cell) => formatCount(cell.batch) },
];

/** Sizes that are the same in all cells: the caption says them, and no column does. Of one cell none, whose row is to be whole. */
const commonSizes = ({ cells: [first, ...others] }: RunRecord, t: Messages): readonly string[] =>
  first === undefined || others.length === 0 ? [] : sizesOf(t).flatMap(({ head, of }) => (others.every((cell) => of(cell) === of(first)) ? [head] : []));

const cellColumns = (record: RunRecord, messages: Messages): readonly Column<CellRecord>[] => {
  const t = messages.tables;
  const names = new Set(facetsOf(record).flatMap(({ values }) => Object.keys(values)));
  const extra = [...new Set(record.cells.flatMap((cell) => Object.keys(cell.parameters)))].filter((name) => names.has(name));
  const some = (has: (cell: CellRecord) => boolean): boolean => record.cells.some(has);
  const common = commonSizes(record, messages);
  const columns: (Column<CellRecord> | false)[] = [
    { head: t.arm, cell: (cell) => name(cell.label) },
    { head: t.form, cell: (cell) => cell.form },
    { head: "n", numeric: true, cell: (cell) => formatCount(cell.n) },
    ...sizesOf(messages)
      .filter(({ head }) => !common.includes(head) && (head !== t.batch || some((cell) => cell.batch !== 1)))
      .map(({ head, of }): Column<CellRecord> => ({ head, numeric: true, cell: of })),
    ...extra.map(
      (name): Column<CellRecord> => ({ head: name, cell: (cell) => (cell.parameters[name] === undefined ? undefined : String(cell.parameters[name])) }),
    ),
    { head: t.outcome, cell: (cell) => outcomeCell(cell, messages) },
    { head: t.median, numeric: true, cell: ({ summary }) => summary && formatMs(summary.medianMs) },
    { head: t.interval, numeric: true, cell: ({ summary }) => summary && `${formatMs(summary.lowMs)} – ${formatMs(summary.highMs)}` },
    { head: t.samples, numeric: true, cell: ({ summary, composedOf }) => (composedOf ? undefined : summary && formatCount(summary.samples)) },
    some(({ summary }) => summary?.ceilingShare !== undefined) && {
      head: t.ofCeiling,
      numeric: true,
      cell: (cell) => {
        const share = ceilingShareOf(cell);
        if (share === undefined) return undefined;
        const written = aboveCeiling(share) ? t.downTo(formatShare(share.value), formatShare(share.low)) : formatShare(share.value);
        return cell.summary?.binding === undefined ? written : t.bound(written, t.binding[cell.summary.binding]);
      },
    },
    { head: t.state, numeric: true, cell: (cell) => (cell.stateBytes === undefined ? undefined : formatBytes(cell.stateBytes)) },
    { head: t.peak, numeric: true, lesser: true, cell: (cell) => (cell.peakBytes === undefined ? undefined : formatBytes(cell.peakBytes)) },
    { head: t.tokensPerSecond, numeric: true, lesser: true, cell: ({ summary }) => summary && formatNumber(summary.tokensPerSecond) },
    { head: "GFLOP/s", numeric: true, lesser: true, cell: ({ summary, composedOf }) => (composedOf ? undefined : summary && formatNumber(summary.gflops)) },
    { head: "GB/s", numeric: true, lesser: true, cell: ({ summary, composedOf }) => (composedOf ? undefined : summary && formatNumber(summary.gbps)) },
    { head: t.worstError, numeric: true, lesser: true, cell: ({ prepared }) => prepared && formatNumber(prepared.maxError) },
  ];
  return columns.filter((column) => column !== false);
};

const cellsCaption = (record: RunRecord, t: Messages): string => {
  const common = commonSizes(record, t);
  const [first] = record.cells;
  const sizes = sizesOf(t).flatMap(({ head, of }) =>
    first && common.includes(head) && (head !== t.tables.batch || first.batch !== 1) ? [`${head} ${of(first)}`] : [],
  );
  const { cellsCaption: caption, everywhere } = t.tables;
  return t.joinSentences([caption(tallyOf(record.cells)), ...(sizes.length > 0 ? [everywhere(sizes.join(", "))] : [])]);
};

/** Every cell with its outcome; none is left out. */
export const cellsSection = (record: RunRecord, t: Messages): Html => {
  const columns = cellColumns(record, t);
  return html`
<section aria-labelledby="cells"><h2 id="cells">${t.tables.cellsHeading}</h2>
${lesserTick(columns, t.tables.showAlso)}
${table(cellsCaption(record, t), columns, record.cells, (cell) => `cell-${cell.id}`)}
</section>`;
};
