import { formatCount } from "../../analysis/format.ts";
import { groupBy } from "../../analysis/grouping.ts";
import type { Messages } from "../../messages/messages.ts";
import type { Estimate, Fit } from "../../record/derived.ts";
import type { RunRecord } from "../../record/run.ts";
import { evenly, type Facet, facetsOf, mostCharts, thinned, variableOf } from "../charts/facets.ts";
import { growthOf, offCurve } from "../charts/growth.ts";
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

/** Where a fit's exponents begin, if shorter ones were measured. */
const laterStart = (record: RunRecord, facet: Facet, { label, slopes }: Fit & { readonly slopes: readonly { readonly x: number }[] }) => {
  const from = slopes[0]?.x ?? 0;
  const series = growthOf(record, facet, "time").series.find(({ look }) => look.label === label);
  return series?.points.some(({ x }) => x < from) ? [{ arm: label, from }] : [];
};

/** More arms than these are not named one by one. */
const mostNamed = 6;

/** Arms with times but no exponent, and why: by name, with the shapes where they have one elsewhere. */
const leftOut = (record: RunRecord, facets: readonly Facet[], t: Messages): readonly string[] => {
  const timed = facets.flatMap((facet) => {
    const told = slopesOf(record, facet).map(({ label }) => label);
    return growthOf(record, facet, "time").series.flatMap(({ look: { label }, points }) =>
      points.length === 0 ? [] : [{ facet, label, told: told.includes(label), xs: points.map(({ x }) => x) }],
    );
  });
  const none = timed.filter(({ told }) => !told);
  const isFew = (xs: readonly number[]): boolean => xs.length < 4 || Math.max(...xs) < 4 * Math.min(...xs);
  return [true, false].flatMap((few): readonly string[] => {
    const own = none.filter(({ xs }) => isFew(xs) === few);
    const names = [...groupBy(own, ({ label }) => label).values()].map((alike) => {
      const label = alike[0]?.label ?? "";
      const all = timed.filter((one) => one.label === label).length === alike.length;
      return all ? label : `${label} (${alike.map(({ facet }) => facet.title).join("; ")})`;
    });
    return names.length === 0 ? [] : [t.figures.slopesNone(names.slice(0, mostNamed), names.length - mostNamed, few, variableOf(record))];
  });
};

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
  const fits = rows.map(({ fit }) => fit).filter((fit, i, all) => all.findIndex(({ label }) => label === fit.label) === i);
  const off = fits.map(({ label }) => ({ arm: label, off: Math.max(...rows.flatMap(({ fit }) => (fit.label === label ? [offCurve(fit)] : []))) }));
  // Of a law that leaves out the shortest.
  const later = facets.flatMap((facet) => slopesOf(record, facet).flatMap((fit) => laterStart(record, facet, fit)));
  const empty = facets.filter((facet) => slopesOf(record, facet).length === 0).flatMap(({ title = "" }) => title);
  const caption = [
    t.figures.slopes,
    later.length === 0 ? "" : t.figures.slopesFrom(facets.length === 1 ? later : [], variableOf(record)),
    off.every((one) => one.off === 0) ? "" : t.figures.slopesOff(off.filter((one) => one.off > 0)),
    ...leftOut(record, facets, t),
    empty.length === 0 ? "" : t.figures.emptyPlaces(empty.slice(0, 3), empty.length - 3),
    thinned(facets.length, all.length, t),
  ];
  return figure("slopes", heading, drawings, caption, table(heading, columns, rows), facets.length === 1 && facets[0]?.title === undefined, t);
};
