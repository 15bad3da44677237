import type { CellRecord, ClockSource, Visit } from "../record/run.ts";
import { type Noise, pooledNoise, sharedDeviations, wideningOf } from "./noise.ts";
import { seedFor } from "./random.ts";
import { type Bootstrap, bootstrapOf, type Draws, meanDeviations, type Spread, spreadOf, timesOf, visitCount } from "./resampling.ts";
import type { Series } from "./series.ts";
import { deviation, mean, median, studentRatio } from "./statistics.ts";

/** Fewer cells or turns do not tell what a turn did to all cells from what noise did to one. */
const leastCells = 4;
const leastTurns = 4;
const sweeps = 3;

/** By turn: how much slower than the middle of the run it was for all cells alike, as a logarithm. */
export type Shifts = ReadonlyMap<number, number>;

export const turnShifts = (cells: readonly (readonly Visit[])[], source: ClockSource): Shifts =>
  shiftsOf(cells.map((visits) => new Map(visits.flatMap((visit) => logEntry(visit, source)))));

/**
 * A turn's shift is the median over cells of a log less the cell's own median over turns: a two-way table of cells and turns (`logs[cell]` by turn), taken apart by
 * median polish (Tukey 1977, Exploratory Data Analysis, chapter 11), so that one cell's outlier moves no shift. Centred on 0.
 * Empty where cells or turns are too few.
 */
export const shiftsOf = (logs: readonly ReadonlyMap<number, number>[]): Shifts => {
  const byTurn = new Map<number, { readonly cell: number; readonly log: number }[]>();
  for (const [cell, ofCell] of logs.entries()) {
    for (const [turn, log] of ofCell) {
      const entries = byTurn.get(turn);
      if (entries) entries.push({ cell, log });
      else byTurn.set(turn, [{ cell, log }]);
    }
  }
  const shared = [...byTurn].filter(([, entries]) => entries.length >= leastCells);
  if (shared.length < leastTurns) return new Map();
  const shifts = new Map(shared.map(([turn]) => [turn, 0]));
  const shiftOf = (turn: number): number => shifts.get(turn) ?? 0;
  for (let sweep = 0; sweep < sweeps; sweep++) {
    const centres = logs.map((ofCell) => median([...ofCell].map(([turn, log]) => log - shiftOf(turn))));
    for (const [turn, entries] of shared) shifts.set(turn, median(entries.map(({ cell, log }) => log - (centres[cell] ?? 0))));
  }
  const middle = median([...shifts.values()]);
  for (const [turn, shift] of shifts) shifts.set(turn, shift - middle);
  return shifts;
};

const logEntry = (visit: Visit, source: ClockSource): readonly (readonly [number, number])[] => {
  const time = median(timesOf(visit, source));
  return time > 0 ? [[visit.turn, Math.log(time)]] : [];
};

/** Gives a cell's paired replicates by its id. */
export type SpreadOf = (id: string) => Spread | undefined;

/** Spreads of all cells of a run's curves, with what their turns have in common taken apart. */
export const runSpreads = (series: readonly Pick<Series, "cells">[], draws: Draws): SpreadOf => {
  const ofRun = turnShifts(
    series.flatMap(({ cells }) => cells.map(({ visits }) => visits)),
    draws.source,
  );
  const spreads = new Map(series.flatMap(({ cells }) => [...curveSpreads(cells, draws, ofRun)]));
  return (id) => spreads.get(id);
};

/**
 * Spreads, by cell id, of the cells of one curve. A machine that is slow for a while is so for all of them, which moves a curve up or down and
 * says nothing of its shape: shifts of turns are taken out of each cell and come back as one factor for all, so that replicates of a law, an
 * exponent or a ratio along the curve hold the noise that is left, and replicates of a coefficient the drift too.
 */
const curveSpreads = (cells: readonly CellRecord[], draws: Draws, ofRun: Shifts): ReadonlyMap<string, Spread> => {
  const shifts = levelledWith(
    turnShifts(
      cells.map(({ visits }) => visits),
      draws.source,
    ),
    ofRun,
  );
  const polished = shifts.size > 0;
  const bootstraps = cells.flatMap(({ id, visits }) => {
    // What is left of a cell is its own, so it is drawn by itself; with the same turns for all, what a shift took of their noise together would be missing from the curve.
    const bootstrap = polished
      ? bootstrapOf(
          visits.map((visit) => shifted(visit, shifts)),
          { ...draws, seed: seedFor(draws.seed, id), made: undefined },
          id,
        )
      : bootstrapOf(visits, draws, id);
    return bootstrap ? [{ id, bootstrap }] : [];
  });
  const noise = pooledNoise(bootstraps.map(({ bootstrap }) => bootstrap.noise));
  const level = polished ? levelOf(cells, shifts, ofRun, noise, draws) : undefined;
  // A shift takes its share of a cell's own noise with it: 1 of as many as there are cells.
  const taken = polished ? Math.sqrt(cells.length / (cells.length - 1)) : 1;
  const widenings = wideningsOf(
    bootstraps.map(({ bootstrap }) => bootstrap),
    noise,
  );
  return new Map(
    bootstraps.map(({ id, bootstrap }, i) => {
      const { estimate, replicates } = spreadOf(bootstrap, taken * (widenings[i] ?? 1));
      return [id, { estimate, replicates: level ? replicates.map((value, r) => value * Math.exp(level[r] ?? 0)) : replicates }];
    }),
  );
};

/** What widens each cell's draws. Noise of the cells of one curve is alike, so what all show of it together tells better than each alone how far each is off. */
const wideningsOf = (bootstraps: readonly Bootstrap[], noise: Noise): readonly number[] => {
  const several = bootstraps.filter((one) => visitCount(one) > 1);
  const shown = bootstraps.map(({ visits }) => wideningOf(visits, noise));
  const raw = several.map((one) => deviation(one.deviations, 0) * wideningOf(one.visits, noise).shown);
  const freedom = Math.max(0, ...shown.map((one) => one.freedom)) / Math.max(1, several.length);
  const shared = sharedDeviations(raw, freedom);
  return bootstraps.map((one, i) => {
    const at = several.indexOf(one);
    const own = raw[at] ?? 0;
    return (shown[i]?.shown ?? 1) * studentRatio(Math.round(shared.freedom)) * (at >= 0 && own > 0 ? (shared.deviations[at] ?? own) / own : 1);
  });
};

/**
 * Shifts of a curve, so that they are on average those of the whole run: which of its turns a curve's own middle is differs from curve to curve by the noise of one turn, and
 * would move one against the other.
 */
const levelledWith = (shifts: Shifts, ofRun: Shifts): Shifts => {
  const apart = [...shifts].flatMap(([turn, shift]) => (ofRun.has(turn) ? [shift - (ofRun.get(turn) ?? 0)] : []));
  const centre = mean(apart);
  return new Map([...shifts].map(([turn, shift]) => [turn, shift - centre]));
};

const shifted = (visit: Visit, shifts: Shifts): Visit => {
  const factor = Math.exp(-(shifts.get(visit.turn) ?? 0));
  return { ...visit, gpuMs: visit.gpuMs.map((time) => time * factor), wallMs: visit.wallMs.map((time) => time * factor) };
};

/**
 * By how much the whole curve lies higher in each draw, as a logarithm: the mean shift of the turns that are drawn. That of the run is the same for all its curves, so no ratio
 * of them holds it; that of the curve apart from the run comes on top, as far as it is more than the noise of its cells, which each of them has already.
 */
const levelOf = (cells: readonly CellRecord[], shifts: Shifts, ofRun: Shifts, noise: Noise, draws: Draws): Float64Array => {
  const run = ofRun.size > 0 ? ofRun : shifts;
  const apart = new Map([...shifts].flatMap(([turn, shift]) => (run.has(turn) ? [[turn, shift - (run.get(turn) ?? 0)] as const] : [])));
  const values = [...apart.values()];
  const observed = values.reduce((sum, value) => sum + value ** 2, 0) / Math.max(1, values.length - 1);
  const visit = (noise.between + noise.within) / Math.max(1, noise.betweenFreedom + noise.withinFreedom);
  // The variance of a median of as many as there are cells.
  const expected = ((Math.PI / 2) * visit) / cells.length;
  const real = observed > expected ? Math.sqrt(1 - expected / observed) : 0;
  const common = meanDeviations(byWorker(cells, run), draws);
  const own = meanDeviations(byWorker(cells, apart), draws);
  return common.map((value, r) => value + real * (own[r] ?? 0));
};

/** The shifts of the turns that each worker visited these cells in. */
const byWorker = (cells: readonly CellRecord[], shifts: Shifts): readonly (readonly number[])[] => {
  const workers = new Map<number, Map<number, number>>();
  for (const { visits } of cells) {
    for (const { worker, turn } of visits) {
      const shift = shifts.get(turn);
      if (shift !== undefined) workers.set(worker, (workers.get(worker) ?? new Map<number, number>()).set(turn, shift));
    }
  }
  const ascending = <T>(entries: Iterable<readonly [number, T]>): T[] => [...entries].sort(([one], [other]) => one - other).map(([, value]) => value);
  return ascending(workers).map((turns) => ascending(turns));
};
