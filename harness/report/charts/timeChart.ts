import { formatCount, formatMs } from "../../analysis/format.ts";
import type { RunRecord } from "../../record/run.ts";
import { bracketed } from "../interval.ts";
import { type Facet, variableOf } from "./facets.ts";
import type { Chart, ChartSize } from "./frame.ts";
import { crossingLabel, growthOf } from "./growth.ts";
import { growthChart } from "./growthChart.ts";

/** What one repetition is, by phase: the unit that every time is per. */
export const repetition = {
  prefill: "prefill of n tokens",
  decode: "decode step",
  generate: "text of n tokens",
  tokenLoop: "token through the whole model",
  offload: "state brought onto the GPU",
} as const;

/** What n counts, by phase. */
export const meaningOfN = {
  prefill: "tokens read at once",
  decode: "tokens of context",
  generate: "tokens written",
  tokenLoop: "tokens before it",
  offload: "tokens whose state it is",
} as const;

export const xTitleOf = (record: RunRecord): string => {
  const variable = variableOf(record);
  return variable === "n" ? `n, ${meaningOfN[record.experiment.phase]}` : variable;
};

/** The same of this run's cells: where they compute several texts at once, a time is of a token of each. */
export const repetitionOf = ({ experiment: { phase }, cells }: Pick<RunRecord, "experiment" | "cells">): string => {
  const batches = new Set(cells.filter((cell) => cell.phase !== "probe").map(({ batch }) => batch));
  const [only] = batches;
  const texts = batches.size > 1 ? "all texts of a batch" : only === undefined || only === 1 ? "" : `${formatCount(only)} texts at once`;
  if (texts === "") return repetition[phase];
  return phase === "tokenLoop" ? `token of ${texts} through the whole model` : `${repetition[phase]}, of ${texts}`;
};

export const timeHeading = (record: RunRecord): string => `Time per ${repetitionOf(record)}`;

/** Time per repetition over n (or the size swept), one facet. Times in ms. */
export const timeChart = (record: RunRecord, facet: Facet, size: ChartSize): Chart => {
  const growth = growthOf(record, facet, "time");
  const per = repetitionOf(record);
  const title = facet.title === undefined ? timeHeading(record) : `Time, ${facet.title}`;
  const axis = { title: `ms per ${per}`, xTitle: xTitleOf(record), labelExpr: "format(datum.value, ',~r')", note: "median, 95 % interval", write: formatMs };
  const ends = growth.series.map(({ look, points, fit }) => {
    const last = points.at(-1);
    const slope = fit?.exponent === undefined ? "" : `, slope ${bracketed(fit.exponent)}`;
    return last === undefined ? `${look.label}: nothing measured` : `${look.label}: ${formatMs(last.y)} at ${growth.variable} = ${last.x}${slope}`;
  });
  const crossings = growth.crossovers.map((crossover) => `${crossover.between.join(" / ")} ${crossingLabel(crossover, [], true)}`);
  return {
    spec: growthChart(record, title, growth, axis, size),
    title: `${title}: ms per ${per} over ${growth.variable}, both axes logarithmic`,
    description: [...ends, ...crossings].join("; "),
    zooms: true,
  };
};
