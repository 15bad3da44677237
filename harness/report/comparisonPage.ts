import { formatCount, formatShare } from "../analysis/format.ts";
import type { Language } from "../messages/languages.ts";
import { type Messages, messagesOf } from "../messages/messages.ts";
import type { ArmComparison, CellMetric, ComparedRun, Comparison, Verdict } from "../record/comparison.ts";
import { cardLabels, cardStyle, cardTable } from "./cardTable.ts";
import { type ComparisonRow, changedFirst, comparisonRows, ratioText } from "./comparisonRows.ts";
import { documentParts } from "./document.ts";
import { type Html, html, shortened } from "./html.ts";
import { seriesText } from "./outcome.ts";
import { presentableComparison } from "./presentableComparison.ts";
import { ratioStrip, stripReach, stripScale, stripStyle } from "./ratioStrip.ts";
import { coded, said } from "./said.ts";
import { indexStyle } from "./style.ts";
import { type Column, intervalBelow, name } from "./table.ts";
import { verdictWord } from "./verdictText.ts";

const gates: Readonly<Record<Comparison["gate"], "pass" | "fail" | "undecided">> = {
  pass: "pass",
  fail: "fail",
  undecided: "undecided",
  nothing: "undecided",
  off: "undecided",
};

/** A verdict in the page's own word, with the promised one where that is another; in its colour where something hangs on it. */
const wordOf = (verdict: Verdict, t: Messages, metric?: CellMetric, counts = true): Html => {
  const own = verdictWord(verdict, t, metric);
  return html`<span class="word${counts && ` ${verdict.toLowerCase()}`}">${own}</span>${own !== verdict && html` <code>${verdict}</code>`}`;
};

const sideOf = ({ commit, dirty, version, run, startedAt, adapter }: ComparedRun, t: Messages): Html => {
  const { page } = t.comparison;
  const at = startedAt.slice(0, 16).replace("T", " ");
  return html`${commit === undefined ? html`attnbench ${version}` : html`<code>${commit.slice(0, 10)}</code>${dirty === true && page.andChanges}`}${page.ofRun(run, at)}${said(adapter, t)}`;
};

/** A note that is no longer than this is said in every row. */
const longestAgain = 40;

const cellColumns = (rows: readonly ComparisonRow[], { limits: { threshold } }: Comparison, t: Messages): readonly Column<ComparisonRow>[] => {
  const { page, sides, metrics } = t.comparison;
  const times = rows.filter(({ metric }) => metric === "time" || metric === "wallTime");
  const reach = stripReach(
    times.map(({ one }) => one),
    threshold,
  );
  const has = (some: (row: ComparisonRow) => boolean): boolean => rows.some(some);
  const strip = page.strip(formatShare(threshold));
  // One reason may hold for all cells of a run: it is read once.
  const again = new Set(rows.filter(({ one: { note } }, i) => note !== undefined && note.length > longestAgain && note === rows[i - 1]?.one.note));
  return [
    { head: t.tables.arm, cell: ({ label, form }) => html`${name(label)}${!label.includes(form) && html` <small>${form}</small>`}` },
    { head: "n", numeric: true, cell: ({ n }) => formatCount(n) },
    ...(has(({ shape }) => shape !== "") ? [{ head: t.tables.at, cell: ({ shape }: ComparisonRow) => shape }] : []),
    { head: t.tables.of, cell: ({ metric }) => metrics[metric] },
    { head: t.tables.verdict, cell: ({ one, metric }) => wordOf(one.verdict, t, metric, metric !== "error" || one.gates) },
    { head: sides.base, numeric: true, cell: ({ base }) => base },
    { head: sides.head, numeric: true, cell: ({ head }) => head },
    { head: page.ratio, numeric: true, cell: ({ one }) => intervalBelow(ratioText(one)) },
    { head: html`${strip}${stripScale(reach, t)}`, label: strip, cell: ({ one }) => ratioStrip(one, threshold, reach) },
    ...(has(({ one }) => one.note !== undefined)
      ? [
          {
            head: t.tables.note,
            cell: (row: ComparisonRow) => row.one.note && html`<span class="prose">${again.has(row) ? page.asAbove : name(row.one.note, t)}</span>`,
          },
        ]
      : []),
  ];
};

/** The one shape that all arms are of; empty where they differ in it. */
const placeOf = (arms: readonly ArmComparison[]): string => {
  const [place = "", ...others] = new Set(arms.map(({ series }) => seriesText(series)));
  return others.length === 0 ? shortened(place, 120) : "";
};

const armColumns = (arms: readonly ArmComparison[], t: Messages): readonly Column<ArmComparison>[] => {
  const { page, sides, ofArm } = t.comparison;
  return [
    { head: page.armsHead, cell: ({ labels }) => name(labels.join(" → ")) },
    // Where all are of one shape, that is said once.
    ...(placeOf(arms) === "" ? [{ head: t.tables.at, cell: ({ series }: ArmComparison) => shortened(seriesText(series), 120) }] : []),
    { head: t.tables.of, cell: ({ metric, of }) => (metric === "crossover" ? "n*" : ofArm(metric, of)) },
    { head: t.tables.verdict, cell: ({ verdict }) => wordOf(verdict, t) },
    { head: sides.base, cell: ({ base, verdict }) => base ?? (verdict === "NEW" ? "" : page.noneTold) },
    { head: sides.head, cell: ({ head, verdict }) => head ?? (verdict === "GONE" ? "" : page.noneTold) },
  ];
};

/** What the numbers of a time are, and its ratio of; nothing where none was timed in both. */
const ratiosOf = ({ cells, paired }: Comparison, { comparison: { page, known } }: Messages): readonly string[] => {
  const timed = cells.map(({ metrics: { time } }) => time).filter(({ ratio }) => ratio !== undefined);
  if (timed.length === 0) return [];
  return [page.times(paired), ...(timed.some(({ note }) => note?.includes(known.besideOthers)) ? [page.besideOthers] : [])];
};

/** Rows of a page: of thousands of cells those that are SAME are left out first. */
const mostRows = 2000;

/** Two runs held against each other, as a page by itself, in the language that the comparison was made in: the answer, every cell's ratio with its interval, and what became of every arm. Needs no network and no script. Pure. */
export const renderComparisonPage = (comparison: Comparison, language: Language = "en"): string => {
  const t = messagesOf(language);
  const { page, sides } = t.comparison;
  const shown = presentableComparison(comparison, t);
  const { base, head, cells, arms, findings, gate, limits, paired, differences } = shown;
  const [allRows, allArms] = [comparisonRows({ cells }), changedFirst(arms, ({ verdict }) => verdict)];
  const [rows, listed] = [allRows.slice(0, mostRows), allArms.slice(0, mostRows)];
  const left = allRows.length - rows.length + allArms.length - listed.length;
  const [ofCells, ofArms] = [cellColumns(rows, shown, t), armColumns(listed, t)];
  const [first, ...others] = findings;
  const told = [...new Set([...allRows.map(({ one }) => one.verdict), ...arms.map((arm) => arm.verdict)])];
  const threshold = formatShare(limits.threshold);
  const sheet = indexStyle(language) + stripStyle + cardStyle + cardLabels("of-cells", ofCells) + cardLabels("of-arms", ofArms) + style;
  const body = html`
<header><h1>${head.experiment} <span class="more">· ${page.against}</span></h1>
<p class="question"><span class="gate ${gates[gate]}">${page.gates[gate]}</span></p>
<p class="compared">${coded(page.compared, t)}</p></header>
<main>
<div class="first runs-beside"><section class="answer"><h2>${t.page.answer}</h2>${first !== undefined && html`<p class="lead">${coded(shortened(first, 800), t)}</p>`}<ul class="found">${others.map((finding) => html`<li>${coded(shortened(finding, 800), t)}</li>`)}</ul></section>
<section aria-labelledby="runs"><h2 id="runs">${page.runs}</h2><dl class="sides">
<dt>${sides.base}</dt><dd>${sideOf(base, t)}</dd><dt>${sides.head}</dt><dd>${sideOf(head, t)}</dd>
<dt>${page.measured}</dt><dd>${page.how(paired)}</dd>
${differences.length > 0 && html`<dt>${page.differIn}</dt><dd>${differences.map((difference) => html`<div>${said(difference, t)}</div>`)}</dd>`}
</dl></section></div>
<section aria-labelledby="cells"><h2 id="cells">${page.cells}</h2>
<dl class="meanings">${told.map((one) => html`<div><dt>${wordOf(one, t)}</dt><dd>${page.meanings[one](threshold)}</dd></div>`)}</dl>
${ratiosOf(shown, t).map((text) => html`<p>${text}</p>`)}
${rows.length === 0 ? html`<p>${page.noCell}</p>` : cardTable("of-cells", page.cellsCaption, ofCells, rows)}</section>
${arms.length > 0 && html`<section aria-labelledby="arms"><h2 id="arms">${page.arms}</h2>${cardTable("of-arms", page.armsCaption(placeOf(listed)), ofArms, listed)}</section>`}
${left > 0 && html`<p>${coded(page.moreRows(left), t)}</p>`}
</main>
<footer><p>${coded(page.madeBy(head.version), t)}</p></footer>`;
  return [...documentParts(page.title(shortened(head.experiment, 120)), sheet, [body.markup], t.lang)].join("");
};

/** The two runs beside the answer where there is room; flags, commands and promised words whole. */
const style = `.runs-beside h2{margin-top:0}.sides{font-size:.9rem;margin:.4em 0 0}.sides dt{color:var(--muted);margin-top:.5em}.sides dd{margin:0}.meanings{margin:.5em 0}.meanings div{display:flex;flex-wrap:wrap;gap:0 1em;margin:.2em 0}.meanings dt{min-width:7.5em}.meanings dd{margin:0;flex:1 1 18em}.flag{white-space:nowrap}@media screen and (min-width:1100px){.runs-beside{grid-template-columns:minmax(0,1fr) minmax(0,24em)}}`;
