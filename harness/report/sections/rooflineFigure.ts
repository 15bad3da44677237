import { formatCount, formatNumber, formatShare } from "../../analysis/format.ts";
import { memoryGbps } from "../../analysis/memoryCeiling.ts";
import type { Messages } from "../../messages/messages.ts";
import type { RunRecord } from "../../record/run.ts";
import { evenly, type Facet, facetsOf, thinned, variableOf } from "../charts/facets.ts";
import type { Rendering } from "../charts/render.ts";
import { type RooflinePoint, rooflineChart, rooflineOf } from "../charts/rooflineChart.ts";
import type { Html } from "../html.ts";
import { bracketed } from "../interval.ts";
import { type Column, name, table } from "../table.ts";
import { drawnFacets, figure } from "./figure.ts";

interface Row extends RooflinePoint {
  readonly facet: Facet;
}

/** Sizes move cells along the same two lines: the first and the last show it. */
const mostFacets = 2;

/** Cells under this device's ceilings; undefined where none is known. */
export const rooflineFigure = async (record: RunRecord, rendering: Rendering, t: Messages): Promise<Html | undefined> => {
  const all = facetsOf(record);
  const facets = evenly(all, mostFacets);
  const drawings = await drawnFacets("roofline", facets, (facet, size) => rooflineChart(record, facet, size, t), rendering);
  if (drawings.length === 0) return undefined;
  const { roofline } = t.charts;
  const variable = variableOf(record);
  const rows = facets.flatMap((facet) => rooflineOf(record, facet).map((point): Row => ({ ...point, facet })));
  const columns: readonly Column<Row>[] = [
    { head: t.tables.arm, cell: ({ cell }) => name(cell.label) },
    ...(facets.length > 1 ? [{ head: t.tables.at, cell: ({ facet }: Row) => facet.title }] : []),
    { head: variable, numeric: true, cell: ({ cell }) => formatCount(cell[variable]) },
    { head: roofline.intensity, numeric: true, cell: ({ intensity }) => formatNumber(intensity) },
    { head: "GFLOP/s", numeric: true, cell: ({ gflops }) => bracketed(gflops) },
    { head: t.tables.ofCeiling, numeric: true, cell: ({ share }) => formatShare(share) },
  ];
  const caption = [
    roofline.caption(formatNumber(record.ceilings ? record.ceilings.fmaGflops / memoryGbps(record.ceilings) : 0)),
    thinned(facets.length, all.length, t),
  ];
  return figure(
    "roofline",
    roofline.heading,
    drawings,
    caption,
    table(roofline.heading, columns, rows),
    facets.length === 1 && facets[0]?.title === undefined,
    t,
  );
};
