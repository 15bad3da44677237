import { NoAdapter } from "../device/adapterFacts.ts";
import { CellFailure, workerFailures } from "../device/failure.ts";
import type { Cell, Measure } from "../experiment/experiment.ts";
import { type Journal, withPrepared } from "../record/journal.ts";
import type { Outcome, Visit } from "../record/run.ts";
import type { Progress } from "./progress.ts";
import { repetitions, shortestPassMs, type Timer } from "./schedule.ts";
import { withSecondWorker } from "./secondWorker.ts";
import { perRepetitionMs, type Task, timesOf } from "./task.ts";
import type { WorkerSession } from "./workerSession.ts";

/** Prepares and visits cells, journals what happened before it counts, and keeps account of where the time went. */
export interface Visitor {
  /** One visit; prepares the cell first where this worker has not, and makes it again where the cell's first worker is lost under it. Rejects with CellFailure, ChangedKernel, and NoAdapter when workers die again and again. */
  visit(task: Task, turn: number, samples: number): Promise<void>;
  settle(task: Task, outcome: Outcome): void;
  /** A failed ask becomes the cell's outcome. Throws what is no cell's failure, and NoAdapter as visit does. */
  settleFailure(task: Task, error: unknown): void;
  /** ms of one visit's single sample: a pass of K repetitions */
  sampleMs(task: Task): number;
  /** wall ms that a visit of so many samples will take */
  visitMs(task: Task, samples: number): number;
  /** Counts what `work` takes as preparing. */
  preparing<T>(work: () => Promise<T>): Promise<T>;
  readonly spent: Spent;
}

export interface Spent {
  /** starting workers, compiling, verifying, wall */
  prepareMs: number;
  /** passes, by the run's clock */
  timedMs: number;
}

interface Context {
  /** the workers that a cell belongs to: ours, or a peer's */
  readonly sessionOf: (cell: Pick<Cell, "runtime">) => WorkerSession;
  readonly journal: Journal;
  readonly measure: Measure;
  readonly timer: Timer;
  readonly now: () => number;
  readonly onProgress: (progress: Progress) => void;
  /** bytes over which reads rotate; see PrepareRequest */
  readonly rotateBytes: (cell: Cell) => number;
}

/** A worker has another kernel than the one that a cell's visits were timed with: two kernels are no one cell. The run ends where it is, and nothing is lost. */
export class ChangedKernel extends Error {}

const prepareLimitMs = 120_000;
const visitLimitMs = 60_000;
/** A run may not be kept up by workers that die again and again: a cell that is to blame costs two. */
const mostWorkerFailures = 40;

export const createVisitor = ({ sessionOf, journal, measure, timer, now, onProgress, rotateBytes }: Context): Visitor => {
  const spent: Spent = { prepareMs: 0, timedMs: 0 };
  let lostWorkers = 0;
  const at = (): string => new Date().toISOString();

  const preparing = async <T>(work: () => Promise<T>): Promise<T> => {
    const from = now();
    try {
      return await work();
    } finally {
      spent.prepareMs += now() - from;
    }
  };

  /** Throws NoAdapter where this was one too many. A peer that dies costs its own cells. */
  const countFailure = (task: Task, { code, message }: CellFailure): void => {
    if (workerFailures.has(code) && task.record.runtime === undefined && ++lostWorkers > mostWorkerFailures)
      throw new NoAdapter(`${lostWorkers} workers failed, the last with: ${message}`);
  };

  const prepare = async (task: Task): Promise<void> => {
    const from = now();
    const session = sessionOf(task.record);
    try {
      // All workers time one variant: the first one's.
      const tiles = task.record.prepared?.tiles ?? task.tiles;
      const { estimateMs, fillMs, sparedMs, together, ...prepared } = await session.ask(
        "prepare",
        { cell: task.planned.cell, ...(tiles === undefined ? {} : { tiles }), seed: measure.seed, rotateBytes: rotateBytes(task.planned.cell) },
        prepareLimitMs,
      );
      const { record } = task;
      if (record.runtime === undefined && record.visits.length > 0 && record.prepared && record.prepared.kernelHash !== prepared.kernelHash)
        throw new ChangedKernel(
          `the kernel of ${record.id} is another one (${prepared.kernelHash}) than the one that its visits were timed with (${record.prepared.kernelHash})`,
        );
      task.sparedMs = sparedMs ?? 0;
      task.estimateMs ??= estimateMs;
      task.leastMs ??= estimateMs;
      task.fillMs = fillMs;
      task.together = together ?? 1;
      task.record = withPrepared(task.record, prepared);
      session.prepared.add(task.record.id);
      journal.append({ type: "prepared", cell: task.record.id, at: at(), ...runtimeOf(task), worker: session.index, prepared });
    } finally {
      task.prepareMs = now() - from;
    }
  };

  const settle = (task: Task, outcome: Outcome): void => {
    task.record = { ...task.record, outcome, visits: outcome.status === "ok" ? task.record.visits : [] };
    journal.append({ type: "outcome", cell: task.record.id, at: at(), outcome });
  };

  const fittingK = ({ leastMs, together }: Task): number | undefined => {
    const k = repetitions(leastMs ?? 0, timer);
    return k && Math.ceil(k / together) * together;
  };
  const kOf = (task: Task): number | undefined => task.k ?? fittingK(task);
  const sampleMs = (task: Task): number => (task.estimateMs ?? 0) * (kOf(task) ?? 1);

  const visitOnce = async (task: Task, turn: number, samples: number): Promise<void> => {
    const session = sessionOf(task.record);
    if (!session.prepared.has(task.record.id)) await preparing(() => prepare(task));
    const k = kOf(task);
    if (k === undefined) {
      throw new CellFailure(
        "belowResolution",
        `one repetition takes ${task.leastMs} ms; the clock's step is ${timer.stepNs} ns, and even the longest pass stays below 100 steps`,
      );
    }
    const from = now();
    const reply = await session.ask("visit", { cell: task.record.id, k, samples }, visitLimitMs + 20 * samples * sampleMs(task));
    const wallMs = now() - from;
    const { rssBytes, ...times } = reply;
    const made: Visit = { worker: session.index, turn, k, ...times };
    // A pass of a hundred steps or more cannot take none of them.
    if (timesOf(made).some((ms) => !(ms > 0)))
      throw new CellFailure("timerError", `a pass of ${k} repetitions took ${Math.min(...timesOf(made)) * k} ms: the clock stood still`);
    journal.append({ type: "visit", cell: task.record.id, at: at(), ...runtimeOf(task), rssBytes, ...made });
    task.record = { ...task.record, visits: [...task.record.visits, made] };
    task.estimateMs = perRepetitionMs(made);
    task.leastMs = Math.min(task.leastMs ?? task.estimateMs, ...timesOf(made));
    if (turn > 0) task.k = task.estimateMs * k >= shortestPassMs(timer) ? k : fittingK(task);
    session.sawRss(rssBytes);
    const passesMs = timesOf(made).reduce((sum, ms) => sum + ms * k, 0);
    task.besideMs += (Math.max(0, wallMs - passesMs) - task.besideMs) / ++task.timedVisits;
    spent.timedMs += passesMs;
  };

  return {
    spent,
    preparing,
    settle,
    sampleMs,
    visitMs: (task, samples) => task.besideMs + samples * sampleMs(task),
    settleFailure(task, error) {
      if (!(error instanceof CellFailure)) throw error;
      countFailure(task, error);
      settle(task, error.record);
    },
    async visit(task, turn, samples) {
      const worker = sessionOf(task.record).index;
      await (task.lostWorker
        ? visitOnce(task, turn, samples)
        : withSecondWorker(
            () => visitOnce(task, turn, samples),
            (error) => {
              countFailure(task, error);
              task.lostWorker = true;
              const loss = { worker, turn, reason: error.message };
              journal.append({ type: "lost", cell: task.record.id, at: at(), ...runtimeOf(task), ...loss });
              onProgress({ type: "lost", id: task.record.id, reason: error.message });
              task.record = { ...task.record, losses: [...(task.record.losses ?? []), loss] };
            },
          ));
    },
  };
};

const runtimeOf = ({ record: { runtime } }: Task): Pick<Cell, "runtime"> => (runtime === undefined ? {} : { runtime });
