import type { Mechanism } from "../../kernels/mechanism.ts";
import { drawsOf, resample, sourceOf } from "../analysis/resampling.ts";
import { percentileInterval } from "../analysis/statistics.ts";
import { NoAdapter } from "../device/adapterFacts.ts";
import { CellFailure } from "../device/failure.ts";
import type { PlannedCell } from "../experiment/experiment.ts";
import { runtimeNames } from "../experiment/runtimes.ts";
import { adapterName } from "../record/adapterName.ts";
import type { Journal } from "../record/journal.ts";
import type { CellRecord, Outcome, RunRecord, Schedule } from "../record/run.ts";
import { measureCeilings } from "./ceilings.ts";
import { beyondReach, type Reach } from "./openAxis.ts";
import type { Eta, Progress } from "./progress.ts";
import { affordsRestart, leastTurns, samplesPerVisit, startsWorker, type Timer, turnOrder, turnsBetweenLooks } from "./schedule.ts";
import { predictedMs, statusOf, type Task, tasksOf } from "./task.ts";
import { tuneArms } from "./tuneArms.ts";
import { createVisitor, type Visitor } from "./visitor.ts";
import type { WorkerSession } from "./workerSession.ts";
import type { Workers } from "./workers.ts";

export interface MeasureOptions {
  /** as planned, or as far as an interrupted run came (its journal folded in) */
  readonly record: RunRecord;
  readonly planned: readonly PlannedCell[];
  readonly mechanisms: readonly Mechanism[];
  readonly workers: Workers;
  readonly journal: Journal;
  /** time the variants of every arm before the turns that count, and use the fastest */
  readonly tune: boolean;
  /** ms, monotonic; a fake worker's tests bring their own */
  readonly now: () => number;
  /** aborted by the first Ctrl-C: measuring ends after the visit under way */
  readonly signal: AbortSignal;
  readonly onProgress: (progress: Progress) => void;
}

/** What turn 0 and the later turns share. */
interface Measuring extends MeasureOptions {
  readonly tasks: readonly Task[];
  readonly visitor: Visitor;
  readonly reach: Reach;
  /** wall ms left of maxTime */
  readonly restMs: () => number;
  /** open curves that reached their end on this device */
  readonly ended: Set<string>;
  /** times the variants of every arm; undefined where nobody asked for that */
  readonly tuneAll: (() => Promise<void>) | undefined;
}

export interface Measured {
  readonly record: RunRecord;
  /** why measuring broke off before its end: no worker could be had any more */
  readonly brokeOff: NoAdapter | undefined;
}

/**
 * The measuring of one run: turn 0 through n ascending (prepares, calibrates, censors), then shuffled turns until every interval is within
 * `precision` or `maxTime` is spent. Everything that happens is journaled before it counts. Returns the record with outcomes and visits;
 * summaries and findings are analysis's. Rejects with NoAdapter when not even a first worker can be had.
 */
export const measureRun = async (options: MeasureOptions): Promise<Measured> => {
  const { record, workers, journal, now, signal, onProgress } = options;
  const { measure } = record.experiment;
  const started = now();
  const { hello, choice, passedOver } = await workers.own.connection();
  const { facts, clock } = hello;
  const besidePeer = options.planned.some(({ cell }) => cell.runtime !== undefined);
  const timer: Timer = { stepNs: clock.stepNs, software: facts.software, besidePeer };
  onProgress({ type: "connected", adapter: adapterName(facts, facts.software), choice, deviceClass: facts.software ? "software" : "hardware", passedOver });

  let { ceilings, ceilingsFailure } = record;
  const rotateBytes = (): number => (measure.cache === "cold" && ceilings?.cacheKneeBytes ? 2 * ceilings.cacheKneeBytes : 0);
  const visitor = createVisitor({ sessionOf: workers.of, journal, measure, timer, now, rotateBytes });
  const tasks = tasksOf(options.planned, record.cells, record.tunings);
  let { tunings } = record;
  const maxTimeMs = measure.maxTimeSeconds * 1000;
  const before = record.schedule;
  const measuring: Measuring = {
    ...options,
    tasks,
    visitor,
    reach: {
      hello,
      mechanisms: options.mechanisms,
      memoryBytes: record.environment.memoryBytes,
      maxTimeMs,
      curves: new Set(tasks.map(({ series }) => series)).size,
    },
    // A resumed run has what an earlier session left of it.
    restMs: () => maxTimeMs - before.wall.totalMs - (now() - started),
    ended: new Set(),
    tuneAll: options.tune
      ? async () => {
          const { seed } = measure;
          const context = { ...options, tasks, visitor, session: workers.own, timer, seed, rotateBytes: rotateBytes(), maxTimeMs, restMs: measuring.restMs };
          tunings = await tuneArms({ ...context, known: tunings ?? [] });
        }
      : undefined,
  };

  if (ceilings === undefined && ceilingsFailure === undefined && !signal.aborted) {
    ({ ceilings, ceilingsFailure } = await visitor.preparing(() => ceilingsOrReason(workers.own, timer, record)));
    journal.append({ type: "ceilings", at: new Date().toISOString(), ceilings, ceilingsFailure });
    if (ceilings) onProgress({ type: "ceilings", readGbps: ceilings.readGbps, fmaGflops: ceilings.fmaGflops });
  }
  const loopFrom = now();
  const preparedBefore = visitor.spent.prepareMs;
  const { stopped, brokeOff } = await measureCells(measuring);
  const loopMs = now() - loopFrom - (visitor.spent.prepareMs - preparedBefore);

  // What lies beyond the end of an open curve is not part of what this device can be asked.
  const cells = tasks.filter((task) => statusOf(task) !== "pending" || !measuring.ended.has(task.series)).map((task) => task.record);
  const { prepareMs, timedMs } = visitor.spent;
  const measureMs = before.wall.measureMs + loopMs;
  const timedBefore = (before.efficiency ?? 0) * before.wall.measureMs;
  const measured: RunRecord = {
    ...record,
    ceilings,
    ceilingsFailure,
    environment: besidePeer ? { ...record.environment, peers: { ...record.environment.peers, ...workers.peers } } : record.environment,
    cells,
    ...(tunings === undefined ? {} : { tunings }),
    schedule: {
      turns: Math.max(0, ...cells.flatMap(({ visits }) => visits.map(({ turn }) => turn + 1))),
      workers: workersOf(cells),
      stopped,
      unmet: imprecise(measuring).map(({ record: { id } }) => id),
      wall: { totalMs: before.wall.totalMs + now() - started, prepareMs: before.wall.prepareMs + prepareMs, measureMs },
      efficiency: measureMs > 0 ? (timedBefore + timedMs) / measureMs : before.efficiency,
      peakRssBytes: { worker: Math.max(before.peakRssBytes.worker, workers.peakRssBytes), parent: process.resourceUsage().maxRSS * 1024 },
    },
  };
  return { record: measured, brokeOff };
};

/** Processes that ours were timed in, or a peer's cells, whichever are more. */
const workersOf = (cells: readonly CellRecord[]): number =>
  Math.max(
    ...[undefined, ...runtimeNames].map(
      (name) => new Set(cells.flatMap(({ runtime, visits }) => (runtime === name ? visits.map(({ worker }) => worker) : []))).size,
    ),
  );

const measureCells = async (measuring: Measuring): Promise<{ readonly stopped: Schedule["stopped"]; readonly brokeOff: NoAdapter | undefined }> => {
  try {
    await calibrate(measuring);
    await measuring.tuneAll?.();
    return { stopped: await repeatTurns(measuring), brokeOff: undefined };
  } catch (error) {
    if (error instanceof NoAdapter) return { stopped: "noWorker", brokeOff: error };
    throw error;
  }
};

/** Without ceilings a run still has its times; only the shares of ceiling stay empty, and the run says why. */
const ceilingsOrReason = async (session: WorkerSession, timer: Timer, { experiment }: RunRecord): Promise<Pick<RunRecord, "ceilings" | "ceilingsFailure">> => {
  try {
    return { ceilings: await measureCeilings(session, timer, experiment.measure.cache, experiment.measure.seed), ceilingsFailure: undefined };
  } catch (error) {
    // Without a worker, the first cell finds out, and what an earlier session measured is kept.
    if (error instanceof CellFailure || error instanceof NoAdapter)
      return { ceilings: undefined, ceilingsFailure: error instanceof CellFailure ? `${error.code}: ${error.message}` : error.message };
    throw error;
  }
};

const live = ({ tasks }: Measuring): readonly Task[] => tasks.filter((task) => statusOf(task) === "ok");

/** Predicted wall ms of one turn with one sample a visit. */
const turnMs = (measuring: Measuring): number => live(measuring).reduce((sum, task) => sum + measuring.visitor.sampleMs(task), 0);

/** Cells whose 95 % interval is wider than asked: the same interval that the report will show. */
const imprecise = (measuring: Measuring): readonly Task[] => {
  const { environment, experiment } = measuring.record;
  const draws = drawsOf({ cells: measuring.tasks.map(({ record }) => record), environment, experiment }, 400);
  return live(measuring).filter(({ record }) => {
    const spread = resample(record.visits, { ...draws, source: sourceOf(record, draws) }, record.id);
    if (!spread) return true;
    const { value, low, high } = percentileInterval(spread.estimate, spread.replicates);
    return (high - low) / 2 > experiment.measure.precision * value;
  });
};

/** Share of maxTime that turn 0 leaves to the turns after it. */
const shareForTurns = 0.4;

/** Turn 0: each cell once, n ascending, until a curve ends. */
const calibrate = async (measuring: Measuring): Promise<void> => {
  const { tasks, visitor, reach, restMs, signal, onProgress, ended } = measuring;
  const left = (): readonly Task[] => tasks.filter((task) => statusOf(task) === "pending" && !ended.has(task.series));
  const eta = (done: number): Eta => {
    const seen = tasks.filter((task) => task.estimateMs !== undefined);
    const prepareMs = seen.reduce((sum, task) => sum + task.prepareMs, 0) / Math.max(1, seen.length);
    const calibrating = left().reduce((sum, task) => sum + prepareMs + 3 * (predictedMs(task, tasks) ?? 10), 0);
    const turns = (leastTurns - 1) * turnMs(measuring) * (1 + left().length / Math.max(1, done));
    return { ms: Math.max(0, Math.min(restMs(), calibrating + turns)), atMost: true };
  };
  const unreached = (task: Task): Outcome | undefined => {
    const { until } = task.planned;
    const beyond = until && beyondReach(task, until, tasks, reach);
    if (beyond) return beyond;
    if (restMs() > (until ? shareForTurns * reach.maxTimeMs : 0)) return undefined;
    return { status: "censored", code: "timeCap", reason: `maxTime (${reach.maxTimeMs / 1000} s) left no time for this cell` };
  };

  let done = 0;
  for (const task of tasks) {
    if (signal.aborted) return;
    if (statusOf(task) === "pending" && !ended.has(task.series)) {
      onProgress({ type: "visit", id: task.record.id, turn: 0, position: done, of: done + left().length, eta: eta(done) });
      const { skip } = task.planned;
      const outcome = skip ? { status: "skipped" as const, ...skip } : unreached(task);
      if (outcome) visitor.settle(task, outcome);
      else {
        await visitor.visit(task, 0, 1).then(
          () => visitor.settle(task, { status: "ok" }),
          (error: unknown) => visitor.settleFailure(task, error),
        );
      }
      done++;
      onProgress({
        type: "cell",
        id: task.record.id,
        status: statusOf(task),
        reason: reasonOf(task),
        medianMs: task.estimateMs,
        done,
        of: done + left().length,
        eta: eta(done),
      });
    }
    if (task.planned.until && endsCurve(task.record.outcome)) ended.add(task.series);
  }
};

/** What a larger n of the same curve would meet as well. Another failure costs its cell alone. */
const endsCurve = (outcome: Outcome): boolean =>
  outcome.status === "censored" || ("code" in outcome && ["outOfMemory", "overLimit", "timeout"].includes(outcome.code));

const reasonOf = ({ record: { outcome } }: Task): string | undefined => ("reason" in outcome ? outcome.reason : undefined);

/** Turns after turn 0, in shuffled order, until precision or maxTime. Returns why it ended. */
const repeatTurns = async (measuring: Measuring): Promise<NonNullable<Schedule["stopped"]>> => {
  const { visitor, workers, restMs, signal, onProgress, record } = measuring;
  const { seed } = record.experiment.measure;
  /** What all cells take a fresh worker. */
  const renewMs = (): number => live(measuring).reduce((sum, task) => sum + task.prepareMs - task.choosingMs, 0);
  const samples = samplesPerVisit(turnMs(measuring), restMs() - 2 * renewMs());
  for (let turn = 1; ; turn++) {
    if (signal.aborted) return "interrupted";
    if (live(measuring).length === 0) return "nothingLeft";
    if (restMs() <= 0 || (turn > 2 && turnMs(measuring) * samples > restMs())) return "maxTime";
    if (turn >= leastTurns && (turn - leastTurns) % turnsBetweenLooks === 0 && imprecise(measuring).length === 0) return "precision";
    const order = turnOrder(live(measuring), turn, seed).filter((task) => !task.record.visits.some((made) => made.turn === turn));
    // A turn of an earlier session.
    if (order.length === 0) continue;
    if (startsWorker(turn) && affordsRestart(renewMs(), restMs())) await workers.restart();

    for (const [position, task] of order.entries()) {
      if (signal.aborted || restMs() <= 0) break;
      const atMost = turn >= leastTurns;
      const leftMs = atMost ? restMs() : (leastTurns - turn - position / order.length) * turnMs(measuring) * samples * 1.15;
      onProgress({ type: "visit", id: task.record.id, turn, position, of: order.length, eta: { ms: Math.max(0, Math.min(leftMs, restMs())), atMost } });
      await visitor.visit(task, turn, samples).catch((error: unknown) => visitor.settleFailure(task, error));
    }
    onProgress({ type: "turn", turn, worker: workers.own.index, cells: live(measuring).length, eta: { ms: Math.max(0, restMs()), atMost: true } });
  }
};
