import { wallTimed } from "../../experiment/phases.ts";
import { isChanged } from "../../record/code.ts";
import type { Finding } from "../../record/derived.ts";
import type { RunRecord } from "../../record/run.ts";
import { type Html, html } from "../html.ts";
import { counted, reasonsOf, tallyOf, tallySentence } from "../outcome.ts";

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
  if (isChanged(record.environment.attnbench)) warnings.push("The benchmark's own code had uncommitted changes.");
  return [...warnings, ...found];
};

const verdict = (finding: Finding): Html => {
  const words = { pass: "✓ met", fail: "✕ not met", undecided: "? undecided" } as const;
  const key = finding.verdict ?? "undecided";
  return html`<li><span class="verdict ${key}">${words[key]}</span> <bdi>${finding.text}</bdi></li>`;
};

/** The sentences that stand large: the answer in plain words, or where there is none the first two. */
const leadOf = (record: RunRecord): readonly string[] => {
  const plain = record.findings.filter(({ kind }) => kind === "headline").map(({ text }) => text);
  return (plain.length > 0 ? plain : answerSentences(record)).slice(0, 2);
};

/** The answer, large. */
export const answerSection = (record: RunRecord): Html => html`
<section class="answer" aria-labelledby="answer"><h2 id="answer">Answer</h2>
${leadOf(record).map((text) => html`<p class="lead"><bdi>${text}</bdi></p>`)}
</section>`;

/** All that was found besides, in the words of the field: expectations, the other sentences of the answer, and what to beware of. Nothing where there is none. */
export const foundSection = (record: RunRecord): Html | undefined => {
  const lead = new Set(leadOf(record));
  const sentences = answerSentences(record).filter((text) => !lead.has(text));
  const expectations = record.findings.filter(({ kind }) => kind === "expectation");
  const warnings = warningsOf(record);
  if (sentences.length + expectations.length + warnings.length === 0) return undefined;
  return html`
<section aria-labelledby="found"><h2 id="found">What was found</h2>
${expectations.length > 0 && html`<h3>Expected</h3><ul class="verdicts">${expectations.map(verdict)}</ul>`}
${sentences.length > 0 && html`<ul class="found">${sentences.map((text) => html`<li><bdi>${text}</bdi></li>`)}</ul>`}
${warnings.length > 0 && html`<div class="warnings" role="note" aria-label="Warnings">${warnings.map((text) => html`<p><span aria-hidden="true">⚠ </span><bdi>${text}</bdi></p>`)}</div>`}
</section>`;
};

/** "all 3 expectations are met", "1 of 3 expectations is not met, 1 is undecided"; undefined where nothing is expected. */
export const expectationTally = ({ findings }: Pick<RunRecord, "findings">): string | undefined => {
  const all = findings.filter(({ kind }) => kind === "expectation");
  if (all.length === 0) return undefined;
  const count = (wanted: Finding["verdict"]): number => all.filter(({ verdict: found = "undecided" }) => found === wanted).length;
  const [missed, open] = [count("fail"), count("undecided")];
  const are = (number: number, what: string): string => `${number} ${number === 1 ? "is" : "are"} ${what}`;
  if (missed + open === 0) return all.length === 1 ? "What the experiment expects is met." : `All ${all.length} expectations are met.`;
  return `Of ${counted(all.length, "expectation")}, ${[...(missed > 0 ? [are(missed, "not met")] : []), ...(open > 0 ? [are(open, "undecided")] : [])].join(", ")}.`;
};
