import { estimated, formatCount } from "../../analysis/format.ts";
import { en } from "../../messages/en.ts";
import type { Messages } from "../../messages/messages.ts";
import type { Fit } from "../../record/derived.ts";
import type { RunRecord } from "../../record/run.ts";
import { bracketed } from "../interval.ts";
import { armLooks } from "./arms.ts";
import { type Facet, fitOf, plannedXs, variableOf } from "./facets.ts";
import type { Chart, ChartSize } from "./frame.ts";
import { offCurve } from "./growth.ts";
import { type LineAxes, lineChart } from "./lineChart.ts";
import { xTitleOf } from "./timeChart.ts";

const guidesIn = ({ charts }: Messages) => [
  { value: 0, words: ["0", charts.constant] },
  { value: 1, words: ["1", "∝ n"] },
  { value: 2, words: ["2", "∝ n²"] },
  { value: 3, words: ["3", "∝ n³"] },
];

/** Exponents have two digits behind the point. */
export const written = (exponent: number): string => exponent.toFixed(2);

/** The fits of a facet that have local slopes, by arm. */
export const slopesOf = (record: RunRecord, facet: Facet): readonly (Fit & { readonly slopes: NonNullable<Fit["slopes"]> })[] =>
  armLooks(record).flatMap(({ label }) => {
    const fit = fitOf(record, facet, label, "time");
    return fit?.slopes && fit.slopes.length > 0 ? [{ ...fit, slopes: fit.slopes }] : [];
  });

/** The local exponent, d log t / d log n, with its interval, over n for one facet. Undefined where no curve shows one. */
export const slopesChart = (record: RunRecord, facet: Facet, size: ChartSize, t: Messages = en): Chart | undefined => {
  const { charts } = t;
  const fits = slopesOf(record, facet);
  if (fits.length === 0) return undefined;
  const title = facet.title === undefined ? charts.slopesHeading : charts.slopesTitle(facet.title);
  const lines = armLooks(record).flatMap(({ label, colour, mark, dash }) => {
    const fit = fits.find((one) => one.label === label);
    return fit
      ? [
          {
            name: label,
            colour: colour.light,
            mark,
            dash,
            points: fit.slopes.map(({ x, value, low, high }) => ({ x, y: value, low, high, hollow: offCurve(fit) > 0 })),
          },
        ]
      : [];
  });
  const drawn = new Set(lines.flatMap(({ points }) => points.map(({ x }) => x)));
  const highest = Math.max(...lines.flatMap(({ points }) => points.map(({ y }) => y)));
  const axes: LineAxes = {
    x: { title: xTitleOf(record, t), values: plannedXs(record, facet.cells).filter((x) => drawn.has(x)), scale: "log" },
    y: { title: charts.slopesAxis, low: -0.2, high: Math.min(3.2, Math.max(2.2, highest + 0.2)), scale: "linear", guides: guidesIn(t) },
    say: ({ x, y, low, high }) => [`${variableOf(record)} = ${formatCount(x)}`, charts.tips.exponent(estimated({ value: y, low, high }, written))],
    note: charts.slopesNote,
    plotHeight: size.dataHeightPx - 60,
    apart: true,
  };
  const spec = lineChart(record, size, title, lines, axes, t);
  const ends = fits.map(({ label, slopes }) => {
    const last = slopes.at(-1);
    return last === undefined ? label : `${label}: ${charts.at(bracketed(last, written), variableOf(record), formatCount(last.x))}`;
  });
  return { spec, title: charts.slopesSaid(title), description: ends.join("; "), zooms: true };
};
