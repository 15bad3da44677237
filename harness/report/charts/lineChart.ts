import type { TopLevelSpec } from "vega-lite";
import type { Look } from "../../../kernels/mechanism.ts";
import type { Messages } from "../../messages/messages.ts";
import type { RunRecord } from "../../record/run.ts";
import { printable } from "../html.ts";
import { type ChartSize, type Encoding, framed, type Layer, logScale, spread } from "./frame.ts";
import { type Hints, tipOf } from "./hints.ts";
import { type PlacedText, textLayers, xInPx, yInPx } from "./placed.ts";
import { labelLines, labelOverlapOf, textWidth } from "./textWidth.ts";
import { crossPath, theme } from "./theme.ts";

/** One line of a chart: values with their intervals, named at its right end. */
export interface Line<Point extends LinePoint = LinePoint> {
  readonly name: string;
  /** #rrggbb of the light theme: of an arm or of the theme, so that the page can turn it dark */
  readonly colour: string;
  readonly mark: Look["mark"];
  /** px; [] is solid */
  readonly dash: readonly number[];
  /** marks alone */
  readonly unjoined?: boolean;
  readonly points: readonly Point[];
  /** x at which it has no value, though one was asked for: a cross on the x axis, which says why, a line each */
  readonly none?: readonly { readonly x: number; readonly why: readonly string[] }[];
}

export interface LinePoint {
  readonly x: number;
  readonly y: number;
  readonly low: number;
  readonly high: number;
  /** its mark is hollow: what that means stands in the note or the caption */
  readonly hollow?: boolean;
  /** no line runs through it */
  readonly aside?: boolean;
}

/** A value that the y axis names, with what it means, and a line across the plot. */
export interface Guide {
  readonly value: number;
  readonly words: readonly string[];
}

export interface LineAxes<Point extends LinePoint = LinePoint> {
  /** `format`: of the values, d3's; whole numbers unless given; `reach`: how far points lie beyond the values, which alone have ticks */
  readonly x: {
    readonly title: string;
    readonly values: readonly number[];
    readonly scale: "log" | "linear";
    readonly format?: string;
    readonly reach?: readonly [least: number, most: number];
  };
  readonly y: { readonly title: string; readonly low: number; readonly high: number; readonly scale: "log" | "linear"; readonly guides: readonly Guide[] };
  /** a point in words, a line each, after the name of its line */
  readonly say: (point: Point) => readonly string[];
  /** after the device in the subtitle */
  readonly note: string;
  /** px */
  readonly plotHeight: number;
  /** of a logarithmic x: stands the intervals of lines side by side where they have the same x */
  readonly apart?: true;
}

/** Height of the tip of an interval that goes on beyond the y axis, px. */
const tipPx = 7;

/** Between intervals that stand side by side, px, where neighbouring x leave the room. */
const apartPx = 3;

/** Room that the names of guides take beside the y axis, px. */
const left = 66;

/** Lines with intervals over one size, y between guides. Values beyond the y axis are cut off at its edge, where an interval that goes on has a tip. */
export const lineChart = <Point extends LinePoint = LinePoint>(
  record: RunRecord,
  size: ChartSize,
  title: string,
  lines: readonly Line<Point>[],
  axes: LineAxes<Point>,
  t: Messages,
): TopLevelSpec => {
  const fontPx = size.name === "wide" ? 12 : 11.5;
  const names = lines.map((line) => labelLines(printable(line.name), size.name === "wide" ? 128 : 96, fontPx));
  const rowPx = 2 + 13 * Math.max(1, ...names.map((name) => name.length));
  const { low, high, guides } = axes.y;
  const shown = axes.x.values;
  const room = {
    left,
    right: 30 + Math.max(0, ...names.flat().map((name) => textWidth(name, fontPx))),
    bottom: 44,
    plotHeight: Math.max(axes.plotHeight, (rowPx + 1) * lines.length),
  };
  return framed(record, size, title, axes.note, room, t, (frame) => {
    const [first, last] = axes.x.reach ?? [shown[0] ?? 1, shown.at(-1) ?? 2];
    const marginX = last > first ? (last / first) ** (14 / frame.plotWidth) : 2;
    const marginLinear = last > first ? ((last - first) * 14) / frame.plotWidth : 1;
    const xDomain = axes.x.scale === "log" ? [first / marginX, last * marginX] : [first - marginLinear, last + marginLinear];
    const yLog = logScale(low > 0 ? low : 1, high, frame.plotHeight, 0);
    const toPx = (value: number): number => (axes.y.scale === "log" ? yLog.toPx(value) : frame.plotHeight * (1 - (value - low) / (high - low)));
    const domain = lines.map(({ name }) => name);
    const channels = {
      x: {
        field: "x",
        type: "quantitative",
        scale: { type: axes.x.scale, ...(axes.x.scale === "log" ? { base: 2 } : { zero: false }), domain: xDomain, nice: false },
        axis: {
          title: axes.x.title,
          values: [...shown],
          format: axes.x.format ?? ",d",
          grid: false,
          labelOverlap: labelOverlapOf(size),
          labelSeparation: 6,
          titlePadding: 8,
        },
      },
      y: {
        field: "y",
        type: "quantitative",
        scale: { type: axes.y.scale, ...(axes.y.scale === "log" ? { base: 2 } : { zero: false }), domain: [low, high], nice: false },
        axis: {
          title: axes.y.title,
          values: guides.map(({ value }) => value).filter((value) => value >= low && value <= high),
          labelExpr: `${guides.map(({ value, words }) => `abs(datum.value - ${value}) < 1e-9 ? ${JSON.stringify(words)} : `).join("")}format(datum.value, ',~r')`,
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
      color: { field: "series", type: "nominal", scale: { domain, range: lines.map(({ colour }) => colour) }, legend: null },
      shape: { field: "series", type: "nominal", scale: { domain, range: lines.map(({ mark }) => mark) }, legend: null },
      strokeDash: {
        field: "series",
        type: "nominal",
        scale: { domain, range: lines.map(({ dash }) => (dash.length === 0 ? [1, 0] : [...dash])) },
        legend: null,
      },
    } satisfies Encoding;
    const { x, y, color, shape, strokeDash } = channels;
    const xScale = logScale(xDomain[0] ?? 1, xDomain[1] ?? 2, 0, frame.plotWidth);
    const nearestPx = Math.min(...shown.slice(1).map((value, i) => xScale.toPx(value) - xScale.toPx(shown[i] ?? value)));
    const stepPx = axes.apart ? Math.min(apartPx, (0.8 * nearestPx) / lines.length) : 0;
    const beside = (x: number, line: number): number => (stepPx > 0 ? xScale.toValue(xScale.toPx(x) + stepPx * (line - (lines.length - 1) / 2)) : x);
    const rows = lines.flatMap(({ name, points }, i) =>
      points.map((point) => {
        const { x, y, low, high, hollow = false } = point;
        return { series: name, x: beside(x, i), y, low, high, hollow, ...(point.aside ? { aside: true } : {}), tip: tipOf(name, ...axes.say(point)) };
      }),
    );
    const hollow = rows.filter((row) => row.hollow);
    const within = (value: number): number => Math.max(low, Math.min(high, value));
    const placed = spread(
      lines.map(({ points }) => toPx(within(points.at(-1)?.y ?? low))),
      rowPx,
      rowPx / 2 - 1.5,
      frame.plotHeight - rowPx / 2 + 3.5,
    );
    // Without a tip an interval that is cut off seems to end at the edge. One that lies beyond the edge whole has no part of it to point from.
    const cut = rows.flatMap((row) => [
      ...(row.high > high && row.low < high ? [{ ...row, up: true, py: tipPx / 2 }] : []),
      ...(row.low < low && row.high > low ? [{ ...row, up: false, py: frame.plotHeight - tipPx / 2 }] : []),
    ]);
    const tips = ([true, false] as const).flatMap((up): Layer[] => {
      const values = cut.filter((row) => row.up === up).map(({ series, x, py }) => ({ series, x, py, whole: true as const }));
      const mark = { type: "point", filled: true, shape: up ? "triangle-up" : "triangle-down", size: tipPx ** 2, opacity: 0.8 } as const;
      return values.length === 0 ? [] : [{ data: { values }, mark, encoding: { x, y: yInPx, color } }];
    });
    const atAxis = new Map<number, number>();
    const crosses = lines.flatMap(({ name, none = [] }) =>
      none.map(({ x, why }) => {
        const row = atAxis.get(x) ?? 0;
        atAxis.set(x, row + 1);
        return { series: name, x, py: frame.plotHeight - 7 - 14 * row, tip: tipOf(name, ...why) };
      }),
    );
    const layers: Layer[] = [
      {
        data: { values: rows.filter((row) => row.low < row.high) },
        mark: { type: "rule", strokeWidth: 1.5, opacity: 0.6, clip: true },
        encoding: { x, y: { ...y, field: "low" }, y2: { field: "high" }, color },
      },
      ...tips,
      {
        data: { values: rows.filter(({ series, aside }) => !aside && lines.some(({ name, unjoined }) => name === series && !unjoined)) },
        mark: { type: "line", strokeWidth: 1, opacity: 0.55, clip: true },
        encoding: { x, y, color, strokeDash },
      },
      {
        data: { values: rows.filter((row) => !row.hollow) },
        mark: { type: "point", filled: true, size: 46, opacity: 1, clip: true },
        encoding: { x, y, color, shape },
      },
      ...(hollow.length === 0
        ? []
        : [
            {
              data: { values: hollow },
              mark: { type: "point", filled: false, fill: theme.paper.light, size: 40, strokeWidth: 1.5, opacity: 1, clip: true },
              encoding: { x, y, color, shape },
            } as const,
          ]),
      ...(crosses.length === 0
        ? []
        : [
            {
              data: { values: crosses },
              mark: { type: "point", filled: false, shape: crossPath, size: 50, strokeWidth: 1.75, opacity: 1 },
              encoding: { x, y: yInPx, color },
            } as const,
          ]),
      {
        data: {
          values: domain.map(
            (series, i) =>
              ({ series, px: frame.plotWidth + 14, py: placed[i] ?? 0, label: true }) satisfies Hints & { readonly px: number; readonly py: number },
          ),
        },
        mark: { type: "point", filled: true, size: 46, opacity: 1 },
        encoding: { x: xInPx, y: yInPx, color, shape },
      },
      ...textLayers(
        names.flatMap((lines, i) =>
          // The middle of all lines is at its place, as its mark is.
          lines.map((text, line): PlacedText => {
            const py = (placed[i] ?? 0) + 13 * (line - (lines.length - 1) / 2);
            return { text, px: frame.plotWidth + 24, py, series: domain[i] ?? "", label: true };
          }),
        ),
        { fontSize: fontPx, color: theme.ink.light, align: "left" },
      ),
    ];
    return layers;
  });
};
