import type { Hints } from "../charts/hints.ts";
import type { LiveChart, LiveData, LiveMark, LiveSpec } from "./liveChart.ts";

/** One axis of a chart that zooms. */
export interface LiveAxisRange {
  readonly scale: "linear" | "log";
  readonly domain: readonly [number, number];
  readonly ticks: readonly number[];
}

export type AxisName = "x" | "y";

const axisNames: readonly AxisName[] = ["x", "y"];

/** What the axes of a chart show as a whole; undefined where they are no two ranges of numbers. */
export const rangesOf = ({ scales = [], axes = [] }: LiveSpec): Readonly<Record<AxisName, LiveAxisRange>> | undefined => {
  const [x, y] = axisNames.map((name): LiveAxisRange | undefined => {
    const scale = scales.find((one) => one.name === name);
    const ticks = axes.find((axis) => axis.scale === name && Array.isArray(axis.values))?.values;
    const [low, high] = Array.isArray(scale?.domain) ? scale.domain : [];
    if (typeof low !== "number" || typeof high !== "number" || !Array.isArray(ticks)) return undefined;
    return { scale: scale?.type === "log" ? "log" : "linear", domain: [low, high], ticks };
  });
  return x && y ? { x, y } : undefined;
};

// A row is there unless a reader hid what it is of, or sees a part of the axes that it was not placed for.
const shown =
  "indexof(hidden, datum.series) < 0 && (!datum.between || (indexof(hidden, datum.between[0]) < 0 && indexof(hidden, datum.between[1]) < 0)) && !(zoomed && datum.whole)";

// The same of a row that goes along with the axis: seen where its value is.
const inSight = "!(zoomed && datum.follows && (datum.follows.x < xDomain[0] || datum.follows.x > xDomain[1]))";
const followed = { signal: "zoomed ? clamp(scale('x', datum.follows.x), datum.follows.fromPx, datum.follows.toPx) : datum.px" };

const hintsOf = ({ values }: LiveData): Hints => (Array.isArray(values) ? (values[0] ?? {}) : {});

/**
 * The chart with handles for a reader: signals `hidden` (names of series), `zoomed`, and for a chart that zooms `xDomain`, `yDomain`, `xTicks`, `yTicks`.
 * Without a touch it draws the same as before.
 */
export const liveSpec = ({ spec, zooms }: LiveChart): LiveSpec => {
  const { data = [], scales = [], axes = [], marks = [] } = spec;
  const ranges = zooms ? rangesOf(spec) : undefined;
  const rootOf = (name: string | undefined): LiveData | undefined => {
    const found = data.find((one) => one.name === name);
    return typeof found?.source === "string" ? rootOf(found.source) : found;
  };
  const handled = (mark: LiveMark, from?: LiveData): LiveMark => {
    const root = rootOf(mark.from?.data ?? mark.from?.facet?.data) ?? from;
    const { label, whole, follows } = root ? hintsOf(root) : {};
    const { encode = {} } = mark;
    return {
      ...mark,
      // Rows that stand outside the plot on purpose are not cut off at its edge.
      ...(ranges && !label && !whole && !follows ? { clip: true } : {}),
      ...(ranges && follows ? { encode: { ...encode, update: { ...encode.update, x: followed } } } : {}),
      ...(label ? { encode: { ...encode, update: { ...encode.update, opacity: { signal: "indexof(hidden, datum.series) < 0 ? 1 : 0.35" } } } } : {}),
      ...(mark.marks ? { marks: mark.marks.map((inner) => handled(inner, root)) } : {}),
    };
  };
  const isZoomed = (name: string): name is AxisName => ranges !== undefined && (name === "x" || name === "y");
  return {
    ...spec,
    signals: [
      ...(spec.signals ?? []),
      { name: "hidden", value: [] },
      { name: "zoomed", value: false },
      ...(ranges
        ? axisNames.flatMap((name) => [
            { name: `${name}Domain`, value: ranges[name].domain },
            { name: `${name}Ticks`, value: ranges[name].ticks },
          ])
        : []),
    ],
    data: data.map((one) => {
      const { series, between, label, whole, follows } = hintsOf(one);
      const steered = !label && (series ?? between ?? whole ?? follows) !== undefined;
      const expr = ranges && follows ? `${shown} && ${inSight}` : shown;
      return steered ? { ...one, transform: [...(one.transform ?? []), { type: "filter", expr }] } : one;
    }),
    scales: scales.map((scale) => (isZoomed(scale.name) ? { ...scale, domain: { signal: `${scale.name}Domain` } } : scale)),
    axes: axes.map((axis) => (isZoomed(axis.scale) && Array.isArray(axis.values) ? { ...axis, values: { signal: `${axis.scale}Ticks` } } : axis)),
    marks: marks.map((mark) => handled(mark)),
  };
};
