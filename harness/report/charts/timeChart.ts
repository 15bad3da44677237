import { formatMs } from "../../analysis/format.ts";
import { en } from "../../messages/en.ts";
import type { Messages } from "../../messages/messages.ts";
import type { RunRecord } from "../../record/run.ts";
import { bracketed } from "../interval.ts";
import { type Facet, type Variable, variableOf } from "./facets.ts";
import { type Chart, type ChartSize, readableTicks } from "./frame.ts";
import { crossingText, growthOf, offCurve, pairText } from "./growth.ts";
import { growthChart } from "./growthChart.ts";

export const xTitleOf = (record: RunRecord, t: Messages, variable: Variable = variableOf(record)): string => {
  return variable === "n" ? t.charts.xTitle(record.experiment.phase) : variable;
};

/** What one repetition of this run's cells is: where they compute several texts at once, a time is of a token of each. */
export const repetitionOf = ({ experiment: { phase }, cells }: Pick<RunRecord, "experiment" | "cells">, { charts }: Messages = en): string => {
  const batches = new Set(cells.filter((cell) => cell.phase !== "probe").map(({ batch }) => batch));
  const [only] = batches;
  if (batches.size > 1) return charts.repetitionOf(phase, "batch");
  return only === undefined || only === 1 ? charts.repetition(phase) : charts.repetitionOf(phase, only);
};

export const timeHeading = (record: RunRecord, t: Messages): string => t.charts.timeHeading(repetitionOf(record, t));

/** What a chart of the answer is headed by: whole words, and which shape. */
export const titleOf = (heading: string, { title }: Facet): string => (title === undefined ? heading : `${heading}, ${title}`);

/** Time per repetition over n (or the size swept), one facet. Times in ms. */
export const timeChart = (record: RunRecord, facet: Facet, size: ChartSize, t: Messages = en): Chart => {
  const { charts } = t;
  const growth = growthOf(record, facet, "time");
  const per = repetitionOf(record, t);
  const title = facet.answer ? titleOf(timeHeading(record, t), facet) : facet.title === undefined ? timeHeading(record, t) : charts.timeTitle(facet.title);
  const axis = {
    title: charts.msPer(per),
    xTitle: xTitleOf(record, t, growth.variable),
    ticks: readableTicks,
    labelExpr: "format(datum.value, ',~r')",
    note: charts.timeNote,
    write: formatMs,
  };
  const ends = growth.series.map(({ look, points, fit }) => {
    const last = points.at(-1);
    const slope = fit?.exponent === undefined || offCurve(fit) > 0 ? "" : charts.slopeIn(bracketed(fit.exponent));
    return `${look.label}: ${last === undefined ? charts.nothingMeasured : `${charts.at(formatMs(last.y), growth.variable, last.x)}${slope}`}`;
  });
  const crossings = growth.crossovers.map((crossover) => `${pairText(crossover.between)} ${crossingText(crossover)}`);
  return {
    spec: growthChart(record, title, growth, axis, size, t),
    title: charts.logarithmic(title, charts.msPer(per), growth.variable),
    description: [...ends, ...crossings].join("; "),
    zooms: true,
  };
};
