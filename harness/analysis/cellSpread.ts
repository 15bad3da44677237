import type { CellRecord } from "../record/run.ts";
import type { SpreadOf } from "./drift.ts";
import { type Draws, resample, type Spread, sourceOf, timesOf } from "./resampling.ts";
import { median } from "./statistics.ts";

/**
 * The median time of a cell's samples, and how far it may be off by what its whole curve tells (drift.ts). By itself a cell of two processes knows next to nothing of how
 * processes differ: Student's t of one degree of freedom is 12.7, and an interval of it reaches from nothing to minutes. What has no curve by this clock is judged by itself.
 * Undefined where nothing was timed: only a cell that is ok has times, those of a wrong kernel mean nothing.
 */
export const cellSpread = (cell: CellRecord, draws: Draws, ofCurve: SpreadOf): Spread | undefined => {
  if (cell.outcome.status !== "ok") return undefined;
  const source = sourceOf(cell, draws);
  const curve = source === draws.source ? ofCurve(cell.id) : undefined;
  if (curve === undefined) return resample(cell.visits, { ...draws, source }, cell.id);
  const estimate = median(cell.visits.flatMap((visit) => [...timesOf(visit, source)]));
  // The curve's own estimate has the drift of its turns taken out, the median of all samples has not.
  return { estimate, replicates: curve.replicates.map((value) => value * (estimate / curve.estimate)) };
};
