import type { Crossover, Fit } from "../record/derived.ts";
import type { RunRecord } from "../record/run.ts";
import { type Pair, pairsOf, type Series, seriesOf } from "./series.ts";

/** Fewer n of a curve show no law, fewer n of a pair no place where it crosses: an experiment that means to measure no more asks for neither. */
export const leastForLaw = 3;
const leastForCrossing = 2;

/** Does the experiment ask how this curve grows? By its plan: cells that came to nothing count, since why they did is part of the answer. */
export const asksLaw = ({ plannedNs }: Series): boolean => plannedNs.length >= leastForLaw;

const asksCrossing = ({ upper, lower }: Pair): boolean => upper.plannedNs.filter((n) => lower.plannedNs.includes(n)).length >= leastForCrossing;

/** Fits that answer something the experiment asks. */
export const askedFits = ({ cells, fits }: Pick<RunRecord, "cells" | "fits">): readonly Fit[] => {
  const unasked = new Set(
    seriesOf(cells)
      .filter((series) => !asksLaw(series))
      .map(({ label, form, key }) => JSON.stringify([label, form, key])),
  );
  return fits.filter(({ label, form, series }) => !unasked.has(JSON.stringify([label, form, series])));
};

/** Crossovers that answer something the experiment asks. */
export const askedCrossovers = ({ cells, crossovers }: Pick<RunRecord, "cells" | "crossovers">): readonly Crossover[] => {
  const unasked = new Set(
    pairsOf(seriesOf(cells))
      .filter((pair) => !asksCrossing(pair))
      .map(({ upper, lower, key }) => JSON.stringify([upper.label, lower.label, key])),
  );
  return crossovers.filter(({ between, series }) => !unasked.has(JSON.stringify([...between, series])));
};
