import { formatBytes } from "../../analysis/format.ts";
import { en } from "../../messages/en.ts";
import type { Messages } from "../../messages/messages.ts";
import type { RunRecord } from "../../record/run.ts";
import { bracketed } from "../interval.ts";
import type { Facet } from "./facets.ts";
import { binaryTicks, type Chart, type ChartSize } from "./frame.ts";
import { crossingText, growthOf, pairText } from "./growth.ts";
import { growthChart } from "./growthChart.ts";
import { titleOf, xTitleOf } from "./timeChart.ts";

/** Vega's expression for bytes in binary units, as all bytes of a page are told: 1 KiB = 1024 bytes. */
const byteWords = [
  ...(["TiB", "GiB", "MiB", "KiB"] as const).map(
    (unit, i) => `datum.value >= ${1024 ** (4 - i)} ? format(datum.value / ${1024 ** (4 - i)}, ',.3~r') + ' ${unit}'`,
  ),
  "format(datum.value, ',.3~r') + ' B'",
].join(" : ");

/** Size of the state (KV cache or recurrent state) over n (or the size swept), one facet. Bytes, counted exactly. */
export const memoryChart = (record: RunRecord, facet: Facet, size: ChartSize, t: Messages = en): Chart => {
  const { charts } = t;
  const growth = growthOf(record, facet, "stateBytes");
  const state = charts.stateOf(record.experiment.phase);
  const title = facet.answer ? titleOf(charts.memoryHeading, facet) : facet.title === undefined ? charts.memoryHeading : charts.memoryTitle(facet.title);
  const hollow = growth.series.some(({ points }) => points.some((point) => !point.run));
  const axis = {
    title: state,
    xTitle: xTitleOf(record, t, growth.variable),
    ticks: binaryTicks,
    labelExpr: byteWords,
    note: hollow ? charts.countedHollow : charts.counted,
    write: formatBytes,
  };
  const ends = growth.series.map(({ look, points, fit }) => {
    const last = points.at(-1);
    const slope = fit?.exponent === undefined ? "" : charts.slopeIn(bracketed(fit.exponent));
    return `${look.label}: ${last === undefined ? charts.nothingCounted : `${charts.at(formatBytes(last.y), growth.variable, last.x)}${slope}`}`;
  });
  return {
    spec: growthChart(record, title, growth, axis, size, t),
    title: charts.logarithmic(title, state, growth.variable),
    description: [...ends, ...growth.crossovers.map((crossover) => `${pairText(crossover.between)} ${crossingText(crossover)}`)].join("; "),
    zooms: true,
  };
};
