import { formatCount } from "../../analysis/format.ts";
import type { GapStatus } from "../../messages/en.ts";
import type { Messages } from "../../messages/messages.ts";
import { printable } from "../html.ts";
import type { Channels } from "./channels.ts";
import { type Frame, type Layer, type LogScale, spread } from "./frame.ts";
import {
  type ComputedCrossing,
  crossingText,
  type DrawnCrossing,
  drawnCurve,
  type Growth,
  growthFunction,
  pairsTexts,
  pairText,
  type Series,
  sharedCrossings,
} from "./growth.ts";
import { type Hints, tipOf } from "./hints.ts";
import { type PlacedText, textLayers, yInPx } from "./placed.ts";
import { fitted, textWidth } from "./textWidth.ts";
import { crossPath, theme } from "./theme.ts";

export const gapRowPx = 14;
export const crossingRowPx = 16;

/** More crossings than this in one chart hide its curves; all of them are in the table of crossovers. */
export const mostCrossings = 4;

/** Arms that all of these crossings are of: with one of them hidden, none is left. "" is no arm's name. */
const everyPairs = (shared: readonly DrawnCrossing[]): readonly [string, string] => {
  const [first, second] = (shared[0]?.between ?? []).filter((label) => shared.every(({ between }) => between.includes(label)));
  return [first ?? "", second ?? first ?? ""];
};

const gapShapes: Readonly<Record<GapStatus, string>> = {
  censored: "triangle-up",
  failed: crossPath,
  skipped: "circle",
  pending: "circle",
};

/** Cells without a value, at their x along the upper edge, one row an arm. */
export const gapLayers = (growth: Growth, { x, color }: Channels, t: Messages): readonly Layer[] => {
  const depth = new Map<number, number>();
  const gaps = growth.series.flatMap(({ look, gaps: own }) =>
    own.map((gap) => {
      const row = depth.get(gap.x) ?? 0;
      depth.set(gap.x, row + 1);
      const tip = tipOf(look.label, `${growth.variable} = ${formatCount(gap.x)}`, t.charts.tips.gap(gap.status), gap.reason);
      return { x: gap.x, status: gap.status, series: look.label, py: 7 + row * gapRowPx, tip };
    }),
  );
  return (Object.keys(gapShapes) as GapStatus[]).flatMap((status): Layer[] => {
    const values = gaps.filter((gap) => gap.status === status);
    if (values.length === 0) return [];
    return [
      {
        data: { values },
        mark: { type: "point", filled: false, shape: gapShapes[status], size: 50, strokeWidth: 1.75, opacity: 1 },
        encoding: { x, y: yInPx, color },
      },
    ];
  });
};

/** Each crossing: its interval as a bar, n* as a dashed line, its words in a row of their own above the data. */
export const crossingLayers = (growth: Growth, { x }: Channels, frame: Frame, xScale: LogScale, startPx: number, t: Messages): readonly Layer[] => {
  const fontPx = growth.isAnswer ? 12 : 11;
  // Nothing stands beside these rows: words have the whole width of the chart, and names give way to numbers.
  const [leftPx, rightPx] = [4 - frame.left, frame.size.widthPx - frame.left - 4];
  const wordsOf = (shared: readonly [DrawnCrossing, ...DrawnCrossing[]]): string => {
    const [crossover] = shared;
    // Bytes cross at n* exactly, and the other keeps less from the next length on.
    const { latest, between } = crossover;
    const from = growth.metric === "stateBytes" && !latest ? Math.floor(crossover.n.value) + 1 : crossover.n.value;
    if (growth.isAnswer) return t.charts.fromHere(growth.metric, from, between[1], frame.size.name === "narrow", latest);
    const found = crossingText(crossover);
    const words = pairsTexts(shared, growth, t).map((pairs) => `${found} ${printable(pairs)}`);
    // What would be cut off gives way to how many it is; the name of a single pair has nothing to give way to.
    return words.find((text) => textWidth(text, fontPx) <= rightPx - leftPx) ?? words.at(-1) ?? found;
  };
  const within = (value: number): number => Math.min(xScale.high, Math.max(xScale.low, value));
  const drawn = sharedCrossings(growth.crossovers)
    .slice(0, mostCrossings)
    .map((shared, i) => {
      const [crossover] = shared;
      const text = fitted(printable(wordsOf(shared)), rightPx - leftPx, fontPx);
      const half = textWidth(text, fontPx) / 2;
      const { value, low, high } = crossover.n;
      // Over the plot where there is room for it.
      const [start, end] = 2 * half > frame.plotWidth ? [leftPx, rightPx] : [0, frame.plotWidth];
      const centre = Math.max(start + half, Math.min(end - half, xScale.toPx(within(value))));
      const labelPx = startPx + (i + 0.5) * crossingRowPx;
      const between = everyPairs(shared);
      const at = { x: within(value), low: within(low), high: within(high), py: labelPx + 8, between };
      const follows = { x: at.x, fromPx: start + half, toPx: end - half };
      return { at, words: { text, px: centre, py: labelPx, between, follows } satisfies PlacedText };
    });
  if (drawn.length === 0) return [];
  const data = { values: drawn.map(({ at }) => at) };
  const span = { y: yInPx, y2: { value: frame.plotHeight } };
  const words = drawn.map((one) => one.words);
  return [
    { data, mark: { type: "rect", color: theme.crossing.light, opacity: 0.14 }, encoding: { x: { ...x, field: "low" }, x2: { field: "high" }, ...span } },
    { data, mark: { type: "rule", color: theme.crossing.light, strokeDash: [3, 3], strokeWidth: 1.25 }, encoding: { x, ...span } },
    // the halo keeps a label legible where the line of another crossing passes behind it
    ...textLayers(words, { fontSize: fontPx, color: theme.paper.light, stroke: theme.paper.light, strokeWidth: 5 }),
    ...textLayers(words, { fontSize: fontPx, color: theme.ink.light }),
  ];
};

// None that stands at the upper edge too, where it says why a cell has no value.
const computedShapes = { equalShare: "diamond", predicted: "square" } as const satisfies Readonly<Record<ComputedCrossing["kind"], string>>;

/** Marks on the n axis that would cover each other stand above each other, px. */
const computedRowPx = 11;

/** Where the marks of n* that are computed stand: on the n axis, each in the lowest row that has room for it. */
const computedPlaces = (growth: Growth, xScale: LogScale): readonly (ComputedCrossing & { readonly px: number; readonly row: number })[] => {
  const rows: number[] = [];
  return growth.computed
    .toSorted((one, other) => one.n - other.n)
    .map((one) => {
      const px = xScale.toPx(one.n);
      const free = rows.findIndex((last) => px - last >= computedRowPx);
      const row = free < 0 ? rows.length : free;
      rows[row] = px;
      return { ...one, px, row };
    });
};

/** From the plot's lower edge to the middle of a row of such marks, px. */
const computedRise = (row: number): number => 5 + row * computedRowPx;

/** Height that rows of such marks above the first take, px. */
export const computedPx = (growth: Growth, xScale: LogScale): number => Math.max(0, ...computedPlaces(growth, xScale).map(({ row }) => row * computedRowPx));

/** n* that are computed: hollow marks on the n axis, in the colour of the arm that is faster from there on. */
export const computedLayers = (growth: Growth, { x, color }: Channels, frame: Frame, xScale: LogScale, t: Messages): readonly Layer[] => {
  const places = computedPlaces(growth, xScale);
  return (["equalShare", "predicted"] as const).flatMap((kind): Layer[] => {
    const values = places
      .filter((one) => one.kind === kind)
      .map(({ between, n, row }) => {
        const tip = tipOf(pairText(between), `n* ${formatCount(n)}`, t.charts.crossoverKinds[kind]);
        return { x: n, py: frame.plotHeight - computedRise(row), series: between[1], between, tip };
      });
    if (values.length === 0) return [];
    const mark = { type: "point", filled: false, fill: theme.paper.light, shape: computedShapes[kind], size: 52, strokeWidth: 1.5, opacity: 1 } as const;
    return [{ data: { values }, mark, encoding: { x, y: yInPx, color } }];
  });
};

const guideWords: Readonly<Record<string, string>> = {
  "O(log n)": "∝ log n",
  "O(n)": "∝ n",
  "O(n log n)": "∝ n log n",
  "O(n²)": "∝ n²",
  "O(n³)": "∝ n³",
};

/** For every claimed class one thin dashed line with that slope, just under the end of the first arm that claims it. */
export const guideLayers = (growth: Growth, { x, y }: Channels, frame: Frame, xScale: LogScale, yScale: LogScale, t: Messages): readonly Layer[] => {
  const { series } = growth;
  if (growth.variable !== "n" || growth.isAnswer) return [];
  const taken = series.flatMap((entry) =>
    [...drawnCurve(entry.fit, 24), ...entry.points].map((point) => ({ px: xScale.toPx(point.x), py: yScale.toPx(point.y) })),
  );
  for (const { n } of growth.crossovers) for (let py = 0; py < frame.plotHeight; py += 12) taken.push({ px: xScale.toPx(n.value), py });
  const computed = computedPlaces(growth, xScale).map(({ px, row }) => ({ px, py: frame.plotHeight - computedRise(row) }));
  taken.push(...computed);
  // Words end above the row of marks on the axis.
  const lowest = Math.min(frame.plotHeight - 6, ...computed.map(({ py }) => py - 14));
  const claims = [...new Set(series.map(({ claim }) => claim))];
  const drawn = claims.flatMap((claim) => {
    const points = series.find((entry) => entry.claim === claim && entry.points.length > 1)?.points;
    const first = points?.[0];
    const last = points?.at(-1);
    if (first === undefined || last === undefined) return [];
    const grow = growthFunction(claim);
    const end = last.y / (yScale.high / yScale.low) ** (17 / frame.plotHeight);
    const guide = Array.from({ length: 25 }, (_, i) => first.x * (last.x / first.x) ** (i / 24))
      .map((value) => ({ x: value, y: (end * grow(value)) / grow(last.x) }))
      .filter((point) => point.y >= yScale.low);
    const words = claim === "O(1)" ? t.charts.constant : (guideWords[claim] ?? claim);
    const half = textWidth(words, 10.5) / 2;
    // below the guide, at the place that is farthest from everything drawn so far
    const candidates = guide
      .map((point) => ({ px: xScale.toPx(point.x) + half + 4, py: yScale.toPx(point.y) + 9 }))
      .filter(({ px, py }) => px < frame.plotWidth - half && py < lowest)
      .map((spot) => ({
        ...spot,
        room: Math.min(60, ...taken.map((other) => Math.hypot(Math.max(0, Math.abs(other.px - spot.px) - half), other.py - spot.py))),
      }))
      .sort((one, other) => other.room - one.room);
    const [spot] = candidates;
    taken.push(...guide.map((point) => ({ px: xScale.toPx(point.x), py: yScale.toPx(point.y) })));
    const line = guide.map((point) => ({ ...point, claim }));
    if (spot === undefined || spot.room < 9) return [{ line, labels: [] }];
    for (const shift of [-half, 0, half]) taken.push({ px: spot.px + shift, py: spot.py });
    return [{ line, labels: [{ text: words, px: spot.px, py: spot.py, whole: true } satisfies PlacedText] }];
  });
  if (drawn.length === 0) return [];
  return [
    {
      data: { values: drawn.flatMap(({ line }) => line) },
      mark: { type: "line", color: theme.guide.light, strokeWidth: 1, strokeDash: [2, 3], clip: true },
      encoding: { x, y, detail: { field: "claim" } },
    },
    ...textLayers(
      drawn.flatMap(({ labels }) => labels),
      { fontSize: 10.5, color: theme.muted.light },
    ),
  ];
};

/** A label at the right edge: the arm's name and, below it, its slope. */
export interface ArmLabel {
  /** in one line or two */
  readonly name: readonly string[];
  /** under it; "": none */
  readonly slope: string;
}

/** Height of a line of a label beneath its first, px. */
const linePx = 14;

/** Lines beneath the first, of the label that has most. */
const linesBelow = (labels: readonly ArmLabel[]): number => Math.max(0, ...labels.map(({ name, slope }) => name.length - (slope === "" ? 1 : 0)));

/** Room that a label takes beside the plot, px. */
export const labelHeight = (labels: readonly ArmLabel[]): number => 15 + linePx * linesBelow(labels);

/** Direct labels right of the plot, under the first `topPx` of it, kept apart, each with its arm's mark and a thin line to the arm's last point. */
export const labelLayers = (
  series: readonly Series[],
  labels: readonly ArmLabel[],
  { x, y, color, shape }: Channels,
  frame: Frame,
  xScale: LogScale,
  yScale: LogScale,
  fontPx: number,
  topPx: number,
): readonly Layer[] => {
  const belowPx = linePx * linesBelow(labels);
  const ends = series.map(({ points }) => points.at(-1));
  const wanted = ends.map((end) => (end === undefined ? gapRowPx : yScale.toPx(end.y)));
  const placed = spread(wanted, labelHeight(labels), 7 + topPx, frame.plotHeight - (belowPx > 0 ? 2 + belowPx : 4));
  const rows = series.map(({ look }, i) => ({ series: look.label, py: placed[i] ?? 0, label: true }) satisfies Hints & { py: number });
  const leaders = ends.flatMap((end, i) => {
    const atY = placed[i];
    if (end === undefined || atY === undefined) return [];
    const gapPx = frame.plotWidth - xScale.toPx(end.x);
    return gapPx < 16 && Math.abs(atY - yScale.toPx(end.y)) < 3
      ? []
      : [{ x: end.x, y: end.y, to: yScale.toValue(atY), series: rows[i]?.series ?? "", whole: true as const }];
  });
  const labelled = (i: number, text: string, line: number): PlacedText => ({
    text,
    px: frame.plotWidth + 24,
    py: (placed[i] ?? 0) + linePx * line,
    series: series[i]?.look.label ?? "",
    label: true,
  });
  const names = labels.flatMap(({ name }, i) => name.map((text, line) => labelled(i, text, line)));
  const slopes = labels.flatMap(({ name, slope }, i) => (slope === "" ? [] : [labelled(i, slope, name.length)]));
  return [
    {
      data: { values: leaders },
      // Dotted and in no colour of a curve, which it would seem to go on with.
      mark: { type: "rule", strokeWidth: 1, strokeDash: [1, 3], color: theme.muted.light },
      encoding: { x, y, x2: { value: frame.plotWidth + 8 }, y2: { field: "to" } },
    },
    {
      data: { values: rows },
      mark: { type: "point", filled: true, size: 46, opacity: 1 },
      encoding: { x: { value: frame.plotWidth + 14 }, y: yInPx, color, shape },
    },
    ...textLayers(names, { fontSize: fontPx, color: theme.ink.light, align: "left" }),
    ...textLayers(slopes, { fontSize: 11, color: theme.muted.light, align: "left" }),
  ];
};
