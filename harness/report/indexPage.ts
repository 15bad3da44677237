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

/** So many other runs of an experiment stand open. */
const mostOpen = 5;
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

/** Any other run, in a line. */
const line = (run: IndexedRun): Html =>
  html`<li><a href="${hrefOf(run)}">${time(run)}</a> · ${said(run.device, en)}${othersOf(run)}<br>${said(shortened(run.answer, longestAnswer), en)}</li>`;

const lines = (runs: readonly IndexedRun[]): Html => html`<ul class="earlier">${runs.map(line)}</ul>`;

const experimentEntry = (name: string, runs: readonly IndexedRun[]): Html => {
  const newest = [...groupBy(runs, ({ device }) => device).values()].flatMap(([first]) => first ?? []);
  const others = runs.filter((run) => !newest.includes(run));
  const [first] = newest;
  const hidden = others.slice(mostOpen);
  return html`<li><h2><a id="${anchorOf(name)}" href="${first && hrefOf(first)}">${said(first?.title ?? name, en)}</a></h2>
${newest.length === 1 ? newest.map((run) => large(run, false)) : newest.map((run) => html`<h3><a href="${hrefOf(run)}">${said(run.device, en)}</a></h3>${large(run, true)}`)}
${others.length > 0 && html`<h3>${en.index.others(others.length)}</h3>${lines(others.slice(0, mostOpen))}`}
${hidden.length > 0 && html`<details><summary>${en.index.more(hidden.length)}</summary>${lines(hidden)}</details>`}</li>`;
};

const anchorOf = (experiment: string): string => `of-${experiment}`;

/**
 * The index of all reports: an entry an experiment, with the newest run of each device and its answer, and every other run in a line. Runs of an experiment are given newest first; those whose page
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
