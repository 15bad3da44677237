import { describe, expect, it } from "vitest";
import type { Outcome } from "../record/run.ts";
import { createOutlook } from "./outlook.ts";
import { leastTurns } from "./schedule.ts";
import type { Task } from "./task.ts";

const taskOf = (series: string, n: number, change: Partial<Task> & { readonly status?: "ok" | "pending" | "censored" } = {}): Task => {
  const { status = "pending", ...known } = change;
  const outcome: Outcome = status === "censored" ? { status, code: "timeCap", reason: "" } : { status };
  return { series, prepareMs: 0, estimateMs: undefined, record: { n, outcome, claim: { time: "O(n)", stateBytes: "O(n)" } }, ...known } as unknown as Task;
};
const seen = { status: "ok", estimateMs: 1, prepareMs: 100 } as const;
const sampleMs = ({ estimateMs = 0 }: Task): number => 20 * estimateMs;

describe("what turn 0 and the turns after it will take", () => {
  it("comes of what was seen: preparing, a look, and as many turns as are made at least", () => {
    const { left, ms } = createOutlook([taskOf("a", 64, seen), taskOf("a", 128)], new Set(), sampleMs);
    expect(left).toBe(1);
    // One of two is left: 100 ms to prepare, three looks of a time twice that of n = 64, and twice the turns' time of the one that is known.
    expect(ms).toBeCloseTo(100 + 3 * 2 + (leastTurns - 1) * 20 * 2, 9);
  });

  it("is what it would be from the start, whatever came of the cells in between", () => {
    const ended = new Set<string>();
    const tasks = ["a", "b", "c"].flatMap((series) => [64, 128, 256, 512].map((n) => taskOf(series, n)));
    const outlook = createOutlook(tasks, ended, sampleMs);
    for (const [i, task] of tasks.entries()) {
      if (i % 5 === 4) {
        task.record = { ...task.record, outcome: { status: "censored", code: "timeCap", reason: "" } };
        ended.add(task.series);
      } else {
        task.record = { ...task.record, outcome: { status: "ok" } };
        task.estimateMs = 1 + i / 7;
        task.prepareMs = 50 + i;
      }
      outlook.changed(task.series);
      const anew = createOutlook(tasks, ended, sampleMs);
      expect(outlook.left).toBe(anew.left);
      expect(outlook.ms).toBeCloseTo(anew.ms, 6);
    }
    expect(outlook.left).toBe(0);
  });
});
