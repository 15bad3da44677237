import { formatBytes } from "../../analysis/format.ts";
import type { RunRecord } from "../../record/run.ts";
import { bracketed } from "../interval.ts";
import type { Facet } from "./facets.ts";
import type { Chart, ChartSize } from "./frame.ts";
import { crossingLabel, growthOf } from "./growth.ts";
import { growthChart } from "./growthChart.ts";
import { xTitleOf } from "./timeChart.ts";

// decades of bytes carry decimal prefixes: 1 kB = 1000 bytes
const byteTicks =
  "datum.value >= 1e12 ? format(datum.value / 1e12, ',~r') + ' TB' : datum.value >= 1e9 ? format(datum.value / 1e9, ',~r') + ' GB' : datum.value >= 1e6 ? format(datum.value / 1e6, ',~r') + ' MB' : datum.value >= 1e3 ? format(datum.value / 1e3, ',~r') + ' kB' : format(datum.value, ',~r') + ' B'";

const stateOf = {
  prefill: "bytes of state after n tokens",
  decode: "bytes of state at n tokens of context",
  generate: "bytes of state after n tokens",
  tokenLoop: "bytes kept of n tokens, all layers",
  offload: "bytes of state of n tokens, one layer",
} as const;

export const memoryHeading = "Memory carried along (state)";

/** Size of the state (KV cache or recurrent state) over n (or the size swept), one facet. Bytes, counted exactly. */
export const memoryChart = (record: RunRecord, facet: Facet, size: ChartSize): Chart => {
  const growth = growthOf(record, facet, "stateBytes");
  const title = facet.title === undefined ? memoryHeading : `Memory, ${facet.title}`;
  const hollow = growth.series.some(({ points }) => points.some((point) => !point.run));
  const axis = {
    title: stateOf[record.experiment.phase],
    xTitle: xTitleOf(record),
    labelExpr: byteTicks,
    note: hollow ? "counted; hollow: by formula, not run" : "counted, exact",
    write: formatBytes,
  };
  const ends = growth.series.map(({ look, points, fit }) => {
    const last = points.at(-1);
    const slope = fit?.exponent === undefined ? "" : `, slope ${bracketed(fit.exponent)}`;
    return last === undefined ? `${look.label}: nothing counted` : `${look.label}: ${formatBytes(last.y)} at ${growth.variable} = ${last.x}${slope}`;
  });
  return {
    spec: growthChart(record, title, growth, axis, size),
    title: `${title}: ${stateOf[record.experiment.phase]} over ${growth.variable}, both axes logarithmic`,
    description: [...ends, ...growth.crossovers.map((crossover) => `${crossover.between.join(" / ")} ${crossingLabel(crossover, [], true)}`)].join("; "),
    zooms: true,
  };
};
