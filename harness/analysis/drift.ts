import type { CellRecord, ClockSource, Visit } from "../record/run.ts";
import { type Draws, resample, type Spread, timesOf } from "./resampling.ts";
import { median } from "./statistics.ts";

/** Fewer cells or turns do not tell what a turn did to all cells from what noise did to one. */
const leastCells = 4;
const leastTurns = 4;
const sweeps = 3;

/** By turn: how much slower than the middle of the run it was for all cells alike, as a logarithm. */
export type Shifts = ReadonlyMap<number, number>;

/**
 * A turn's shift is the median over cells of log time less the cell's own median over turns: a two-way table of cells and turns, taken apart by
 * median polish (Tukey 1977, Exploratory Data Analysis, chapter 11), so that one cell's outlier moves no shift. Centred on 0.
 * Empty where cells or turns are too few.
 */
export const turnShifts = (cells: readonly (readonly Visit[])[], source: ClockSource): Shifts => {
  const logs = cells.map((visits) => new Map(visits.flatMap((visit) => logEntry(visit, source))));
  const turns = [...new Set(logs.flatMap((ofCell) => [...ofCell.keys()]))];
  const shared = turns.filter((turn) => logs.filter((ofCell) => ofCell.has(turn)).length >= leastCells);
  if (shared.length < leastTurns) return new Map();
  const shifts = new Map(shared.map((turn) => [turn, 0]));
  const shiftOf = (turn: number): number => shifts.get(turn) ?? 0;
  for (let sweep = 0; sweep < sweeps; sweep++) {
    const centres = logs.map((ofCell) => median([...ofCell].map(([turn, log]) => log - shiftOf(turn))));
    for (const turn of shared) {
      shifts.set(
        turn,
        median(
          logs.flatMap((ofCell, i) => {
            const log = ofCell.get(turn);
            return log === undefined ? [] : [log - (centres[i] ?? 0)];
          }),
        ),
      );
    }
  }
  const middle = median(shared.map(shiftOf));
  for (const turn of shared) shifts.set(turn, shiftOf(turn) - middle);
  return shifts;
};

const logEntry = (visit: Visit, source: ClockSource): readonly (readonly [number, number])[] => {
  const time = median(timesOf(visit, source));
  return time > 0 ? [[visit.turn, Math.log(time)]] : [];
};

/**
 * Spreads, by cell id, of the cells of one curve. A machine that is slow for a while is so for all of them, which moves a curve up or down and
 * says nothing of its shape: shifts of turns are taken out of each cell and come back as one factor for all, so that replicates of a law, an
 * exponent or a ratio along the curve hold the noise that is left, and replicates of a coefficient the drift too.
 */
export const curveSpreads = (cells: readonly CellRecord[], draws: Draws): ReadonlyMap<string, Spread> => {
  const shifts = turnShifts(
    cells.map(({ visits }) => visits),
    draws.source,
  );
  const level = shifts.size > 0 ? levelOf(cells, shifts, draws) : undefined;
  // A shift takes its share of a cell's own noise with it: 1 of as many as there are cells.
  const taken = level ? Math.sqrt(cells.length / (cells.length - 1)) : 1;
  return new Map(
    cells.flatMap(({ id, visits }) => {
      const own = resample(level ? visits.map((visit) => shifted(visit, shifts)) : visits, draws, id);
      if (!own) return [];
      const replicates = own.replicates.map(
        (value, r) => own.estimate * Math.exp(taken * Math.log(value / own.estimate)) * (level ? (level.replicates[r] ?? level.estimate) / level.estimate : 1),
      );
      return [[id, { estimate: own.estimate, replicates }] as const];
    }),
  );
};

const shifted = (visit: Visit, shifts: Shifts): Visit => {
  const factor = Math.exp(-(shifts.get(visit.turn) ?? 0));
  return { ...visit, gpuMs: visit.gpuMs.map((time) => time * factor), wallMs: visit.wallMs.map((time) => time * factor) };
};

/** The shifts themselves, resampled by the same draws of workers and turns as the cells. */
const levelOf = (cells: readonly CellRecord[], shifts: Shifts, draws: Draws): Spread | undefined => {
  const workers = new Map(cells.flatMap(({ visits }) => visits.map(({ turn, worker }) => [turn, worker] as const)));
  const visits = [...shifts].map(([turn, shift]): Visit => {
    const times = [Math.exp(shift)];
    return { worker: workers.get(turn) ?? 0, turn, k: 1, gpuMs: times, wallMs: times };
  });
  // A worker's turns may be more than any one cell has of it.
  const most = Math.max(...[...new Set(visits.map(({ worker }) => worker))].map((worker) => visits.filter((visit) => visit.worker === worker).length));
  const slots = [Math.max(draws.slots[0], new Set(visits.map(({ worker }) => worker)).size), Math.max(draws.slots[1], most)] as const;
  return resample(visits, { ...draws, slots, stepMs: 0 }, `level of ${cells[0]?.id}`);
};
