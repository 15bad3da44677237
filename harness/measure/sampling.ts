import { live, type Measuring } from "./measuring.ts";
import { type Allotment, allotmentsFor, isVisited, leastShare } from "./schedule.ts";
import type { Task } from "./task.ts";

/** How often and by how many samples each cell is timed after turn 0, from the turn on that it is made for. */
export interface Sampling {
  /** of a visit; 1 as long as nothing is known of what a sample takes */
  samples(task: Task): number;
  /** those of these tasks that a turn visits: all, where all would rest */
  visited(tasks: readonly Task[], turn: number): readonly Task[];
  /** wall ms that visits of these tasks will take */
  visitsMs(tasks: readonly Task[]): number;
}

/** By what visits took so far; `turnMs`: what a turn of all cells may take, in the mean of those from `turn` on. */
export const createSampling = (measuring: Pick<Measuring, "tasks" | "visitor" | "timer">, turn: number, turnMs: number): Sampling => {
  const { visitor, timer } = measuring;
  const allotmentOf = allotmentsFor(
    live(measuring).map((task) => ({ besideMs: task.besideMs, sampleMs: visitor.sampleMs(task) })),
    turnMs,
    // A peer is compared turn by turn.
    timer.besidePeer ? 1 : leastShare(turn),
  );
  const settled = new Map<string, Allotment>();
  const allotted = (task: Task): Allotment => {
    const { id } = task.record;
    const known = settled.get(id);
    if (known) return known;
    if (task.estimateMs === undefined) return { share: 1, samples: 1 };
    const allotment = allotmentOf(visitor.sampleMs(task));
    settled.set(id, allotment);
    return allotment;
  };
  return {
    samples: (task) => allotted(task).samples,
    visited(tasks, turn) {
      const visited = tasks.filter((task) => isVisited(turn, allotted(task).share));
      return visited.length > 0 ? visited : tasks;
    },
    visitsMs: (tasks) => tasks.reduce((sum, task) => sum + visitor.visitMs(task, allotted(task).samples), 0),
  };
};
