import { mixing } from "../../kernels/model/stageNames.ts";
import { en } from "../messages/en.ts";
import type { Messages } from "../messages/messages.ts";
import type { Crossover } from "../record/derived.ts";
import type { CellRecord } from "../record/run.ts";
import { sharedCells, timeCrossover } from "./crossover.ts";
import type { SpreadOf } from "./drift.ts";
import type { Pair, Series } from "./series.ts";

/** Curves of whole models as if attention were all of them: the time of that stage, of all layers, in the place of a visit's samples. Empty where none was timed. */
export const mixerSeries = (series: readonly Series[]): readonly Series[] =>
  series.flatMap((one) => {
    const cells = one.cells.map((cell): CellRecord => ({ ...cell, visits: cell.visits.flatMap(mixingVisit) }));
    return one.phase === "tokenLoop" && cells.some(({ visits }) => visits.length > 0) ? [{ ...one, cells }] : [];
  });

const mixingVisit = (visit: CellRecord["visits"][number]): CellRecord["visits"] => {
  const ms = visit.stages?.[mixing];
  return ms === undefined ? [] : [{ ...visit, gpuMs: [ms] }];
};

/** n* of a pair of whole models by the time of their attention alone; `spreadOf`: of mixerSeries. Empty where the two share no n at which both timed it. */
export const mixerCrossing = (pair: Pair, spreadOf: SpreadOf, t: Messages = en): Pick<Crossover, "mixer"> => {
  if (sharedCells(pair, spreadOf).length === 0) return {};
  const { outcome, n, atLatest, crossings, range, note } = timeCrossover(pair, spreadOf, "time", t);
  return { mixer: { outcome, n, atLatest, crossings, range, note } };
};
