import { describe, expect, it } from "vitest";
import { duetPlan } from "./duetSchedule.ts";

describe("duetPlan", () => {
  it("has as many pairs of processes as two fifths of the time can prepare, three at least", () => {
    expect(duetPlan(180_000, 5_000, 500)).toEqual({ pairs: 14, samples: 4 });
    expect(duetPlan(180_000, 60_000, 500)).toEqual({ pairs: 3, samples: 8 });
    expect(duetPlan(180_000, 1_000, 500).pairs).toBe(16);
  });

  it("gives each pair four turns before it gives a visit more samples", () => {
    // 16 pairs of (180 − 15 · 1) / 16 s: 4 turns of 2 samples and a half each.
    expect(duetPlan(180_000, 1_000, 1_000).samples).toBe(2);
    expect(duetPlan(180_000, 1_000, 5_000).samples).toBe(1);
    expect(duetPlan(180_000, 1_000, 1).samples).toBe(8);
  });
});
