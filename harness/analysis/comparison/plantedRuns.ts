import type { Comparison } from "../../record/comparison.ts";
import type { CellRecord, RunRecord } from "../../record/run.ts";
import { type Planted, plantedRun } from "../planted.ts";

/** For tests of comparisons: softmax that grows and a linear arm that does not, as often as wanted, and what may be changed of one of two runs. */
export const ns = [256, 512, 1024, 2048, 4096, 8192, 16384];
export type Arm = Planted["arms"][number];
export const softmax: Arm = { label: "softmax", family: "softmax", ms: (n) => 0.02 + 1e-4 * n, bytes: (n) => 512 * n };
export const linear: Arm = { label: "linear", family: "linear", ms: () => 0.1, bytes: () => 16_384 };

/** For tests: runs of one experiment, seed and all, in which only chance differs. */
export const runOf = (chance: number, change: Partial<Planted> = {}): RunRecord => {
  const run = plantedRun({ ns, arms: [softmax, linear], noise: [0.005, 0.02, 0.02], drift: 0.05, workers: 5, turns: 6, seed: chance, ...change });
  return { ...run, experiment: { ...run.experiment, measure: { ...run.experiment.measure, seed: 1 } } };
};

/** Base and head of one duet: their visits are of the same turns, and drift is the same for both. */
export const duetOf = (base: RunRecord, head: RunRecord): readonly [RunRecord, RunRecord] => [
  { ...base, duet: { id: "one", side: "base" } },
  { ...head, duet: { id: "one", side: "head" } },
];

export const withCell = (record: RunRecord, id: string, change: (cell: CellRecord) => Partial<CellRecord>): RunRecord => ({
  ...record,
  cells: record.cells.map((cell) => (cell.id === id ? { ...cell, ...change(cell) } : cell)),
});

export const slower = (factor: number) => (cell: CellRecord) => ({
  visits: cell.visits.map((visit) => ({ ...visit, gpuMs: visit.gpuMs.map((ms) => ms * factor), wallMs: visit.wallMs.map((ms) => ms * factor) })),
});

export const timesOf = ({ cells }: Comparison): Readonly<Record<string, string>> =>
  Object.fromEntries(cells.map(({ cell, metrics }) => [cell, metrics.time.verdict]));
