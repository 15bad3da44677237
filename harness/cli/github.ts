import { appendFileSync } from "node:fs";
import type { Comparison } from "../record/comparison.ts";
import type { Finding } from "../record/derived.ts";
import type { RunRecord } from "../record/run.ts";
import { type Annotation, annotationsOf, workflowCommands } from "../report/annotations.ts";
import { renderComparison } from "../report/comparisonMarkdown.ts";
import { comparisonCode } from "./comparisonAnswer.ts";
import { exitCode } from "./exit.ts";
import type { Fault } from "./fault.ts";
import { say } from "./terminal.ts";

/** `--format github`, for a step of a GitHub workflow: the comparison goes to the job summary; what became worse is annotated, and before it what else there is to say. */
export const tellGithub = (comparison: Comparison, before: readonly Annotation[]): void => {
  const summary = process.env.GITHUB_STEP_SUMMARY;
  if (summary) append(summary, `${renderComparison(comparison)}\n`);
  annotate([...before, ...annotationsOf(comparison)]);
};

/** A summary that cannot be written changes no verdict. */
const append = (file: string, text: string): void => {
  try {
    appendFileSync(file, text);
  } catch (error) {
    say(`the job summary cannot be written: ${error instanceof Error ? error.message : String(error)}`);
  }
};

/** First words of the sentences that say why a gate is undecided, the plainest first. */
const reasons = [/^FAILED in both/, /^UNDECIDED(?! of the arms)/, /^GONE/, /^NEW.* What helps/, /^SLOWER/, /^UNDECIDED of the arms(?!.*does not gate)/, /^NEW/];

/** What fails a comparison and is no change of any cell: no exit code stands there without its reason. */
export const notPassed = (comparison: Comparison, undecided: "ok" | "fail"): readonly Annotation[] => {
  const { gate, head, findings } = comparison;
  const told = (message: string): readonly Annotation[] => [{ level: "error", title: `${head.experiment}: not passed`, message }];
  const code = comparisonCode(comparison, undecided);
  if (code === exitCode.nothingMeasured) return told("Nothing was measured in both, so nothing is known to be as it was.");
  if (code !== exitCode.gateFailed || gate === "fail") return [];
  const why = reasons.flatMap((reason) => findings.find((text) => reason.test(text)) ?? []);
  return told(why[0] ?? "Something is undecided.");
};

/** A base without the experiment, or too old for it, fails nothing unless what is undecided does; but nothing was held against it either. */
export const allNew = ({ head }: Comparison, baseRefused: string | undefined, undecided: "ok" | "fail"): readonly Annotation[] => [
  {
    level: undecided === "fail" ? "error" : "warning",
    title: `${head.experiment}: everything is NEW`,
    message: `Nothing was compared: ${baseRefused ?? "base has none of these cells"}`,
  },
];

/** What is wrong with head whatever base is: cells that fail in both, and expectations. */
export const amissIn = ({ cells, findings, experiment }: RunRecord, comparison: Comparison, isUnmet: (finding: Finding) => boolean): readonly Annotation[] => [
  ...cells.flatMap(({ id, outcome }): readonly Annotation[] => {
    const isTold = comparison.cells.some(({ cell, metrics }) => cell === id && metrics.time.verdict === "GONE" && metrics.time.gates);
    return outcome.status === "failed" && !isTold
      ? [{ level: "error", title: `${experiment.name}: a cell failed`, message: `${id} (${outcome.code}): ${outcome.reason}` }]
      : [];
  }),
  ...findings.filter(isUnmet).map(({ text }): Annotation => ({ level: "error", title: `${experiment.name}: an expectation is not met`, message: text })),
];

/** A command that ends before its answer says why beside the checks too: who reads those has not opened the log. */
export const annotateFault = ({ exitCode: code, message }: Fault): void =>
  annotate([{ level: "error", title: `attnbench ended with exit code ${code}`, message }]);

/** Runners read both streams, and stdout may be --json's. */
const annotate = (annotations: readonly Annotation[]): void => {
  for (const line of workflowCommands(annotations)) say(line);
};
