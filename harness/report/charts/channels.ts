import type { ChartSize, Encoding, LogScale } from "./frame.ts";
import type { Series } from "./growth.ts";
import { labelOverlapOf } from "./textWidth.ts";
import { theme } from "./theme.ts";

/** What tells a time chart from a memory chart. */
export interface GrowthAxis {
  readonly title: string;
  readonly xTitle: string;
  /** marks of the axis from its low end to its high one */
  readonly ticks: (low: number, high: number) => readonly number[];
  /** Vega expression that writes a tick's `datum.value` */
  readonly labelExpr: string;
  readonly note: string;
  /** a value in words */
  readonly write: (value: number) => string;
}

/** Encodings that all layers of a growth chart share, so that Vega-Lite merges them into one scale each without a word. */
export const channelsOf = (
  series: readonly Series[],
  ticks: readonly number[],
  x: LogScale,
  y: LogScale,
  dataHigh: number,
  left: number,
  axis: GrowthAxis,
  size: ChartSize,
) => {
  const names = series.map(({ look }) => look.label);
  return {
    x: {
      field: "x",
      type: "quantitative",
      scale: { type: "log", base: 2, domain: [x.low, x.high], nice: false },
      axis: {
        title: axis.xTitle,
        values: [...ticks],
        format: ",d",
        grid: false,
        domain: true,
        domainColor: theme.grid.light,
        ticks: true,
        tickSize: 4,
        tickColor: theme.grid.light,
        labelOverlap: labelOverlapOf(size),
        labelSeparation: 6,
        titlePadding: 8,
      },
    },
    y: {
      field: "y",
      type: "quantitative",
      scale: { type: "log", base: 10, domain: [y.low, y.high], nice: false },
      axis: {
        title: axis.title,
        values: [...axis.ticks(y.low, dataHigh)],
        labelExpr: axis.labelExpr,
        titleAngle: 0,
        titleAlign: "left",
        titleAnchor: "end",
        titleBaseline: "bottom",
        titleX: -left,
        titleY: -9,
      },
    },
    color: { field: "series", type: "nominal", scale: { domain: names, range: series.map(({ look }) => look.colour.light) }, legend: null },
    strokeDash: {
      field: "series",
      type: "nominal",
      scale: { domain: names, range: series.map(({ look }) => (look.dash.length === 0 ? [1, 0] : [...look.dash])) },
      legend: null,
    },
    shape: { field: "series", type: "nominal", scale: { domain: names, range: series.map(({ look }) => look.mark) }, legend: null },
  } satisfies Encoding;
};

export type Channels = ReturnType<typeof channelsOf>;
