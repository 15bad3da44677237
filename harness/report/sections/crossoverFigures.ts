import { formatCount } from "../../analysis/format.ts";
import type { Crossover } from "../../record/derived.ts";
import type { RunRecord } from "../../record/run.ts";
import { type CrossoverCurve, crossoverChart, crossoverCurves, crossoverHeading, sizeOf } from "../charts/crossoverChart.ts";
import type { Rendering } from "../charts/render.ts";
import { type Html, html } from "../html.ts";
import { crossoverText, wouldCrossText } from "../outcome.ts";
import { type Column, table } from "../table.ts";
import { drawn, figure } from "./figure.ts";

const crossoverFigure = async (record: RunRecord, curve: CrossoverCurve, index: number, rendering: Rendering): Promise<Html> => {
  const id = index === 0 ? "crossovers" : `crossovers-${index}`;
  const drawing = await drawn(`${id}-chart`, (size) => crossoverChart(record, curve, size), rendering);
  const columns: readonly Column<Crossover>[] = [
    { head: curve.size, numeric: true, cell: (crossover) => formatCount(sizeOf(crossover, curve.size)) },
    { head: "measured", cell: crossoverText },
    { head: "at equal shares", cell: ({ equalShare }) => wouldCrossText(equalShare) },
    { head: "predicted", cell: ({ predicted }) => wouldCrossText(predicted) },
  ];
  const caption = [
    `From n* on, ${curve.between[1]} is faster than ${curve.between[0]}. Measured says that of these kernels on this device; at equal shares, of two that both came as near to what the device can do as the better one does; predicted, of what each has to compute and to read alone.`,
    ...curve.crossovers
      .filter(({ outcome }) => outcome !== "crosses")
      .map((crossover) => `${curve.size} ${formatCount(sizeOf(crossover, curve.size))} has no mark as measured: ${crossoverText(crossover)}.`),
  ];
  return figure(id, crossoverHeading(curve), drawing === undefined ? [] : [drawing], caption, table(crossoverHeading(curve), columns, curve.crossovers), true);
};

/** n* against headDim or dModel, one figure for each pair; undefined where neither varies. */
export const crossoverFigures = async (record: RunRecord, rendering: Rendering): Promise<Html | undefined> => {
  const figures: Html[] = [];
  for (const [index, curve] of crossoverCurves(record).entries()) figures.push(await crossoverFigure(record, curve, index, rendering));
  return figures.length > 0 ? html`${figures}` : undefined;
};
