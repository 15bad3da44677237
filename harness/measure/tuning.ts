import type { Mechanism, Tiles } from "../../kernels/mechanism.ts";
import { groupBy } from "../analysis/grouping.ts";
import { CellFailure, workerFailures } from "../device/failure.ts";
import type { Cell } from "../experiment/experiment.ts";
import type { Tuning } from "../record/run.ts";
import { repetitions, type Timer } from "./schedule.ts";
import { perRepetitionMs, problemOf, statusOf, type Task } from "./task.ts";
import { chooseVariant, sameTiles } from "./variantChoice.ts";
import type { WorkerSession } from "./workerSession.ts";

/**
 * `--tune`: the variants of every arm, timed for the same time each at the n where the two families are about as fast, since that is where n* lies. What is
 * found is only a choice: the times of the run come from turns made afterwards.
 */

/** Where an arm is tuned, and the arm of the other family that is about as fast there. */
export interface TuningPlace {
  readonly task: Task;
  readonly against: Task | undefined;
}

const isTimed = (task: Task): task is Task & { readonly estimateMs: number } => statusOf(task) === "ok" && task.estimateMs !== undefined;

/** A place for each of our arms that was timed in turn 0: at the shared n where it is closest to one of the other family; without any, at its largest n. */
export const tuningPlaces = (tasks: readonly Task[]): readonly TuningPlace[] => {
  const own = tasks.filter(isTimed).filter(({ record }) => record.runtime === undefined);
  return [...groupBy(own, ({ series }) => series).values()].flatMap((arm) => {
    const meetings = arm.flatMap((task) =>
      own
        .filter((other) => other.record.n === task.record.n && other.record.family !== task.record.family && problemOf(other) === problemOf(task))
        .map((against) => ({ task, against, distance: Math.abs(Math.log(task.estimateMs / against.estimateMs)) })),
    );
    const nearest = meetings.reduce<(typeof meetings)[number] | undefined>((best, one) => (best && best.distance <= one.distance ? best : one), undefined);
    const largest = arm.at(-1);
    return nearest ?? (largest ? { task: largest, against: undefined } : []);
  });
};

export interface TuningContext {
  readonly session: WorkerSession;
  readonly mechanisms: readonly Mechanism[];
  readonly timer: Timer;
  readonly seed: number;
  readonly rotateBytes: (cell: Cell) => number;
  /** of passes, for each arm, ms */
  readonly shareMs: number;
  /** wall ms that preparing an arm's variants may take */
  readonly prepareMs: number;
  readonly now: () => number;
  readonly signal: AbortSignal;
}

const interrupted = "the run was interrupted";
const limitMs = 120_000;
const fewestRounds = 5;
const mostRounds = 24;

interface Trial {
  readonly tiles: Tiles;
  readonly id: string;
  readonly k: number;
  readonly times: number[];
  failure: string | undefined;
}

/** An arm whose variants were not timed. */
export const untuned = ({ task, against }: TuningPlace, note: string): Tuning => ({
  cell: task.record.id,
  against: against?.record.label,
  variants: [],
  note,
  chosen: 0,
  cells: [],
});

/** Times the variants of one arm and says which is best; undefined where it has only one. Rejects with what is no cell's failure. */
export const tuneArm = async (place: TuningPlace, tasks: readonly Task[], context: TuningContext): Promise<Tuning | undefined> => {
  const { task, against } = place;
  const { session, now } = context;
  const { cell } = task.planned;
  const candidates = await candidatesOf(cell, context);
  if (candidates.length < 2) return undefined;
  const trials: Trial[] = [];
  const from = now();
  try {
    for (const [index, tiles] of candidates.entries()) {
      if (context.signal.aborted) return untuned(place, interrupted);
      if (index > 1 && now() - from > context.prepareMs) break;
      trials.push(await prepared({ ...cell, id: `${cell.id}~${index}` }, tiles, context));
    }
    const right = trials.filter(({ failure }) => failure === undefined);
    let spentMs = 0;
    for (let round = 0; round < mostRounds && (round < fewestRounds || spentMs < context.shareMs) && right.length > 1; round++) {
      // Each round begins with another, so that none always follows the same.
      for (const [at] of right.entries()) {
        const trial = right[(at + round) % right.length];
        if (!trial) continue;
        if (context.signal.aborted) return untuned(place, interrupted);
        const reply = await session.ask("visit", { cell: trial.id, k: trial.k, samples: 2 }, limitMs);
        const ms = perRepetitionMs(reply);
        trial.times.push(ms);
        spentMs += 2 * ms * trial.k;
      }
    }
  } catch (error) {
    if (error instanceof CellFailure) return untuned(place, `${error.code}: ${error.message}`);
    throw error;
  } finally {
    if (session.hello) for (const { id } of trials) await session.ask("evict", { cell: id }, limitMs).catch(() => undefined);
  }
  const chosen = chooseVariant(trials.map(({ times, failure }) => (failure === undefined ? times : undefined)));
  if (chosen === undefined || trials.length < 2) return undefined;
  const tiles = trials[chosen]?.tiles ?? {};
  return {
    cell: cell.id,
    against: against?.record.label,
    variants: trials.map(({ tiles, times, failure }) => ({
      tiles,
      medianMs: medianOf(times),
      rounds: times.length,
      ...(failure === undefined ? {} : { failure }),
    })),
    chosen,
    cells: chosen === 0 ? [] : await takingOver(task.series, tiles, tasks, context),
  };
};

const candidatesOf = async (cell: Cell, { session, mechanisms }: TuningContext): Promise<readonly Tiles[]> => {
  const { hello } = await session.connection();
  return mechanisms.find(({ name }) => name === cell.mechanism)?.tiles(cell, cell.form, hello.capabilities) ?? [];
};

/** A variant compiled and verified; one that cannot be, or is wrong, is out of the race. */
const prepared = async (cell: Cell, tiles: Tiles, { session, timer, seed, rotateBytes }: TuningContext): Promise<Trial> => {
  try {
    const { estimateMs } = await session.ask("prepare", { cell, tiles, seed, rotateBytes: rotateBytes(cell) }, limitMs);
    return { tiles, id: cell.id, k: repetitions(estimateMs, timer) ?? 1, times: [], failure: undefined };
  } catch (error) {
    if (!(error instanceof CellFailure) || workerFailures.has(error.code)) throw error;
    return { tiles, id: cell.id, k: 1, times: [], failure: `${error.code}: ${error.message}` };
  }
};

/** Cells of the arm that have this variant among theirs, and not as their default. */
const takingOver = async (series: string, tiles: Tiles, tasks: readonly Task[], context: TuningContext): Promise<readonly string[]> => {
  const arm = tasks.filter((task) => task.series === series && statusOf(task) === "ok");
  const has = await Promise.all(arm.map(async ({ planned }) => (await candidatesOf(planned.cell, context)).findIndex((one) => sameTiles(one, tiles)) > 0));
  return arm.filter((_, i) => has[i]).map(({ record }) => record.id);
};

const medianOf = (times: readonly number[]): number | undefined => [...times].sort((a, b) => a - b)[times.length >> 1];
