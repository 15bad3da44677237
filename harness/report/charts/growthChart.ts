import { printable } from "../html.ts";
import type { RunRecord } from "../../record/run.ts";
import { type ChartSize, decadeDomain, decades, type Frame, framed, type Layer, type LogScale, logScale, spread } from "./frame.ts";
import { crossingLabel, fittedCurve, type GapStatus, type Growth, growthFunction, type Series, slopeLabel } from "./growth.ts";
import { fitted, textWidth } from "./textWidth.ts";
import { theme } from "./theme.ts";

/** What tells a time chart from a memory chart. */
export interface GrowthAxis {
  readonly title: string;
  readonly xTitle: string;
  /** Vega expression that writes a tick's `datum.value` */
  readonly labelExpr: string;
  readonly note: string;
}

const gapRowPx = 14;
const crossingRowPx = 16;
const mostCrossings = 4;

// Vega symbol paths in a square of −1…1
const gapShapes: Readonly<Record<GapStatus, string>> = {
  censored: "triangle-up",
  failed: "M-0.8,-0.8L0.8,0.8M0.8,-0.8L-0.8,0.8",
  skipped: "circle",
  pending: "circle",
};

/** Time or memory over n, both axes logarithmic: points with their intervals, fitted curves, reference slopes, crossings, and every gap at the upper edge. */
export const growthChart = (record: RunRecord, title: string, growth: Growth, axis: GrowthAxis, size: ChartSize) => {
  const { series, ticks, variable } = growth;
  const fontPx = size.name === "wide" ? 12 : 11.5;
  const twoLines = series.length <= 7;
  const labels = series.map(({ look, fit }) => ({ name: fitted(printable(look.label), size.name === "wide" ? 128 : 78, fontPx), slope: twoLines ? slopeLabel(fit) : "" }));
  const labelPx = Math.max(0, ...labels.map(({ name, slope }) => Math.max(textWidth(name, fontPx), textWidth(slope, 11))));

  const depth = new Map<number, number>();
  for (const { x } of series.flatMap((entry) => entry.gaps)) depth.set(x, (depth.get(x) ?? 0) + 1);
  const gapRows = Math.max(0, ...depth.values());
  const crossovers = growth.crossovers.slice(0, mostCrossings);
  const reservePx = gapRows * gapRowPx + crossovers.length * crossingRowPx + (gapRows + crossovers.length > 0 ? 6 : 0);

  const values = series.flatMap(({ points, fit }) => [...points.flatMap(({ low, high }) => [low, high]), ...fittedCurve(fit).map(({ y }) => y)]);
  const [low, dataHigh] = values.length > 0 ? decadeDomain(Math.min(...values), Math.max(...values)) : [1, 10];
  const high = low * (dataHigh / low) ** ((size.dataHeightPx + reservePx) / size.dataHeightPx);

  const room = { left: 54, right: 30 + labelPx, bottom: 44, plotHeight: size.dataHeightPx + reservePx };
  return framed(record, size, title, axis.note, room, (frame) => {
    const firstTick = ticks[0] ?? 1;
    const lastTick = ticks.at(-1) ?? 2;
    const margin = ticks.length > 1 ? (lastTick / firstTick) ** (10 / frame.plotWidth) : 2;
    const xScale = logScale(firstTick / margin, lastTick * margin, 0, frame.plotWidth);
    const yScale = logScale(low, high, frame.plotHeight, 0);
    const x = {
      field: "x",
      type: "quantitative",
      scale: { type: "log", base: 2, domain: [xScale.low, xScale.high], nice: false },
      axis: { title: axis.xTitle, values: [...ticks], format: ",d", grid: false, domain: true, domainColor: theme.grid.light, ticks: true, tickSize: 4, tickColor: theme.grid.light, labelOverlap: "parity", labelSeparation: 6, titlePadding: 8 },
    } as const;
    const y = {
      field: "y",
      type: "quantitative",
      scale: { type: "log", base: 10, domain: [low, high], nice: false },
      axis: { title: axis.title, values: [...decades(low, dataHigh)], labelExpr: axis.labelExpr, titleAngle: 0, titleAlign: "left", titleAnchor: "end", titleBaseline: "bottom", titleX: -room.left, titleY: -9 },
    } as const;
    const names = series.map(({ look }) => look.label);
    const color = { field: "arm", type: "nominal", scale: { domain: names, range: series.map(({ look }) => look.colour.light) }, legend: null } as const;
    const strokeDash = { field: "arm", type: "nominal", scale: { domain: names, range: series.map(({ look }) => (look.dash.length === 0 ? [1, 0] : [...look.dash])) }, legend: null } as const;
    const shape = { field: "arm", type: "nominal", scale: { domain: names, range: series.map(({ look }) => look.mark) }, legend: null } as const;

    const points = series.flatMap((entry) => entry.points.map((point) => ({ ...point, arm: entry.look.label })));
    const lines = series.flatMap((entry) => {
      const curve = fittedCurve(entry.fit);
      return (curve.length > 0 ? curve : entry.points).map((point) => ({ x: point.x, y: point.y, arm: entry.look.label }));
    });
    const banded = points.filter((point) => point.high > point.low);
    const layers: Layer[] = [
      ...guideLayers(series, frame, xScale, yScale, low),
      { data: { values: banded }, mark: { type: "area", opacity: 0.2, clip: true }, encoding: { x, y: { ...y, field: "low" }, y2: { field: "high" }, color } },
      { data: { values: banded }, mark: { type: "rule", strokeWidth: 1.5, opacity: 0.7, clip: true }, encoding: { x, y: { ...y, field: "low" }, y2: { field: "high" }, color } },
      { data: { values: lines }, mark: { type: "line", strokeWidth: 1.75, clip: true }, encoding: { x, y, color, strokeDash } },
      { data: { values: points.filter((point) => point.run) }, mark: { type: "point", filled: true, size: 46, opacity: 1, stroke: theme.paper.light, strokeWidth: 1 }, encoding: { x, y, color, shape } },
      { data: { values: points.filter((point) => !point.run) }, mark: { type: "point", filled: false, size: 40, fill: theme.paper.light, strokeWidth: 1.5, opacity: 1 }, encoding: { x, y, color, shape } },
    ];
    return [...layers, ...gapLayers(growth, x, y, color, yScale), ...crossingLayers(growth, frame, xScale, gapRows, x), ...labelLayers(series, labels, frame, xScale, yScale, fontPx, twoLines)];
    void variable;
  });
};
