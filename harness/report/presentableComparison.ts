import { comparisonSentences } from "../analysis/comparison/comparisonSentences.ts";
import type { Messages } from "../messages/messages.ts";
import type { ComparedRun, Comparison, MetricComparison } from "../record/comparison.ts";
import { printable, shortened } from "./html.ts";
import { shortLabels } from "./shortLabels.ts";

const longestName = 120;
const longestNote = 300;

const line = (text: string, longest: number): string => shortened(printable(text.replace(/\s+/g, " ")), longest);

/**
 * A comparison as it is shown, in a terminal, in Markdown and beside the checks of a pull request: labels, names and reasons of the two runs, which may be anybody's, on one line each and of a length that
 * a line can hold, and the answer told with these, in the language of `t` as `comparison` is. comparison.json and --json have them as they are.
 */
export const presentableComparison = (comparison: Comparison, t: Messages): Comparison => {
  const labelOf = shortLabels();
  const noted = (one: MetricComparison): MetricComparison => ({ ...one, note: one.note === undefined ? undefined : line(one.note, longestNote) });
  const shown = {
    ...comparison,
    base: presentableRun(comparison.base),
    head: presentableRun(comparison.head),
    differences: comparison.differences.map((difference) => line(difference, 2 * longestNote)),
    cells: comparison.cells.map(({ cell, label, form, shape, metrics, ...rest }) => ({
      ...rest,
      cell: line(cell, longestName),
      label: labelOf(label),
      form: line(form, longestName),
      shape: line(shape, longestName),
      metrics: {
        time: noted(metrics.time),
        wallTime: noted(metrics.wallTime),
        stateBytes: noted(metrics.stateBytes),
        peakBytes: noted(metrics.peakBytes),
        error: noted(metrics.error),
      },
    })),
    arms: comparison.arms.map(({ labels, ...rest }) => ({ ...rest, labels: labels.map(labelOf) })),
  };
  return { ...shown, findings: comparisonSentences(shown, t) };
};

const presentableRun = ({ commit, version, adapter, ...rest }: ComparedRun): ComparedRun => ({
  ...rest,
  commit: commit === undefined ? undefined : line(commit, 40),
  version: line(version, 40),
  adapter: line(adapter, longestName),
});
