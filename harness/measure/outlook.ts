import { groupBy } from "../analysis/grouping.ts";
import { leastTurns } from "./schedule.ts";
import { predictedMs, statusOf, type Task } from "./task.ts";

/** What turn 0 and the least number of turns after it will take, kept curve by curve: a sweep of thousands of cells asks for it twice a cell. */
export interface Outlook {
  /** cells that turn 0 has yet to come to */
  readonly left: number;
  /** ms until the least number of turns is made, as far as what was seen so far promises */
  readonly ms: number;
  /** Something came of a cell of this curve. */
  changed(series: string): void;
}

/** A curve's part of each sum. */
interface Part {
  readonly left: number;
  /** ms that the first visits of what is left take, but for preparing */
  readonly firstMs: number;
  readonly seen: number;
  readonly prepareMs: number;
  /** ms of one visit, of a single sample, of each cell that is measured on */
  readonly turnMs: number;
}

/** A first visit: a warm look, and a pass or two. */
const looks = 3;
/** ms of one repetition of which nothing is known */
const unknownMs = 10;

const none: Part = { left: 0, firstMs: 0, seen: 0, prepareMs: 0, turnMs: 0 };
const combined = (one: Part, other: Part, sign: 1 | -1): Part => ({
  left: one.left + sign * other.left,
  firstMs: one.firstMs + sign * other.firstMs,
  seen: one.seen + sign * other.seen,
  prepareMs: one.prepareMs + sign * other.prepareMs,
  turnMs: one.turnMs + sign * other.turnMs,
});

/** `ended`: curves of which nothing more is measured. `visitMs`: of a visit of a single sample. */
export const createOutlook = (tasks: readonly Task[], ended: ReadonlySet<string>, visitMs: (task: Task) => number): Outlook => {
  const partOf = (curve: readonly Task[]): Part => {
    const seen = curve.filter((task) => task.estimateMs !== undefined);
    const left = curve.filter((task) => statusOf(task) === "pending" && !ended.has(task.series));
    return {
      left: left.length,
      firstMs: left.reduce((sum, task) => sum + looks * (predictedMs(task, curve) ?? unknownMs), 0),
      seen: seen.length,
      prepareMs: seen.reduce((sum, task) => sum + task.prepareMs, 0),
      turnMs: curve.reduce((sum, task) => sum + (statusOf(task) === "ok" ? visitMs(task) : 0), 0),
    };
  };
  const curves = groupBy(tasks, ({ series }) => series);
  const parts = new Map([...curves].map(([series, curve]) => [series, partOf(curve)]));
  let all = [...parts.values()].reduce((sum, part) => combined(sum, part, 1), none);
  return {
    get left() {
      return all.left;
    },
    get ms() {
      const { left, firstMs, seen, prepareMs, turnMs } = all;
      const calibrating = firstMs + (left * prepareMs) / Math.max(1, seen);
      // What is left is taken to be as slow as what was seen.
      return calibrating + (leastTurns - 1) * turnMs * (1 + left / Math.max(1, tasks.length - left));
    },
    changed(series) {
      const part = partOf(curves.get(series) ?? []);
      all = combined(combined(all, parts.get(series) ?? none, -1), part, 1);
      parts.set(series, part);
    },
  };
};
