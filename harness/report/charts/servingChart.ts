import { bracketed, estimated, formatCount } from "../../analysis/format.ts";
import { groupBy } from "../../analysis/grouping.ts";
import { describeKey } from "../../analysis/series.ts";
import { en } from "../../messages/en.ts";
import type { Messages } from "../../messages/messages.ts";
import type { Served } from "../../record/derived.ts";
import type { RunRecord } from "../../record/run.ts";
import { armLooks } from "./arms.ts";
import { type Chart, type ChartSize, decadeDomain, decades, decadeWords } from "./frame.ts";
import { type Line, type LineAxes, lineChart } from "./lineChart.ts";

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

/** What a chart shows of each arm and n: undefined where there is nothing to show. */
interface Shown {
  readonly title: string;
  readonly yTitle: string;
  /** what a value counts */
  readonly unit: string;
  /** after the device in the subtitle */
  readonly note: (served: readonly Served[]) => string;
  readonly of: (served: Served) => { readonly value: number; readonly low: number; readonly high: number } | undefined;
  readonly write: (served: Served) => string;
}

/** Texts that the memory holds; kernels may take fewer at once. */
const heldBy = ({ batch, room }: Served): number => room?.memoryBatch ?? batch;

const textsIn = ({ charts: { servingTexts } }: Messages): Shown => ({
  title: servingTexts.title,
  yTitle: servingTexts.axis,
  unit: servingTexts.unit,
  note: () => servingTexts.note,
  of: (served) => {
    const texts = heldBy(served);
    return texts > 0 ? { value: texts, low: texts, high: texts } : undefined;
  },
  write: (served) => formatCount(heldBy(served)),
});

const tokensIn = ({ charts: { servingTokens } }: Messages): Shown => ({
  title: servingTokens.title,
  yTitle: servingTokens.axis,
  unit: "tokens/s",
  note: (served) => servingTokens.note(served.some(({ from, stepMs }) => stepMs && from === "measured")),
  of: ({ tokensPerSecond }) => tokensPerSecond,
  write: ({ tokensPerSecond }) => (tokensPerSecond ? bracketed(tokensPerSecond) : servingTokens.unknown),
});

/** How many texts of n tokens each arm has room for, and how many tokens a second they make together, over n. None where no text has room. */
export const servingCharts = (record: RunRecord, shape: ServedShape, size: ChartSize, t: Messages = en): readonly Chart[] =>
  [textsIn(t), tokensIn(t)].flatMap((shown) => chartOf(record, shape, shown, size, t) ?? []);

const chartOf = (record: RunRecord, { place, served }: ServedShape, shown: Shown, size: ChartSize, t: Messages): Chart | undefined => {
  const lines = armLooks(record).flatMap(({ label, colour, mark, dash }): readonly Line[] => {
    const points = served.flatMap((one) => {
      const y = one.label === label ? shown.of(one) : undefined;
      // A record comes from anywhere, and the axis is logarithmic.
      return y && y.low > 0 && y.high >= y.low ? [{ x: one.n, y: y.value, low: y.low, high: y.high }] : [];
    });
    return points.length > 0 ? [{ name: label, colour: colour.light, mark, dash, points }] : [];
  });
  if (lines.length === 0) return undefined;
  const ys = lines.flatMap(({ points }) => points.flatMap(({ low, high }) => [low, high]));
  const [low, high] = decadeDomain(Math.min(...ys), Math.max(...ys));
  const ticks = decades(low, high);
  const every = Math.ceil(ticks.length / 8);
  const title = place === "" ? shown.title : `${shown.title}, ${place}`;
  const axes: LineAxes = {
    x: { title: t.charts.servingX, values: [...new Set(served.map(({ n }) => n))].sort((one, other) => one - other), scale: "log" },
    y: {
      title: shown.yTitle,
      low,
      high,
      scale: "log",
      guides: ticks.filter((_, i) => i % every === 0).map((value) => ({ value, words: [decadeWords(value)] })),
    },
    say: ({ x, y, low, high }) => [`n = ${formatCount(x)}`, `${shown.unit}: ${estimated({ value: y, low, high })}`],
    note: shown.note(served),
    plotHeight: size.dataHeightPx - 60,
  };
  const spec = lineChart(record, size, title, lines, axes, t);
  const description = lines.map(({ name }) => {
    const own = served.filter(({ label }) => label === name).map((one) => t.charts.at(shown.write(one), "n", formatCount(one.n)));
    return `${name}: ${own.join(", ")}`;
  });
  return { spec, title: t.charts.servingSaid(title), description: description.join("; "), zooms: true };
};
