import type { LoggerInterface } from "vega";
import { claimCount } from "../analysis/claims/claimCount.ts";
import type { Language } from "../messages/languages.ts";
import { type Messages, messagesOf } from "../messages/messages.ts";
import type { RunRecord } from "../record/run.ts";
import type { BesideRun } from "./besideRun.ts";
import { carriedRecord } from "./carriedRecord.ts";
import { leadingOf, servingLeads } from "./charts/leading.ts";
import { liveConfig, type Rendering } from "./charts/render.ts";
import { themeVariables } from "./charts/theme.ts";
import { documentParts } from "./document.ts";
import { type Html, html, raw, scriptJson, shortened } from "./html.ts";
import { entryMeta, indexEntry } from "./indexEntry.ts";
import { packed } from "./packed.ts";
import { presentable } from "./presentable.ts";
import { carriedCharts } from "./runtime/carriedCharts.ts";
import * as live from "./runtime/live.packed";
import type { LiveChart, LiveCharts } from "./runtime/liveChart.ts";
import * as script from "./runtime/page.script";
import { scriptWords } from "./runtime/words.ts";
import { isForeign, quoted } from "./said.ts";
import { answerSection, comparedLine, foundSection } from "./sections/answer.ts";
import { claimsSection } from "./sections/claims.ts";
import { environmentSection, methodSection, reproduceSection } from "./sections/details.ts";
import { figuresSection } from "./sections/figures.ts";
import { leadingGrowthFigure } from "./sections/growthFigure.ts";
import { limitsSection } from "./sections/limits.ts";
import { offloadSection } from "./sections/offload.ts";
import { leadingPeersFigure, peersFigureStyle } from "./sections/peerFigure.ts";
import { peersSection } from "./sections/peers.ts";
import { leadingServingFigure, servingSection } from "./sections/serving.ts";
import { shardsSection } from "./sections/shards.ts";
import { longestQuestion } from "./sections/sight.ts";
import { stagesSection } from "./sections/stages.ts";
import { cellsSection, fitsSection } from "./sections/tables.ts";
import { trustSection } from "./sections/trust.ts";
import { tuningSection } from "./sections/tuning.ts";
import { writtenTextsSection } from "./sections/writtenTexts.ts";
import { pageStyle } from "./style.ts";

/** Characters of a title that leave the answer on the first screen. */
const longestTitle = 110;

/** Title and question as they were given, where the head of the page has but their beginning; undefined where it has all. */
const wholeSection = ({ title, question = title }: RunRecord["experiment"], t: Messages): Html | undefined =>
  isWhole(title, longestTitle) && isWhole(question, longestQuestion)
    ? undefined
    : html`<details><summary>${t.page.whole}</summary><div id="whole">${[...new Set([title, question])].map((words) => html`<p>${quoted(words, t)}</p>`)}</div></details>`;

const isWhole = (text: string, length: number): boolean => shortened(text, length) === text;

/** What the run asks, in its author's words; where these are in another language than the page, in the page's own before them. */
const questionOf = ({ title, question = title, phase, serving }: RunRecord["experiment"], t: Messages): Html => {
  const asked = quoted(shortened(question, longestQuestion), t);
  const own = isForeign(question, t) ? t.page.question(phase, serving?.memoryBytes) : undefined;
  return own === undefined
    ? html`<p class="question">${asked}</p>`
    : html`<p class="question">${own}</p>
<p>${asked}</p>`;
};

/** The figure that stands beside the answer; undefined where nothing was measured that could be drawn. */
const leadingFigureOf = async (record: RunRecord, rendering: Rendering, t: Messages): Promise<Html | undefined> => {
  if (servingLeads(record)) return leadingServingFigure(record, rendering, t);
  const leading = leadingOf(record);
  return leading && leadingGrowthFigure(record, leading.metric, leading.facet, rendering, t);
};

// A comment ends at the first "-->", whoever wrote it.
const comment = (text: string): Html => raw(`<!--\n${text.replaceAll("--", "- -")}\n-->`);

/** What the charts are drawn from anew when a reader comes to them, and the script that does it: both compressed, since most of it is said many times over. */
const liveParts = (charts: LiveCharts): Html => html`
<script type="text/plain" id="live-charts">${raw(packed(JSON.stringify(carriedCharts(charts))))}</script>
<script type="text/plain" id="live-runtime">${raw(live.packed)}</script>`;

/** The record with how many claims hold in all of a file's runs, where it says how many do in its own. */
const countedWith = (record: RunRecord, beside: readonly BesideRun[], t: Messages): RunRecord => {
  const [own, all] = [claimCount([record], true, t), claimCount([record, ...beside.map((one) => one.record)], false, t)];
  if (beside.length === 0 || all === undefined) return record;
  return { ...record, findings: record.findings.map((finding) => (finding.text === own ? { ...finding, text: all } : finding)) };
};

/**
 * The report of one run: a single HTML file that needs no network, and no script to be whole. Pure. `logger` hears what Vega says about the charts; `beside`: runs of the same file's other phases, whose verdicts on
 * claims stand with this run's. `language`: of all that the page says itself, where `run` was analysed in it; its data keep their names.
 * Works for any record that keeps to its type: unfinished, failed, or of a single cell.
 */
export const renderPage = async (run: RunRecord, logger?: LoggerInterface, beside: readonly BesideRun[] = [], language: Language = "en"): Promise<string> =>
  [...(await pageParts(run, logger, beside, language))].join("");

/** The same in parts that follow each other: of thousands of cells, the one text would be held several times over before it is in its file. */
export const pageParts = async (
  run: RunRecord,
  logger?: LoggerInterface,
  beside: readonly BesideRun[] = [],
  language: Language = "en",
): Promise<Iterable<string>> => {
  const t = messagesOf(language);
  const record = presentable(run);
  const { experiment } = record;
  // A chart has one clock: a peer's wall times stand in a table of their own.
  const charted = { ...record, cells: record.cells.filter(({ runtime }) => runtime === undefined) };
  const charts = new Map<string, LiveChart>();
  const rendering: Rendering = { variables: themeVariables(charted), live: charts, ...(logger === undefined ? {} : { logger }) };
  const whole = wholeSection(experiment, t);
  const charting = await leadingFigureOf(charted, rendering, t);
  // What the answer is of stands beside it; the chart that else would, behind the table.
  const besidePeers = leadingPeersFigure(record, t);
  const leading = besidePeers ?? charting;
  const below = [
    peersSection(record, t),
    besidePeers && charting && html`<div class="figures">${charting}</div>`,
    await figuresSection(charted, rendering, t),
    await stagesSection(charted, rendering, t),
    writtenTextsSection(record, t),
    await servingSection(charted, rendering, t),
    offloadSection(record, t),
    foundSection(record, t),
    fitsSection(record, t),
    cellsSection(record, t),
    tuningSection(record, t),
    shardsSection(record, t),
    whole,
    methodSection(record, t),
    environmentSection(record, t),
    reproduceSection(record, t),
  ].flatMap((section) => section?.markup ?? []);
  const places = new Set(
    [...(leading ? [leading.markup] : []), ...below].flatMap((markup) => [...markup.matchAll(/ id="([a-z0-9-]+)"/g)].map(([, id = ""]) => id)),
  );
  const counted = countedWith(record, beside, t);
  const above = html`
<header><h1>${quoted(shortened(experiment.title, longestTitle), t)} <span class="more">· ${t.phase[experiment.phase]} · <time>${record.startedAt.slice(0, 10)}</time>${whole && html` · <a href="#whole">${t.page.whole}</a>`}</span></h1>
${questionOf(experiment, t)}
${comparedLine(record, t)}</header>
<main>
<div class="first">
${answerSection(counted, t)}
${leading}
${limitsSection(counted, t)}
</div>
${trustSection(record, t)}
${claimsSection(
  record,
  places,
  beside.map((one) => ({ ...one, record: presentable(one.record) })),
  t,
)}
`;
  const footer = html`</main>
<footer><p>${t.page.madeBy((record.analysedBy ?? record.environment.attnbench).version, record.run)}<code>#results</code>${raw(t.page.madeByEnd)}</p></footer>
`;
  const scripts = html`<script type="application/json" id="words">${raw(scriptJson(scriptWords(t)))}</script>
${comment(`Parts of this page's scripts, and their licences:\n\n${script.licences}${charts.size > 0 ? `\n${live.licences}` : ""}`)}
${charts.size > 0 && liveParts({ config: liveConfig(rendering), charts: Object.fromEntries(charts) })}`;
  function* body(): Generator<string> {
    yield above.markup;
    for (const markup of below) yield `${markup}\n`;
    yield footer.markup;
    yield carriedRecord(run).markup;
    yield scripts.markup;
  }
  const scriptsOfPage = { text: script.text, started: charts.size > 0 ? [live.hash] : [] };
  const title = `${shortened(experiment.title, 120)} · ${experiment.name} ${record.run}`;
  return documentParts(
    title,
    `${pageStyle(charted, language)}${besidePeers ? peersFigureStyle : ""}`,
    body(),
    t.lang,
    scriptsOfPage,
    entryMeta(indexEntry(run, language)),
  );
};
