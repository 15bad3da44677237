import { createHash } from "node:crypto";
import { deflateSync } from "node:zlib";
import type { LoggerInterface } from "vega";
import { byThisRun, claimCount } from "../analysis/claims/claimCount.ts";
import { adapterName } from "../record/adapterName.ts";
import type { RunRecord } from "../record/run.ts";
import { liveConfig, type Rendering } from "./charts/render.ts";
import { themeVariables } from "./charts/theme.ts";
import { escaped, type Html, html, raw, scriptJson, shortened } from "./html.ts";
import { tallyOf, tallySentence } from "./outcome.ts";
import { presentable } from "./presentable.ts";
import * as live from "./runtime/live.packed";
import type { LiveChart, LiveCharts } from "./runtime/liveChart.ts";
import * as script from "./runtime/page.script";
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
export const document = (title: string, style: string, body: Html, scripts?: Scripts): string =>
  `<!doctype html>
<html lang="en"><head><meta charset="utf-8">
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

// A comment ends at the first "-->", whoever wrote it.
const comment = (text: string): Html => raw(`<!--\n${text.replaceAll("--", "- -")}\n-->`);

/** What the charts are drawn from anew when a reader comes to them, and the script that does it: both compressed, since most of it is said many times over. */
const liveParts = (charts: LiveCharts): Html => html`
<script type="text/plain" id="live-charts">${raw(deflateSync(JSON.stringify(charts), { level: 9 }).toString("base64"))}</script>
<script type="text/plain" id="live-runtime">${raw(live.packed)}</script>`;

/** The record with how many claims hold in all of a file's runs, where it says how many do in its own. */
const countedWith = (record: RunRecord, beside: readonly RunRecord[]): RunRecord => {
  const [own, all] = [claimCount([record], byThisRun), claimCount([record, ...beside])];
  if (beside.length === 0 || all === undefined) return record;
  return { ...record, findings: record.findings.map((finding) => (finding.text === own ? { ...finding, text: all } : finding)) };
};

/**
 * The report of one run: a single HTML file that needs no network, and no script to be whole. Pure. `logger` hears what Vega says about the charts; `beside`: runs of the same file's other phases, whose verdicts on
 * claims stand with this run's.
 * Works for any record that keeps to its type: unfinished, failed, or of a single cell.
 */
export const renderPage = async (run: RunRecord, logger?: LoggerInterface, beside: readonly RunRecord[] = []): Promise<string> => {
  const record = presentable(run);
  const { experiment } = record;
  // A chart has one clock: a peer's wall times stand in a table of their own.
  const charted = { ...record, cells: record.cells.filter(({ runtime }) => runtime === undefined) };
  const charts = new Map<string, LiveChart>();
  const rendering: Rendering = { variables: themeVariables(charted), live: charts, ...(logger === undefined ? {} : { logger }) };
  const figures = await figuresSection(charted, rendering);
  const stages = await stagesSection(charted, rendering);
  const serving = await servingSection(charted, rendering);
  const question = experiment.question ?? experiment.title;
  const below = html`${peersSection(record)}
${figures}
${stages}
${writtenTextsSection(record)}
${serving}
${offloadSection(record)}
${foundSection(record)}
${trustSection(record)}
${fitsSection(record)}
${cellsSection(record)}
${tuningSection(record)}
${shardsSection(record)}
${methodSection(record)}
${environmentSection(record)}
${reproduceSection(record)}`;
  const places = new Set([...below.markup.matchAll(/ id="([a-z0-9-]+)"/g)].map(([, id = ""]) => id));
  const body = html`
<header><h1><bdi>${shortened(experiment.title, 200)}</bdi> <span class="more">· ${experiment.phase} · ${record.startedAt.slice(0, 10)}</span></h1>
<p class="question"><bdi>${shortened(question, 300)}</bdi></p></header>
<main>
${answerSection(countedWith(record, beside))}
${limitsSection(record)}
${claimsSection(record, places, beside.map(presentable))}
${below}
</main>
<footer><p>Made by attnbench ${record.environment.attnbench.version} from run ${record.run}. This page holds its results as JSON in the element <code>#results</code>; raw samples are in the run's folder.</p></footer>
<script type="application/json" id="results">${raw(scriptJson(carried(run)))}</script>
${comment(`Parts of this page's scripts, and their licences:\n\n${script.licences}${charts.size > 0 ? `\n${live.licences}` : ""}`)}
${charts.size > 0 && liveParts({ config: liveConfig(rendering), charts: Object.fromEntries(charts) })}`;
  return document(`${shortened(experiment.title, 120)} · ${experiment.name} ${record.run}`, pageStyle(charted), body, {
    text: script.text,
    started: charts.size > 0 ? [live.hash] : [],
  });
};

/**
 * The index of all reports: one entry a record, linked as <experiment>.html beside the index. Unfinished runs and software adapters are named
 * as such. Pure.
 */
export const renderIndex = (records: readonly RunRecord[]): string => {
  const entry = (run: RunRecord): Html => {
    const record = presentable(run);
    const { experiment, environment } = record;
    const warnings = warningsOf(record).slice(0, 1);
    return html`<li><h2><a href="${encodeURIComponent(experiment.name)}.html"><bdi>${shortened(experiment.title, 200)}</bdi></a></h2>
<p class="lead"><bdi>${shortened(answerSentences(record)[0] ?? "", 400)}</bdi></p>
${warnings.map((text) => html`<p><span aria-hidden="true">⚠ </span><bdi>${text}</bdi></p>`)}
<p><small><bdi>${shortened(adapterName(environment.adapter, environment.deviceClass === "software") || environment.adapter.choice, 120)}</bdi> · ${experiment.phase} · ${tallySentence(tallyOf(record.cells))} · ${record.startedAt.slice(0, 16).replace("T", " ")} UTC</small></p></li>`;
  };
  const body = html`
<header><h1>attnbench</h1><p class="question">From which length on does linear attention beat softmax attention?</p></header>
<main>${records.length === 0 ? html`<p>No run yet. <code>attnbench run experiments/*.yaml</code> makes one.</p>` : html`<ul class="runs">${records.map(entry)}</ul>`}</main>`;
  return document("attnbench reports", indexStyle(), body);
};
