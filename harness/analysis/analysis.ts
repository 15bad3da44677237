import { en } from "../messages/en.ts";
import type { Messages } from "../messages/messages.ts";
import type { Crossover } from "../record/derived.ts";
import type { CellRecord, RunRecord } from "../record/run.ts";
import { findingsOf } from "./answer.ts";
import { cellSpread } from "./cellSpread.ts";
import { claimsOf } from "./claims/claims.ts";
import { hybridCells, withHybrids } from "./composition.ts";
import { bytesCrossover, timeCrossover } from "./crossover.ts";
import type { SpreadOf } from "./drift.ts";
import { bytesFit, timeFit } from "./fit.ts";
import { jointCrossings, surfacesOf } from "./jointFit.ts";
import { mixerCrossing, mixerSeries } from "./mixerCrossing.ts";
import { peerRatiosOf } from "./peerRatio.ts";
import type { Draws, Spread } from "./resampling.ts";
import { type Pair, pairsOf, seriesOf } from "./series.ts";
import { servingOf } from "./serving.ts";
import { sizeFits } from "./sizeFits.ts";
import { summarise } from "./summary.ts";
import { timingOf } from "./timing.ts";
import { wouldCross } from "./wouldCross.ts";

/**
 * The record with everything that follows from its visits: summaries, fits, crossovers and findings. Pure and the same every time: all
 * randomness comes of the experiment's seed. Whatever the record held of these before is replaced. Findings and notes are in the language of `t`.
 */
export const analyse = (record: RunRecord, t: Messages = en): RunRecord => {
  // What an earlier analysis composed is composed anew.
  const timed = record.cells.filter(({ composedOf }) => composedOf === undefined);
  const timing = timingOf({ ...record, cells: timed });
  const timedSeries = seriesOf(timed);
  const ofCurves = timing.spreadsOf(timedSeries, (draws) => draws);
  const spreadOfCell = (cell: CellRecord): Spread | undefined => cellSpread(cell, timing.drawsFor(cell), ofCurves);
  const measured = timed.map((cell): CellRecord => {
    const spread = spreadOfCell(cell);
    return { ...cell, summary: spread && summarise(cell, spread, timing.drawsFor(cell), timing.ceilingsFor(cell)) };
  });
  const hybrids = hybridCells(measured, record.experiment.hybrids ?? [], spreadOfCell);
  const cells = [...measured, ...hybrids];
  const series = seriesOf(cells);
  const spreadOf = withHybrids(hybrids, ofCurves);
  const pairs = pairsOf(series);
  // In a function of its own, after which its spreads are let go: those of thousands of cells are tens of megabytes.
  const wallCrossovers =
    record.environment.clock.source === "gpu" ? crossoversByWall(pairs, withHybrids(hybrids, timing.spreadsOf(timedSeries, byWall)), t) : [];
  const fits = [...series.map((one) => timeFit(one, spreadOf, t)), ...series.map((one) => bytesFit(one, t))].filter((fit) => fit !== undefined);
  const mixerSpreadOf = timing.spreadsOf(mixerSeries(series), (draws) => draws);
  const crossovers = [
    ...pairs.map((pair) => ({
      ...timeCrossover(pair, spreadOf, "time", t),
      ...wouldCross(pair, spreadOf, timing.ceilingsFor(pair.upper.cells[0])),
      ...mixerCrossing(pair, mixerSpreadOf, t),
    })),
    ...pairs.filter(keepBoth).map((pair) => bytesCrossover(pair, t)),
    ...wallCrossovers,
  ];
  const surfaces = surfacesOf(timedSeries, spreadOf);
  const { peerRatios: _, sizeFits: __, jointFits: ___, jointCrossings: ____, claims: _____, serving: ______, ...rest } = record;
  const analysed = {
    ...rest,
    cells,
    fits,
    ...unlessEmpty("sizeFits", sizeFits(cells, spreadOf)),
    ...unlessEmpty(
      "jointFits",
      surfaces.map(({ fit }) => fit),
    ),
    ...unlessEmpty("jointCrossings", jointCrossings(surfaces)),
    crossovers,
    ...unlessEmpty("peerRatios", peerRatiosOf(cells, timing.drawsFor, t)),
    ...unlessEmpty("serving", servingOf(record, series, spreadOf, t)),
  };
  const judged = { ...analysed, ...unlessEmpty("claims", claimsOf(analysed, t)) };
  return { ...judged, findings: findingsOf(judged, t) };
};

const byWall = (draws: Draws): Draws => ({ ...draws, source: "wall", stepMs: 0 });

/** By wall clock, on a device that has a clock of its own: where it has none, time is wall time. */
const crossoversByWall = (pairs: readonly Pair[], spreadOf: SpreadOf, t: Messages): readonly Crossover[] =>
  pairs.map((pair) => timeCrossover(pair, spreadOf, "wallTime", t));

/** An arm that keeps nothing between tokens is below any other everywhere, and a state that comes back is as large as before: nothing is to be found. */
const keepBoth = ({ upper, lower }: Pair): boolean =>
  upper.phase !== "offload" && [upper, lower].every(({ cells }) => cells.length === 0 || cells.some(({ stateBytes }) => stateBytes !== 0));

const unlessEmpty = <K extends string, T>(name: K, values: readonly T[]): { readonly [key in K]?: readonly T[] } =>
  (values.length > 0 ? { [name]: values } : {}) as { readonly [key in K]?: readonly T[] };
