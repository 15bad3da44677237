import { formatBytes, formatCount, formatMs, formatNumber } from "../../analysis/format.ts";
import type { Messages } from "../../messages/messages.ts";
import type { Fit } from "../../record/derived.ts";
import type { RunRecord } from "../../record/run.ts";
import { type Doubling, doublingChart, doublingHeading, doublingsOf } from "../charts/doublingRatio.ts";
import { evenly, type Facet, facetsOf, mostCharts, thinned, variableOf } from "../charts/facets.ts";
import { beyondCurve, type Growth, type GrowthPoint, gapLegend, growthOf } from "../charts/growth.ts";
import { type HeatMap, heatChart, heatMapsOf, heatStep, isMap } from "../charts/heatMap.ts";
import { memoryChart } from "../charts/memoryChart.ts";
import type { Rendering } from "../charts/render.ts";
import { heatSteps } from "../charts/theme.ts";
import { timeChart, timeHeading } from "../charts/timeChart.ts";
import { type Html, html, shortened } from "../html.ts";
import { times } from "../interval.ts";
import { type Column, name, table } from "../table.ts";
import { crossoverFigures } from "./crossoverFigures.ts";
import { driftFigure } from "./driftFigure.ts";
import { drawn, drawnFacets, figure, tabled } from "./figure.ts";
import { rooflineFigure } from "./rooflineFigure.ts";
import { slopesFigure } from "./slopesFigure.ts";

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

/** "At n = 16,384: softmax 6.02 ms, linear 360 µs (17× less)." for the largest x that most arms share. */
const endSentence = (growth: Growth, facet: Facet, write: (value: number) => string, { figures }: Messages): string => {
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
  if (values.length > 4)
    return figures.fromTo(where, { arm: least.label, value: write(least.y) }, { arm: most.label, value: write(most.y) }, times(most.y / least.y));
  const arms = values.map(({ label, y }) => ({
    arm: label,
    value: write(y),
    less: values.length > 1 && label !== most.label && most.y / y > 1.05 ? times(most.y / y) : undefined,
  }));
  return figures.ends(where, arms, most.label);
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

/** Which shapes have no chart, as they have nothing to draw: a few by name, of many how many. */
const emptyPlaces = (planned: readonly Facet[], drawn: readonly Facet[], t: Messages): string => {
  const titles = planned.filter((facet) => !drawn.includes(facet)).flatMap(({ title = "" }) => title);
  return titles.length === 0 ? "" : t.figures.emptyPlaces(titles.slice(0, 3), titles.length - 3);
};

const growthFigure = async (record: RunRecord, metric: Fit["metric"], rendering: Rendering, t: Messages): Promise<Html | undefined> => {
  const planned = facetsOf(record);
  const all = planned.filter((facet) => growthOf(record, facet, metric).series.some(({ points }) => points.length > 0));
  if (all.length === 0) return undefined;
  const facets = evenly(all, mostCharts);
  const growths = facets.map((facet) => growthOf(record, facet, metric));
  const id = metric === "time" ? "time" : "memory";
  const chart = metric === "time" ? timeChart : memoryChart;
  const drawings = await drawnFacets(id, facets, (facet, size) => chart(record, facet, size, t), rendering);
  const write = metric === "time" ? formatMs : formatBytes;
  const last = facets.at(-1);
  const lastGrowth = growths.at(-1);
  const crossing = growths.some(({ crossovers }) => crossovers.length > 0);
  const fitted = growths.some(({ series }) => series.some(({ fit }) => fit?.coefficients !== undefined));
  const beyond = growths.some(({ series }) => series.some((entry) => beyondCurve(entry).length > 0));
  const guided = variableOf(record) === "n";
  const caption = [
    last === undefined || lastGrowth === undefined ? "" : endSentence(lastGrowth, last, write, t),
    t.figures.growth(metric, { fitted, beyond, guided, crossing }),
    metric === "time" ? "" : keepingNothing(record, t),
    lastGrowth === undefined ? "" : coincidence(lastGrowth, t),
    thinned(facets.length, all.length, t),
    emptyPlaces(planned, all, t),
    gapLegend(growths, t),
  ];
  const heading = metric === "time" ? timeHeading(record, t) : t.charts.memoryHeading;
  const points = pointTable(record, heading, facets, metric, write, t);
  return figure(id, heading, drawings, caption, points, facets.length === 1 && facets[0]?.title === undefined, t);
};

const doublingFigure = async (record: RunRecord, rendering: Rendering, t: Messages): Promise<Html | undefined> => {
  const all = facetsOf(record);
  const facets = evenly(all, mostCharts);
  const drawings = await drawnFacets("doubling", facets, (facet, size) => doublingChart(record, facet, size, t), rendering);
  if (drawings.length === 0) return undefined;
  const rows = facets.flatMap((facet) => doublingsOf(record, facet).map((doubling) => ({ facet, doubling })));
  const variable = variableOf(record);
  const columns: readonly Column<{ readonly facet: Facet; readonly doubling: Doubling }>[] = [
    { head: t.tables.arm, cell: ({ doubling }) => name(doubling.arm) },
    ...(facets.length > 1 ? [{ head: t.tables.at, cell: ({ facet }: { readonly facet: Facet }) => facet.title }] : []),
    { head: variable, numeric: true, cell: ({ doubling }) => formatCount(doubling.x) },
    { head: t.tables.ratio, numeric: true, cell: ({ doubling }) => `${formatNumber(doubling.ratio)}×` },
    { head: t.tables.interval, numeric: true, cell: ({ doubling }) => `${formatNumber(doubling.low)} – ${formatNumber(doubling.high)}` },
  ];
  const heading = doublingHeading(record, t);
  const caption = [t.figures.doubling(variable), thinned(facets.length, all.length, t)];
  return figure("doubling", heading, drawings, caption, table(heading, columns, rows), facets.length === 1 && facets[0]?.title === undefined, t);
};

const heatFigure = async (record: RunRecord, map: HeatMap, index: number, rendering: Rendering, t: Messages): Promise<Html> => {
  const id = index === 0 ? "heat" : `heat-${index}`;
  const [above, below] = map.between;
  const names = { upper: above, lower: below };
  const middle = heatSteps.length / 2 - 0.5;
  const faster = (step: number): string => (step < middle ? t.figures.heatFaster(above) : step > middle ? t.figures.heatFaster(below) : "");
  const used = new Set(map.cells.map(({ ratio }) => heatStep(ratio)));
  const key = html`<ul class="key" aria-label="${t.page.colours}">${heatSteps.map((_, i) => used.has(i) && html`<li><span class="swatch heat-${i}"></span> <bdi>${shortened(faster(i), 60)}${t.charts.heatSteps[i] ?? ""}</bdi></li>`)}</ul>`;
  const measured = map.cells.filter(({ byLaw }) => !byLaw);
  const won = measured.filter(({ ratio }) => ratio >= 1.1).length;
  const heading = t.figures.heatHeading(names);
  const caption = [
    t.figures.heat(names, won, measured.length),
    map.lawCrossings.length === 0 ? "" : t.figures.heatLaws(measured.length < map.cells.length),
    thinned(map.rows.length, map.rowsInAll, t),
  ];
  const columns = [
    { head: t.tables.at, cell: (row: HeatMap["cells"][number]) => map.rows[row.row]?.title },
    { head: "n", numeric: true, cell: (row: HeatMap["cells"][number]) => formatCount(row.x) },
    { head: `${above} ÷ ${below}`, numeric: true, cell: (row: HeatMap["cells"][number]) => `${row.byLaw ? "≈ " : ""}${times(row.ratio)}` },
  ] as const;
  const numbers = table(heading, columns, map.cells);
  if (!isMap(map)) return tabled(id, heading, [t.figures.heatFew(names, won, measured.length, map.cells.length > measured.length)], numbers, t);
  const drawing = await drawn(`${id}-map`, (size) => heatChart(record, map, size, t), rendering);
  return figure(id, heading, drawing === undefined ? [] : [html`${drawing}${key}`], caption, numbers, false, t);
};

/** All figures of a page: time, memory, growth per doubling and at each n, cells under the device's ceilings, and a heat map for each pair if there is more than one size beside n. */
export const figuresSection = async (record: RunRecord, rendering: Rendering, t: Messages): Promise<Html> => {
  const time = await growthFigure(record, "time", rendering, t);
  const memory = await growthFigure(record, "stateBytes", rendering, t);
  const doubling = await doublingFigure(record, rendering, t);
  const slopes = await slopesFigure(record, rendering, t);
  const crossovers = await crossoverFigures(record, rendering, t);
  const roofline = await rooflineFigure(record, rendering, t);
  const drift = await driftFigure(record, rendering, t);
  const [firstMap, ...otherMaps] = heatMapsOf(record);
  const heat = firstMap === undefined ? undefined : await heatFigure(record, firstMap, 0, rendering, t);
  const others: Html[] = [];
  for (const [i, map] of otherMaps.entries()) others.push(await heatFigure(record, map, i + 1, rendering, t));
  const single = facetsOf(record).length === 1;
  return html`
<section aria-labelledby="charts"><h2 id="charts">${t.figures.heading}</h2>
${time === undefined && html`<p>${t.figures.noTime}</p>`}
<div class="figures${single && " pair"}">${time}${memory}${crossovers}${heat}${doubling}${slopes}${roofline}${drift}</div>
${others.length > 0 && html`<details class="figures"><summary>${t.figures.more(others.length)}</summary>${others}</details>`}
</section>`;
};
