import { formatCount, formatNumber } from "../../analysis/format.ts";
import type { RunRecord } from "../../record/run.ts";
import { printable } from "../html.ts";
import { type Facet, variableOf } from "./facets.ts";
import { type Chart, type ChartSize, type Encoding, framed, type Layer, logScale, spread } from "./frame.ts";
import { growthOf } from "./growth.ts";
import { fitted, textWidth } from "./textWidth.ts";
import { theme } from "./theme.ts";
import { xTitleOf } from "./timeChart.ts";

/** How many times longer it takes at `x` than at half of it. */
export interface Doubling {
  readonly arm: string;
  readonly x: number;
  readonly ratio: number;
  readonly low: number;
  readonly high: number;
}

/** Doubling ratios of neighbouring points; a step that is no doubling is scaled to one. The interval adds both points' in quadrature of logs. */
export const doublingsOf = (record: RunRecord, facet: Facet): readonly Doubling[] =>
  growthOf(record, facet, "time").series.flatMap(({ look, points }) =>
    points.slice(1).map((point, i): Doubling => {
      const before = points[i] ?? point;
      const perDoubling = 1 / Math.log2(point.x / before.x);
      const log = Math.log(point.y / before.y);
      const under = Math.hypot(Math.log(point.y / point.low), Math.log(before.high / before.y));
      const over = Math.hypot(Math.log(point.high / point.y), Math.log(before.y / before.low));
      const at = (value: number): number => Math.exp(value * perDoubling);
      return { arm: look.label, x: point.x, ratio: at(log), low: at(log - under), high: at(log + over) };
    }),
  );

const guides = [
  { ratio: 1, words: "constant" },
  { ratio: 2, words: "∝ n" },
  { ratio: 4, words: "∝ n²" },
  { ratio: 8, words: "∝ n³" },
] as const;

export const doublingHeading = (record: RunRecord): string => `What twice the ${variableOf(record)} costs`;

/** t(2n) / t(n) over n for one facet: growth for readers who do not read logarithmic slopes. Undefined with no two points to compare. */
export const doublingChart = (record: RunRecord, facet: Facet, size: ChartSize): Chart | undefined => {
  const doublings = doublingsOf(record, facet);
  if (doublings.length === 0) return undefined;
  const { series, ticks, variable } = growthOf(record, facet, "time");
  const arms = series.filter(({ look }) => doublings.some((doubling) => doubling.arm === look.label));
  const title = facet.title === undefined ? doublingHeading(record) : `Per doubling, ${facet.title}`;
  const fontPx = size.name === "wide" ? 12 : 11.5;
  const names = arms.map(({ look }) => fitted(printable(look.label), size.name === "wide" ? 128 : 78, fontPx));
  const shown = ticks.filter((tick) => doublings.some(({ x }) => x === tick));
  const low = Math.max(1 / 4, Math.min(0.8, ...doublings.map(({ ratio }) => ratio / 1.15)));
  const high = Math.min(40, Math.max(4.6, ...doublings.map(({ ratio }) => ratio * 1.15)));
  const room = {
    left: 66,
    right: 30 + Math.max(0, ...names.map((name) => textWidth(name, fontPx))),
    bottom: 44,
    plotHeight: Math.max(size.dataHeightPx - 60, 16 * arms.length),
  };
  const spec = framed(record, size, title, "95 % interval", room, (frame) => {
    const first = shown[0] ?? 1;
    const last = shown.at(-1) ?? 2;
    const marginX = shown.length > 1 ? (last / first) ** (14 / frame.plotWidth) : 2;
    const xScale = logScale(first / marginX, last * marginX, 0, frame.plotWidth);
    const yScale = logScale(low, high, frame.plotHeight, 0);
    const domain = arms.map(({ look }) => look.label);
    const channels = {
      x: {
        field: "x",
        type: "quantitative",
        scale: { type: "log", base: 2, domain: [xScale.low, xScale.high], nice: false },
        axis: { title: xTitleOf(record), values: shown, format: ",d", grid: false, labelOverlap: "parity", labelSeparation: 6, titlePadding: 8 },
      },
      y: {
        field: "ratio",
        type: "quantitative",
        scale: { type: "log", base: 2, domain: [low, high], nice: false },
        axis: {
          title: `time at ${variable} ÷ time at half of it`,
          values: guides.map(({ ratio }) => ratio).filter((ratio) => ratio >= low && ratio <= high),
          labelExpr: `${guides.map(({ ratio, words }) => `datum.value === ${ratio} ? ['${ratio}×', '${words}'] : `).join("")}''`,
          titleAngle: 0,
          titleAlign: "left",
          titleAnchor: "end",
          titleBaseline: "bottom",
          titleX: -room.left,
          titleY: -9,
          gridDash: [2, 3],
          gridColor: theme.guide.light,
        },
      },
      color: { field: "arm", type: "nominal", scale: { domain, range: arms.map(({ look }) => look.colour.light) }, legend: null },
      shape: { field: "arm", type: "nominal", scale: { domain, range: arms.map(({ look }) => look.mark) }, legend: null },
    } satisfies Encoding;
    const { x, y, color, shape } = channels;
    const ends = arms.map(({ look }) => doublings.findLast((doubling) => doubling.arm === look.label)?.ratio ?? 1);
    const placed = spread(
      ends.map((ratio) => yScale.toPx(Math.max(low, Math.min(high, ratio)))),
      15,
      6,
      frame.plotHeight - 4,
    );
    const layers: Layer[] = [
      {
        data: { values: [...doublings] },
        mark: { type: "rule", strokeWidth: 1.5, opacity: 0.6, clip: true },
        encoding: { x, y: { ...y, field: "low" }, y2: { field: "high" }, color },
      },
      { data: { values: [...doublings] }, mark: { type: "line", strokeWidth: 1, opacity: 0.55, clip: true }, encoding: { x, y, color } },
      { data: { values: [...doublings] }, mark: { type: "point", filled: true, size: 46, opacity: 1, clip: true }, encoding: { x, y, color, shape } },
      {
        data: { values: domain.map((arm, i) => ({ arm, ratio: yScale.toValue(placed[i] ?? 0) })) },
        mark: { type: "point", filled: true, size: 46, opacity: 1 },
        encoding: { x: { value: frame.plotWidth + 14 }, y, color, shape },
      },
      ...names.map(
        (text, i): Layer => ({
          data: { values: [{}] },
          mark: { type: "text", text, align: "left", baseline: "middle", fontSize: fontPx, color: theme.ink.light },
          encoding: { x: { value: frame.plotWidth + 24 }, y: { value: placed[i] ?? 0 } },
        }),
      ),
    ];
    return layers;
  });
  const ends = arms.map(({ look }) => {
    const last = doublings.findLast((doubling) => doubling.arm === look.label);
    return last === undefined ? look.label : `${look.label}: ${formatNumber(last.ratio)}× at ${variable} = ${formatCount(last.x)}`;
  });
  return { spec, title: `${title}: time at ${variable} divided by time at half of it`, description: ends.join("; ") };
};
