import type { Mechanism } from "../../kernels/mechanism.ts";
import { NoAdapter } from "../device/adapterFacts.ts";
import { CellFailure } from "../device/failure.ts";
import type { Cell, PlannedCell } from "../experiment/experiment.ts";
import { runtimeNames } from "../experiment/runtimes.ts";
import { adapterName } from "../record/adapterName.ts";
import type { Journal } from "../record/journal.ts";
import type { CellRecord, RunRecord } from "../record/run.ts";
import { calibrate } from "./calibration.ts";
import { measureCeilings } from "./ceilings.ts";
import type { Ended, Measuring } from "./measuring.ts";
import type { Progress } from "./progress.ts";
import type { Timer } from "./schedule.ts";
import { withSecondWorker } from "./secondWorker.ts";
import { createSentinel } from "./sentinel.ts";
import { kernelSharpness } from "./sharpness.ts";
import { statusOf, type Task, tasksOf } from "./task.ts";
import { tuneArms } from "./tuneArms.ts";
import { turnCount } from "./turnCount.ts";
import { conditionsOf, repeatTurns } from "./turns.ts";
import { createVisitor } from "./visitor.ts";
import type { WorkerSession } from "./workerSession.ts";
import type { Workers } from "./workers.ts";
import { writeTexts } from "./writeTexts.ts";

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
  const isCold = ({ cache }: Pick<Cell, "cache">): boolean => (cache ?? measure.cache) === "cold";
  const rotateBytes = (cell: Pick<Cell, "cache">): number => (isCold(cell) && ceilings?.cacheKneeBytes ? 2 * ceilings.cacheKneeBytes : 0);
  const visitor = createVisitor({ sessionOf: workers.of, journal, measure, timer, now, onProgress, rotateBytes });
  const tasks = tasksOf(options.planned, record.cells, record.tunings);
  let { tunings } = record;
  const maxTimeMs = measure.maxTimeSeconds * 1000;
  const before = record.schedule;
  const measuring: Measuring = {
    ...options,
    tasks,
    visitor,
    timer,
    sentinel: createSentinel(workers.own, timer, measure.seed),
    sentinelTurns: [...(record.sentinel ?? [])],
    added: [...(record.added ?? [])],
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
          const context = { ...options, tasks, visitor, session: workers.own, timer, seed, rotateBytes, maxTimeMs, restMs: measuring.restMs };
          tunings = await tuneArms({ ...context, known: tunings ?? [] });
        }
      : undefined,
  };

  const wantsKnee = options.planned.some(({ cell }) => isCold(cell));
  if (ceilings === undefined && ceilingsFailure === undefined && !signal.aborted) {
    ({ ceilings, ceilingsFailure } = await visitor.preparing(() => ceilingsOrReason(workers.own, timer, record, wantsKnee)));
    journal.append({ type: "ceilings", at: new Date().toISOString(), ceilings, ceilingsFailure });
    if (ceilings) onProgress({ type: "ceilings", readGbps: ceilings.readGbps, fmaGflops: ceilings.fmaGflops });
  }
  const loopFrom = now();
  const preparedBefore = visitor.spent.prepareMs;
  const { stopped, brokeOff } = await measureCells(measuring);
  const loopMs = now() - loopFrom - (visitor.spent.prepareMs - preparedBefore);
  const { writing, wroteOff } = await textsOf(options, brokeOff);
  const sharpness = await sharpnessBy(options, brokeOff ?? wroteOff);

  // What lies beyond the end of an open curve is not part of what this device can be asked.
  // Nor is an n that was to be added and not reached.
  const { sentinelTurns } = measuring;
  const begun = new Set(tasks.filter((task) => statusOf(task) !== "pending").map(({ record: { id } }) => id));
  const added = measuring.added.filter(({ id }) => begun.has(id));
  const isPart = (task: Task): boolean =>
    begun.has(task.record.id) || !(measuring.ended.has(task.series) || measuring.added.some(({ id }) => id === task.record.id));
  const cells = tasks.filter(isPart).map((task) => task.record);
  const conditions = conditionsOf(measuring);
  const { prepareMs, timedMs } = visitor.spent;
  const measureMs = before.wall.measureMs + loopMs;
  const timedBefore = (before.efficiency ?? 0) * before.wall.measureMs;
  const measured: RunRecord = {
    ...record,
    ceilings,
    ceilingsFailure,
    environment: besidePeer ? { ...record.environment, peers: { ...record.environment.peers, ...workers.peers } } : record.environment,
    cells,
    ...(writing === undefined ? {} : { writing }),
    ...(sharpness === undefined ? {} : { sharpness }),
    ...(tunings === undefined ? {} : { tunings }),
    ...(added.length === 0 ? {} : { added }),
    ...(sentinelTurns.length === 0 ? {} : { sentinel: sentinelTurns }),
    schedule: {
      turns: turnCount(cells),
      workers: workersOf(cells),
      stopped,
      unmet: conditions.flatMap(({ kind, place }) => (kind === "time" ? [place] : [])),
      conditions,
      wall: { totalMs: before.wall.totalMs + now() - started, prepareMs: before.wall.prepareMs + prepareMs, measureMs },
      efficiency: measureMs > 0 ? (timedBefore + timedMs) / measureMs : before.efficiency,
      peakRssBytes: { worker: Math.max(before.peakRssBytes.worker, workers.peakRssBytes), parent: process.resourceUsage().maxRSS * 1024 },
    },
  };
  return { record: measured, brokeOff: brokeOff ?? wroteOff };
};

/** Texts of all arms, after the last turn: no part of maxTime. */
const textsOf = async (
  { record, planned, workers, journal, signal, onProgress }: MeasureOptions,
  brokeOff: NoAdapter | undefined,
): Promise<{ readonly writing: RunRecord["writing"]; readonly wroteOff: NoAdapter | undefined }> => {
  const { writing, experiment } = record;
  if (!writing || brokeOff) return { writing, wroteOff: undefined };
  try {
    return { writing: await writeTexts(writing, { experiment, planned, session: workers.own, journal, signal, onProgress }), wroteOff: undefined };
  } catch (error) {
    if (error instanceof NoAdapter) return { writing, wroteOff: error };
    throw error;
  }
};

/** What the kernel makes of scores that are multiplied, beside float64; no part of maxTime either. */
const sharpnessBy = async (
  { record, planned, mechanisms, workers, signal }: MeasureOptions,
  brokeOff: NoAdapter | undefined,
): Promise<RunRecord["sharpness"]> => {
  const { sharpness, experiment } = record;
  if (!sharpness || brokeOff || signal.aborted) return sharpness;
  const cells = planned.map(({ cell }) => cell);
  try {
    return await kernelSharpness(sharpness, cells, mechanisms, workers.own, experiment.measure.seed);
  } catch (error) {
    if (error instanceof NoAdapter) return sharpness;
    throw error;
  }
};

/** Processes that ours were timed in, or a peer's cells, whichever are more. */
const workersOf = (cells: readonly CellRecord[]): number =>
  Math.max(
    ...[undefined, ...runtimeNames].map(
      (name) => new Set(cells.flatMap(({ runtime, visits }) => (runtime === name ? visits.map(({ worker }) => worker) : []))).size,
    ),
  );

const measureCells = async (measuring: Measuring): Promise<Ended> => {
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
const ceilingsOrReason = async (
  session: WorkerSession,
  timer: Timer,
  { experiment }: RunRecord,
  wantsKnee: boolean,
): Promise<Pick<RunRecord, "ceilings" | "ceilingsFailure">> => {
  try {
    return { ceilings: await withSecondWorker(() => measureCeilings(session, timer, { ...experiment.measure, wantsKnee })), ceilingsFailure: undefined };
  } catch (error) {
    // Without a worker, the first cell finds out, and what an earlier session measured is kept.
    if (error instanceof CellFailure || error instanceof NoAdapter)
      return { ceilings: undefined, ceilingsFailure: error instanceof CellFailure ? `${error.code}: ${error.message}` : error.message };
    throw error;
  }
};
