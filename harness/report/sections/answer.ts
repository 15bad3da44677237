import { measuredModel } from "../../analysis/measuredModel.ts";
import { wallTimed } from "../../experiment/phases.ts";
import type { Messages } from "../../messages/messages.ts";
import { isChanged } from "../../record/code.ts";
import type { Finding } from "../../record/derived.ts";
import type { RunRecord } from "../../record/run.ts";
import { type Html, html, shortened } from "../html.ts";
import { reasonsOf, tallyOf } from "../outcome.ts";
import { reasoned, said } from "../said.ts";
import { warningSign } from "./warningSign.ts";

/** Sentences of the answer: the record's findings, or what there is to say when nothing could be found. */
export const answerSentences = (record: RunRecord, t: Messages): readonly string[] => {
  const sentences = record.findings.filter(({ kind }) => kind !== "warning" && kind !== "expectation").map(({ text }) => text);
  if (sentences.length > 0) return sentences;
  const tally = tallyOf(record.cells);
  return [tally.ok === 0 ? t.page.nothingMeasured(tally, reasonsOf(record.cells, t)) : t.page.tooLittle(tally)];
};

/** What a reader must know before believing any number, most serious first. */
export const warningsOf = (record: RunRecord, t: Messages): readonly string[] => {
  const found = record.findings.filter(({ kind }) => kind === "warning").map(({ text }) => text);
  const warnings: string[] = [];
  const partOffGpu = wallTimed.has(record.experiment.phase);
  // Of a merged run the answer says which of its shards.
  if (record.state === "interrupted" && !record.merged) warnings.push(t.warning.interrupted(tallyOf(record.cells)));
  if (record.state === "failed" && !record.merged) warnings.push(t.warning.failed);
  if (record.state === "running") warnings.push(t.warning.running);
  if (record.environment.deviceClass === "software") warnings.push(t.warning.software);
  // analysis says this too, once there is something to analyse
  if (record.environment.clock.source === "wall" && !found.includes(t.warning.wallClock(partOffGpu))) warnings.push(t.warning.noGpuClock(partOffGpu));
  if (isChanged(record.environment.attnbench)) warnings.push(t.warning.dirty);
  return [...warnings, ...found];
};

const verdict = (finding: Finding, t: Messages): Html => {
  const key = finding.verdict ?? "undecided";
  return html`<li><span class="verdict ${key}">${t.page.verdict[key]}</span> ${reasoned(finding.text, t)}</li>`;
};

/** How many of the claims hold that the experiment asks for. */
const claimCountOf = ({ experiment, findings }: RunRecord): string | undefined =>
  experiment.claims?.length ? findings.find(({ kind }) => kind === "headline")?.text : undefined;

/** More of a sentence is no answer at a glance: of one in plain words, and of any other. */
const longestPlain = 480;
const longestOther = 180;

/** Up to the first full stop. */
const firstSentence = (text: string): string => /^.*?(?:[.!?](?=\s)|[。！？])/su.exec(text)?.[0] ?? text;

/** The two sentences that stand large: how many claims hold where the experiment asks that, and the answer in plain words, or where there is none the first of what was found. */
export const leadOf = (record: RunRecord, t: Messages): readonly string[] => {
  const count = claimCountOf(record);
  const plain = record.findings.filter(({ kind, text }) => kind === "headline" && text !== count).map(({ text }) => text);
  const found = answerSentences(record, t).filter((text) => text !== count);
  // Beside a count of claims, what else was found is no answer.
  const [first = []] = [plain, count === undefined ? found : []].filter((sentences) => sentences.length > 0);
  return [...(count === undefined ? [] : [count]), ...first]
    .slice(0, 2)
    .map((text) => shortened(firstSentence(text), plain.length > 0 ? longestPlain : longestOther));
};

/** What is compared, in words that everyone knows, where the others are explained, and which model was measured. */
export const comparedLine = (record: RunRecord, t: Messages): Html => {
  const kinds = (["softmax", "linear"] as const).filter((kind) => record.cells.some(({ family }) => family === kind));
  const measured = measuredModel(record, t);
  return html`<p class="compared">${t.page.compared(kinds)} <a href="#glossary">${t.page.words}</a></p>${measured && html`<p class="compared"><strong>${measured}</strong></p>`}`;
};

/** The answer, large; on a narrow screen, where "How sure is this?" lies below the figure, with what must be known of a CPU emulation: behind the first sentence, since a long second one would push it off the screen. */
export const answerSection = (record: RunRecord, t: Messages): Html => {
  const [first, ...others] = leadOf(record, t).map(
    (text) => html`<p class="lead">${text === claimCountOf(record) ? html`${said(text, t)} <a href="#claims">${t.page.claims}</a>` : said(text, t)}</p>`,
  );
  return html`
<section class="answer" aria-labelledby="answer"><h2 id="answer">${t.page.answer}</h2>
${first}
${record.environment.deviceClass === "software" && html`<p class="caveat">${warningSign}${t.page.emulationCaveat} <a href="#sure">${t.sure.heading}</a></p>`}
${others}
</section>`;
};

/** All that was found besides, in the words of the field: expectations, the other sentences of the answer, and what to beware of. Nothing where there is none. */
export const foundSection = (record: RunRecord, t: Messages): Html | undefined => {
  const lead = new Set(leadOf(record, t));
  const sentences = answerSentences(record, t).filter((text) => !lead.has(text) && text !== claimCountOf(record));
  const expectations = record.findings.filter(({ kind }) => kind === "expectation");
  const warnings = warningsOf(record, t);
  if (sentences.length + expectations.length + warnings.length === 0) return undefined;
  return html`
<section aria-labelledby="found"><h2 id="found">${t.page.found}</h2>
${expectations.length > 0 && html`<h3>${t.page.expected}</h3><ul class="verdicts">${expectations.map((finding) => verdict(finding, t))}</ul>`}
${sentences.length > 0 && html`<ul class="found">${sentences.map((text) => html`<li>${said(text, t)}</li>`)}</ul>`}
${warnings.length > 0 && html`<div class="warnings" role="note" aria-label="${t.page.warnings}">${warnings.map((text) => html`<p>${warningSign}${said(text, t)}</p>`)}</div>`}
</section>`;
};

/** "all 3 expectations are met", "1 of 3 expectations is not met, 1 is undecided"; undefined where nothing is expected. */
export const expectationTally = ({ findings }: Pick<RunRecord, "findings">, t: Messages): string | undefined => {
  const all = findings.filter(({ kind }) => kind === "expectation");
  if (all.length === 0) return undefined;
  const count = (wanted: Finding["verdict"]): number => all.filter(({ verdict: found = "undecided" }) => found === wanted).length;
  const [missed, open] = [count("fail"), count("undecided")];
  return missed + open === 0 ? t.page.allMet(all.length) : t.page.someMet(all.length, missed, open);
};
