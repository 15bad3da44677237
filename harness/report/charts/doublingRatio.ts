import { estimated, formatCount, formatNumber } from "../../analysis/format.ts";
import { en } from "../../messages/en.ts";
import type { Messages } from "../../messages/messages.ts";
import type { RunRecord } from "../../record/run.ts";
import { type Facet, variableOf } from "./facets.ts";
import type { Chart, ChartSize } from "./frame.ts";
import { growthOf } from "./growth.ts";
import { type LineAxes, lineChart } from "./lineChart.ts";
import { xTitleOf } from "./timeChart.ts";

/** How many times longer it takes at `x` than at half of it. */
export interface Doubling {
  readonly arm: string;
  readonly x: number;
  readonly ratio: number;
  readonly low: number;
  readonly high: number;
}

/** Nearer neighbours than this say little of a doubling: their noise would be raised to its power. */
const leastStep = 1.5;

/**
 * Doubling ratios of points that are far enough apart; a step that is no doubling is scaled to one. The interval adds both points' in quadrature of logs. Of a curve with a fit the points are the fit's, which have no
 * drift in them that all cells share: as the answer tells them.
 */
export const doublingsOf = (record: RunRecord, facet: Facet): readonly Doubling[] =>
  growthOf(record, facet, "time").series.flatMap(({ look, fit, points: measured }) => {
    const points = fit && fit.points.length > 0 ? fit.points : measured;
    return points.flatMap((point, i): Doubling[] => {
      const before = points.slice(0, i).findLast(({ x }) => x * leastStep <= point.x);
      if (before === undefined) return [];
      const perDoubling = 1 / Math.log2(point.x / before.x);
      const log = Math.log(point.y / before.y);
      const under = Math.hypot(Math.log(point.y / point.low), Math.log(before.high / before.y));
      const over = Math.hypot(Math.log(point.high / point.y), Math.log(before.y / before.low));
      const at = (value: number): number => Math.exp(value * perDoubling);
      return [{ arm: look.label, x: point.x, ratio: at(log), low: at(log - under), high: at(log + over) }];
    });
  });

const guidesIn = ({ charts }: Messages) => [
  { value: 1, words: ["1×", charts.constant] },
  { value: 2, words: ["2×", "∝ n"] },
  { value: 4, words: ["4×", "∝ n²"] },
  { value: 8, words: ["8×", "∝ n³"] },
];

export const doublingHeading = (record: RunRecord, { charts }: Messages): string => charts.doublingHeading(variableOf(record));

/** t(2n) / t(n) over n for one facet: growth for readers who do not read logarithmic slopes. Undefined with no two points to compare. */
export const doublingChart = (record: RunRecord, facet: Facet, size: ChartSize, t: Messages = en): Chart | undefined => {
  const { charts } = t;
  const doublings = doublingsOf(record, facet);
  if (doublings.length === 0) return undefined;
  const { series, ticks, variable } = growthOf(record, facet, "time");
  const title = facet.title === undefined ? doublingHeading(record, t) : charts.doublingTitle(facet.title);
  const lines = series.flatMap(({ look }) => {
    const own = doublings.filter(({ arm }) => arm === look.label);
    return own.length > 0
      ? [{ name: look.label, colour: look.colour.light, mark: look.mark, dash: [], points: own.map(({ ratio, ...rest }) => ({ ...rest, y: ratio })) }]
      : [];
  });
  const axes: LineAxes = {
    x: { title: xTitleOf(record, t), values: ticks.filter((tick) => doublings.some(({ x }) => x === tick)), scale: "log" },
    y: {
      title: charts.doublingAxis(variable),
      low: Math.max(1 / 4, Math.min(0.8, ...doublings.map(({ ratio }) => ratio / 1.15))),
      high: Math.min(40, Math.max(4.6, ...doublings.map(({ ratio }) => ratio * 1.15))),
      scale: "log",
      guides: guidesIn(t),
    },
    say: ({ x, y, low, high }) => [charts.tips.fromHalf(variable, formatCount(x)), charts.tips.timesLonger(estimated({ value: y, low, high }))],
    note: charts.interval,
    plotHeight: size.dataHeightPx - 60,
    apart: true,
  };
  const spec = lineChart(record, size, title, lines, axes, t);
  const ends = lines.map(({ name, points }) => {
    const last = points.at(-1);
    return last === undefined ? name : `${name}: ${charts.at(`${formatNumber(last.y)}×`, variable, formatCount(last.x))}`;
  });
  return { spec, title: charts.doublingSaid(title, variable), description: ends.join("; "), zooms: true };
};
