import { unmetOf } from "../analysis/unmet.ts";
import { visitsWithout } from "../record/addedCell.ts";
import type { Schedule, Unmet } from "../record/run.ts";
import { addLengths, tileOf } from "./addedLengths.ts";
import { live, type Measuring } from "./measuring.ts";
import { createSampling, type Sampling } from "./sampling.ts";
import { affordsRestart, leastTurns, startsWorker, turnOrder, turnsAhead, turnsBetweenLooks } from "./schedule.ts";
import { hasJumped, mayRepeat } from "./sentinel.ts";
import { problemOf, statusOf, type Task } from "./task.ts";

/** A visit of turn 0 is short, and says little of what one takes beside its samples: after so many turns more they are planned anew. */
const turnsBeforePlanning = 2;
/** An n* of so many turns is near enough to add n around it. */
const turnsBeforeRefining = 3;

/**
 * Turns after turn 0, in shuffled order, until everything is known as narrowly as asked or maxTime is spent. From the least number of turns on, shapes of which all is known rest, so that time
 * goes where intervals are wide. Returns why it ended.
 */
export const repeatTurns = async (measuring: Measuring): Promise<NonNullable<Schedule["stopped"]>> => {
  const { visitor, workers, restMs, signal, onProgress, record } = measuring;
  const { seed, refineCrossover } = record.experiment.measure;
  const plan = (turn: number): Sampling => createSampling(measuring, turn, (restMs() - 2 * renewMs(live(measuring))) / turnsAhead(turn));
  const sentinel = createGauge(measuring);
  const rounds = new Map<string, number>();
  // A resumed run goes on with a turn of its own: what it measures now was not measured then.
  const first =
    1 + Math.max(0, ...measuring.tasks.flatMap((task) => task.record.visits.map(({ turn }) => turn)), ...measuring.sentinelTurns.map(({ turn }) => turn));
  let sampling = plan(first);
  const wantedNow = (unmet: readonly Unmet[]): Wanted => wantedAfter(unmet, measuring.tasks, refineCrossover !== undefined);
  let wanted = first > leastTurns ? wantedNow(conditionsOf(measuring)) : undefined;
  const due = (turn: number): readonly Task[] =>
    sampling.visited(
      live(measuring).filter((task) => wanted?.(task, turn) ?? true),
      turn,
    );
  for (let turn = first; ; turn++) {
    if (signal.aborted) return "interrupted";
    if (live(measuring).length === 0) return "nothingLeft";
    if (turn === first + turnsBeforePlanning || turn === leastTurns) sampling = plan(turn);
    if (restMs() <= 0 || (turn > Math.max(2, first) && sampling.visitsMs(due(turn)) > restMs())) return "maxTime";
    const isLook = turn >= leastTurns && (turn - leastTurns) % turnsBetweenLooks === 0;
    const added = refineCrossover !== undefined && (turn === turnsBeforeRefining || isLook) ? addLengths(measuring, refineCrossover, rounds) : [];
    for (const addition of added) onProgress({ type: "added", ...addition });
    if (isLook) {
      const unmet = conditionsOf(measuring);
      if (unmet.length === 0 && added.length === 0) return "precision";
      // Where all is known but n were added, these decide at the next look, beside all others.
      wanted = unmet.length > 0 ? wantedNow(unmet) : undefined;
    }
    if (startsWorker(turn) && affordsRestart(renewMs(due(turn)), restMs(), sampling.visitsMs(due(turn)), workers.own.index + 1)) await workers.restart();

    await sentinel.before();
    await beginAdded(measuring, turn, sampling);
    const ofTurnMs = sampling.visitsMs(live(measuring));
    const order = turnOrder(due(turn), turn, seed).filter((task) => !task.record.visits.some((made) => made.turn === turn));
    for (const [position, task] of order.entries()) {
      if (signal.aborted || restMs() <= 0) break;
      const atMost = turn >= leastTurns;
      const leftMs = atMost ? restMs() : (leastTurns - turn - position / order.length) * ofTurnMs * 1.15;
      onProgress({ type: "visit", id: task.record.id, turn, position, of: order.length, eta: { ms: Math.max(0, Math.min(leftMs, restMs())), atMost } });
      await visitor.visit(task, turn, sampling.samples(task)).catch((error: unknown) => visitor.settleFailure(task, error));
    }
    const kept = await sentinel.after(turn, restMs() > sampling.visitsMs(order));
    onProgress({ type: "turn", turn, worker: workers.own.index, cells: order.length, kept, eta: { ms: Math.max(0, restMs()), atMost: true } });
  }
};

/** The first visits of cells that were added, each with its outcome, as turn 0 gives it to those that were planned. */
const beginAdded = async ({ tasks, added, visitor, signal, restMs }: Measuring, turn: number, sampling: Sampling): Promise<void> => {
  const begun = tasks.filter((task) => statusOf(task) === "pending" && added.some(({ id }) => id === task.record.id));
  for (const task of begun) {
    if (signal.aborted || restMs() <= 0) return;
    await visitor.visit(task, turn, sampling.samples(task)).then(
      () => visitor.settle(task, { status: "ok" }),
      (error: unknown) => visitor.settleFailure(task, error),
    );
  }
};

/** What is not yet known as narrowly as asked, by what the tasks have seen so far. */
export const conditionsOf = ({ tasks, record, mechanisms }: Pick<Measuring, "tasks" | "record" | "mechanisms">): readonly Unmet[] => {
  const cells = tasks.map((task) => task.record);
  return unmetOf({ ...record, cells }, (labels) =>
    tileOf(
      cells.filter(({ label }) => labels.includes(label)),
      mechanisms,
    ),
  );
};

/** Whether a cell is to be visited in a turn, as something is wanted still that its times would tell. */
type Wanted = (task: Task, turn: number) => boolean;

/**
 * All arms at one shape go together, as what is told of two of them rests on turns that both were visited in; every second turn is of the curves whose exponents or n* are open, where there are any:
 * these are what a run is for. Where n* is `refined`, it is what this run is for: as long as one is open, all turns are of the cells near it, which a fresh worker has prepared soon.
 */
const wantedAfter = (unmet: readonly Unmet[], tasks: readonly Task[], refined: boolean): Wanted => {
  const idsOf = (some: readonly Unmet[]): ReadonlySet<string> => new Set(some.flatMap(({ cells }) => cells));
  const near = idsOf(refined ? unmet.filter(({ kind }) => kind === "crossover") : []);
  if (near.size > 0) return ({ record }) => near.has(record.id);
  const open = idsOf(unmet.filter(({ kind }) => kind !== "time"));
  const ids = idsOf(unmet);
  const problems = new Set(tasks.filter(({ record }) => ids.has(record.id)).map(problemOf));
  return (task, turn) => (turn % 2 === 1 && open.size > 0 ? open.has(task.record.id) : problems.has(problemOf(task)));
};

/** What a fresh worker takes to prepare these. */
const renewMs = (tasks: readonly Task[]): number => tasks.reduce((sum, task) => sum + task.prepareMs - task.sparedMs, 0);

interface Gauge {
  before(): Promise<void>;
  /** Reads, judges and journals the turn that ended; false where it is to be made again, and its visits are gone. */
  after(turn: number, mayTakeLonger: boolean): Promise<boolean>;
}

/** The sentinel's readings around turns, as part of the record. */
const createGauge = ({ sentinel, sentinelTurns: turns, tasks, workers, journal, signal }: Measuring): Gauge => {
  let beforeMs: number | undefined;
  let worker = -1;
  const read = async (): Promise<void> => {
    beforeMs = signal.aborted ? undefined : await sentinel.read();
    worker = workers.own.index;
  };
  return {
    // The reading after one turn is the one before the next, in the same process.
    before: async () => (beforeMs === undefined || worker !== workers.own.index ? read() : undefined),
    async after(turn, mayTakeLonger) {
      const [was, by] = [beforeMs, worker];
      await read();
      if (was === undefined || beforeMs === undefined || by !== worker) return true;
      // One reading may be off by itself: it is a jump where a second says so too.
      if (hasJumped(was, beforeMs)) await read();
      if (beforeMs === undefined || by !== worker) return true;
      const jumped = hasJumped(was, beforeMs);
      const discarded = jumped && mayTakeLonger && mayRepeat(turns);
      const reading = { turn, worker, beforeMs: was, afterMs: beforeMs, jumped, discarded };
      journal.append({ type: "sentinel", at: new Date().toISOString(), ...reading });
      turns.push(reading);
      if (!discarded) return true;
      for (const task of tasks) task.record = { ...task.record, visits: visitsWithout(task.record.visits, turn) };
      return false;
    },
  };
};
