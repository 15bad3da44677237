import type { CellRecord, RunRecord } from "../record/run.ts";
import { findingsOf } from "./answer.ts";
import { bytesCrossover, timeCrossover } from "./crossover.ts";
import { runSpreads } from "./drift.ts";
import { bytesFit, timeFit } from "./fit.ts";
import { peerRatiosOf } from "./peerRatio.ts";
import { type Draws, drawsOf, resample, type Spread, sourceOf } from "./resampling.ts";
import { pairsOf, seriesOf } from "./series.ts";
import { summarise } from "./summary.ts";
import { wouldCross } from "./wouldCross.ts";

/**
 * The record with everything that follows from its visits: summaries, fits, crossovers and findings. Pure and the same every time: all
 * randomness comes of the experiment's seed. Whatever the record held of these before is replaced.
 */
export const analyse = (record: RunRecord): RunRecord => {
  const draws = drawsOf(record);
  const cells = record.cells.map((cell): CellRecord => {
    const spread = spreadOfCell(cell, draws);
    return { ...cell, summary: spread && summarise(cell, spread, draws, record.ceilings) };
  });
  const series = seriesOf(cells);
  const spreadOf = runSpreads(series, draws);
  // Where the device has no clock of its own, time is wall time.
  const wallSpreadOf = draws.source === "gpu" ? runSpreads(series, { ...draws, source: "wall", stepMs: 0 }) : undefined;
  const fits = [...series.map((one) => timeFit(one, spreadOf)), ...series.map(bytesFit)].filter((fit) => fit !== undefined);
  const pairs = pairsOf(series);
  const crossovers = [
    ...pairs.map((pair) => ({ ...timeCrossover(pair, spreadOf), ...wouldCross(pair, spreadOf, record.ceilings) })),
    ...pairs.map(bytesCrossover),
    ...(wallSpreadOf ? pairs.map((pair) => timeCrossover(pair, wallSpreadOf, "wallTime")) : []),
  ];
  const peerRatios = peerRatiosOf(cells, draws);
  const { peerRatios: _, ...rest } = record;
  const analysed = { ...rest, cells, fits, crossovers, ...(peerRatios.length > 0 ? { peerRatios } : {}) };
  return { ...analysed, findings: findingsOf(analysed) };
};

/** Only a cell that is ok has times: those of a wrong kernel mean nothing. */
const spreadOfCell = (cell: CellRecord, draws: Draws): Spread | undefined =>
  cell.outcome.status === "ok" ? resample(cell.visits, { ...draws, source: sourceOf(cell, draws) }, cell.id) : undefined;
