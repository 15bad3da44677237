import { groupBy } from "../analysis/grouping.ts";
import { en } from "../messages/en.ts";
import type { Language } from "../messages/languages.ts";
import { messagesOf } from "../messages/messages.ts";
import { documentParts } from "./document.ts";
import { type Html, html, shortened } from "./html.ts";
import type { IndexEntry } from "./indexEntry.ts";
import { said } from "./said.ts";
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

const hrefOf = ({ pages: [first] }: IndexedRun): string => encodeURIComponent(first?.file ?? "");

/** Its pages in other languages than the one that its name links to. */
const othersOf = ({ pages: [, ...others] }: IndexedRun): readonly Html[] =>
  others.map(
    ({ language, file }) => html` · <a href="${encodeURIComponent(file)}" hreflang="${language}" lang="${language}">${messagesOf(language).language}</a>`,
  );

/** The newest run of a device, with its answer. `isNamed`: the device stands above it. */
const large = (run: IndexedRun, isNamed: boolean): Html => html`${run.lead.map((text) => html`<p class="lead">${said(text, en)}</p>`)}
${run.warning !== undefined && html`<p>${warningSign}${said(run.warning, en)}</p>`}
<p><small>${isNamed ? "" : html`${said(run.device, en)} · `}${run.phase} · ${run.cells} · ${time(run)}${othersOf(run)}</small></p>`;

/** An earlier run of a device, in a line. */
const line = (run: IndexedRun): Html =>
  html`<li><a href="${hrefOf(run)}">${time(run)}</a>${othersOf(run)}<br>${said(shortened(run.answer, longestAnswer), en)}</li>`;

/** A device's newest run, and its earlier ones folded away: a folder of pages grows by one with every run. `isNamed`: it is one of several. */
const deviceEntry = ([newest, ...earlier]: readonly IndexedRun[], isNamed: boolean): Html | undefined =>
  newest &&
  html`<div>${isNamed && html`<h3><a href="${hrefOf(newest)}">${said(newest.device, en)}</a></h3>`}${large(newest, isNamed)}
${earlier.length > 0 && html`<details><summary>${en.index.earlier(earlier.length)}</summary><ul class="earlier">${earlier.map(line)}</ul></details>`}</div>`;

const experimentEntry = (name: string, runs: readonly IndexedRun[]): Html => {
  const devices = [...groupBy(runs, ({ device }) => device).values()];
  const [first] = runs;
  return html`<li><h2><a id="${anchorOf(name)}" href="${first && hrefOf(first)}">${said(first?.title ?? name, en)}</a></h2>
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
  const body = html`
<header><h1>attnbench</h1><p class="question">${en.index.question}</p></header>
<main>${experiments.length > fewestListed && html`<nav aria-label="${en.index.experiments}"><p>${experiments.map(([name], i) => html`${i > 0 && " · "}<a href="#${anchorOf(name)}">${name}</a>`)}</p></nav>`}
${experiments.length === 0 ? html`<p>${en.index.none} <code>attnbench run experiments/*.yaml</code></p>` : html`<ul class="runs">${experiments.map(([name, own]) => experimentEntry(name, own))}</ul>`}</main>`;
  return [...documentParts("attnbench reports", indexStyle(), [body.markup], en.lang)].join("");
};
