import { formatBytes, formatCount, formatList, formatMs, formatNumber } from "../../analysis/format.ts";
import type { Fit } from "../../record/derived.ts";
import type { RunRecord } from "../../record/run.ts";
import { type Doubling, doublingChart, doublingHeading, doublingsOf } from "../charts/doublingRatio.ts";
import { evenly, type Facet, facetsOf, mostCharts, thinned, variableOf } from "../charts/facets.ts";
import { type Growth, type GrowthPoint, gapLegend, growthOf } from "../charts/growth.ts";
import { type HeatMap, heatChart, heatMapsOf } from "../charts/heatMap.ts";
import { memoryChart, memoryHeading } from "../charts/memoryChart.ts";
import type { Rendering } from "../charts/render.ts";
import { heatSteps } from "../charts/theme.ts";
import { timeChart, timeHeading } from "../charts/timeChart.ts";
import { type Html, html, shortened } from "../html.ts";
import { times } from "../interval.ts";
import { type Column, name, table } from "../table.ts";
import { crossoverFigures } from "./crossoverFigures.ts";
import { driftFigure } from "./driftFigure.ts";
import { drawn, drawnFacets, figure } from "./figure.ts";
import { slopesFigure } from "./slopesFigure.ts";

interface PointRow {
  readonly arm: string;
  readonly facet: Facet;
  readonly point: GrowthPoint;
}

const pointTable = (record: RunRecord, caption: string, facets: readonly Facet[], metric: Fit["metric"], write: (value: number) => string): Html => {
  const variable = variableOf(record);
  const rows = facets.flatMap((facet) =>
    growthOf(record, facet, metric).series.flatMap(({ look, points }) => points.map((point): PointRow => ({ arm: look.label, facet, point }))),
  );
  const columns: readonly Column<PointRow>[] = [
    { head: "arm", cell: ({ arm }) => name(arm) },
    ...(facets.length > 1 ? [{ head: "at", cell: ({ facet }: PointRow) => facet.title }] : []),
    { head: variable, numeric: true, cell: ({ point }) => formatCount(point.x) },
    { head: metric === "time" ? "median" : "state", numeric: true, cell: ({ point }) => write(point.y) },
    ...(metric === "time"
      ? [{ head: "95 % interval", numeric: true, cell: ({ point }: PointRow) => `${write(point.low)} – ${write(point.high)}` } as const]
      : []),
  ];
  return table(caption, columns, rows);
};

/** "At n = 16,384: softmax 6.02 ms, linear 360 µs (17× less)." for the largest x that most arms share. */
const endSentence = (growth: Growth, facet: Facet, write: (value: number) => string): string => {
  const complete = growth.series.filter(({ points }) => points.length > 0);
  if (complete.length === 0) return "Nothing to draw here.";
  const shared = growth.ticks.filter((tick) => complete.every(({ points }) => points.some(({ x }) => x === tick)));
  const at = shared.at(-1);
  const where = facet.title === undefined ? "" : `${facet.title}, `;
  if (at === undefined)
    return `${complete.map(({ look, points }) => `${look.label} reaches ${growth.variable} = ${formatCount(points.at(-1)?.x ?? 0)}`).join("; ")}.`;
  const values = complete.map(({ look, points }) => ({ label: look.label, y: points.find(({ x }) => x === at)?.y ?? 0 }));
  const most = values.reduce((one, other) => (other.y > one.y ? other : one));
  const least = values.reduce((one, other) => (other.y < one.y ? other : one));
  if (values.length > 4)
    return `At ${where}${growth.variable} = ${formatCount(at)}: from ${least.label} ${write(least.y)} to ${most.label} ${write(most.y)} (${times(most.y / least.y)}).`;
  const parts = values.map(
    ({ label, y }) =>
      `${label} ${write(y)}${values.length > 1 && label !== most.label && most.y / y > 1.05 ? ` (${times(most.y / y)} less than ${most.label})` : ""}`,
  );
  return `At ${where}${growth.variable} = ${formatCount(at)}: ${formatList(parts)}.`;
};

/** Names arms whose marks hide each other because all their values are the same. */
const coincidence = (growth: Growth): string => {
  const groups = new Map<string, string[]>();
  for (const { look, points } of growth.series) {
    if (points.length === 0) continue;
    const key = JSON.stringify(points.map(({ x, y }) => [x, y]));
    groups.set(key, [...(groups.get(key) ?? []), look.label]);
  }
  return [...groups.values()]
    .filter((labels) => labels.length > 1)
    .map((labels) => `${formatList(labels)} have the same values; one hides the other.`)
    .join(" ");
};

/** Arms that a chart of bytes leaves out. */
const keepingNothing = ({ cells }: RunRecord): string => {
  const labels = [...new Set(cells.map(({ label }) => label))].filter((label) => cells.every((cell) => cell.label !== label || cell.stateBytes === 0));
  return labels.length === 0 ? "" : `${formatList(labels)} ${labels.length === 1 ? "keeps" : "keep"} nothing between tokens.`;
};

const growthFigure = async (record: RunRecord, metric: Fit["metric"], rendering: Rendering): Promise<Html | undefined> => {
  const all = facetsOf(record);
  const facets = evenly(all, mostCharts);
  const growths = facets.map((facet) => growthOf(record, facet, metric));
  if (growths.every(({ series }) => series.every(({ points }) => points.length === 0))) return undefined;
  const id = metric === "time" ? "time" : "memory";
  const chart = metric === "time" ? timeChart : memoryChart;
  const drawings = await drawnFacets(id, facets, (facet, size) => chart(record, facet, size), rendering);
  const write = metric === "time" ? formatMs : formatBytes;
  const last = facets.at(-1);
  const lastGrowth = growths.at(-1);
  const crossing = growths.some(({ crossovers }) => crossovers.length > 0);
  const fitted = growths.some(({ series }) => series.some(({ fit }) => fit?.coefficients !== undefined));
  const guided = variableOf(record) === "n";
  const explained = [
    metric === "time" ? "Marks are medians, shaded bands their 95 % intervals" : "Marks are exact byte counts",
    fitted ? `lines are the fitted ${metric === "time" ? "t₀" : "c"} + a·n + b·n²` : "lines join the points, nothing is fitted",
    guided ? "thin dashes only show a slope" : "",
    crossing ? "the dashed upright is n*, its grey bar the 95 % interval" : "",
  ];
  const caption = [
    last === undefined || lastGrowth === undefined ? "" : endSentence(lastGrowth, last, write),
    `${explained.filter((text) => text !== "").join("; ")}. Both axes are logarithmic.${guided && metric === "time" ? " Below n stand lengths to compare it with: about 50 tokens make a message, 500 a page, 10,000 a paper, 130,000 a novel." : ""}`,
    metric === "time" ? "" : keepingNothing(record),
    lastGrowth === undefined ? "" : coincidence(lastGrowth),
    thinned(facets.length, all.length),
    gapLegend(growths),
  ];
  const heading = metric === "time" ? timeHeading(record) : memoryHeading;
  return figure(id, heading, drawings, caption, pointTable(record, heading, facets, metric, write), facets.length === 1 && facets[0]?.title === undefined);
};

const doublingFigure = async (record: RunRecord, rendering: Rendering): Promise<Html | undefined> => {
  const all = facetsOf(record);
  const facets = evenly(all, mostCharts);
  const drawings = await drawnFacets("doubling", facets, (facet, size) => doublingChart(record, facet, size), rendering);
  if (drawings.length === 0) return undefined;
  const rows = facets.flatMap((facet) => doublingsOf(record, facet).map((doubling) => ({ facet, doubling })));
  const variable = variableOf(record);
  const columns: readonly Column<{ readonly facet: Facet; readonly doubling: Doubling }>[] = [
    { head: "arm", cell: ({ doubling }) => name(doubling.arm) },
    ...(facets.length > 1 ? [{ head: "at", cell: ({ facet }: { readonly facet: Facet }) => facet.title }] : []),
    { head: variable, numeric: true, cell: ({ doubling }) => formatCount(doubling.x) },
    { head: "ratio", numeric: true, cell: ({ doubling }) => `${formatNumber(doubling.ratio)}×` },
    { head: "95 % interval", numeric: true, cell: ({ doubling }) => `${formatNumber(doubling.low)} – ${formatNumber(doubling.high)}` },
  ];
  const heading = doublingHeading(record);
  const caption = [
    `Each mark is the time at its ${variable} divided by the time at half of it: 1× is constant, 2× is proportional, 4× is the square. A fixed cost per dispatch pulls short ones towards 1×.`,
    thinned(facets.length, all.length),
  ];
  return figure("doubling", heading, drawings, caption, table(heading, columns, rows), facets.length === 1 && facets[0]?.title === undefined);
};

const heatFigure = async (record: RunRecord, map: HeatMap, index: number, rendering: Rendering): Promise<Html> => {
  const id = index === 0 ? "heat" : `heat-${index}`;
  const drawing = await drawn(`${id}-map`, (size) => heatChart(record, map, size), rendering);
  const [above, below] = map.between;
  const faster = (step: number): string => (step < 3 ? `${above} faster, ` : step > 3 ? `${below} faster, ` : "");
  const key = html`<ul class="key" aria-label="Colours">${heatSteps.map(({ words }, i) => html`<li><span class="swatch heat-${i}"></span> <bdi>${shortened(faster(i), 60)}${words}</bdi></li>`)}</ul>`;
  const measured = map.cells.filter(({ byLaw }) => !byLaw);
  const won = measured.filter(({ ratio }) => ratio >= 1.1).length;
  const heading = `Where ${below} beats ${above}`;
  const caption = [
    `${below} is faster by a tenth or more in ${formatCount(won)} of ${formatCount(measured.length)} pairs. Numbers are ${above} time ÷ ${below} time, left out where there is no room; the dashed line is n*. Every column is one measured n.`,
    map.lawCrossings.length === 0
      ? ""
      : `A diamond is n* by one law over n and the width of the model that all cells of an arm are fitted to at once${measured.length < map.cells.length ? "; pale cells with ≈ were not measured and are what these laws say" : ""}. The laws stand below, with the fits.`,
    thinned(map.rows.length, map.rowsInAll),
  ];
  const columns = [
    { head: "at", cell: (row: HeatMap["cells"][number]) => map.rows[row.row]?.title },
    { head: "n", numeric: true, cell: (row: HeatMap["cells"][number]) => formatCount(row.x) },
    { head: `${above} ÷ ${below}`, numeric: true, cell: (row: HeatMap["cells"][number]) => `${row.byLaw ? "≈ " : ""}${times(row.ratio)}` },
  ] as const;
  return figure(id, heading, drawing === undefined ? [] : [html`${drawing}${key}`], caption, table(heading, columns, map.cells), false);
};

/** All figures of a page: time, memory, growth per doubling, and a heat map for each pair if there is more than one size beside n. */
export const figuresSection = async (record: RunRecord, rendering: Rendering): Promise<Html> => {
  const time = await growthFigure(record, "time", rendering);
  const memory = await growthFigure(record, "stateBytes", rendering);
  const doubling = await doublingFigure(record, rendering);
  const slopes = await slopesFigure(record, rendering);
  const crossovers = await crossoverFigures(record, rendering);
  const drift = await driftFigure(record, rendering);
  const [firstMap, ...otherMaps] = heatMapsOf(record);
  const heat = firstMap === undefined ? undefined : await heatFigure(record, firstMap, 0, rendering);
  const others: Html[] = [];
  for (const [i, map] of otherMaps.entries()) others.push(await heatFigure(record, map, i + 1, rendering));
  const single = facetsOf(record).length === 1;
  return html`
<section aria-labelledby="charts"><h2 id="charts">Charts</h2>
${time === undefined && html`<p>There is no chart of time: no cell has one. The table of cells says why.</p>`}
<div class="figures${single && " pair"}">${time}${memory}${crossovers}${heat}${doubling}${slopes}${drift}</div>
${others.length > 0 && html`<details class="figures"><summary>${formatCount(others.length)} more pairs of arms</summary>${others}</details>`}
</section>`;
};
