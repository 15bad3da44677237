import { groupBy } from "../analysis/grouping.ts";
import { en } from "../messages/en.ts";
import type { Language } from "../messages/languages.ts";
import { type Messages, messagesOf } from "../messages/messages.ts";
import { documentParts } from "./document.ts";
import { type Html, html, shortened } from "./html.ts";
import type { IndexEntry } from "./indexEntry.ts";
import { quoted, said } from "./said.ts";
import { warningSign } from "./sections/warningSign.ts";
import { indexStyle } from "./style.ts";

/** A run that has a page, in one language or several. */
export interface IndexedRun extends IndexEntry {
  /** names of files beside the index, English first */
  readonly pages: readonly { readonly language: Language; readonly file: string }[];
}

/** More experiments than so many are listed at the top too. */
const fewestListed = 6;
/** Characters of an answer that a line has room for. */
const longestAnswer = 320;

const time = ({ startedAt }: IndexEntry): Html => html`<time>${startedAt.slice(0, 16).replace("T", " ")} UTC</time>`;

/** The language of what is said of a run. */
const wordsOf = ({ language = "en" }: IndexEntry): Messages => messagesOf(language);

const langOf = (run: IndexEntry): Html => html`${run.language !== undefined && html` lang="${wordsOf(run).lang}"`}`;

const hrefOf = ({ pages: [first] }: IndexedRun): string => encodeURIComponent(first?.file ?? "");

/** Its pages in other languages than the one that its name links to. */
const othersOf = ({ pages: [, ...others] }: IndexedRun): readonly Html[] =>
  others.map(
    ({ language, file }) => html` · <a href="${encodeURIComponent(file)}" hreflang="${language}" lang="${language}">${messagesOf(language).language}</a>`,
  );

/** The newest run of a device, with its answer. `isNamed`: the device stands above it. */
const large = (run: IndexedRun, isNamed: boolean): Html => html`${run.lead.map((text) => html`<p class="lead">${said(text, wordsOf(run))}</p>`)}
${run.warning !== undefined && html`<p>${warningSign}${said(run.warning, wordsOf(run))}</p>`}
<p><small>${isNamed ? "" : html`${said(run.device, wordsOf(run))} · `}${run.language === undefined ? run.phase : wordsOf(run).phase[run.phase]} · ${run.cells} · ${time(run)}${othersOf(run)}</small></p>`;

/** An earlier run of a device, in a line. */
const line = (run: IndexedRun): Html =>
  html`<li${langOf(run)}><a href="${hrefOf(run)}">${time(run)}</a>${othersOf(run)}<br>${said(shortened(run.answer, longestAnswer), wordsOf(run))}</li>`;

/** A device's newest run, and its earlier ones folded away: a folder of pages grows by one with every run. `isNamed`: it is one of several. */
const deviceEntry = ([newest, ...earlier]: readonly IndexedRun[], isNamed: boolean): Html | undefined =>
  newest &&
  html`<div${langOf(newest)}>${isNamed && html`<h3><a href="${hrefOf(newest)}">${said(newest.device, wordsOf(newest))}</a></h3>`}${large(newest, isNamed)}
${earlier.length > 0 && html`<details><summary>${wordsOf(newest).index.earlier(earlier.length)}</summary><ul class="earlier">${earlier.map(line)}</ul></details>`}</div>`;

const experimentEntry = (name: string, runs: readonly IndexedRun[]): Html => {
  const devices = [...groupBy(runs, ({ device }) => device).values()];
  const [first] = runs;
  return html`<li><h2><a id="${anchorOf(name)}" href="${first && hrefOf(first)}">${quoted(first?.title ?? name, first ? wordsOf(first) : en)}</a></h2>
<div class="devices">${devices.map((own) => deviceEntry(own, devices.length > 1))}</div></li>`;
};

const anchorOf = (experiment: string): string => `of-${experiment}`;

/**
 * The index of all reports: an entry an experiment, with the newest run of each device and its answer, and earlier ones in a line each, folded away. Runs of an experiment are given newest first; those whose page
 * is no run by itself are left out. Pure.
 */
export const renderIndex = (runs: readonly IndexedRun[]): string => {
  const experiments = [
    ...groupBy(
      runs.filter(({ isPart }) => !isPart),
      ({ experiment }) => experiment,
    ),
  ];
  // A folder of Chinese pages alone has a Chinese index.
  const t = messagesOf(runs.length > 0 && runs.every(({ language }) => language === runs[0]?.language) ? (runs[0]?.language ?? "en") : "en");
  const body = html`
<header><h1>attnbench</h1><p class="question">${t.index.question}</p></header>
<main>${experiments.length > fewestListed && html`<nav aria-label="${t.index.experiments}"><p>${experiments.map(([name], i) => html`${i > 0 && " · "}<a href="#${anchorOf(name)}">${name}</a>`)}</p></nav>`}
${experiments.length === 0 ? html`<p>${t.index.none} <code>attnbench run experiments/*.yaml</code></p>` : html`<ul class="runs">${experiments.map(([name, own]) => experimentEntry(name, own))}</ul>`}</main>`;
  return [...documentParts("attnbench reports", indexStyle(), [body.markup], t.lang)].join("");
};
