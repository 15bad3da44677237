import { estimated, formatCount, formatNumber } from "../../analysis/format.ts";
import { en } from "../../messages/en.ts";
import type { Messages } from "../../messages/messages.ts";
import type { RunRecord } from "../../record/run.ts";
import { type Facet, variableOf } from "./facets.ts";
import type { Chart, ChartSize } from "./frame.ts";
import { growthOf } from "./growth.ts";
import { type LineAxes, type LinePoint, lineChart } from "./lineChart.ts";
import { xTitleOf } from "./timeChart.ts";

/** How many times longer it takes at `x` than at half of it. */
export interface Doubling {
  readonly arm: string;
  readonly x: number;
  /** half of `x`, or where that was not measured the nearest shorter one, whose step to `x` is scaled to a doubling */
  readonly from: number;
  /** both times are those of a fit, without what the whole machine drifted */
  readonly steady: boolean;
  readonly ratio: number;
  readonly low: number;
  readonly high: number;
}

/** Nearer neighbours than this say little of a doubling: their noise would be raised to its power. */
const leastStep = 1.5;

/** Is a doubling of two times that stand a doubling apart? */
export const isMeasured = ({ x, from }: Doubling): boolean => x === 2 * from;

/**
 * Doubling ratios of all points that are far enough apart. The interval adds both points' in quadrature of logs. Times that a fit is of are the fit's, which have no drift in them that all
 * cells share: as the answer tells them; those that its law leaves out are as they were measured.
 */
export const doublingsOf = (record: RunRecord, facet: Facet): readonly Doubling[] =>
  growthOf(record, facet, "time").series.flatMap(({ look, fit, points }) => {
    const fitted = new Map((fit?.points ?? []).map((point) => [point.x, point]));
    return points.flatMap((measured): Doubling[] => {
      const near = points.find(({ x }) => 2 * x === measured.x) ?? points.findLast(({ x }) => x * leastStep <= measured.x);
      if (near === undefined) return [];
      const [ownBefore, ownPoint] = [fitted.get(near.x), fitted.get(measured.x)];
      const steady = ownBefore !== undefined && ownPoint !== undefined;
      const [before, point] = steady ? [ownBefore, ownPoint] : [near, measured];
      const perDoubling = 1 / Math.log2(point.x / before.x);
      const log = Math.log(point.y / before.y);
      const under = Math.hypot(Math.log(point.y / point.low), Math.log(before.high / before.y));
      const over = Math.hypot(Math.log(point.high / point.y), Math.log(before.y / before.low));
      const at = (value: number): number => Math.exp(value * perDoubling);
      return [{ arm: look.label, x: point.x, from: before.x, steady, ratio: at(log), low: at(log - under), high: at(log + over) }];
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
      ? [
          {
            name: look.label,
            colour: look.colour.light,
            mark: look.mark,
            dash: [],
            points: own.map((one) => ({ ...one, y: one.ratio, hollow: !isMeasured(one) })),
          },
        ]
      : [];
  });
  const axes: LineAxes<Doubling & LinePoint> = {
    x: { title: xTitleOf(record, t), values: ticks.filter((tick) => doublings.some(({ x }) => x === tick)), scale: "log" },
    y: {
      title: charts.doublingAxis(variable),
      // As far as intervals reach, and where they reach very far as their marks do.
      low: Math.max(1 / 4, Math.min(0.8, ...doublings.map(({ low }) => low / 1.05))),
      high: Math.min(40, Math.max(4.6, ...doublings.map(({ ratio }) => ratio * 1.15), ...doublings.map(({ high }) => Math.min(high * 1.05, 10)))),
      scale: "log",
      guides: guidesIn(t),
    },
    say: (one) => [
      isMeasured(one) ? charts.tips.fromHalf(variable, formatCount(one.x)) : charts.tips.scaled(variable, formatCount(one.from), formatCount(one.x)),
      charts.tips.timesLonger(estimated({ value: one.ratio, low: one.low, high: one.high })),
    ],
    note: doublings.every(isMeasured) ? charts.interval : charts.scaledInterval,
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
