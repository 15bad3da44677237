import { axisticks, datajoin, encode, scale, sortitems } from "vega-encode";
import { aggregate, collect, facet, filter, formula, proxy, relay, sieve } from "vega-transforms";
import { bound, mark, overlap, render, viewlayout } from "vega-view-transforms";

/** The transforms of Vega that charts of a report use, by the names that its specifications have for them. */
export const chartTransforms: Readonly<Record<string, unknown>> = {
  ...{ aggregate, axisticks, bound, collect, datajoin, encode, facet, filter, formula, mark, overlap, proxy, relay, render, scale, sieve, sortitems },
  viewlayout,
};
