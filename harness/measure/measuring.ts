import type { NoAdapter } from "../device/adapterFacts.ts";
import type { AddedCell, Schedule, SentinelTurn } from "../record/run.ts";
import type { MeasureOptions } from "./measureRun.ts";
import type { Reach } from "./openAxis.ts";
import type { Timer } from "./schedule.ts";
import type { Sentinel } from "./sentinel.ts";
import { statusOf, type Task } from "./task.ts";
import type { Visitor } from "./visitor.ts";

/** What turn 0 and the later turns of one run share. */
export interface Measuring extends MeasureOptions {
  /** grows where n are added */
  readonly tasks: Task[];
  readonly visitor: Visitor;
  readonly timer: Timer;
  readonly reach: Reach;
  readonly sentinel: Sentinel;
  /** what the sentinel said of each turn; grows */
  readonly sentinelTurns: SentinelTurn[];
  /** cells that were added; grows */
  readonly added: AddedCell[];
  /** wall ms left of maxTime */
  readonly restMs: () => number;
  /** open curves that reached their end on this device */
  readonly ended: Set<string>;
  /** times the variants of every arm; undefined where nobody asked for that */
  readonly tuneAll: (() => Promise<void>) | undefined;
}

/** How measuring ended: why, and with which error where no worker could be had any more. */
export interface Ended {
  readonly stopped: Schedule["stopped"];
  readonly brokeOff: NoAdapter | undefined;
}

/** Tasks that are measured on. */
export const live = ({ tasks }: Pick<Measuring, "tasks">): readonly Task[] => tasks.filter((task) => statusOf(task) === "ok");

/** Predicted ms of the passes of one turn of these tasks with one sample a visit. */
export const turnMs = (tasks: readonly Task[], visitor: Visitor): number => tasks.reduce((sum, task) => sum + visitor.sampleMs(task), 0);
