import { formatCount, formatShare } from "../analysis/format.ts";
import { en } from "../messages/en.ts";
import type { ArmComparison, ComparedRun, Comparison, Verdict } from "../record/comparison.ts";
import { type ComparisonRow, changedFirst, comparisonRows, ratioText } from "./comparisonRows.ts";
import { documentParts } from "./document.ts";
import { type Html, html, shortened } from "./html.ts";
import { seriesText } from "./outcome.ts";
import { presentableComparison } from "./presentableComparison.ts";
import { ratioStrip, stripReach, stripScale, stripStyle } from "./ratioStrip.ts";
import { said } from "./said.ts";
import { indexStyle } from "./style.ts";
import { type Column, intervalBelow, name, table } from "./table.ts";

const gates: Readonly<Record<Comparison["gate"], { readonly words: string; readonly verdict: "pass" | "fail" | "undecided" }>> = {
  pass: { words: "✓ Passed: nothing that gates became worse", verdict: "pass" },
  fail: { words: "✕ Failed: something that gates became worse", verdict: "fail" },
  undecided: { words: "? Undecided: not all that gates is known", verdict: "undecided" },
  nothing: { words: "? Nothing was measured in both runs", verdict: "undecided" },
  off: { words: "Runs that differ in more than their code: nothing gates", verdict: "undecided" },
};

/** What each verdict means, for those that a comparison has. */
const meanings: Readonly<Record<Verdict, (threshold: string) => string>> = {
  SAME: (threshold) => `the 95 % interval of a time lies within ±${threshold}; bytes are equal, errors and laws alike`,
  FASTER: (threshold) => `better by ${threshold} or more, and not by chance; of bytes and errors less, of laws a lower order`,
  SLOWER: (threshold) => `worse by ${threshold} or more, and not by chance; of bytes and errors more, of laws a higher order`,
  UNDECIDED: () => "the interval is too wide to say either",
  NEW: () => "only head has it",
  GONE: () => "only base has it",
};

const wordOf = (verdict: Verdict): Html => html`<span class="word ${verdict.toLowerCase()}">${verdict}</span>`;

const sideOf = ({ commit, dirty, version, run, startedAt, adapter }: ComparedRun): Html =>
  html`${commit === undefined ? html`attnbench ${version}` : html`<code>${commit.slice(0, 10)}</code>${dirty === true && " and changes"}`}, run ${run}, ${startedAt.slice(0, 16).replace("T", " ")} UTC, on ${said(adapter, en)}`;

const cellTable = (rows: readonly ComparisonRow[], { limits: { threshold } }: Comparison): Html => {
  const times = rows.filter(({ metric }) => metric === "time" || metric === "wallTime");
  const reach = stripReach(
    times.map(({ one }) => one),
    threshold,
  );
  const has = (some: (row: ComparisonRow) => boolean): boolean => rows.some(some);
  const columns: readonly Column<ComparisonRow>[] = [
    { head: "arm", cell: ({ label, form }) => html`${name(label)}${!label.includes(form) && html` <small>${form}</small>`}` },
    { head: "n", numeric: true, cell: ({ n }) => formatCount(n) },
    ...(has(({ shape }) => shape !== "") ? [{ head: "at", cell: ({ shape }: ComparisonRow) => shape }] : []),
    { head: "of", cell: ({ metric }) => metric },
    { head: "verdict", cell: ({ one }) => wordOf(one.verdict) },
    { head: "base", numeric: true, cell: ({ base }) => base },
    { head: "head", numeric: true, cell: ({ head }) => head },
    { head: "head ÷ base", numeric: true, cell: ({ one }) => intervalBelow(ratioText(one)) },
    { head: html`the same; ±${formatShare(threshold)} shaded${stripScale(reach)}`, cell: ({ one }) => ratioStrip(one, threshold, reach) },
    ...(has(({ one }) => one.note !== undefined)
      ? [{ head: "note", cell: ({ one }: ComparisonRow) => one.note && html`<span class="prose">${name(one.note)}</span>` }]
      : []),
  ];
  return table("Cells, what changed first. Intervals are 95 %.", columns, rows);
};

const armTable = (arms: readonly ArmComparison[]): Html => {
  const columns: readonly Column<ArmComparison>[] = [
    { head: "arms", cell: ({ labels }) => name(labels.join(" → ")) },
    { head: "at", cell: ({ series }) => shortened(seriesText(series), 120) },
    { head: "of", cell: ({ metric, of }) => (metric === "crossover" ? "n*" : `${metric} of ${of}`) },
    { head: "verdict", cell: ({ verdict }) => wordOf(verdict) },
    { head: "base", cell: ({ base, verdict }) => base ?? (verdict === "NEW" ? "" : "none told") },
    { head: "head", cell: ({ head, verdict }) => head ?? (verdict === "GONE" ? "" : "none told") },
  ];
  return table("Slopes, classes and n*. n* is shown and gates nothing.", columns, arms);
};

/** What the numbers of a time are, and its ratio of; nothing where none was timed in both. */
const ratiosOf = ({ cells, paired }: Comparison): readonly string[] => {
  const timed = cells.map(({ metrics: { time } }) => time).filter(({ ratio }) => ratio !== undefined);
  if (timed.length === 0) return [];
  return [
    `A time is that of undisturbed work: what a quarter of each visit's samples stay below, in the mean of ${paired ? "the turns that both were measured in" : "all visits"}, since whatever else a machine does only slows it. So it may lie below the median that a run's own report has. head ÷ base is the one over the other.`,
    ...(timed.some(({ note }) => note?.startsWith("beside the other cells"))
      ? [
          "Where a note says “beside the other cells”, head ÷ base is divided by what those took too, as the note says: that much the machine changed, or all kernels alike.",
        ]
      : []),
  ];
};

/** Rows of a page: of thousands of cells those that are SAME are left out first. */
const mostRows = 2000;

/** Two runs held against each other, as a page by itself: the answer, every cell's ratio with its interval, and what became of every arm. Needs no network and no script. Pure. */
export const renderComparisonPage = (comparison: Comparison): string => {
  const shown = presentableComparison(comparison);
  const { base, head, cells, arms, findings, gate, limits, paired, differences } = shown;
  const rows = comparisonRows({ cells });
  const ordered = changedFirst(arms, ({ verdict }) => verdict);
  const left = Math.max(0, rows.length - mostRows) + Math.max(0, arms.length - mostRows);
  const { words, verdict } = gates[gate];
  const [first, ...others] = findings;
  const told = [...new Set([...rows.map(({ one }) => one.verdict), ...arms.map((arm) => arm.verdict)])];
  const threshold = formatShare(limits.threshold);
  const body = html`
<header><h1>${head.experiment} <span class="more">· base against head</span></h1>
<p class="question"><span class="gate ${verdict}">${words}</span></p></header>
<main>
<div class="first"><section class="answer"><h2>Answer</h2>${first !== undefined && html`<p class="lead">${said(shortened(first, 800), en)}</p>`}<ul class="found">${others.map((finding) => html`<li>${said(shortened(finding, 800), en)}</li>`)}</ul></section></div>
<section aria-labelledby="runs"><h2 id="runs">The two runs</h2><dl class="pairs">
<dt>base</dt><dd>${sideOf(base)}</dd><dt>head</dt><dd>${sideOf(head)}</dd>
<dt>measured</dt><dd>${paired ? "turn by turn beside each other, so that what slowed the machine slowed both" : "one after the other: what the machine did in between is in no interval"}</dd>
${differences.length > 0 && html`<dt>differ in</dt><dd>${differences.map((difference) => html`<div>${said(difference, en)}</div>`)}</dd>`}
</dl></section>
<section aria-labelledby="cells"><h2 id="cells">Cells</h2>
<ul>${told.map((one) => html`<li>${wordOf(one)}: ${meanings[one](threshold)}</li>`)}</ul>
${ratiosOf(shown).map((text) => html`<p>${text}</p>`)}
${rows.length === 0 ? html`<p>No cell has anything to compare.</p>` : cellTable(rows.slice(0, mostRows), shown)}</section>
${arms.length > 0 && html`<section aria-labelledby="arms"><h2 id="arms">Arms</h2>${armTable(ordered.slice(0, mostRows))}</section>`}
${left > 0 && html`<p>${formatCount(left)} more rows are in comparison.json.</p>`}
</main>
<footer><p>Made by attnbench ${head.version}. comparison.json has all of it, and each run's report its own charts.</p></footer>`;
  return [...documentParts(`${shortened(head.experiment, 120)}: base against head`, indexStyle() + stripStyle, [body.markup], en.lang)].join("");
};
