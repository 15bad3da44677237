import { askedCrossovers } from "../../analysis/asked.ts";
import { formatBytes, formatCount, formatMs, formatTimes } from "../../analysis/format.ts";
import { groupBy } from "../../analysis/grouping.ts";
import { mainPair, spokenExtremes } from "../../analysis/headline.ts";
import { speedUpOf } from "../../analysis/speedUp.ts";
import type { Messages } from "../../messages/messages.ts";
import type { Estimate, Fit } from "../../record/derived.ts";
import type { RunRecord } from "../../record/run.ts";
import { evenly, type Facet, facetsOf, mostCharts, thinned, variableOf } from "../charts/facets.ts";
import type { Chart, ChartSize } from "../charts/frame.ts";
import {
  beyondCurve,
  drawnCurve,
  type Growth,
  type GrowthPoint,
  gapLegend,
  growthOf,
  measuredValue,
  offCurve,
  pairText,
  type Series,
} from "../charts/growth.ts";
import { joinedFacets } from "../charts/joinedFacets.ts";
import { leadingOf } from "../charts/leading.ts";
import { memoryChart } from "../charts/memoryChart.ts";
import { isOpen, type PairRatio, pairRatioOf } from "../charts/pairRatio.ts";
import type { Rendering } from "../charts/render.ts";
import { timeChart, timeHeading } from "../charts/timeChart.ts";
import { type Html, html } from "../html.ts";
import { times } from "../interval.ts";
import { said } from "../said.ts";
import { type Column, name, table } from "../table.ts";
import { drawn, drawnFacets, figure, leadingFigure, sizesOf } from "./figure.ts";

interface PointRow {
  readonly arm: string;
  readonly facet: Facet;
  readonly point: GrowthPoint;
}

const pointTable = (
  record: RunRecord,
  caption: string,
  facets: readonly Facet[],
  metric: Fit["metric"],
  write: (value: number) => string,
  t: Messages,
): Html => {
  const variable = variableOf(record);
  const rows = facets.flatMap((facet) =>
    growthOf(record, facet, metric).series.flatMap(({ look, points }) => points.map((point): PointRow => ({ arm: look.label, facet, point }))),
  );
  const columns: readonly Column<PointRow>[] = [
    { head: t.tables.arm, cell: ({ arm }) => name(arm) },
    ...(facets.length > 1 ? [{ head: t.tables.at, cell: ({ facet }: PointRow) => facet.title }] : []),
    { head: variable, numeric: true, cell: ({ point }) => formatCount(point.x) },
    { head: metric === "time" ? t.tables.median : t.tables.state, numeric: true, cell: ({ point }) => write(point.y) },
    ...(metric === "time"
      ? [{ head: t.tables.interval, numeric: true, cell: ({ point }: PointRow) => `${write(point.low)} – ${write(point.high)}` } as const]
      : []),
  ];
  return table(caption, columns, rows);
};

const lessBy = ({ value, undrifted }: PairRatio): { readonly times: string; readonly undrifted: boolean } => ({ times: times(value), undrifted });

/** "At n = 16,384: softmax 6.02 ms, linear 360 µs (17× less than softmax)." for the largest x that most arms share: less than the answer's first arm, where it has one there, else than the arm with most. */
const endSentence = (record: RunRecord, growth: Growth, facet: Facet, write: (value: number) => string, { figures }: Messages): string => {
  const complete = growth.series.filter(({ points }) => points.length > 0);
  if (complete.length === 0) return figures.nothing;
  const shared = growth.ticks.filter((tick) => complete.every(({ points }) => points.some(({ x }) => x === tick)));
  const at = shared.at(-1);
  if (at === undefined)
    return figures.reaches(
      complete.map(({ look, points }) => ({ arm: look.label, x: points.at(-1)?.x ?? 0 })),
      growth.variable,
    );
  const where = figures.wherePrefix(facet.title, growth.variable, at);
  const values = complete.map(({ look, points }) => ({ label: look.label, y: points.find(({ x }) => x === at)?.y ?? 0 }));
  const most = values.reduce((one, other) => (other.y > one.y ? other : one));
  const least = values.reduce((one, other) => (other.y < one.y ? other : one));
  const ratioTo = (above: string, below: string): PairRatio => {
    const [y = 0, other = 0] = [above, below].map((label) => values.find((value) => value.label === label)?.y);
    const told = growth.metric === "time" ? pairRatioOf(record, facet, [above, below], at) : undefined;
    return told ?? { value: y / other, low: y / other, high: y / other, undrifted: false };
  };
  if (values.length > 4) {
    const ratio = ratioTo(most.label, least.label);
    return figures.fromTo(where, { arm: least.label, value: write(least.y) }, { arm: most.label, value: write(most.y) }, lessBy(ratio));
  }
  const [upper] = mainPair({ ...record, crossovers: askedCrossovers(record) })[0]?.between ?? [];
  const beside = values.find(({ label }) => label === upper) ?? most;
  const arms = values.map(({ label, y }) => {
    const ratio = ratioTo(beside.label, label);
    return { arm: label, value: write(y), less: label !== beside.label && ratio.value > 1.05 && !isOpen(ratio) ? lessBy(ratio) : undefined };
  });
  return figures.ends(where, arms, beside.label);
};

/** Names arms whose marks hide each other because all their values are the same. */
const coincidence = (growth: Growth, t: Messages): string => {
  const groups = new Map<string, string[]>();
  for (const { look, points } of growth.series) {
    if (points.length === 0) continue;
    const key = JSON.stringify(points.map(({ x, y }) => [x, y]));
    groups.set(key, [...(groups.get(key) ?? []), look.label]);
  }
  return t.joinSentences([...groups.values()].filter((labels) => labels.length > 1).map((labels) => t.figures.sameValues(labels)));
};

/** Arms that a chart of bytes leaves out. */
const keepingNothing = ({ cells }: RunRecord, t: Messages): string => {
  const labels = [...new Set(cells.map(({ label }) => label))].filter((label) => cells.every((cell) => cell.label !== label || cell.stateBytes === 0));
  return labels.length === 0 ? "" : t.figures.keepNothing(labels);
};

const withPoints = (record: RunRecord, metric: Fit["metric"]): readonly Facet[] =>
  facetsOf(record).filter((facet) => growthOf(record, facet, metric).series.some(({ points }) => points.length > 0));

/** More marks of computed n* than these are told by the table of n* alone. */
const mostComputed = 8;

/** What the marks of computed n* mean, and at which n which pairs have them: on paper and in a file nothing else says it. */
const computedWords = (record: RunRecord, facets: readonly Facet[], growths: readonly Growth[], t: Messages): Html | string => {
  const all = growths.flatMap(({ computed }, i) => computed.map((mark) => ({ ...mark, place: facets.length > 1 ? (facets[i]?.title ?? "") : "" })));
  if (all.length === 0) return "";
  const kinds = [...new Set(all.map(({ kind }) => kind))].toSorted();
  const told = groupBy(all.slice(0, mostComputed), ({ place, between }) => JSON.stringify([place, between]));
  const places = [...told.values()].flatMap((marks) => (marks[0] ? [{ place: marks[0].place, pair: pairText(marks[0].between), marks }] : []));
  const more = all.length - mostComputed;
  const toTable = (words: string): Html => (askedCrossovers(record).length > 0 ? html`<a href="#crossings">${words}</a>` : html`${words}`);
  return html`${said(t.figures.computed(kinds), t)} ${said(t.figures.computedAt(places), t)}${more > 0 && html` ${t.figures.computedMore(more, toTable)}`}`;
};

/** Which shapes have no chart, as they have nothing to draw: a few by name, of many how many. */
const emptyPlaces = (planned: readonly Facet[], drawn: readonly Facet[], t: Messages): string => {
  const titles = planned.filter((facet) => !drawn.includes(facet)).flatMap(({ title = "" }) => title);
  return titles.length === 0 ? "" : t.figures.emptyPlaces(titles.slice(0, 3), titles.length - 3);
};

type Metric = Fit["metric"];

const idOf = (metric: Metric): string => (metric === "time" ? "time" : "memory");
const writeOf = (metric: Metric): ((value: number) => string) => (metric === "time" ? formatMs : formatBytes);
const headingOf = (record: RunRecord, metric: Metric, t: Messages): string => (metric === "time" ? timeHeading(record, t) : t.charts.memoryHeading);
const chartOf = (record: RunRecord, metric: Metric, facet: Facet, size: ChartSize, t: Messages): Chart =>
  metric === "time" ? timeChart(record, facet, size, t) : memoryChart(record, facet, size, t);

/** What the charts of these facets show: where they end, what their marks mean, and what is not to be seen in them. */
const captionOf = (record: RunRecord, facets: readonly Facet[], metric: Metric, t: Messages): readonly (string | Html)[] => {
  const growths = facets.map((facet) => growthOf(record, facet, metric));
  const [last, lastGrowth] = [facets.at(-1), growths.at(-1)];
  if (!last || !lastGrowth) return [];
  const crossing = growths.some(({ crossovers }) => crossovers.length > 0);
  const all = growths.flatMap(({ series }) => series).filter(({ points }) => points.length > 0);
  const fitted = all.some(({ fit }) => drawnCurve(fit).length > 0);
  const off = all.some(({ fit }) => offCurve(fit) > 0);
  const joined = !fitted && all.some(({ fit }) => offCurve(fit) === 0);
  const beyond = all.some((entry) => offCurve(entry.fit) === 0 && beyondCurve(entry).length > 0);
  const guided = variableOf(record) === "n" && facets.every(({ answer }) => answer === undefined);
  return [
    endSentence(record, lastGrowth, last, writeOf(metric), t),
    t.figures.growth(metric, { fitted, joined, off, beyond, guided, crossing }),
    computedWords(record, facets, growths, t),
    metric === "time" ? "" : keepingNothing(record, t),
    coincidence(lastGrowth, t),
    gapLegend(growths, t),
  ];
};

/** Time or memory over n, one chart a shape but one that stands whole beside the answer; undefined where none is left. */
export const growthFigure = async (record: RunRecord, metric: Metric, rendering: Rendering, t: Messages): Promise<Html | undefined> => {
  const planned = facetsOf(record);
  const all = withPoints(record, metric);
  const charted = joinedFacets(record, all, (cell) => measuredValue(cell, metric) !== undefined);
  const facets = evenly(charted, mostCharts);
  const leading = leadingOf(record);
  const above = leading?.metric === metric && leading.facet.answer === undefined ? leading.facet : undefined;
  const isBelow = (facet: Facet): boolean => facet.slug !== above?.slug;
  const below = facets.filter(isBelow);
  if (below.length === 0) return undefined;
  const id = idOf(metric);
  const drawings = await drawnFacets(id, below, (facet, size) => chartOf(record, metric, facet, size, t), rendering);
  const heading = headingOf(record, metric, t);
  const caption = [
    ...captionOf(record, below, metric, t),
    thinned(facets.length, charted.length, t),
    emptyPlaces(planned, all, t),
    above?.title === undefined ? "" : t.figures.above(above.title),
  ];
  const points = pointTable(record, heading, evenly(all, mostCharts).filter(isBelow), metric, writeOf(metric), t);
  return figure(id, heading, drawings, caption, points, facets.length === 1 && facets[0]?.title === undefined, t);
};

/** `undrifted`: of times without what the machine drifted, which the values of the chart do not give. */
type Less = Estimate & { readonly undrifted: boolean };

/** How much less the second arm of a pair takes or keeps than the first at the largest n of both, with its interval where it is of times; undefined where that is no pair, or nothing less. */
const lessOf = (record: RunRecord, { answer, values }: Facet, metric: Metric, n: number, [first, second]: readonly Series[]): Less | undefined => {
  const at = (series: Series | undefined): number => series?.points.find(({ x }) => x === n)?.y ?? 0;
  if (!first || !second || answer?.length !== 2) return undefined;
  const crossover = record.crossovers.find(
    ({ between, metric: of, series }) =>
      of === metric && String(between) === String(answer) && Object.entries(values).every(([axis, value]) => (series[axis] ?? value) === value),
  );
  const speed = metric === "time" && crossover ? speedUpOf(record.fits, crossover) : undefined;
  const value = at(first) / at(second);
  if (metric === "time")
    return speed?.n === n && speed.times.value > 1 ? { ...speed.times, undrifted: formatTimes(speed.times.value) !== formatTimes(value) } : undefined;
  return value > 1 ? { value, low: value, high: value, undrifted: false } : undefined;
};

/** How many times as fast the answer says that states come back, where the chart ends at the same n. */
const broughtBackText = (record: RunRecord, n: number | undefined, t: Messages): string => {
  const ends = spokenExtremes(record, t);
  const paired = record.crossovers.every(({ metric, ratios = [] }) => metric !== "time" || ratios.length > 0);
  return ends && ends.n === n ? t.figures.broughtBack(ends.least.arm === ends.most.arm ? [ends.least] : [ends.least, ends.most], paired) : "";
};

/** "At 32,768 tokens: softmax 35.0 ms, linear 410 µs: 85 times less (95 % interval 84 to 86)." of the answer's arms, and what their chart's marks mean. */
const answerCaption = (record: RunRecord, facet: Facet, metric: Metric, t: Messages): readonly string[] => {
  const growth = growthOf(record, facet, metric);
  const series = (facet.answer ?? []).flatMap((label) => growth.series.find(({ look }) => look.label === label) ?? []);
  const n = growth.ticks.findLast((tick) => series.every(({ points }) => points.some(({ x }) => x === tick)));
  const statuses = [...new Set(growth.series.flatMap(({ gaps }) => gaps.map(({ status }) => status)))];
  const write = writeOf(metric);
  const [crossing] = growth.crossovers;
  return [
    n === undefined
      ? endSentence(record, growth, facet, write, t)
      : t.figures.answerEnds(
          n,
          series.map(({ look, points }) => ({ arm: look.label, value: write(points.find(({ x }) => x === n)?.y ?? 0) })),
          lessOf(record, facet, metric, n, series),
        ),
    metric === "time" && (facet.answer ?? []).length > 2 ? broughtBackText(record, n, t) : "",
    t.figures.answerMarks(metric, crossing && { arm: crossing.between[1], latest: crossing.latest }, statuses),
  ];
};

/** The one chart of time or memory that stands beside the answer: of the answer's arms alone, or where it has none the figure of its shape, whole where there is no other shape. */
export const leadingGrowthFigure = async (record: RunRecord, metric: Metric, facet: Facet, rendering: Rendering, t: Messages): Promise<Html | undefined> => {
  const drawable = withPoints(record, metric);
  const shapes = drawable.length;
  const isWhole = shapes === 1 && facet.answer === undefined;
  const name = facet.answer ? "answer" : idOf(metric);
  const drawing = await drawn(`${name}-${facet.slug}`, (size) => chartOf(record, metric, facet, size, t), rendering, sizesOf(shapes));
  const heading = headingOf(record, metric, t);
  const usual = [...captionOf(record, [facet], metric, t), isWhole ? emptyPlaces(facetsOf(record), drawable, t) : ""];
  const [shown, hidden] = facet.answer ? [answerCaption(record, facet, metric, t), usual.slice(1)] : [usual.slice(0, 1), usual.slice(1)];
  // Each table of a page has a name of its own.
  const named = [heading, ...(facet.title === undefined ? [] : [facet.title]), ...(facet.answer ?? [])].join(", ");
  return (
    drawing &&
    leadingFigure(isWhole ? idOf(metric) : "leading", heading, drawing, shown, hidden, pointTable(record, named, [facet], metric, writeOf(metric), t), t)
  );
};
