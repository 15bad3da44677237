import { formatCount } from "../../analysis/format.ts";
import type { Messages } from "../../messages/messages.ts";
import type { Crossover } from "../../record/derived.ts";
import type { RunRecord } from "../../record/run.ts";
import { type CrossoverCurve, crossoverChart, crossoverCurves, crossoverHeading, sizeOf } from "../charts/crossoverChart.ts";
import type { Rendering } from "../charts/render.ts";
import { type Html, html } from "../html.ts";
import { crossoverText, wouldCrossText } from "../outcome.ts";
import { type Column, table } from "../table.ts";
import { drawn, figure } from "./figure.ts";

const crossoverFigure = async (record: RunRecord, curve: CrossoverCurve, index: number, rendering: Rendering, t: Messages): Promise<Html> => {
  const id = index === 0 ? "crossovers" : `crossovers-${index}`;
  const drawing = await drawn(`${id}-chart`, (size) => crossoverChart(record, curve, size, t), rendering);
  const columns: readonly Column<Crossover>[] = [
    { head: curve.size, numeric: true, cell: (crossover) => formatCount(sizeOf(crossover, curve.size)) },
    { head: t.tables.measured, cell: (crossover) => crossoverText(crossover, t) },
    { head: t.tables.equalShares, cell: ({ equalShare }) => wouldCrossText(equalShare, t) },
    { head: t.tables.predicted, cell: ({ predicted }) => wouldCrossText(predicted, t) },
  ];
  const [upper, lower] = curve.between;
  const caption = [
    t.figures.crossovers({ upper, lower }),
    ...curve.crossovers
      .filter(({ outcome }) => outcome !== "crosses")
      .map((crossover) => t.figures.noMark(curve.size, sizeOf(crossover, curve.size), crossoverText(crossover, t))),
  ];
  const heading = crossoverHeading(curve, t);
  return figure(id, heading, drawing === undefined ? [] : [drawing], caption, table(heading, columns, curve.crossovers, t), true, t);
};

/** n* against headDim or dModel, one figure for each pair; undefined where neither varies. */
export const crossoverFigures = async (record: RunRecord, rendering: Rendering, t: Messages): Promise<Html | undefined> => {
  const figures: Html[] = [];
  for (const [index, curve] of crossoverCurves(record).entries()) figures.push(await crossoverFigure(record, curve, index, rendering, t));
  return figures.length > 0 ? html`${figures}` : undefined;
};
