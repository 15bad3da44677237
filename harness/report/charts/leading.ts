import { askedCrossovers } from "../../analysis/asked.ts";
import { mainPair, movedExtremes } from "../../analysis/headline.ts";
import type { Crossover, Fit } from "../../record/derived.ts";
import type { RunRecord } from "../../record/run.ts";
import { perRecord } from "../perRecord.ts";
import { crossoversOf, evenly, type Facet, facetsOf, mostCharts } from "./facets.ts";
import { chartSizes } from "./frame.ts";
import { growthOf } from "./growth.ts";
import { servedShapes, servingCharts } from "./servingChart.ts";

/** The chart of growth that stands beside the answer. */
export interface Leading {
  readonly metric: Fit["metric"];
  /** with the answer's arms alone where it has them: then the whole chart stands below, among the others */
  readonly facet: Facet;
}

const isDrawn = (record: RunRecord, facet: Facet, metric: Leading["metric"]): boolean =>
  growthOf(record, facet, metric).series.some(({ points }) => points.length > 0);

/** Labels of the arms that the answer is of: its pair; where states leave and come back, which every arm's do, the pairs of the two that it names, or where it names none the first pair of either family. */
const answerArms = (record: RunRecord): readonly string[] => {
  const asked = { ...record, crossovers: askedCrossovers(record) };
  if (record.experiment.phase !== "offload") return mainPair(asked)[0]?.between ?? [];
  const familyOf = (label: string) => record.cells.find((cell) => cell.label === label)?.family;
  const timed = asked.crossovers.filter(({ metric }) => metric === "time");
  const ends = movedExtremes(record);
  if (ends) return [...new Set([ends.least, ends.most].flatMap(({ arm }) => timed.find(({ between: [, kept] }) => kept === arm)?.between ?? []))];
  return (["softmax", "linear"] as const).flatMap((family) => timed.find(({ between }) => between.every((label) => familyOf(label) === family))?.between ?? []);
};

/** The facet with the arms of the answer alone; as it is where it has not all of them. */
const withAnswer = (record: RunRecord, facet: Facet, metric: Leading["metric"], arms: readonly string[]): Facet => {
  const own = { ...facet, cells: facet.cells.filter(({ label }) => arms.includes(label)), answer: arms };
  const drawn = growthOf(record, own, metric).series.filter(({ points }) => points.length > 0);
  return arms.length > 0 && drawn.length === arms.length ? own : facet;
};

/** How many of these arms have a value at one n of a facet, at most: where they can be compared. All arms without any. */
const sharing = (record: RunRecord, facet: Facet, metric: Leading["metric"], arms?: readonly string[]): number => {
  const { series, ticks } = growthOf(record, facet, metric);
  const counted = series.filter(({ look }) => arms?.includes(look.label) ?? true);
  return Math.max(0, ...ticks.map((tick) => counted.filter(({ points }) => points.some(({ x }) => x === tick)).length));
};

/** Those of which this is the most. */
const withMost = <Item>(all: readonly Item[], of: (item: Item) => number): readonly Item[] => {
  const counts = all.map(of);
  const most = Math.max(0, ...counts);
  return all.filter((_, i) => counts[i] === most);
};

/**
 * Of the shapes at which most of the answer's arms can be compared, and of those most of all arms, the last with the answer's crossing to be seen, else with any, else the last: a run that
 * was stopped may have little of the last. Undefined where none has anything to draw.
 */
const leadingFacet = (record: RunRecord, metric: Leading["metric"]): Facet | undefined => {
  const arms = answerArms(record);
  const drawable = evenly(
    facetsOf(record).filter((facet) => isDrawn(record, facet, metric)),
    mostCharts,
  );
  const compared = withMost(drawable, (facet) => sharing(record, facet, metric, arms));
  const facets = withMost(compared, (facet) => sharing(record, facet, metric));
  const crossesIn = (facet: Facet): readonly Crossover[] => crossoversOf(record, facet, metric).filter(({ outcome }) => outcome === "crosses");
  const found =
    facets.findLast((facet) => crossesIn(facet).some(({ between }) => between.every((label) => arms.includes(label)))) ??
    facets.findLast((facet) => crossesIn(facet).length > 0) ??
    facets.at(-1);
  return found && withAnswer(record, found, metric, arms);
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
