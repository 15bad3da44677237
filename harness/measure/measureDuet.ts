import { UnloadableKernels } from "../../kernels/registry.ts";
import { type CompareOptions, compareRuns } from "../analysis/comparison/comparison.ts";
import { NoAdapter } from "../device/adapterFacts.ts";
import { CellFailure } from "../device/failure.ts";
import type { Cell, PlannedCell } from "../experiment/experiment.ts";
import { adapterName } from "../record/adapterName.ts";
import type { Journal } from "../record/journal.ts";
import type { DuetSide, RunRecord, Schedule, SentinelTurn } from "../record/run.ts";
import { calibrate } from "./calibration.ts";
import { measureCeilings } from "./ceilings.ts";
import { type DuetPlan, duetPlan, isBaseFirst, leastPairs } from "./duetSchedule.ts";
import type { MeasureOptions } from "./measureRun.ts";
import { type Measuring, turnMs } from "./measuring.ts";
import { repetitions, shortestPassMs, type Timer, turnOrder } from "./schedule.ts";
import { withSecondWorker } from "./secondWorker.ts";
import { createSentinel, hasJumped } from "./sentinel.ts";
import { statusOf, type Task, tasksOf } from "./task.ts";
import { createVisitor, type Visitor } from "./visitor.ts";
import type { WorkerSession } from "./workerSession.ts";
import { createWorkers } from "./workers.ts";

/** One of two checkouts: where its visits go, and its processes. */
export interface DuetVoice {
  readonly record: RunRecord;
  readonly session: WorkerSession;
  readonly journal: Journal;
}

export interface DuetOptions extends Pick<MeasureOptions, "planned" | "mechanisms" | "now" | "signal" | "onProgress"> {
  readonly voices: Readonly<Record<DuetSide, DuetVoice>>;
  /** further heads, visited after head in every turn, or before it where head comes before base: the gate's own proof holds several against one base */
  readonly furtherHeads?: readonly DuetVoice[];
  /** of the comparison that this is measured for: where all is the SAME by it, there is nothing left to find out */
  readonly compared?: CompareOptions;
}

export interface DuetMeasured {
  readonly records: Readonly<Record<DuetSide, RunRecord>>;
  readonly furtherHeads: readonly RunRecord[];
  /** base could not be had at all, and why: all that head has is NEW */
  readonly baseRefused: string | undefined;
}

interface Side extends DuetVoice {
  readonly tasks: Task[];
  readonly visitor: Visitor;
}

/** One cell on all sides, in their order. */
type Row = readonly Task[];

/**
 * Two checkouts on one device: each cell is visited by base and then head, and in the next turn the other way round, with the same repetitions in a pass, so that whatever the machine does it does
 * to both. Several pairs of processes share the time equally. Ends early only where every cell is told to be the SAME: to stop at a change would find changes that are none.
 * Rejects with NoAdapter where head cannot be had.
 */
export const measureDuet = async (options: DuetOptions): Promise<DuetMeasured> => {
  const { voices, furtherHeads = [], compared = {}, planned, now, onProgress } = options;
  const started = now();
  const { hello, choice, passedOver } = await voices.head.session.connection();
  const { facts, clock } = hello;
  const timer: Timer = { stepNs: clock.stepNs, software: facts.software };
  onProgress({ type: "connected", adapter: adapterName(facts, facts.software), choice, deviceClass: facts.software ? "software" : "hardware", passedOver });
  const { measure } = voices.head.record.experiment;
  const maxTimeMs = measure.maxTimeSeconds * 1000;
  const restMs = (): number => maxTimeMs - (now() - started);
  const isCold = ({ cache }: Pick<Cell, "cache">): boolean => (cache ?? measure.cache) === "cold";
  const cold = planned.some(({ cell }) => isCold(cell));
  const kneeBytes = cold
    ? (await withSecondWorker(() => measureCeilings(voices.head.session, timer, { ...measure, wantsKnee: true }))).cacheKneeBytes
    : undefined;
  const rotateBytes = (cell: Pick<Cell, "cache">): number => (isCold(cell) && kneeBytes ? 2 * kneeBytes : 0);
  const sideOf = (voice: DuetVoice, cells: readonly PlannedCell[]): Side => ({
    ...voice,
    tasks: tasksOf(cells, voice.record.cells),
    visitor: createVisitor({ sessionOf: () => voice.session, journal: voice.journal, measure, timer, now, onProgress, rotateBytes }),
  });
  const sentinelTurns: SentinelTurn[] = [];
  const measuringOf = (side: Side): Measuring => ({
    ...options,
    record: side.record,
    workers: createWorkers(side.session, [], undefined),
    journal: side.journal,
    tune: false,
    tasks: side.tasks,
    visitor: side.visitor,
    timer,
    sentinel: createSentinel(voices.head.session, timer, measure.seed),
    sentinelTurns,
    added: [],
    reach: {
      hello,
      mechanisms: options.mechanisms,
      memoryBytes: side.record.environment.memoryBytes,
      maxTimeMs,
      curves: new Set(side.tasks.map(({ series }) => series)).size,
    },
    restMs,
    ended: new Set(),
    tuneAll: undefined,
  });

  const head = sideOf(voices.head, planned);
  const ofHead = measuringOf(head);
  await calibrate(ofHead);
  // Where an open axis ends is head's to say: base is asked for the same cells, and not for the one that is beyond the end.
  const reached = head.tasks.filter((task) => statusOf(task) !== "pending");
  const asked = reached.filter((task) => statusOf(task) !== "censored").map(({ planned: { cell, skip } }) => ({ cell, skip, until: undefined }));
  const base = sideOf(voices.base, asked);
  const openedAt = now();
  const baseRefused = await refusalOf(voices.base.session);
  const startMs = now() - openedAt;
  if (baseRefused === undefined) await calibrate(measuringOf(base));
  const further = furtherHeads.map((voice) => sideOf(voice, asked));
  for (const side of further) await calibrate(measuringOf(side));
  const sides = [base, head, ...further];
  const rows = head.tasks.flatMap(({ record: { id } }): readonly Row[] => {
    const row = sides.flatMap(({ tasks }) => tasks.find((task) => task.record.id === id && statusOf(task) === "ok") ?? []);
    return row.length === sides.length ? [row] : [];
  });
  const stopped = await repeatRows({ rows, sides, base, head, ofHead, startMs, restMs, timer, compared, seed: measure.seed });

  // What lies beyond the end of an open axis is no part of the plan; what was not come to is.
  const planOf = (side: Side): readonly Task[] =>
    head.tasks.filter(({ series, planned: { until }, record }) =>
      record.outcome.status === "pending" ? !ofHead.ended.has(series) : record.outcome.status !== "censored" || until === undefined || side !== base,
    );
  const ended = (side: Side): RunRecord => {
    const cells = planOf(side).flatMap(
      ({ record: { id } }) => side.tasks.find((task) => task.record.id === id)?.record ?? side.record.cells.find((cell) => cell.id === id) ?? [],
    );
    return {
      ...side.record,
      cells,
      ...(sentinelTurns.length > 0 ? { sentinel: sentinelTurns } : {}),
      schedule: scheduleOf(side, cells, side === base && baseRefused !== undefined ? "noWorker" : stopped, now() - started),
    };
  };
  return { records: { base: ended(base), head: ended(head) }, furtherHeads: further.map(ended), baseRefused };
};

const refusalOf = async (session: WorkerSession): Promise<string | undefined> => {
  try {
    await session.connection();
    return undefined;
  } catch (error) {
    if (error instanceof NoAdapter || error instanceof CellFailure || error instanceof UnloadableKernels) return error.message;
    throw error;
  }
};

interface Repeating {
  readonly rows: readonly Row[];
  /** base, head and what else is measured with them */
  readonly sides: readonly Side[];
  readonly base: Side;
  readonly head: Side;
  readonly ofHead: Measuring;
  /** what starting one process took */
  readonly startMs: number;
  readonly restMs: () => number;
  readonly timer: Timer;
  readonly compared: CompareOptions;
  readonly seed: number;
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);

/** Turns in one set of processes after another, one process a side, until the time is spent or all is known to be the same. Returns why it ended. */
const repeatRows = async (repeating: Repeating): Promise<NonNullable<Schedule["stopped"]>> => {
  const { rows, sides, base, head, ofHead, startMs, restMs, timer, compared } = repeating;
  const heads = sides.filter((side) => side !== base);
  const { signal, onProgress } = ofHead;
  const open = (): readonly Row[] => rows.filter((row) => row.every((task) => statusOf(task) === "ok"));
  const preparing = sides.length * startMs + sum(rows.flat().map(({ prepareMs }) => prepareMs));
  const ofTurn = (): number => {
    const rest = open();
    return sum(
      sides.map(({ visitor }, at) =>
        turnMs(
          rest.flatMap((row) => row[at] ?? []),
          visitor,
        ),
      ),
    );
  };
  const plan: DuetPlan = duetPlan(restMs(), preparing, ofTurn(), shortestPassMs(timer));
  let turn = 1;
  for (let at = 0; at < plan.pairs; at++) {
    if (at > 0) await Promise.all(sides.map(({ session }) => session.restart()));
    // Preparing what is left of the pairs of processes comes out of what is left.
    const untilMs = restMs() - (restMs() - (plan.pairs - 1 - at) * preparing) / (plan.pairs - at);
    const worker = head.session.index;
    const beforeMs = await ofHead.sentinel.read();
    for (let made = 0; made === 0 || made % 2 === 1 || restMs() - ofTurn() * plan.samples > untilMs; made++, turn++) {
      if (signal.aborted) return "interrupted";
      if (open().length === 0) return "nothingLeft";
      if (restMs() <= 0) return "maxTime";
      await turnOf(repeating, open(), turn, plan.samples);
      onProgress({ type: "turn", turn, worker: head.session.index, cells: open().length, kept: true, eta: { ms: Math.max(0, restMs()), atMost: true } });
    }
    const afterMs = await ofHead.sentinel.read();
    if (worker === head.session.index) gauge(repeating, { turn: turn - 1, worker, beforeMs, afterMs });
    if (at + 1 >= leastPairs && allSame(base, heads, compared)) return "precision";
  }
  return "maxTime";
};

/** One turn through all rows. None is made again: what disturbs the machine disturbs all sides, and what it does to one visit weighs little (analysis/comparison/change.ts). */
const turnOf = async ({ sides, ofHead, timer, restMs, seed }: Repeating, rows: readonly Row[], turn: number, samples: number): Promise<void> => {
  const { signal, onProgress } = ofHead;
  for (const [position, row] of turnOrder(rows, turn, seed).entries()) {
    if (signal.aborted || restMs() <= 0) break;
    const visits = row.flatMap((task, at) => {
      const side = sides[at];
      return side ? [{ task, ...side }] : [];
    });
    const id = row[0]?.record.id ?? "";
    onProgress({ type: "visit", id, turn, position, of: rows.length, eta: { ms: Math.max(0, restMs()), atMost: true } });
    const k = Math.max(...row.map((task) => task.k ?? repetitions(task.leastMs ?? 0, timer) ?? 1));
    for (const { task, visitor } of isBaseFirst(turn) ? visits : visits.reverse()) {
      task.k = k;
      await visitor.visit(task, turn, samples).catch((error: unknown) => visitor.settleFailure(task, error));
    }
  }
};

/** What the sentinel took, ms; undefined where this device could not time it. */
type Reading = Pick<SentinelTurn, "turn" | "worker"> & { readonly [when in "beforeMs" | "afterMs"]: number | undefined };

/** Notes what the sentinel took before the first turn of a pair of processes and after `turn`, its last: by it the reader sees how steady the machine was. */
const gauge = ({ sides, ofHead: { sentinelTurns } }: Repeating, { beforeMs, afterMs, ...at }: Reading): void => {
  if (beforeMs === undefined || afterMs === undefined) return;
  const reading = { ...at, beforeMs, afterMs, jumped: hasJumped(beforeMs, afterMs), discarded: false };
  sentinelTurns.push(reading);
  for (const { journal } of sides) journal.append({ type: "sentinel", at: new Date().toISOString(), ...reading });
};

const allSame = (base: Side, heads: readonly Side[], compared: CompareOptions): boolean => {
  const soFar = ({ record, tasks }: Side): RunRecord => ({ ...record, cells: tasks.map((task) => task.record) });
  const before = soFar(base);
  return heads.every((head) =>
    compareRuns(before, soFar(head), compared).cells.every(
      ({ metrics: { time } }) => time.verdict === "SAME" || time.base === undefined || time.head === undefined,
    ),
  );
};

const scheduleOf = ({ visitor, session }: Side, cells: RunRecord["cells"], stopped: Schedule["stopped"], totalMs: number): Schedule => {
  const visits = cells.flatMap((cell) => cell.visits);
  const { prepareMs, timedMs } = visitor.spent;
  const measureMs = Math.max(0, totalMs - prepareMs);
  return {
    turns: Math.max(0, ...visits.map(({ turn }) => turn + 1)),
    workers: new Set(visits.map(({ worker }) => worker)).size,
    stopped,
    unmet: [],
    wall: { totalMs, prepareMs, measureMs },
    efficiency: measureMs > 0 ? timedMs / measureMs : undefined,
    peakRssBytes: { worker: session.peakRssBytes, parent: process.resourceUsage().maxRSS * 1024 },
  };
};
