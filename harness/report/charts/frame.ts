import type { TopLevelSpec } from "vega-lite";
import { formatCount } from "../../analysis/format.ts";
import type { Messages } from "../../messages/messages.ts";
import { shortAdapterName } from "../../record/adapterName.ts";
import type { RunRecord } from "../../record/run.ts";
import { printable } from "../html.ts";
import { isolated } from "../isolated.ts";
import { fitted, labelLines, wrapped } from "./textWidth.ts";
import { theme } from "./theme.ts";

/** Room for one chart: its whole width and the height of the area that the data fills, px. */
export interface ChartSize {
  readonly name: "wide" | "narrow";
  readonly widthPx: number;
  readonly dataHeightPx: number;
}

/** Every chart is drawn twice; the page shows the one that suits the screen, so that text keeps its size on a phone. */
export const chartSizes = [
  { name: "wide", widthPx: 528, dataHeightPx: 250 },
  { name: "narrow", widthPx: 328, dataHeightPx: 230 },
] as const satisfies readonly ChartSize[];

export type Layer = Extract<TopLevelSpec, { readonly layer: unknown }>["layer"][number];

/** How the fields of a layer's data become marks. */
export type Encoding = NonNullable<Extract<Layer, { readonly mark: unknown }>["encoding"]>;

/** A chart before rendering, with what a reader who cannot see it is told. */
export interface Chart {
  readonly spec: TopLevelSpec;
  readonly title: string;
  readonly description: string;
  /** whether its axes can show a part of themselves */
  readonly zooms: boolean;
}

/** A logarithmic scale onto pixels from `start` (at low) to `end` (at high), for placing labels before Vega draws. */
export interface LogScale {
  readonly low: number;
  readonly high: number;
  readonly toPx: (value: number) => number;
  readonly toValue: (px: number) => number;
}

export const logScale = (low: number, high: number, start: number, end: number): LogScale => {
  const slope = (end - start) / Math.log(high / low);
  return { low, high, toPx: (value) => start + slope * Math.log(value / low), toValue: (px) => low * Math.exp((px - start) / slope) };
};

/** Powers of ten from `low` to `high`, inclusive. */
export const decades = (low: number, high: number): readonly number[] => {
  const first = Math.ceil(Math.log10(low) - 1e-9);
  const last = Math.floor(Math.log10(high) + 1e-9);
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => 10 ** (first + i));
};

/** Powers of ten from `low` to `high`, and three times each where these are too few to read a value between them by. */
export const readableTicks = (low: number, high: number): readonly number[] => {
  const tens = decades(low, high);
  return tens.length > 2 ? tens : [(tens[0] ?? low) / 10, ...tens].flatMap((ten) => [ten, 3 * ten]).filter((tick) => tick >= low && tick <= high);
};

/** A power of ten as an axis says it: "1,000", "0.1". */
export const decadeWords = (ten: number): string => (ten >= 1 ? formatCount(ten) : String(Number(ten.toPrecision(1))));

/** Most marks that an axis of bytes needs. */
const mostBinaryTicks = 7;

/** Powers of two from `low` to `high`, of which those are left out that would be too many: two, four, 32 or 1,024 times as large as the one before. */
export const binaryTicks = (low: number, high: number): readonly number[] => {
  const [first, last] = [Math.ceil(Math.log2(low) - 1e-9), Math.floor(Math.log2(high) + 1e-9)];
  const powers = (step: number): readonly number[] => {
    const from = Math.ceil(first / step);
    return Array.from({ length: Math.max(0, Math.floor(last / step) - from + 1) }, (_, i) => 2 ** ((from + i) * step));
  };
  return [1, 2, 5].map(powers).find((ticks) => ticks.length <= mostBinaryTicks) ?? powers(10);
};

/** [low, high] widened by a margin and until it holds two decades' ticks at least. Both positive. */
export const decadeDomain = (least: number, most: number): readonly [number, number] => {
  let low = least / 1.4;
  let high = most * 1.3;
  while (decades(low, high).length < 2) {
    const floor = 10 ** Math.floor(Math.log10(low) + 1e-9);
    const ceiling = 10 ** Math.ceil(Math.log10(high) - 1e-9);
    if (low / floor <= ceiling / high && floor < low) low = floor / 1.05;
    else if (ceiling > high) high = ceiling * 1.05;
    else low = floor / 1.05;
  }
  return [low, high];
};

/** Positions nearest to `wanted` (px) that keep `gap` between neighbours within [start, end]; the order is kept. */
export const spread = (wanted: readonly number[], gap: number, start: number, end: number): readonly number[] => {
  const order = wanted.map((px, index) => ({ px, index })).sort((one, other) => one.px - other.px);
  const step = order.length > 1 ? Math.min(gap, (end - start) / (order.length - 1)) : gap;
  const placed = order.map(({ px }, i) => Math.max(start + i * step, Math.min(px, end - (order.length - 1 - i) * step)));
  // pairs that are too near are pushed apart from the middle of their group, a few rounds settle it
  for (let round = 0; round < 60; round++) {
    for (let i = 1; i < placed.length; i++) {
      const upper = placed[i - 1] ?? 0;
      const lower = placed[i] ?? 0;
      const missing = step - (lower - upper);
      if (missing <= 0) continue;
      placed[i - 1] = Math.max(start + (i - 1) * step, upper - missing / 2);
      placed[i] = Math.min(end - (placed.length - 1 - i) * step, (placed[i - 1] ?? 0) + step);
    }
  }
  const result = wanted.map(() => 0);
  order.forEach(({ index }, i) => {
    result[index] = placed[i] ?? 0;
  });
  return result;
};

/** Which device, said under the title of every chart; `timed`: and by which clock, as it shows times. */
export const deviceLine = (record: RunRecord, { emulation, charts }: Messages, timed: boolean): string => {
  const { adapter, deviceClass } = record.environment;
  const name = printable(shortAdapterName(adapter, deviceClass === "software") || adapter.choice || charts.unknownDevice);
  const wall = record.environment.clock.source === "wall";
  const software = deviceClass === "software";
  const clock = wall ? [charts.wallClock] : software ? [] : [charts.gpuClock];
  return [fitted(name, 260, 11.5), ...(software ? [emulation] : []), ...(timed ? clock : [])].join(" · ");
};

/** Margins around the plot, px. */
export interface Frame {
  readonly size: ChartSize;
  readonly plotWidth: number;
  readonly plotHeight: number;
  readonly left: number;
  readonly top: number;
}

/** A title of two lines still leaves a phone room for its chart. */
const mostTitleLines = 2;
const titleLinePx = 17;
/** How much wider semibold letters run than those of textWidth. */
const bolder = 1.06;

/** Layers put into a frame with title, the device under it, and fixed margins, so that all charts of a figure line up. `timed`: they show times. */
export const framed = (
  record: RunRecord,
  size: ChartSize,
  title: string,
  note: string,
  room: { readonly left: number; readonly right: number; readonly bottom: number; readonly plotHeight: number },
  t: Messages,
  layers: (frame: Frame) => readonly Layer[],
  timed = true,
): TopLevelSpec => {
  const subtitle = wrapped(`${deviceLine(record, t, timed)}${note === "" ? "" : ` · ${note}`}`, size.widthPx - 8, 11.5);
  const [first = "", ...rest] = labelLines(printable(title), (size.widthPx - 8) / bolder, 14, mostTitleLines);
  const top = 22 + titleLinePx * rest.length + 15 * subtitle.length + 28;
  const frame: Frame = { size, plotWidth: size.widthPx - room.left - room.right, plotHeight: room.plotHeight, left: room.left, top };
  return {
    $schema: "https://vega.github.io/schema/vega-lite/v6.json",
    width: frame.plotWidth,
    height: frame.plotHeight,
    autosize: { type: "none" },
    padding: { left: room.left, right: room.right, top, bottom: room.bottom },
    title: {
      text: rest.length === 0 ? isolated(first) : [first, ...rest].map(isolated),
      lineHeight: titleLinePx,
      subtitle: [...subtitle],
      frame: "group",
      dx: -room.left,
      offset: 8,
      color: theme.ink.light,
    },
    layer: [...layers(frame)],
  };
};
