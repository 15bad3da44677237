import type { Tiles } from "../../kernels/mechanism.ts";
import { orders } from "../analysis/laws.ts";
import type { PlannedCell } from "../experiment/experiment.ts";
import type { CellRecord, Outcome, Tuning, Visit } from "../record/run.ts";
import { predictMs } from "./schedule.ts";

/** A cell on its way through a run. */
export interface Task {
  readonly planned: PlannedCell;
  /** equal for the cells of one curve: everything but n */
  readonly series: string;
  /** the variant that tuning chose; undefined: the default */
  tiles: Tiles | undefined;
  record: CellRecord;
  /** ms of one repetition by the last visit, or by preparing */
  estimateMs: number | undefined;
  /** least ms of one repetition in any sample: noise only adds, so K is chosen by it and a pass is no shorter than wanted */
  leastMs: number | undefined;
  /** repetitions in a pass: settled once turn 0 has timed the cell, so that all turns are alike, and raised only where passes turn out too short */
  k: number | undefined;
  /** K is a multiple of it */
  together: number;
  /** wall ms of a visit beside its passes, the mean of this session's; 0 before the first */
  besideMs: number;
  /** visits that it is the mean of */
  timedVisits: number;
  /** wall ms of its last preparation, of it what another worker will not take again, and what grows with n: all but compiling */
  prepareMs: number;
  sparedMs: number;
  fillMs: number | undefined;
  /** a worker was lost under it in this session, and it had its second try */
  lostWorker: boolean;
}

/** Tasks of the planned cells; what a resumed record knows already is taken over. */
export const tasksOf = (planned: readonly PlannedCell[], records: readonly CellRecord[], tunings: readonly Tuning[] = []): Task[] => {
  const known = new Map(records.map((record) => [record.id, record]));
  return planned.map((cell) => {
    const record = known.get(cell.cell.id);
    if (!record) throw new Error(`the record has no cell ${cell.cell.id}`);
    return taskOf(cell, record, tunedTiles(tunings, cell.cell.id));
  });
};

/** One cell, as far as its record knows of it. */
export const taskOf = (planned: PlannedCell, record: CellRecord, tiles: Tiles | undefined): Task => {
  const { n: _, id: __, ...rest } = planned.cell;
  return {
    planned,
    series: JSON.stringify(rest),
    tiles,
    record,
    estimateMs: record.visits[0] && perRepetitionMs(record.visits[0]),
    leastMs: record.visits.length > 0 ? Math.min(...record.visits.flatMap(timesOf)) : undefined,
    together: 1,
    k: record.visits.findLast(({ turn }) => turn > 0)?.k,
    besideMs: 0,
    timedVisits: 0,
    prepareMs: 0,
    sparedMs: 0,
    fillMs: undefined,
    lostWorker: false,
  };
};

/** The variant that a cell was given by tuning; undefined: its default. */
const tunedTiles = (tunings: readonly Tuning[], id: string): Tiles | undefined => {
  const tuning = tunings.find(({ cells }) => cells.includes(id));
  return tuning?.variants[tuning.chosen]?.tiles;
};

/** A task as turn 0 found it: nothing is known of it with its new variant (undefined: its default). */
export const retile = (task: Task, tiles: Tiles | undefined): void => {
  task.tiles = tiles;
  task.estimateMs = undefined;
  task.leastMs = undefined;
  task.k = undefined;
  task.record = { ...task.record, prepared: undefined, visits: [] };
};

/** What arms that may meet have in common. */
export const problemOf = ({ record: { phase, dModel, headDim, batch, dtype } }: Task): string => JSON.stringify([phase, dModel, headDim, batch, dtype]);

export const statusOf = (task: Task): Outcome["status"] => task.record.outcome.status;

/** Times of one repetition in a visit's samples, by the run's clock. */
export const timesOf = ({ gpuMs, wallMs }: Pick<Visit, "gpuMs" | "wallMs">): readonly number[] => (gpuMs.length > 0 ? gpuMs : wallMs);

/** Their median. */
export const perRepetitionMs = (visit: Pick<Visit, "gpuMs" | "wallMs">): number => {
  const sorted = [...timesOf(visit)].sort((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? 0;
};

/** What was measured on a task's curve so far, n ascending. */
export const curveOf = (task: Task, tasks: readonly Task[]): { n: number; ms: number }[] =>
  tasks.flatMap((other) =>
    other.series === task.series && statusOf(other) === "ok" && other.estimateMs !== undefined ? [{ n: other.record.n, ms: other.estimateMs }] : [],
  );

/**
 * What preparing a cell will take as its curve promises, ms without compiling: on the straight line through the curve's last two points, and in proportion to n
 * where there is one. Buffers grow with n; what a reference takes does not, where it looks at some tokens only. Undefined before the curve's first point.
 */
export const predictedFillMs = (task: Task, tasks: readonly Task[]): number | undefined => {
  const [before, last] = tasks
    .flatMap((other) =>
      other.series === task.series && statusOf(other) === "ok" && other.fillMs !== undefined ? [{ n: other.record.n, ms: other.fillMs }] : [],
    )
    .slice(-2);
  if (!before) return undefined;
  if (!last) return (before.ms * task.record.n) / before.n;
  return last.ms + (Math.max(0, last.ms - before.ms) / (last.n - before.n)) * (task.record.n - last.n);
};

/** Time of one repetition as its curve promises, ms; undefined before the curve's first point. */
export const predictedMs = (task: Task, tasks: readonly Task[]): number | undefined =>
  predictMs(curveOf(task, tasks), task.record.n, orders[task.record.claim.time]);
