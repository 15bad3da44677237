import { formatCount } from "../../analysis/format.ts";
import type { Estimate, Fit } from "../../record/derived.ts";
import type { RunRecord } from "../../record/run.ts";
import { evenly, type Facet, facetsOf, mostCharts, thinned, variableOf } from "../charts/facets.ts";
import type { Rendering } from "../charts/render.ts";
import { slopesChart, slopesHeading, slopesOf, written } from "../charts/slopesChart.ts";
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
export const slopesFigure = async (record: RunRecord, rendering: Rendering): Promise<Html | undefined> => {
  const all = facetsOf(record);
  const facets = evenly(all, mostCharts);
  const drawings = await drawnFacets("slopes", facets, (facet, size) => slopesChart(record, facet, size), rendering);
  if (drawings.length === 0) return undefined;
  const rows = facets.flatMap((facet) => slopesOf(record, facet).flatMap((fit) => fit.slopes.map((slope): Row => ({ facet, fit, slope }))));
  const columns: readonly Column<Row>[] = [
    { head: "arm", cell: ({ fit }) => name(fit.label) },
    ...(facets.length > 1 ? [{ head: "at", cell: ({ facet }: Row) => facet.title }] : []),
    { head: variableOf(record), numeric: true, cell: ({ slope }) => formatCount(slope.x) },
    { head: "exponent", numeric: true, cell: ({ slope }) => bracketed(slope, written) },
  ];
  const caption = [
    "The exponent of a small step: 0 where a longer text costs nothing, 1 where twice as long costs twice as much, 2 where it costs four times as much. It rises towards the law's own as the fixed cost of a launch gets small beside the rest; what the whole machine drifted is taken out.",
    thinned(facets.length, all.length),
  ];
  return figure("slopes", slopesHeading, drawings, caption, table(slopesHeading, columns, rows), facets.length === 1 && facets[0]?.title === undefined);
};
