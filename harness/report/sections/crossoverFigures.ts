import { formatCount } from "../../analysis/format.ts";
import { groupBy } from "../../analysis/grouping.ts";
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
const crossoverFigure = async (record: RunRecord, all: readonly CrossoverCurve[], index: number, rendering: Rendering): Promise<Html | undefined> => {
  const curves = evenly(all, mostCharts);
  const [first] = curves;
  if (!first) return undefined;
  const { size, between } = first;
  const id = index === 0 ? "crossovers" : `crossovers-${index}`;
  const drawings = await drawnAll(
    curves.map((curve, i) => ({ id: `${id}-${i}`, chart: (width) => crossoverChart(record, curve, width) })),
    rendering,
  );
  const rows = all.flatMap(({ place, crossovers }) => crossovers.map((crossover): Row => ({ place, crossover })));
  const columns: readonly Column<Row>[] = [
    ...(all.length > 1 ? [{ head: "at", cell: ({ place }: Row) => place }] : []),
    { head: size, numeric: true, cell: ({ crossover }) => formatCount(sizeOf(crossover, size)) },
    { head: "measured", cell: ({ crossover }) => crossoverText(crossover) },
    { head: "at equal shares", cell: ({ crossover }) => wouldCrossText(crossover.equalShare) },
    { head: "predicted", cell: ({ crossover }) => wouldCrossText(crossover.predicted) },
  ];
  const caption = [
    `From n* on, ${between[1]} is faster than ${between[0]}. Measured says that of these kernels on this device; at equal shares, of two that both came as near to what the device can do as the better one does; predicted, of what each has to compute and to read alone.`,
    ...curves.flatMap(({ place, crossovers }) =>
      crossovers
        .filter(({ outcome }) => outcome !== "crosses")
        .map(
          (crossover) =>
            `${all.length > 1 && place !== "" ? `${place}: ` : ""}${size} ${formatCount(sizeOf(crossover, size))} has no mark as measured: ${crossoverText(crossover)}.`,
        ),
    ),
    thinned(curves.length, all.length),
  ];
  return figure(id, crossoverHeading(first), drawings, caption, table(crossoverHeading(first), columns, rows), drawings.length === 1);
};

/** n* against headDim or dModel, one figure for each pair; undefined where neither varies. */
export const crossoverFigures = async (record: RunRecord, rendering: Rendering): Promise<Html | undefined> => {
  const figures: Html[] = [];
  const pairs = groupBy(crossoverCurves(record), ({ between }) => JSON.stringify(between));
  for (const [index, curves] of [...pairs.values()].entries()) {
    const made = await crossoverFigure(record, curves, index, rendering);
    if (made) figures.push(made);
  }
  return figures.length > 0 ? html`${figures}` : undefined;
};
