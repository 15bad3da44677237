import { calibratingTurns } from "../../record/merged.ts";
import type { RunRecord } from "../../record/run.ts";
import { turnShifts } from "../drift.ts";
import { isReading } from "../sentinelReading.ts";
import { deviation, median, pairwiseScale } from "../statistics.ts";
import { type Level, withError } from "./change.ts";

/**
 * What two runs of one code differ in that were measured one after the other. Their own turns and processes do not tell: a machine that is slow for minutes is so in all of one run and in none of the
 * other. Two things do: how much it moves while a run lasts, and how far apart cells lie that nobody changed.
 */

/** A machine is as far off between two runs as it moves from turn to turn within one, in 95 of 100 at most so many times (README of harness: proof of runs apart). */
const ofMovement = 1.5;

/** Share by which the times of two runs may differ though no kernel does: how far the sentinel, which is always the same kernel, differs between them, or how much the machine moved within either. */
export const machineShift = (base: RunRecord, head: RunRecord): number =>
  Math.expm1(Math.max(Math.abs(sentinelLevel(head) - sentinelLevel(base)) || 0, ofMovement * movement(base), ofMovement * movement(head)));

const kept = ({ sentinel = [] }: RunRecord): NonNullable<RunRecord["sentinel"]> => sentinel.filter((turn) => !turn.discarded && isReading(turn));

const sentinelLevel = (record: RunRecord): number => Math.log(median(kept(record).flatMap(({ beforeMs, afterMs }) => [beforeMs, afterMs])));

/** Standard deviation over turns of log times: of the sentinel, or of what all cells of a turn have in common; the larger. 0 where neither is known. */
const movement = (record: RunRecord): number => {
  const calibrating = calibratingTurns(record);
  const visits = record.cells
    .filter(({ composedOf, runtime }) => composedOf === undefined && runtime === undefined)
    .map((cell) => cell.visits.filter(({ turn }) => !calibrating.has(turn)));
  const shared = [...turnShifts(visits, record.environment.clock.source).values()];
  const gauged = kept(record).map(({ beforeMs, afterMs }) => (Math.log(beforeMs) + Math.log(afterMs)) / 2);
  return Math.max(0, ...[shared, gauged].filter((logs) => logs.length > 1).map((logs) => deviation(logs, 1)));
};

/** Fewer cells do not show how far apart those lie that are as they were. */
const leastCells = 6;

/**
 * Levels of the changes of all cells, each known less well by what processes do to one kernel and not to its neighbours: where cells lie further apart than their own errors allow, the rest is of the
 * runs (Birge 1932). By a scale that up to half of the cells, an arm that did change, do not move.
 */
export const withScatter = (levels: readonly Level[]): readonly Level[] => {
  const known = levels.filter(({ error }) => Number.isFinite(error));
  if (known.length < leastCells) return levels;
  const scatter = pairwiseScale(known.map(({ value }) => value));
  const freedom = known.length - 1;
  const ofRuns = Math.sqrt(Math.max(0, scatter ** 2 - median(known.map(({ error }) => error ** 2))));
  return levels.map((level) => withError(level, ofRuns, freedom));
};
