import { wallTimed } from "../../experiment/phases.ts";
import type { Finding } from "../../record/derived.ts";
import type { RunRecord } from "../../record/run.ts";
import { type Html, html } from "../html.ts";
import { reasonsOf, tallyOf, tallySentence } from "../outcome.ts";

/** Sentences of the answer: the record's findings, or what there is to say when nothing could be found. */
export const answerSentences = (record: RunRecord): readonly string[] => {
  const sentences = record.findings.filter(({ kind }) => kind !== "warning" && kind !== "expectation").map(({ text }) => text);
  if (sentences.length > 0) return sentences;
  const tally = tallyOf(record.cells);
  if (tally.ok === 0) {
    const reasons = reasonsOf(record.cells);
    return [`Nothing was measured, so this run has no answer: ${tallySentence(tally)}${reasons === "" ? "" : ` (${reasons})`}.`];
  }
  return [`${tallySentence(tally)}; too little for an answer. The table below holds what there is.`];
};

/** What a reader must know before believing any number, most serious first. */
export const warningsOf = (record: RunRecord): readonly string[] => {
  const found = record.findings.filter(({ kind }) => kind === "warning").map(({ text }) => text);
  const warnings: string[] = [];
  const tally = tallyOf(record.cells);
  // Of a merged run the answer says which of its shards.
  if (record.state === "interrupted" && !record.merged)
    warnings.push(`This run was interrupted: ${tallySentence(tally)}. What is shown is what had been measured by then.`);
  if (record.state === "failed" && !record.merged) warnings.push("This run broke off with an error. What is shown is what had been measured by then.");
  if (record.state === "running") warnings.push("This run has not ended. What is shown is what has been measured so far.");
  if (record.environment.deviceClass === "software")
    warnings.push("Measured on a CPU that emulates a GPU. Growth laws and bytes carry over to a GPU; times and n* do not.");
  // analysis says this too, once there is something to analyse
  if (record.environment.clock.source === "wall" && !found.some((text) => text.includes("wall-clock")))
    warnings.push(
      `${wallTimed.has(record.experiment.phase) ? "Part of what is timed is not on the GPU" : "This adapter has no GPU clock"}: times are wall-clock times and contain the cost of submitting work.`,
    );
  if (record.environment.attnbench.dirty === true) warnings.push("The benchmark's own code had uncommitted changes.");
  return [...warnings, ...found];
};

const verdict = (finding: Finding): Html => {
  const words = { pass: "✓ met", fail: "✕ not met", undecided: "? undecided" } as const;
  const key = finding.verdict ?? "undecided";
  return html`<li><span class="verdict ${key}">${words[key]}</span> <bdi>${finding.text}</bdi></li>`;
};

/** The answer: the first two sentences large, the rest beneath, then expectations and warnings. */
export const answerSection = (record: RunRecord): Html => {
  const sentences = answerSentences(record);
  const expectations = record.findings.filter(({ kind }) => kind === "expectation");
  const warnings = warningsOf(record);
  return html`
<section class="answer" aria-labelledby="answer"><h2 id="answer">Answer</h2>
${sentences.slice(0, 2).map((text) => html`<p class="lead"><bdi>${text}</bdi></p>`)}
${sentences.length > 2 && html`<ul class="more">${sentences.slice(2).map((text) => html`<li><bdi>${text}</bdi></li>`)}</ul>`}
${expectations.length > 0 && html`<h3>Expected</h3><ul class="verdicts">${expectations.map(verdict)}</ul>`}
${warnings.length > 0 && html`<div class="warnings" role="note" aria-label="Warnings">${warnings.map((text) => html`<p><span aria-hidden="true">⚠ </span><bdi>${text}</bdi></p>`)}</div>`}
</section>`;
};
