import { formatCount, formatNumber } from "../../analysis/format.ts";
import type { Messages } from "../../messages/messages.ts";
import type { RunRecord } from "../../record/run.ts";
import { type Doubling, doublingChart, doublingHeading, doublingsOf, isMeasured } from "../charts/doublingRatio.ts";
import { byFamily, evenly, type Facet, facetsOf, mostCharts, thinned, variableOf } from "../charts/facets.ts";
import { type HeatMap, heatChart, heatMapsOf, heatStep, isMap, isWon } from "../charts/heatMap.ts";
import { leadingOf } from "../charts/leading.ts";
import { ratioWords } from "../charts/pairRatio.ts";
import type { Rendering } from "../charts/render.ts";
import { heatSteps } from "../charts/theme.ts";
import { type Html, html, shortened } from "../html.ts";
import { directed } from "../said.ts";
import { type Column, name, table } from "../table.ts";
import { crossoverFigures } from "./crossoverFigures.ts";
import { driftFigure } from "./driftFigure.ts";
import { drawn, drawnFacets, figure, tabled } from "./figure.ts";
import { growthFigure } from "./growthFigure.ts";
import { rooflineFigure } from "./rooflineFigure.ts";
import { slopesFigure } from "./slopesFigure.ts";

const doublingFigure = async (record: RunRecord, rendering: Rendering, t: Messages): Promise<Html | undefined> => {
  const all = facetsOf(record);
  const facets = evenly(all, mostCharts).flatMap((facet) => byFamily(facet, (kind) => (kind === "hybrid" ? t.hybrids : t.attention(kind))));
  const drawings = await drawnFacets("doubling", facets, (facet, size) => doublingChart(record, facet, size, t), rendering);
  if (drawings.length === 0) return undefined;
  const rows = facets.flatMap((facet) => doublingsOf(record, facet).map((doubling) => ({ facet, doubling })));
  const variable = variableOf(record);
  const columns: readonly Column<{ readonly facet: Facet; readonly doubling: Doubling }>[] = [
    { head: t.tables.arm, cell: ({ doubling }) => name(doubling.arm) },
    ...(facets.length > 1 ? [{ head: t.tables.at, cell: ({ facet }: { readonly facet: Facet }) => facet.title }] : []),
    { head: t.tables.fromSize(variable), numeric: true, cell: ({ doubling }) => formatCount(doubling.from) },
    { head: variable, numeric: true, cell: ({ doubling }) => formatCount(doubling.x) },
    { head: t.tables.ratio, numeric: true, cell: ({ doubling }) => `${formatNumber(doubling.ratio)}×` },
    { head: t.tables.interval, numeric: true, cell: ({ doubling }) => `${formatNumber(doubling.low)} – ${formatNumber(doubling.high)}` },
  ];
  const heading = doublingHeading(record, t);
  const doublings = rows.map(({ doubling }) => doubling);
  const said = t.figures.doubling(
    variable,
    !doublings.every(isMeasured),
    doublings.every(({ steady }) => steady),
  );
  const caption = [said, thinned(Math.min(all.length, mostCharts), all.length, t)];
  return figure("doubling", heading, drawings, caption, table(heading, columns, rows), facets.length === 1 && facets[0]?.title === undefined, t);
};

const heatFigure = async (record: RunRecord, map: HeatMap, index: number, rendering: Rendering, t: Messages): Promise<Html> => {
  const id = index === 0 ? "heat" : `heat-${index}`;
  const [above, below] = map.between;
  const names = { upper: above, lower: below };
  const middle = heatSteps.length / 2 - 0.5;
  const faster = (step: number): string => (step < middle ? t.figures.heatFaster(above) : step > middle ? t.figures.heatFaster(below) : "");
  const used = new Set(map.cells.map(heatStep));
  const pale = map.cells.find(({ byLaw }) => byLaw);
  const key = html`<ul class="key" aria-label="${t.page.colours}">${heatSteps.map((_, i) => used.has(i) && html`<li><span class="swatch heat-${i}"></span> <bdi>${directed(shortened(faster(i), 60))}${t.charts.heatSteps[i] ?? ""}</bdi></li>`)}${pale && html`<li><span class="swatch heat-${heatStep(pale)} pale"></span> <bdi>${t.figures.heatPale}</bdi></li>`}</ul>`;
  const measured = map.cells.filter(({ byLaw }) => !byLaw);
  const won = measured.filter(isWon).length;
  const heading = t.figures.heatHeading(names);
  const caption = [
    t.figures.heat(names, won, measured.length, map.crossings.length > 0),
    map.lawCrossings.length === 0 ? "" : t.figures.heatLaws(measured.length < map.cells.length),
    thinned(map.rows.length, map.rowsInAll, t),
  ];
  const columns = [
    { head: t.tables.at, cell: (row: HeatMap["cells"][number]) => map.rows[row.row]?.title },
    { head: "n", numeric: true, cell: (row: HeatMap["cells"][number]) => formatCount(row.x) },
    { head: `${above} ÷ ${below}`, numeric: true, cell: (row: HeatMap["cells"][number]) => `${row.byLaw ? "≈ " : ""}${ratioWords(row.ratio)}` },
  ] as const;
  const numbers = table(heading, columns, map.cells);
  if (!isMap(map)) return tabled(id, heading, [t.figures.heatFew(names, won, measured.length, map.cells.length > measured.length)], numbers, t);
  const drawing = await drawn(`${id}-map`, (size) => heatChart(record, map, size, t), rendering);
  return figure(id, heading, drawing === undefined ? [] : [html`${drawing}${key}`], caption, numbers, false, t);
};

/** All figures of a page but that beside the answer: time, memory, growth per doubling and at each n, cells under the device's ceilings, and a heat map for each pair if there is more than one size beside n. Undefined where none is left. */
export const figuresSection = async (record: RunRecord, rendering: Rendering, t: Messages): Promise<Html | undefined> => {
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
  const figures = [time, memory, crossovers, heat, doubling, slopes, roofline, drift].filter((made) => made !== undefined);
  const untimed = time === undefined && leadingOf(record)?.metric !== "time";
  if (figures.length === 0 && !untimed) return undefined;
  return html`
<section aria-labelledby="charts"><h2 id="charts">${t.figures.heading}</h2>
${untimed && html`<p>${t.figures.noTime}</p>`}
<div class="figures${single && " pair"}">${figures}</div>
${others.length > 0 && html`<details class="figures"><summary>${t.figures.more(others.length)}</summary>${others}</details>`}
</section>`;
};
