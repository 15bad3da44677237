import { formatCount } from "../../analysis/format.ts";
import type { Messages } from "../../messages/messages.ts";
import type { Estimate, Fit } from "../../record/derived.ts";
import type { RunRecord } from "../../record/run.ts";
import { evenly, type Facet, facetsOf, mostCharts, thinned, variableOf } from "../charts/facets.ts";
import type { Rendering } from "../charts/render.ts";
import { slopesChart, slopesOf, written } from "../charts/slopesChart.ts";
import type { Html } from "../html.ts";
import { bracketed } from "../interval.ts";
import { type Column, name, table } from "../table.ts";
import { drawnFacets, figure } from "./figure.ts";

interface Row {
  readonly facet: Facet;
  readonly fit: Fit;
  readonly slope: Estimate & { readonly x: number };
}

/** The local exponent at each n, for all facets; undefined where no curve shows one. */
export const slopesFigure = async (record: RunRecord, rendering: Rendering, t: Messages): Promise<Html | undefined> => {
  const all = facetsOf(record);
  const facets = evenly(all, mostCharts);
  const drawings = await drawnFacets("slopes", facets, (facet, size) => slopesChart(record, facet, size, t), rendering);
  if (drawings.length === 0) return undefined;
  const rows = facets.flatMap((facet) => slopesOf(record, facet).flatMap((fit) => fit.slopes.map((slope): Row => ({ facet, fit, slope }))));
  const columns: readonly Column<Row>[] = [
    { head: t.tables.arm, cell: ({ fit }) => name(fit.label) },
    ...(facets.length > 1 ? [{ head: t.tables.at, cell: ({ facet }: Row) => facet.title }] : []),
    { head: variableOf(record), numeric: true, cell: ({ slope }) => formatCount(slope.x) },
    { head: t.tables.exponent, numeric: true, cell: ({ slope }) => bracketed(slope, written) },
  ];
  const heading = t.charts.slopesHeading;
  const caption = [t.figures.slopes, thinned(facets.length, all.length, t)];
  return figure("slopes", heading, drawings, caption, table(heading, columns, rows), facets.length === 1 && facets[0]?.title === undefined, t);
};
