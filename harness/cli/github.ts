import { appendFileSync } from "node:fs";
import { openSentence } from "../analysis/comparison/comparisonSentences.ts";
import type { Language } from "../messages/languages.ts";
import { messagesOf } from "../messages/messages.ts";
import type { Comparison } from "../record/comparison.ts";
import type { Finding } from "../record/derived.ts";
import type { RunRecord } from "../record/run.ts";
import { type Annotation, annotationsOf, workflowCommands } from "../report/annotations.ts";
import { renderComparison } from "../report/comparisonMarkdown.ts";
import { comparisonCode } from "./comparisonAnswer.ts";
import { exitCode } from "./exit.ts";
import type { Fault } from "./fault.ts";
import { say } from "./terminal.ts";

/** `--format github`, for a step of a GitHub workflow: the comparison goes to the job summary; what became worse is annotated, and before it what else there is to say. `language`: that the comparison was made in. */
export const tellGithub = (comparison: Comparison, before: readonly Annotation[], language: Language): void => {
  const summary = process.env.GITHUB_STEP_SUMMARY;
  if (summary) append(summary, `${renderComparison(comparison, language)}\n`);
  annotate([...before, ...annotationsOf(comparison, messagesOf(language))], language);
};

/** A summary that cannot be written changes no verdict. */
const append = (file: string, text: string): void => {
  try {
    appendFileSync(file, text);
  } catch (error) {
    say(`the job summary cannot be written: ${error instanceof Error ? error.message : String(error)}`);
  }
};

/** What fails a comparison and is no change of any cell: no exit code stands there without its reason. */
export const notPassed = (comparison: Comparison, undecided: "ok" | "fail", language: Language = "en"): readonly Annotation[] => {
  const t = messagesOf(language);
  const { checks } = t.comparison;
  const told = (message: string): readonly Annotation[] => [{ level: "error", title: checks.notPassed(comparison.head.experiment), message }];
  const code = comparisonCode(comparison, undecided);
  if (code === exitCode.nothingMeasured) return told(checks.nothing);
  if (code !== exitCode.gateFailed || comparison.gate === "fail") return [];
  return told(openSentence(comparison, t) ?? checks.open);
};

/** A base without the experiment, or too old for it, fails nothing unless what is undecided does; but nothing was held against it either. */
export const allNew = ({ head }: Comparison, baseRefused: string | undefined, undecided: "ok" | "fail", language: Language = "en"): readonly Annotation[] => {
  const { checks } = messagesOf(language).comparison;
  return [
    {
      level: undecided === "fail" ? "error" : "warning",
      title: checks.allNew(head.experiment),
      message: checks.nothingCompared(baseRefused),
    },
  ];
};

/** What is wrong with head whatever base is: cells that fail in both, and expectations. */
export const amissIn = (
  { cells, findings, experiment }: RunRecord,
  comparison: Comparison,
  isUnmet: (finding: Finding) => boolean,
  language: Language = "en",
): readonly Annotation[] => {
  const { checks } = messagesOf(language).comparison;
  return [
    ...cells.flatMap(({ id, outcome }): readonly Annotation[] => {
      const isTold = comparison.cells.some(({ cell, metrics }) => cell === id && metrics.time.verdict === "GONE" && metrics.time.gates);
      return outcome.status === "failed" && !isTold
        ? [{ level: "error", title: checks.cellFailed(experiment.name), message: `${id} (${outcome.code}): ${outcome.reason}` }]
        : [];
    }),
    ...findings.filter(isUnmet).map(({ text }): Annotation => ({ level: "error", title: checks.unmet(experiment.name), message: text })),
  ];
};

/** A command that ends before its answer says why beside the checks too: who reads those has not opened the log. */
export const annotateFault = ({ exitCode: code, message }: Fault): void =>
  annotate([{ level: "error", title: `attnbench ended with exit code ${code}`, message }], "en");

/** Runners read both streams, and stdout may be --json's. */
const annotate = (annotations: readonly Annotation[], language: Language): void => {
  for (const line of workflowCommands(annotations, messagesOf(language))) say(line);
};
