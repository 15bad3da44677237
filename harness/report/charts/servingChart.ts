import { estimated, formatCount } from "../../analysis/format.ts";
import { groupBy } from "../../analysis/grouping.ts";
import { describeKey } from "../../analysis/series.ts";
import { servedText } from "../../analysis/servedText.ts";
import { en } from "../../messages/en.ts";
import type { Messages } from "../../messages/messages.ts";
import type { Served } from "../../record/derived.ts";
import type { CellRecord, RunRecord } from "../../record/run.ts";
import { armLooks } from "./arms.ts";
import { type Chart, type ChartSize, decadeDomain, decades, decadeWords } from "./frame.ts";
import { type Line, type LineAxes, type LinePoint, lineChart } from "./lineChart.ts";

/** All arms of one shape, over the n that are asked. */
export interface ServedShape {
  /** "dModel 512": empty where there is one shape */
  readonly place: string;
  readonly served: readonly Served[];
}

/** Shapes of a record, in the order of its cells. */
export const servedShapes = ({ serving = [] }: Pick<RunRecord, "serving">): readonly ServedShape[] => {
  const keys = serving.map(({ series }) => series);
  return [...groupBy(serving, ({ series }) => JSON.stringify([series.dModel, series.heads, series.headDim])).values()].map((served) => ({
    place: served[0] ? describeKey(served[0].series, keys) : "",
    served,
  }));
};

/** A point of an arm at one n, with how many texts at once it is of and whether these were measured. */
interface ServingPoint extends LinePoint {
  readonly texts: number;
  readonly from?: Served["from"];
}

/** What a chart shows of each arm. */
interface Shown {
  readonly title: string;
  readonly yTitle: string;
  /** what a value counts */
  readonly unit: string;
  /** after the device in the subtitle */
  readonly note: (points: readonly ServingPoint[]) => string;
  /** of one arm; those of all texts that have room last, by n */
  readonly points: (served: readonly Served[]) => readonly ServingPoint[];
  readonly write: (served: Served) => string;
  /** whether it has no value; its note says why */
  readonly isNone: (served: Served) => boolean;
}

/** Texts that the memory holds; kernels may take fewer at once. */
const heldBy = ({ batch, room }: Served): number => room?.memoryBatch ?? batch;

const textsIn = ({ charts: { servingTexts } }: Messages): Shown => ({
  title: servingTexts.title,
  yTitle: servingTexts.axis,
  unit: servingTexts.unit,
  note: () => servingTexts.note,
  points: (served) =>
    served.flatMap((one) => {
      const texts = heldBy(one);
      return texts > 0 ? [{ x: one.n, y: texts, low: texts, high: texts, texts }] : [];
    }),
  write: (served) => formatCount(heldBy(served)),
  isNone: (served) => heldBy(served) === 0,
});

const tokensIn = (record: RunRecord, t: Messages): Shown => ({
  title: t.charts.servingTokens.title,
  yTitle: t.charts.servingTokens.axis,
  unit: "tokens/s",
  note: (points) =>
    t.charts.servingTokens.note(
      points.some(({ from }) => from === "measured"),
      points.some(({ from }) => from === "projected"),
    ),
  points: (served) => {
    const all = served.flatMap(({ n, batch, from, tokensPerSecond }): readonly ServingPoint[] => {
      if (!tokensPerSecond) return [];
      const { value, low, high } = tokensPerSecond;
      return [
        from === "measured" ? { x: n, y: value, low, high, texts: batch, from } : { x: n, y: value, low: value, high: value, texts: batch, from, hollow: true },
      ];
    });
    const few = mostMeasured(record, served).filter(({ x }) => all.every((point) => point.x !== x || point.from === "projected"));
    return [...few, ...all];
  },
  write: ({ tokensPerSecond, from }) => (tokensPerSecond ? servedText(tokensPerSecond, from, t) : t.charts.servingTokens.unknown),
  isNone: ({ tokensPerSecond }) => !tokensPerSecond,
});

/** Of one arm the largest batch at each n that was measured, up to which all others are projected. */
const mostMeasured = ({ cells }: RunRecord, [first]: readonly Served[]): readonly ServingPoint[] => {
  const timed = cells.filter((cell) => first && isOf(cell, first) && cell.summary && cell.summary.lowMs > 0);
  return [...groupBy(timed, ({ n }) => `${n}`).values()].flatMap((alike): readonly ServingPoint[] => {
    const [most] = alike.toSorted((one, other) => other.batch - one.batch);
    if (!most?.summary) return [];
    const { medianMs, lowMs, highMs } = most.summary;
    const rate = (ms: number): number => (1000 * most.batch) / ms;
    return [{ x: most.n, y: rate(medianMs), low: rate(highMs), high: rate(lowMs), texts: most.batch, from: "measured", aside: true }];
  });
};

/** Is the cell of the same arm and shape? */
const isOf = (cell: CellRecord, { label, form, series: { dModel, heads, headDim } }: Served): boolean =>
  cell.label === label &&
  cell.form === form &&
  [dModel ?? cell.dModel, heads ?? cell.heads, headDim ?? cell.headDim].join() === [cell.dModel, cell.heads, cell.headDim].join();

const byLabel = (served: readonly Served[]): readonly (readonly Served[])[] => [...groupBy(served, ({ label }) => label).values()];

/** The most texts at once that were measured of a shape, 0 where none were, whether more are projected, and whether an arm has no speed at some n: what the marks of its chart of speed mean. */
export const marksOf = (record: RunRecord, { served }: ServedShape): { readonly texts: number; readonly projected: boolean; readonly none: boolean } => {
  const points = byLabel(served).flatMap((own) => tokensIn(record, en).points(own));
  return {
    texts: Math.max(0, ...points.map(({ from, texts }) => (from === "measured" ? texts : 0))),
    projected: points.some(({ from }) => from === "projected"),
    none: served.some(tokensIn(record, en).isNone),
  };
};

/** How many texts of n tokens each arm has room for, and how many tokens a second they make together, over n. None where no text has room. */
export const servingCharts = (record: RunRecord, shape: ServedShape, size: ChartSize, t: Messages = en): readonly Chart[] =>
  [textsIn(t), tokensIn(record, t)].flatMap((shown) => chartOf(record, shape, shown, size, t) ?? []);

const chartOf = (record: RunRecord, { place, served }: ServedShape, shown: Shown, size: ChartSize, t: Messages): Chart | undefined => {
  const lines = armLooks(record).flatMap(({ label, colour, mark, dash }): readonly Line<ServingPoint>[] => {
    // A record comes from anywhere, and the axis is logarithmic.
    const points = shown.points(served.filter((one) => one.label === label)).filter(({ low, high }) => low > 0 && high >= low);
    const none = served.filter((one) => one.label === label && shown.isNone(one)).map(({ n, note }) => ({ x: n, why: [`n = ${formatCount(n)}`, note ?? ""] }));
    return points.length > 0 ? [{ name: label, colour: colour.light, mark, dash, points, none }] : [];
  });
  if (lines.length === 0) return undefined;
  const all = lines.flatMap(({ points }) => points);
  // Charts that stand one above the other reach equally far.
  const reached = [
    ...served.map(({ n }) => n),
    ...byLabel(served).flatMap((own) =>
      tokensIn(record, t)
        .points(own)
        .map(({ x }) => x),
    ),
  ];
  const ys = lines.flatMap(({ points }) => points.flatMap(({ low, high }) => [low, high]));
  const [low, high] = decadeDomain(Math.min(...ys), Math.max(...ys));
  const ticks = decades(low, high);
  const every = Math.ceil(ticks.length / 8);
  const title = place === "" ? shown.title : `${shown.title}, ${place}`;
  const axes: LineAxes<ServingPoint> = {
    x: {
      title: t.charts.servingX,
      values: [...new Set(served.map(({ n }) => n))].sort((one, other) => one - other),
      scale: "log",
      reach: [Math.min(...reached), Math.max(...reached)],
    },
    y: {
      title: shown.yTitle,
      low,
      high,
      scale: "log",
      guides: ticks.filter((_, i) => i % every === 0).map((value) => ({ value, words: [decadeWords(value)] })),
    },
    say: ({ x, y, low, high, texts, from }) => [
      `n = ${formatCount(x)}`,
      `${shown.unit}: ${estimated({ value: y, low, high })}`,
      ...(from ? [t.serving.pointIs(from, texts)] : []),
    ],
    note: shown.note(all),
    plotHeight: size.dataHeightPx - 60,
  };
  const spec = lineChart(record, size, title, lines, axes, t);
  const description = lines.map(({ name }) => {
    const own = served.filter(({ label }) => label === name).map((one) => t.charts.at(shown.write(one), "n", formatCount(one.n)));
    return `${name}: ${own.join(", ")}`;
  });
  return { spec, title: t.charts.servingSaid(title), description: description.join("; "), zooms: true };
};
