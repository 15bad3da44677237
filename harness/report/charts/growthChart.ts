import type { TopLevelSpec } from "vega-lite";
import { estimated, formatCount } from "../../analysis/format.ts";
import type { Messages } from "../../messages/messages.ts";
import type { RunRecord } from "../../record/run.ts";
import { printable } from "../html.ts";
import { channelsOf, type GrowthAxis } from "./channels.ts";
import { type ChartSize, decadeDomain, type Frame, framed, type Layer, logScale } from "./frame.ts";
import { beyondCurve, drawnCurve, type Growth, type GrowthPoint, offCurve, sharedCrossings, slopeLabel } from "./growth.ts";
import {
  type ArmLabel,
  computedLayers,
  computedPx,
  crossingLayers,
  crossingRowPx,
  gapLayers,
  gapRowPx,
  guideLayers,
  labelHeight,
  labelLayers,
  mostCrossings,
} from "./growthMarks.ts";
import { tipOf } from "./hints.ts";
import { rulerLayers, rulerPx } from "./lengthRuler.ts";
import { labelLines, textWidth } from "./textWidth.ts";
import { theme } from "./theme.ts";

const pointTip = (arm: string, point: GrowthPoint, { variable }: Growth, { write }: GrowthAxis, { tips }: Messages["charts"]): readonly string[] =>
  tipOf(
    arm,
    `${variable} = ${formatCount(point.x)}`,
    estimated({ value: point.y, low: point.low, high: point.high }, write),
    point.run ? "" : tips.byFormula,
    point.samples === undefined ? "" : tips.samples(point.samples),
  );

/** Time or memory over n, both axes logarithmic: points with their intervals, fitted curves, reference slopes, crossings, and every gap at the upper edge. */
export const growthChart = (record: RunRecord, title: string, growth: Growth, axis: GrowthAxis, size: ChartSize, t: Messages): TopLevelSpec => {
  const { series, ticks } = growth;
  const fontPx = size.name === "wide" ? 12 : 11.5;
  // with many arms a second line each would not fit beside the plot
  const slopes = series.length <= 7 && !growth.isAnswer;
  const labels: readonly ArmLabel[] = series.map(({ look, fit }) => ({
    name: labelLines(printable(look.label), size.name === "wide" ? 128 : 96, fontPx),
    slope: slopes ? slopeLabel(fit, t) : "",
  }));
  const labelPx = Math.max(0, ...labels.map(({ name, slope }) => Math.max(...name.map((line) => textWidth(line, fontPx)), textWidth(slope, 11))));

  const depth = new Map<number, number>();
  for (const { x } of series.flatMap((entry) => entry.gaps)) depth.set(x, (depth.get(x) ?? 0) + 1);
  const gapsPx = Math.max(0, ...depth.values()) * gapRowPx;
  const crossingsPx = Math.min(mostCrossings, sharedCrossings(growth.crossovers).length) * crossingRowPx;
  const reservePx = gapsPx + crossingsPx + (gapsPx + crossingsPx > 0 ? 8 : 0);
  const dataPx = Math.max(size.dataHeightPx, (labels.some(({ name }) => name.length > 1) ? labelHeight(labels) + 1 : 16) * series.length);
  const plotHeight = dataPx + reservePx;

  const values = series.flatMap(({ points, fit }) => [...points.flatMap(({ low, high }) => [low, high]), ...drawnCurve(fit).map(({ y }) => y)]);
  const [low, dataHigh] = values.length > 0 ? decadeDomain(Math.min(...values), Math.max(...values)) : [1, 10];
  const room = { left: 54, right: 30 + labelPx, bottom: growth.variable === "n" ? 44 + rulerPx : 44, plotHeight };

  const layersIn = (frame: Frame): readonly Layer[] => {
    const firstTick = ticks[0] ?? 1;
    const lastTick = ticks.at(-1) ?? 2;
    const marginX = ticks.length > 1 ? (lastTick / firstTick) ** (12 / frame.plotWidth) : 2;
    const xScale = logScale(firstTick / marginX, lastTick * marginX, 0, frame.plotWidth);
    // Marks on the n axis that stand above each other have a strip of their own under the data.
    const lowest = low / (dataHigh / low) ** (computedPx(growth, xScale) / dataPx);
    const yScale = logScale(lowest, lowest * (dataHigh / lowest) ** (plotHeight / dataPx), plotHeight, 0);
    const channels = channelsOf(series, ticks, xScale, yScale, dataHigh, room.left, axis, size);
    const { x, y, color, strokeDash, shape } = channels;

    const points = series.flatMap((entry) =>
      entry.points.map((point) => ({
        x: point.x,
        y: point.y,
        low: point.low,
        high: point.high,
        run: point.run,
        series: entry.look.label,
        tip: pointTip(entry.look.label, point, growth, axis, t.charts),
      })),
    );
    const lines = series.flatMap((entry) => {
      const curve = drawnCurve(entry.fit);
      return (curve.length > 0 ? curve : offCurve(entry.fit) > 0 ? [] : entry.points).map((point) => ({ x: point.x, y: point.y, series: entry.look.label }));
    });
    const beyond = series.flatMap((entry) =>
      beyondCurve(entry).flatMap((piece, part) => piece.map(({ x, y }) => ({ x, y, series: entry.look.label, part: `${entry.look.label} ${part}` }))),
    );
    const banded = points.filter((point) => point.high > point.low);
    const between = { x, y: { ...y, field: "low" }, y2: { field: "high" }, color };
    const measured: Layer[] = [
      { data: { values: banded }, mark: { type: "area", opacity: 0.2, clip: true }, encoding: between },
      { data: { values: banded }, mark: { type: "rule", strokeWidth: 1.5, opacity: 0.7, clip: true }, encoding: between },
      {
        data: { values: beyond },
        mark: { type: "line", strokeWidth: 1, opacity: 0.6, clip: true },
        encoding: { x, y, color, strokeDash, detail: { field: "part", type: "nominal" } },
      },
      { data: { values: lines }, mark: { type: "line", strokeWidth: 1.75, clip: true }, encoding: { x, y, color, strokeDash } },
      {
        data: { values: points.filter((point) => point.run) },
        mark: { type: "point", filled: true, size: 46, opacity: 1 },
        encoding: { x, y, color, shape },
      },
      {
        data: { values: points.filter((point) => !point.run) },
        mark: { type: "point", filled: false, fill: theme.paper.light, size: 40, strokeWidth: 1.5, opacity: 1 },
        encoding: { x, y, color, shape },
      },
    ];
    return [
      ...guideLayers(growth, channels, frame, xScale, yScale, t),
      ...crossingLayers(growth, channels, frame, xScale, gapsPx + (gapsPx > 0 ? 2 : 0), t),
      ...measured,
      ...computedLayers(growth, channels, frame, xScale, t),
      ...gapLayers(growth, channels, t),
      ...(growth.variable === "n" ? rulerLayers(xScale, frame, t) : []),
      ...labelLayers(series, labels, channels, frame, xScale, yScale, fontPx, crossingsPx > 0 ? gapsPx + crossingsPx : 0),
    ];
  };
  return framed(record, size, title, axis.note, room, t, layersIn, growth.metric === "time");
};
