import { describe, expect, it } from "vitest";
import { duetPlan } from "./duetSchedule.ts";

describe("duetPlan", () => {
  it("has as many pairs of processes as half of the time can prepare, three at least", () => {
    expect(duetPlan(180_000, 5_000, 500, 1)).toEqual({ pairs: 18, samples: 2 });
    expect(duetPlan(180_000, 60_000, 500, 1)).toEqual({ pairs: 3, samples: 8 });
    expect(duetPlan(180_000, 1_000, 500, 1).pairs).toBe(20);
  });

  it("gives each pair four turns before it gives a visit more samples", () => {
    // 20 pairs of (180 − 19 · 1) / 20 s: 4 turns of 2 samples each.
    expect(duetPlan(180_000, 1_000, 1_000, 1).samples).toBe(2);
    expect(duetPlan(180_000, 1_000, 5_000, 1).samples).toBe(1);
    expect(duetPlan(180_000, 1_000, 1, 1).samples).toBe(8);
  });

  it("keeps a visit within 10 ms, so that both sides meet the machine in one state: one sample where a pass takes as long", () => {
    expect(duetPlan(180_000, 1_000, 1, 10).samples).toBe(1);
    expect(duetPlan(180_000, 1_000, 1, 100).samples).toBe(1);
    expect(duetPlan(180_000, 1_000, 1, 4).samples).toBe(2);
  });
});
