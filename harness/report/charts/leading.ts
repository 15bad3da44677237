import { askedCrossovers } from "../../analysis/asked.ts";
import { mainPair } from "../../analysis/headline.ts";
import type { Fit } from "../../record/derived.ts";
import type { RunRecord } from "../../record/run.ts";
import { perRecord } from "../perRecord.ts";
import { crossoversOf, evenly, type Facet, facetsOf, mostCharts } from "./facets.ts";
import { chartSizes } from "./frame.ts";
import { growthOf } from "./growth.ts";
import { servedShapes, servingCharts } from "./servingChart.ts";

/** The chart of growth that stands beside the answer. */
export interface Leading {
  readonly metric: Fit["metric"];
  readonly facet: Facet;
}

const isDrawn = (record: RunRecord, facet: Facet, metric: Leading["metric"]): boolean =>
  growthOf(record, facet, metric).series.some(({ points }) => points.length > 0);

/** The last shape with a crossing to be seen, else the last; undefined where none has anything to draw. */
const leadingFacet = (record: RunRecord, metric: Leading["metric"]): Facet | undefined => {
  const facets = evenly(
    facetsOf(record).filter((facet) => isDrawn(record, facet, metric)),
    mostCharts,
  );
  return facets.findLast((facet) => crossoversOf(record, facet, metric).some(({ outcome }) => outcome === "crosses")) ?? facets.at(-1);
};

/** Times of a CPU emulation that decide nothing of the question leave the lead to what carries over to other devices. */
const memoryLeads = (record: RunRecord): boolean => {
  const pair = mainPair({ ...record, crossovers: askedCrossovers(record) });
  return (
    record.environment.deviceClass === "software" && pair.length > 0 && pair.every(({ outcome, atLatest }) => outcome === "undecided" && atLatest === undefined)
  );
};

/** Does the room for texts of the first shape stand beside the answer? Where an experiment asks for it, the answer is of that. */
export const servingLeads = perRecord((record: RunRecord): boolean => {
  const [first] = servedShapes(record);
  return first !== undefined && servingCharts(record, first, chartSizes[0]).length > 0;
});

/**
 * Which chart carries the answer: that of time, where n* stands, or that of memory where no time tells anything. None where neither has a point, and where
 * texts are served at once, whose own chart carries it.
 */
export const leadingOf = perRecord((record: RunRecord): Leading | undefined => {
  if (servingLeads(record)) return undefined;
  const metrics: readonly Leading["metric"][] = memoryLeads(record) ? ["stateBytes", "time"] : ["time", "stateBytes"];
  for (const metric of metrics) {
    const facet = leadingFacet(record, metric);
    if (facet) return { metric, facet };
  }
  return undefined;
});
