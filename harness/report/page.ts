import { createHash } from "node:crypto";
import type { LoggerInterface } from "vega";
import { claimCount } from "../analysis/claims/claimCount.ts";
import { en } from "../messages/en.ts";
import type { Language } from "../messages/languages.ts";
import { type Messages, messagesOf } from "../messages/messages.ts";
import { adapterName } from "../record/adapterName.ts";
import type { RunRecord } from "../record/run.ts";
import { themeVariables } from "./charts/theme.ts";
import { escaped, type Html, html, raw, scriptJson, shortened } from "./html.ts";
import { tallyOf } from "./outcome.ts";
import { pageName } from "./pageName.ts";
import { presentable } from "./presentable.ts";
import script from "./runtime/page.script";
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

// Nothing is fetched and no script runs but the one that is named by its hash; styles are inline because the page is one file.
const contentSecurityPolicy = (script: string | undefined): string => {
  const scripts = script === undefined ? "" : `script-src 'sha256-${createHash("sha256").update(script).digest("base64")}'; `;
  return `default-src 'none'; ${scripts}style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'`;
};

/** A whole document. `style` and `script` are trusted; title and body are escaped already or escape themselves. */
export const document = (title: string, style: string, body: Html, lang: string, script?: string): string =>
  `<!doctype html>
<html lang="${lang}"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${contentSecurityPolicy(script)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<meta name="generator" content="attnbench">
<title>${escaped(title)}</title>
<style>${style}</style></head>
<body>${body.markup}${script === undefined ? "" : `<script>${script}</script>`}</body></html>
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
  const rendering = { variables: themeVariables(charted), ...(logger === undefined ? {} : { logger }) };
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
<script type="application/json" id="results">${raw(scriptJson(carried(run)))}</script>`;
  return document(`${shortened(experiment.title, 120)} · ${experiment.name} ${record.run}`, pageStyle(charted, language), body, t.lang, script);
};

/**
 * The index of all reports: one entry a record, linked as <experiment>.html beside the index. Unfinished runs and software adapters are named
 * as such. `pagesOf`: languages in which an experiment has a page, English first. Pure.
 */
export const renderIndex = (records: readonly RunRecord[], pagesOf: (experiment: string) => readonly Language[] = () => ["en"]): string => {
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
  const body = html`
<header><h1>attnbench</h1><p class="question">From which length on does linear attention beat softmax attention?</p></header>
<main>${records.length === 0 ? html`<p>No run yet. <code>attnbench run experiments/*.yaml</code> makes one.</p>` : html`<ul class="runs">${records.map(entry)}</ul>`}</main>`;
  return document("attnbench reports", indexStyle(), body, en.lang);
};
