import { formatCount } from "../../analysis/format.ts";
import { groupBy } from "../../analysis/grouping.ts";
import type { Messages } from "../../messages/messages.ts";
import type { Crossover } from "../../record/derived.ts";
import type { RunRecord } from "../../record/run.ts";
import { type CrossoverCurve, crossoverChart, crossoverCurves, crossoverHeading, sizeOf } from "../charts/crossoverChart.ts";
import { evenly, mostCharts, thinned } from "../charts/facets.ts";
import type { Rendering } from "../charts/render.ts";
import { type Html, html } from "../html.ts";
import { crossoverText, wouldCrossText } from "../outcome.ts";
import { type Column, table } from "../table.ts";
import { drawnAll, figure } from "./figure.ts";

interface Row {
  readonly place: string;
  readonly crossover: Crossover;
}

/** Curves of one pair, one chart for each place. */
const crossoverFigure = async (
  record: RunRecord,
  all: readonly CrossoverCurve[],
  index: number,
  rendering: Rendering,
  t: Messages,
): Promise<Html | undefined> => {
  const curves = evenly(all, mostCharts);
  const [first] = curves;
  if (!first) return undefined;
  const { size, between } = first;
  const id = index === 0 ? "crossovers" : `crossovers-${index}`;
  const drawings = await drawnAll(
    curves.map((curve, i) => ({ id: `${id}-${i}`, chart: (width) => crossoverChart(record, curve, width, t) })),
    rendering,
  );
  const rows = all.flatMap(({ place, crossovers }) => crossovers.map((crossover): Row => ({ place, crossover })));
  const columns: readonly Column<Row>[] = [
    ...(all.length > 1 ? [{ head: t.tables.at, cell: ({ place }: Row) => place }] : []),
    { head: size, numeric: true, cell: ({ crossover }) => formatCount(sizeOf(crossover, size)) },
    { head: t.tables.measured, cell: ({ crossover }) => crossoverText(crossover, t) },
    { head: t.tables.equalShares, cell: ({ crossover }) => wouldCrossText(crossover.equalShare, t) },
    { head: t.tables.predicted, cell: ({ crossover }) => wouldCrossText(crossover.predicted, t) },
  ];
  const [upper, lower] = between;
  const caption = [
    t.figures.crossovers({ upper, lower }),
    ...curves.flatMap(({ place, crossovers }) =>
      crossovers
        .filter(({ outcome }) => outcome !== "crosses")
        .map((crossover) => t.figures.noMark(all.length > 1 ? place : "", size, sizeOf(crossover, size), crossoverText(crossover, t))),
    ),
    thinned(curves.length, all.length, t),
  ];
  const heading = crossoverHeading(first, t);
  return figure(id, heading, drawings, caption, table(heading, columns, rows), drawings.length === 1, t);
};

/** n* against headDim or dModel, one figure for each pair; undefined where neither varies. */
export const crossoverFigures = async (record: RunRecord, rendering: Rendering, t: Messages): Promise<Html | undefined> => {
  const figures: Html[] = [];
  const pairs = groupBy(crossoverCurves(record), ({ between }) => JSON.stringify(between));
  for (const [index, curves] of [...pairs.values()].entries()) {
    const made = await crossoverFigure(record, curves, index, rendering, t);
    if (made) figures.push(made);
  }
  return figures.length > 0 ? html`${figures}` : undefined;
};
