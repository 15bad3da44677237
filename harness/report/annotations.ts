import { armSentence, changeSentence, failureSentence, isTold } from "../analysis/comparison/comparisonSentences.ts";
import { en } from "../messages/en.ts";
import type { Messages } from "../messages/messages.ts";
import { type CellComparison, type CellMetric, type Comparison, cellMetrics } from "../record/comparison.ts";
import { printable, shortened } from "./html.ts";
import { presentableComparison } from "./presentableComparison.ts";

/** A line that stands beside the checks of a pull request. */
export interface Annotation {
  readonly level: "error" | "warning";
  readonly title: string;
  readonly message: string;
}

/** GitHub shows so many of one level of a step, and drops the rest without a word. */
const mostOfLevel = 10;

/** A reason out of a driver may be a page long. */
const mostCharacters = 500;

/** Everything that became worse, the worst first: an error where it gates, else a warning. In the language of `t`, as `comparison` is. Pure. */
export const annotationsOf = (comparison: Comparison, t: Messages = en): readonly Annotation[] => {
  const { cells, arms, source, head } = presentableComparison(comparison, t);
  const title = t.comparison.checks.worse(head.experiment);
  const told = (gates: boolean, message: string): Annotation => ({ level: gates ? "error" : "warning", title, message });
  const failed = cells.filter(({ metrics: { time } }) => time.verdict === "GONE" && time.gates);
  const slower = cells
    .flatMap((cell) => cellMetrics.flatMap((metric) => (cell.metrics[metric].verdict === "SLOWER" && isTold(cell, metric, source) ? [{ cell, metric }] : [])))
    .sort((a, b) => factorOf(b) - factorOf(a));
  return [
    ...failed.map((cell) => told(true, failureSentence(cell, t))),
    ...arms.flatMap((arm) => (arm.verdict === "SLOWER" ? [told(arm.gates, armSentence(arm, t))] : [])),
    ...slower.map(({ cell, metric }) => told(cell.metrics[metric].gates, changeSentence(cell, metric, t))),
  ];
};

const factorOf = ({ cell, metric }: { readonly cell: CellComparison; readonly metric: CellMetric }): number => cell.metrics[metric].ratio?.value ?? 1;

/** As a step of a GitHub workflow prints them. Names and reasons come from whoever wrote the pull request: none may end its line, or its field, and start a command of its own. */
export const workflowCommands = (annotations: readonly Annotation[], { comparison: { checks } }: Messages = en): readonly string[] =>
  (["error", "warning"] as const).flatMap((level) => {
    const all = annotations.filter((annotation) => annotation.level === level);
    const shown = all.length > mostOfLevel ? all.slice(0, mostOfLevel - 1) : all;
    const left = all.length - shown.length;
    return [...shown, ...(left > 0 ? [{ level, title: checks.more(left), message: checks.inSummary }] : [])].map(
      ({ title, message }) => `::${level} title=${fieldText(title)}::${lineText(message)}`,
    );
  });

const lineText = (text: string): string => printable(shortened(text, mostCharacters)).replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");

const fieldText = (text: string): string => lineText(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
