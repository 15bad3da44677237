import type { RunRecord, Visit } from "../record/run.ts";
import { fixtureRecord } from "./fixture.ts";
import { deltaArm, groupedArm, linearArm, softmaxArm } from "./fixtureArms.ts";

/** Of each cell. */
const turns = 5;
const samplesPerTurn = 10;

/** For tests: a run of 512 cells, four arms at eight dModel and sixteen n, with 50 samples a cell by both clocks, no two alike. As it was measured: what analysis finds is the fixture's. */
export const largeRecord = (): RunRecord => {
  const ns = Array.from({ length: 16 }, (_, i) => 64 * 2 ** i);
  const dModels = Array.from({ length: 8 }, (_, i) => 256 * (i + 1));
  const record = fixtureRecord({ ns, dModels, arms: [softmaxArm, groupedArm, linearArm, deltaArm] });
  const timesOf = (medianMs: number, seed: number): number[] =>
    Array.from({ length: samplesPerTurn }, (_, i) => medianMs * (1 + 0.04 * Math.sin(1e4 * seed + 10 * i)));
  const visitsOf = (medianMs: number, seed: number): Visit[] =>
    Array.from({ length: turns }, (_, turn) => ({
      worker: 1,
      turn,
      k: 8,
      gpuMs: timesOf(medianMs, seed + turn),
      wallMs: timesOf(1.2 * medianMs, seed + turn + 0.5),
    }));
  return { ...record, cells: record.cells.map((cell, i) => ({ ...cell, visits: visitsOf(cell.summary?.medianMs ?? 1, turns * i) })) };
};
