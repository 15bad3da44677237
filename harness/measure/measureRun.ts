import type { Mechanism } from "../../kernels/mechanism.ts";
import { drawsOf, resample } from "../analysis/resampling.ts";
import { percentileInterval } from "../analysis/statistics.ts";
import { NoAdapter } from "../device/adapterFacts.ts";
import { CellFailure } from "../device/failure.ts";
import { totalBytes } from "../device/ledger.ts";
import type { PlannedCell } from "../experiment/experiment.ts";
import { type Journal, withPrepared } from "../record/journal.ts";
import type { Ceilings, CellRecord, Outcome, RunRecord, Schedule, Visit } from "../record/run.ts";
import { measureCeilings } from "./ceilings.ts";
import type { Connection } from "./connection.ts";
import type { Progress } from "./progress.ts";
import { affordsRestart, leastTurns, predictMs, repetitions, samplesPerVisit, startsWorker, type Timer, turnOrder, turnsBetweenLooks } from "./schedule.ts";
import type { WorkerSession } from "./workerSession.ts";

export interface MeasureOptions {
  /** as planned, or as far as an interrupted run came (its journal folded in) */
  readonly record: RunRecord;
  readonly planned: readonly PlannedCell[];
  readonly mechanisms: readonly Mechanism[];
  readonly session: WorkerSession;
  readonly journal: Journal;
  /** ms, monotonic; a fake worker's tests bring their own */
  readonly now: () => number;
  /** aborted by the first Ctrl-C: measuring ends after the visit under way */
  readonly signal: AbortSignal;
  readonly onProgress: (progress: Progress) => void;
}

interface Task {
  readonly planned: PlannedCell;
  readonly series: string;
  record: CellRecord;
  estimateMs: number | undefined;
  /** repetitions in a pass: settled once turn 0 has timed the cell, so that all turns are alike */
  k: number | undefined;
  prepareMs: number;
}

const prepareLimitMs = 120_000;
const visitLimitMs = 60_000;
/** A run may not be kept up by a worker that dies again and again. */
const mostWorkerFailures = 20;
const claimOrder = { "O(1)": 0, "O(log n)": 0, "O(n)": 1, "O(n log n)": 1, "O(n²)": 2, "O(n³)": 3 };

/**
 * The measuring of one run: turn 0 through n ascending (prepares, calibrates, censors), then shuffled turns until every interval is within
 * `precision` or `maxTime` is spent. Everything that happens is journaled before it counts. Returns the record with outcomes and visits;
 * summaries and findings are analysis's. Rejects with NoAdapter when no worker can be had any more.
 */
export const measureRun = async (options: MeasureOptions): Promise<RunRecord> => {
  const { planned, session, journal, now, signal, onProgress } = options;
  const { experiment } = options.record;
  const { measure } = experiment;
  const started = now();
  let prepareMs = 0;
  let measureMs = 0;
  let timedMs = 0;
  let workerFailures = 0;

  const connect = async (): Promise<Connection> => {
    const from = now();
    const connection = await session.connection();
    prepareMs += now() - from;
    return connection;
  };
  const first = await connect();
  const { facts, clock } = first.hello;
  const timer: Timer = { stepNs: clock.stepNs, software: facts.software };
  onProgress({
    type: "connected",
    adapter: facts.description || facts.device,
    choice: first.choice,
    deviceClass: facts.software ? "software" : "hardware",
    passedOver: first.passedOver,
  });

  const tasks: Task[] = planned.map((cell) => {
    const record = options.record.cells.find((candidate) => candidate.id === cell.cell.id);
    if (!record) throw new Error(`the record has no cell ${cell.cell.id}`);
    const { n: _, id: __, ...rest } = cell.cell;
    const estimateMs = record.visits[0] ? perRepetition(record.visits[0]) : undefined;
    return { planned: cell, series: JSON.stringify(rest), record, estimateMs, k: record.visits.find((made) => made.turn > 0)?.k, prepareMs: 0 };
  });
  const settle = (task: Task, outcome: Outcome): void => {
    task.record = { ...task.record, outcome, visits: outcome.status === "ok" ? task.record.visits : [] };
    journal.append({ type: "outcome", cell: task.record.id, at: new Date().toISOString(), outcome });
  };

  const elapsed = (): number => now() - started;
  const restMs = (): number => measure.maxTimeSeconds * 1000 - elapsed();
  const statusOf = (task: Task): Outcome["status"] => task.record.outcome.status;
  const live = (): Task[] => tasks.filter((task) => statusOf(task) === "ok");
  const sampleMs = (task: Task): number => (task.estimateMs === undefined ? 0 : task.estimateMs * (repetitions(task.estimateMs, timer) ?? 1));
  const turnMs = (): number => live().reduce((sum, task) => sum + sampleMs(task), 0);

  /** A failed ask becomes the cell's outcome; only the loss of every adapter ends the run. */
  const settleFailure = (task: Task, error: unknown): void => {
    if (!(error instanceof CellFailure)) throw error;
    if (error.code === "deviceLost" || error.code === "timeout" || error.code === "workerError") workerFailures++;
    if (workerFailures > mostWorkerFailures) throw new NoAdapter(`${workerFailures} workers failed, the last with: ${error.message}`);
    settle(task, error.record);
  };

  let ceilings: Ceilings | undefined = options.record.ceilings;
  const rotateBytes = (): number => (measure.cache === "cold" && ceilings?.cacheKneeBytes ? 2 * ceilings.cacheKneeBytes : 0);

  const prepare = async (task: Task): Promise<void> => {
    await connect();
    const from = now();
    try {
      const reply = await session.ask("prepare", { cell: task.planned.cell, seed: measure.seed, rotateBytes: rotateBytes() }, prepareLimitMs);
      const { estimateMs, ...prepared } = reply;
      task.estimateMs ??= estimateMs;
      task.record = withPrepared(task.record, prepared);
      session.prepared.add(task.record.id);
      journal.append({ type: "prepared", cell: task.record.id, at: new Date().toISOString(), worker: session.index, prepared });
    } finally {
      task.prepareMs = now() - from;
      prepareMs += task.prepareMs;
    }
  };

  const visit = async (task: Task, turn: number, samples: number): Promise<void> => {
    if (!session.prepared.has(task.record.id)) await prepare(task);
    const k = task.k ?? repetitions(task.estimateMs ?? 0, timer);
    if (k === undefined)
      throw new CellFailure(
        "belowResolution",
        `one repetition takes ${task.estimateMs} ms; the clock's step is ${clock.stepNs} ns, and even the longest pass stays below 100 steps`,
      );
    if (turn > 0) task.k = k;
    const from = now();
    const reply = await session.ask("visit", { cell: task.record.id, k, samples }, visitLimitMs + 20 * samples * sampleMs(task));
    const made: Visit = { worker: session.index, turn, k, gpuMs: reply.gpuMs, wallMs: reply.wallMs };
    journal.append({ type: "visit", cell: task.record.id, at: new Date().toISOString(), rssBytes: reply.rssBytes, ...made });
    task.record = { ...task.record, visits: [...task.record.visits, made] };
    task.estimateMs = perRepetition(made);
    session.sawRss(reply.rssBytes);
    const times = reply.gpuMs.length > 0 ? reply.gpuMs : reply.wallMs;
    timedMs += times.reduce((sum, ms) => sum + ms * k, 0);
    measureMs += now() - from;
  };

  // ----- Turn 0: n ascending -----

  const pointsOf = (task: Task): { n: number; ms: number }[] =>
    tasks.flatMap((other) =>
      other.series === task.series && other.record.outcome.status === "ok" && other.estimateMs !== undefined
        ? [{ n: other.record.n, ms: other.estimateMs }]
        : [],
    );
  const predicted = (task: Task): number | undefined => predictMs(pointsOf(task), task.record.n, claimOrder[task.record.claim.time]);
  const seriesCount = new Set(tasks.map((task) => task.series)).size;
  const ended = new Set<string>();

  /** Why an open axis ends for this curve before this cell, or undefined. */
  const capped = (task: Task): Outcome | undefined => {
    const { until } = task.planned;
    if (!until)
      return restMs() > 0
        ? undefined
        : { status: "censored", code: "timeCap", reason: `maxTime (${measure.maxTimeSeconds} s) was spent before this cell's turn` };
    const ms = predicted(task);
    // A cell is visited in at least 10 turns: what one visit may take follows from maxTime too.
    const fairMs = (measure.maxTimeSeconds * 1000) / (3 * leastTurns * seriesCount);
    const capMs = Math.min((until.cellSeconds ?? Number.POSITIVE_INFINITY) * 1000, fairMs);
    if (ms !== undefined && ms > capMs) {
      const which = capMs === fairMs ? `maxTime allows ${fairMs.toFixed(0)} ms` : `until.cell allows ${capMs.toFixed(0)} ms`;
      return {
        status: "censored",
        code: "timeCap",
        reason: `one repetition would take about ${ms.toFixed(0)} ms, ${which}: this curve ends at n = ${pointsOf(task).at(-1)?.n}`,
      };
    }
    if (until.memory) {
      const bytes = allocatedBytes(options.mechanisms, task.planned, first);
      const capBytes =
        "bytes" in until.memory
          ? until.memory.bytes
          : until.memory.share * (facts.software ? options.record.environment.memoryBytes : first.hello.capabilities.maxBufferSize);
      if (bytes > capBytes)
        return { status: "censored", code: "memoryCap", reason: `its buffers need ${bytes} bytes, until.memory allows ${Math.floor(capBytes)}` };
    }
    if (restMs() < 0.4 * measure.maxTimeSeconds * 1000)
      return { status: "censored", code: "timeCap", reason: `the calibrating turn has used its share of maxTime (${measure.maxTimeSeconds} s)` };
    return undefined;
  };

  const undecided = (): Task[] => tasks.filter((task) => task.record.outcome.status === "pending" && !ended.has(task.series));
  const eta0 = (done: number): { ms: number; atMost: boolean } => {
    const seen = tasks.filter((task) => task.estimateMs !== undefined);
    const prepareRate = seen.length > 0 ? seen.reduce((sum, task) => sum + task.prepareMs, 0) / seen.length : 500;
    const rest = undecided().reduce((sum, task) => sum + prepareRate + 3 * (predicted(task) ?? 10), 0);
    const turns = (leastTurns - 1) * (turnMs() * (1 + undecided().length / Math.max(1, done)));
    return { ms: Math.max(0, Math.min(restMs(), rest + turns)), atMost: true };
  };

  if (ceilings === undefined && !signal.aborted) {
    const from = now();
    try {
      ceilings = await measureCeilings(session, timer, measure.cache, measure.seed);
      journal.append({ type: "ceilings", at: new Date().toISOString(), ceilings });
      onProgress({ type: "ceilings", readGbps: ceilings.readGbps, fmaGflops: ceilings.fmaGflops });
    } catch (error) {
      // Without ceilings a run still has its times; shares of ceiling stay empty.
      if (!(error instanceof CellFailure)) throw error;
    }
    prepareMs += now() - from;
  }

  let done = 0;
  for (const task of turnOrder(tasks, 0, measure.seed)) {
    if (signal.aborted) break;
    const { planned: cell } = task;
    if (task.record.outcome.status !== "pending" || ended.has(task.series)) {
      if (cell.until && (statusOf(task) === "censored" || statusOf(task) === "failed")) ended.add(task.series);
      continue;
    }
    onProgress({ type: "visit", id: task.record.id, turn: 0, position: done, of: tasks.length - ended.size, eta: eta0(done) });
    const cap = cell.skip ? undefined : capped(task);
    if (cell.skip) settle(task, { status: "skipped", ...cell.skip });
    else if (cap) settle(task, cap);
    else {
      try {
        await visit(task, 0, 1);
        settle(task, { status: "ok" });
      } catch (error) {
        settleFailure(task, error);
      }
    }
    if (task.planned.until && statusOf(task) !== "ok" && statusOf(task) !== "skipped") ended.add(task.series);
    done++;
    const outcome: Outcome = task.record.outcome;
    onProgress({
      type: "cell",
      id: task.record.id,
      status: outcome.status,
      reason: outcomeReason(outcome),
      medianMs: task.estimateMs,
      done,
      of: done + undecided().length,
      eta: eta0(done),
    });
  }

  // ----- Later turns: shuffled -----

  /** Cells whose 95 % interval is wider than asked: the same interval that the report will show. */
  const imprecise = (): Task[] => {
    const draws = drawsOf({ cells: tasks.map((task) => task.record), environment: options.record.environment, experiment }, 400);
    return live().filter(({ record }) => {
      const spread = resample(record.visits, draws, record.id);
      if (!spread) return true;
      const { value, low, high } = percentileInterval(spread.estimate, spread.replicates);
      return (high - low) / 2 > measure.precision * value;
    });
  };
  const preparedOnceMs = (): number => live().reduce((sum, task) => sum + task.prepareMs, 0);

  let turn = 1;
  let samples = 1;
  let stopped: Schedule["stopped"];
  let unmet = live();
  for (; stopped === undefined; turn++) {
    if (signal.aborted) stopped = "interrupted";
    else if (live().length === 0) stopped = "nothingLeft";
    else if (restMs() <= 0 || (turn > 2 && turnMs() * samples > restMs())) stopped = "maxTime";
    if (stopped) break;
    if (turn >= leastTurns && (turn - leastTurns) % turnsBetweenLooks === 0) {
      unmet = imprecise();
      if (unmet.length === 0) {
        stopped = "precision";
        break;
      }
    }
    if (startsWorker(turn) && affordsRestart(preparedOnceMs(), restMs())) await session.restart();
    if (turn === 1) samples = samplesPerVisit(turnMs(), restMs() - 2 * preparedOnceMs());
    const order = turnOrder(live(), turn, measure.seed).filter((task) => !task.record.visits.some((made) => made.turn === turn));
    for (const [position, task] of order.entries()) {
      if (signal.aborted || restMs() <= 0) break;
      const left = turn < leastTurns ? (leastTurns - turn) * turnMs() * samples * 1.15 : restMs();
      const eta = { ms: Math.max(0, Math.min(left, restMs())), atMost: turn >= leastTurns };
      onProgress({ type: "visit", id: task.record.id, turn, position, of: order.length, eta });
      try {
        await visit(task, turn, samples);
      } catch (error) {
        settleFailure(task, error);
      }
    }
    onProgress({
      type: "turn",
      turn,
      worker: session.index,
      precise: live().length - unmet.length,
      cells: live().length,
      eta: { ms: Math.max(0, restMs()), atMost: true },
    });
  }

  const cells = tasks.filter((task) => !(task.planned.until && task.record.outcome.status === "pending" && !signal.aborted)).map((task) => task.record);
  const turns = Math.max(0, ...cells.flatMap((cell) => cell.visits.map((made) => made.turn + 1)));
  const workers = new Set(cells.flatMap((cell) => cell.visits.map((made) => made.worker))).size;
  const before = options.record.schedule;
  const wall = { totalMs: before.wall.totalMs + elapsed(), prepareMs: before.wall.prepareMs + prepareMs, measureMs: before.wall.measureMs + measureMs };
  return {
    ...options.record,
    ceilings,
    cells: cells.filter((cell) => cell.outcome.status !== "pending" || !hasOpenAxis(options.record)),
    schedule: {
      turns,
      workers,
      stopped,
      unmet: imprecise().map((task) => task.record.id),
      wall,
      efficiency: measureMs > 0 ? timedMs / measureMs : before.efficiency,
      peakRssBytes: { worker: Math.max(before.peakRssBytes.worker, session.peakRssBytes), parent: process.resourceUsage().maxRSS * 1024 },
    },
  };
};

const outcomeReason = (outcome: Outcome): string | undefined => ("reason" in outcome ? outcome.reason : undefined);

const hasOpenAxis = (record: RunRecord): boolean => Object.values(record.experiment.axes).some((axis) => "until" in axis);

/** Median time of one repetition in a visit, by the run's clock. */
const perRepetition = (visit: Visit): number => {
  const sorted = [...(visit.gpuMs.length > 0 ? visit.gpuMs : visit.wallMs)].sort((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? 0;
};

const allocatedBytes = (mechanisms: readonly Mechanism[], { cell }: PlannedCell, { hello }: Connection): number => {
  const mechanism = mechanisms.find((candidate) => candidate.name === cell.mechanism);
  const tiles = mechanism?.tiles(cell, cell.form, hello.capabilities)[0];
  return mechanism && tiles ? totalBytes(mechanism.bytesByRole(cell, cell.form, tiles)) : 0;
};
