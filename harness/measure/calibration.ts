import type { Outcome } from "../record/run.ts";
import type { Measuring } from "./measuring.ts";
import { beyondReach } from "./openAxis.ts";
import { createOutlook } from "./outlook.ts";
import type { Eta } from "./progress.ts";
import { statusOf, type Task } from "./task.ts";

/** Share of maxTime that turn 0 leaves to the turns after it. */
const shareForTurns = 0.4;
/** Lengths that were asked for by name are begun longer, but one turn alone tells a time within a factor of two. */
const shareForNamed = 0.25;
/** A shorter maxTime is for a look at each of them. */
const shortestForTurnsMs = 30_000;

/** Turn 0: each cell once, n ascending, until a curve ends. */
export const calibrate = async (measuring: Measuring): Promise<void> => {
  const { tasks, visitor, reach, restMs, signal, onProgress, ended } = measuring;
  const outlook = createOutlook(tasks, ended, (task) => visitor.visitMs(task, 1));
  const eta = (): Eta => ({ ms: Math.max(0, Math.min(restMs(), outlook.ms)), atMost: true });
  const unreached = (task: Task): Outcome | undefined => {
    const { until } = task.planned;
    const beyond = until && beyondReach(task, until, tasks, reach);
    if (beyond) return beyond;
    const share = until ? shareForTurns : reach.maxTimeMs < shortestForTurnsMs ? 0 : shareForNamed;
    if (restMs() > share * reach.maxTimeMs) return undefined;
    return { status: "censored", code: "timeCap", reason: `maxTime (${reach.maxTimeMs / 1000} s) left no time for this cell` };
  };

  let done = 0;
  for (const task of tasks) {
    if (signal.aborted) return;
    if (statusOf(task) === "pending" && !ended.has(task.series)) {
      onProgress({ type: "visit", id: task.record.id, turn: 0, position: done, of: done + outlook.left, eta: eta() });
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
      outlook.changed(task.series);
      onProgress({
        type: "cell",
        id: task.record.id,
        status: statusOf(task),
        reason: reasonOf(task),
        medianMs: task.estimateMs,
        done,
        of: done + outlook.left,
        eta: eta(),
      });
    }
    if (task.planned.until && endsCurve(task.record.outcome)) {
      ended.add(task.series);
      outlook.changed(task.series);
    }
  }
};

/** What a larger n of the same curve would meet as well. Another failure costs its cell alone. */
const endsCurve = (outcome: Outcome): boolean =>
  outcome.status === "censored" || ("code" in outcome && ["outOfMemory", "overLimit", "timeout"].includes(outcome.code));

const reasonOf = ({ record: { outcome } }: Task): string | undefined => ("reason" in outcome ? outcome.reason : undefined);
