import { createHash } from "node:crypto";
import { deflateSync } from "node:zlib";
import type { LoggerInterface } from "vega";
import { claimCount } from "../analysis/claims/claimCount.ts";
import { en } from "../messages/en.ts";
import type { Language } from "../messages/languages.ts";
import { type Messages, messagesOf } from "../messages/messages.ts";
import { adapterName } from "../record/adapterName.ts";
import type { RunRecord } from "../record/run.ts";
import { liveConfig, type Rendering } from "./charts/render.ts";
import { themeVariables } from "./charts/theme.ts";
import { escaped, type Html, html, raw, scriptJson, shortened } from "./html.ts";
import { tallyOf } from "./outcome.ts";
import { pageName } from "./pageName.ts";
import { presentable } from "./presentable.ts";
import * as live from "./runtime/live.packed";
import type { LiveChart, LiveCharts } from "./runtime/liveChart.ts";
import * as script from "./runtime/page.script";
import { scriptWords } from "./runtime/words.ts";
import { isForeign, quoted } from "./said.ts";
import { answerSection, answerSentences, foundSection, warningsOf } from "./sections/answer.ts";
import { claimsSection } from "./sections/claims.ts";
import { environmentSection, methodSection, reproduceSection } from "./sections/details.ts";
import { figuresSection } from "./sections/figures.ts";
import { offloadSection } from "./sections/offload.ts";
import { peersSection } from "./sections/peers.ts";
import { servingSection } from "./sections/serving.ts";
import { shardsSection } from "./sections/shards.ts";
import { stagesSection } from "./sections/stages.ts";
import { cellsSection, fitsSection } from "./sections/tables.ts";
import { limitsSection, trustSection } from "./sections/trust.ts";
import { tuningSection } from "./sections/tuning.ts";
import { writtenTextsSection } from "./sections/writtenTexts.ts";
import { indexStyle, pageStyle } from "./style.ts";

// Nothing is fetched and no script runs but those that are named by their hashes; styles are inline because the page is one file.
const contentSecurityPolicy = (hashes: readonly string[]): string => {
  const scripts = hashes.length === 0 ? "" : `script-src ${hashes.map((hash) => `'sha256-${hash}'`).join(" ")}; `;
  return `default-src 'none'; ${scripts}style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'`;
};

/** The scripts of a document: one that runs at once, and the hashes of those that it starts itself. */
interface Scripts {
  readonly text: string;
  readonly started: readonly string[];
}

/** A whole document. `style` and `scripts` are trusted; title and body are escaped already or escape themselves. */
export const document = (title: string, style: string, body: Html, lang: string, scripts?: Scripts): string =>
  `<!doctype html>
<html lang="${lang}"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${contentSecurityPolicy(scripts === undefined ? [] : [createHash("sha256").update(scripts.text).digest("base64"), ...scripts.started])}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<meta name="generator" content="attnbench">
<title>${escaped(title)}</title>
<style>${style}</style></head>
<body>${body.markup}${scripts === undefined ? "" : `<script>${scripts.text}</script>`}</body></html>
`;

/** The record as the page carries it: everything but the raw samples, which stay in the run's folder. */
const carried = (record: RunRecord): RunRecord => ({ ...record, cells: record.cells.map((cell) => ({ ...cell, visits: [] })) });

/** What the run asks, in its author's words; where these are in another language than the page, in the page's own before them. */
const questionOf = (question: string, phase: RunRecord["experiment"]["phase"], t: Messages): Html => {
  const asked = quoted(shortened(question, 300), t);
  const own = isForeign(question, t) ? t.page.question(phase) : undefined;
  return own === undefined
    ? html`<p class="question">${asked}</p>`
    : html`<p class="question">${own}</p>
<p>${asked}</p>`;
};

// A comment ends at the first "-->", whoever wrote it.
const comment = (text: string): Html => raw(`<!--\n${text.replaceAll("--", "- -")}\n-->`);

/** What the charts are drawn from anew when a reader comes to them, and the script that does it: both compressed, since most of it is said many times over. */
const liveParts = (charts: LiveCharts): Html => html`
<script type="text/plain" id="live-charts">${raw(deflateSync(JSON.stringify(charts), { level: 9 }).toString("base64"))}</script>
<script type="text/plain" id="live-runtime">${raw(live.packed)}</script>`;

/** The record with how many claims hold in all of a file's runs, where it says how many do in its own. */
const countedWith = (record: RunRecord, beside: readonly RunRecord[], t: Messages): RunRecord => {
  const [own, all] = [claimCount([record], true, t), claimCount([record, ...beside], false, t)];
  if (beside.length === 0 || all === undefined) return record;
  return { ...record, findings: record.findings.map((finding) => (finding.text === own ? { ...finding, text: all } : finding)) };
};

/**
 * The report of one run: a single HTML file that needs no network, and no script to be whole. Pure. `logger` hears what Vega says about the charts; `beside`: runs of the same file's other phases, whose verdicts on
 * claims stand with this run's. `language`: of all that the page says itself, where `run` was analysed in it; its data keep their names.
 * Works for any record that keeps to its type: unfinished, failed, or of a single cell.
 */
export const renderPage = async (run: RunRecord, logger?: LoggerInterface, beside: readonly RunRecord[] = [], language: Language = "en"): Promise<string> => {
  const t = messagesOf(language);
  const record = presentable(run);
  const { experiment } = record;
  // A chart has one clock: a peer's wall times stand in a table of their own.
  const charted = { ...record, cells: record.cells.filter(({ runtime }) => runtime === undefined) };
  const charts = new Map<string, LiveChart>();
  const rendering: Rendering = { variables: themeVariables(charted), live: charts, ...(logger === undefined ? {} : { logger }) };
  const figures = await figuresSection(charted, rendering, t);
  const stages = await stagesSection(charted, rendering, t);
  const serving = await servingSection(charted, rendering, t);
  const question = experiment.question ?? experiment.title;
  const below = html`${peersSection(record, t)}
${figures}
${stages}
${writtenTextsSection(record, t)}
${serving}
${offloadSection(record, t)}
${foundSection(record, t)}
${trustSection(record, t)}
${fitsSection(record, t)}
${cellsSection(record, t)}
${tuningSection(record, t)}
${shardsSection(record, t)}
${methodSection(record, t)}
${environmentSection(record, t)}
${reproduceSection(record, t)}`;
  const places = new Set([...below.markup.matchAll(/ id="([a-z0-9-]+)"/g)].map(([, id = ""]) => id));
  const body = html`
<header><h1>${quoted(shortened(experiment.title, 200), t)} <span class="more">· ${t.phase[experiment.phase]} · ${record.startedAt.slice(0, 10)}</span></h1>
${questionOf(question, experiment.phase, t)}</header>
<main>
${answerSection(countedWith(record, beside, t), t)}
${limitsSection(record, t)}
${claimsSection(record, places, beside.map(presentable), t)}
${below}
</main>
<footer><p>${t.page.madeBy(record.environment.attnbench.version, record.run)}<code>#results</code>${raw(t.page.madeByEnd)}</p></footer>
<script type="application/json" id="results">${raw(scriptJson(carried(run)))}</script>
<script type="application/json" id="words">${raw(scriptJson(scriptWords(t)))}</script>
${comment(`Parts of this page's scripts, and their licences:\n\n${script.licences}${charts.size > 0 ? `\n${live.licences}` : ""}`)}
${charts.size > 0 && liveParts({ config: liveConfig(rendering), charts: Object.fromEntries(charts) })}`;
  return document(`${shortened(experiment.title, 120)} · ${experiment.name} ${record.run}`, pageStyle(charted, language), body, t.lang, {
    text: script.text,
    started: charts.size > 0 ? [live.hash] : [],
  });
};

/**
 * The index of all reports: one entry a record, linked as <experiment>.html beside the index. Unfinished runs and software adapters are named
 * as such. `pagesOf`: languages in which an experiment has a page, English first. Pure.
 */
export const renderIndex = (records: Iterable<RunRecord>, pagesOf: (experiment: string) => readonly Language[] = () => ["en"]): string => {
  const entry = (run: RunRecord): Html => {
    const record = presentable(run);
    const { experiment, environment } = record;
    const warnings = warningsOf(record, en).slice(0, 1);
    const [first = "en", ...others] = pagesOf(experiment.name);
    const page = (language: Language): string => pageName(encodeURIComponent(experiment.name), language);
    return html`<li><h2><a href="${page(first)}"><bdi>${shortened(experiment.title, 200)}</bdi></a></h2>
<p class="lead"><bdi>${shortened(answerSentences(record, en)[0] ?? "", 400)}</bdi></p>
${warnings.map((text) => html`<p><span aria-hidden="true">⚠ </span><bdi>${text}</bdi></p>`)}
<p><small><bdi>${shortened(adapterName(environment.adapter, environment.deviceClass === "software") || environment.adapter.choice, 120)}</bdi> · ${experiment.phase} · ${en.tally(tallyOf(record.cells))} · ${record.startedAt.slice(0, 16).replace("T", " ")} UTC${others.map((language) => html` · <a href="${page(language)}" hreflang="${language}" lang="${language}">${messagesOf(language).language}</a>`)}</small></p></li>`;
  };
  // One at a time.
  const entries = Array.from(records, entry);
  const body = html`
<header><h1>attnbench</h1><p class="question">From which length on does linear attention beat softmax attention?</p></header>
<main>${entries.length === 0 ? html`<p>No run yet. <code>attnbench run experiments/*.yaml</code> makes one.</p>` : html`<ul class="runs">${entries}</ul>`}</main>`;
  return document("attnbench reports", indexStyle(), body, en.lang);
};
