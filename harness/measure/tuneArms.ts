import type { Mechanism } from "../../kernels/mechanism.ts";
import { CellFailure } from "../device/failure.ts";
import type { Cell } from "../experiment/experiment.ts";
import type { Journal } from "../record/journal.ts";
import type { Tuning } from "../record/run.ts";
import type { Progress } from "./progress.ts";
import type { Timer } from "./schedule.ts";
import { retile, type Task } from "./task.ts";
import { tuneArm, tuningPlaces, untuned } from "./tuning.ts";
import type { Visitor } from "./visitor.ts";
import type { WorkerSession } from "./workerSession.ts";

/** Of maxTime, for the passes of all arms, and for preparing their variants. */
const shareOfTime = 0.1;

export interface TuningRun {
  readonly tasks: readonly Task[];
  readonly visitor: Visitor;
  readonly session: WorkerSession;
  readonly mechanisms: readonly Mechanism[];
  readonly timer: Timer;
  readonly seed: number;
  readonly rotateBytes: (cell: Cell) => number;
  readonly maxTimeMs: number;
  readonly restMs: () => number;
  readonly now: () => number;
  readonly signal: AbortSignal;
  readonly journal: Journal;
  readonly onProgress: (progress: Progress) => void;
  /** of an earlier session */
  readonly known: readonly Tuning[];
}

/**
 * Between turn 0 and the turns that count: every arm's variants are timed, and the cells of an arm with a better one than its default begin anew with it. Ends early where time is short: an
 * arm that was not tuned keeps its defaults. Returns what was found, earlier findings included.
 */
export const tuneArms = async (run: TuningRun): Promise<readonly Tuning[]> => {
  const { tasks, visitor, maxTimeMs, restMs, signal, onProgress } = run;
  const tunings = [...run.known];
  const places = tuningPlaces(tasks).filter(
    ({ task }) => !tasks.some(({ series, record }) => series === task.series && tunings.some(({ cell }) => cell === record.id)),
  );
  const shareMs = (shareOfTime * maxTimeMs) / Math.max(1, places.length);
  for (const place of places) {
    if (signal.aborted) break;
    if (restMs() < maxTimeMs / 2) {
      tunings.push(untuned(place, "turn 0 and what was tuned before left less than half of maxTime"));
      continue;
    }
    onProgress({ type: "tuning", id: place.task.record.id });
    const tuning = await visitor.preparing(() => tuneArm(place, tasks, { ...run, shareMs, prepareMs: shareMs }));
    if (!tuning) continue;
    tunings.push(await beginAnew(tuning, run));
  }
  return tunings;
};

/** The cells that change their variant make their turn 0 again; one that cannot, or comes after an interrupt, keeps its default and what that was timed at. */
const beginAnew = async (tuning: Tuning, { tasks, visitor, session, signal, journal }: TuningRun): Promise<Tuning> => {
  let told = tuning;
  const tell = (): void => journal.append({ type: "tuned", at: new Date().toISOString(), tuning: told });
  const leaveOut = (id: string): void => {
    told = { ...told, cells: told.cells.filter((cell) => cell !== id) };
    tell();
  };
  tell();
  for (const task of tasks) {
    const { id } = task.record;
    if (!tuning.cells.includes(id)) continue;
    if (signal.aborted) {
      leaveOut(id);
      continue;
    }
    const before = { ...task };
    try {
      retile(task, tuning.variants[tuning.chosen]?.tiles);
      session.prepared.delete(id);
      await visitor.visit(task, 0, 1);
    } catch (error) {
      if (!(error instanceof CellFailure)) throw error;
      Object.assign(task, before);
      session.prepared.delete(id);
      leaveOut(id);
    }
  }
  return told;
};
