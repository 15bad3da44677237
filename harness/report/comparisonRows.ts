import { metricText } from "../analysis/comparison/metricText.ts";
import type { CellComparison, CellMetric, Comparison, MetricComparison, Verdict } from "../record/comparison.ts";

/** One number of a cell, as a table of a comparison has it. */
export interface ComparisonRow extends Pick<CellComparison, "cell" | "label" | "form" | "n" | "shape"> {
  readonly metric: CellMetric;
  readonly one: MetricComparison;
  /** "5.02 ms"; empty where it has none */
  readonly base: string;
  readonly head: string;
}

/** What is worth a row: of every cell its time, and all else that is not as it was. What changed comes first, and last of it errors that moved by bits that nothing hangs on. */
export const comparisonRows = ({ cells }: Pick<Comparison, "cells">): readonly ComparisonRow[] =>
  changedFirst(
    cells.flatMap(({ cell, label, form, n, shape, metrics }) =>
      (Object.entries(metrics) as [CellMetric, MetricComparison][]).flatMap(([metric, one]) =>
        // Where all is as it was, time alone is worth a row.
        metric === "time" || (one.verdict !== "SAME" && metric !== "wallTime")
          ? [{ cell, label, form, n, shape, metric, one, base: valueText(metric, one.base, one.head), head: valueText(metric, one.head, one.base) }]
          : [],
      ),
    ),
    ({ one }) => one.verdict,
    ({ metric, one }) => metric !== "error" || one.gates,
  );

const valueText = (metric: CellMetric, value: number | undefined, other: number | undefined): string =>
  value === undefined ? "" : metricText(metric, value, other);

/** "1.052 [1.031, 1.074]", of what is counted "1.052"; empty where there is none. */
export const ratioText = ({ ratio, p }: MetricComparison): string =>
  ratio === undefined ? "" : p === undefined ? ratio.value.toFixed(3) : `${ratio.value.toFixed(3)} [${ratio.low.toFixed(3)}, ${ratio.high.toFixed(3)}]`;

const byWeight: readonly Verdict[] = ["GONE", "SLOWER", "FASTER", "NEW", "UNDECIDED"];

/** Rows by their verdicts, what became worse first and what is as it was last; before that those that do not `count`. Within one verdict they keep their order. */
export const changedFirst = <Row>(rows: readonly Row[], verdictOf: (row: Row) => Verdict, counts: (row: Row) => boolean = () => true): readonly Row[] => {
  const isSame = (row: Row): boolean => verdictOf(row) === "SAME";
  return [
    ...byWeight.flatMap((verdict) => rows.filter((row) => verdictOf(row) === verdict && counts(row))),
    ...rows.filter((row) => !isSame(row) && !counts(row)),
    ...rows.filter(isSame),
  ];
};
