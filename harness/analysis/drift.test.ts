import { describe, expect, it } from "vitest";
import { analyse } from "./analysis.ts";
import { turnShifts } from "./drift.ts";
import { type Planted, plantedRun } from "./planted.ts";

const ns = [128, 256, 512, 1024, 2048, 4096, 8192, 16384];
const arms = [
  { label: "softmax", family: "softmax", ms: (n: number) => 0.1 + 1e-3 * n, bytes: (n: number) => 2048 * n },
  { label: "linear", family: "linear", ms: () => 0.2, bytes: () => 131072, claim: { time: "O(1)", stateBytes: "O(1)" } },
] as const satisfies Planted["arms"];
/** of 0.1 + 1e-3 n at the largest n */
const slope = 16.384 / 16.484;

describe("turnShifts", () => {
  const visit = (turn: number, ms: number) => ({ worker: 0, turn, k: 1, gpuMs: [ms], wallMs: [ms] });

  it("finds what each turn did to all cells, whatever a single cell did", () => {
    const factors = [1, 1, 2, 1, 0.5];
    const cells = [1, 10, 100, 1000].map((ms) => factors.map((factor, turn) => visit(turn, ms * factor)));
    const disturbed = [...cells.slice(1), [...(cells[0] ?? []).slice(0, 4), visit(4, 400)]];
    for (const table of [cells, disturbed]) {
      const shifts = turnShifts(table, "gpu");
      for (const [turn, factor] of factors.entries()) expect(Math.exp(shifts.get(turn) ?? Number.NaN)).toBeCloseTo(factor, 9);
    }
  });

  it("says nothing of few cells or few turns", () => {
    expect(turnShifts([[visit(0, 1)], [visit(0, 2)]], "gpu").size).toBe(0);
    expect(
      turnShifts(
        Array.from({ length: 8 }, () => [visit(0, 1), visit(1, 2)]),
        "gpu",
      ).size,
    ).toBe(0);
  });
});

describe("a machine that is slow for a while", () => {
  it("hides no law: what all cells share is not noise of one", () => {
    const { fits, cells } = analyse(plantedRun({ ns, arms, drift: 0.4, noise: [0, 0.02, 0.02], workers: 3, turns: 5 }));
    const time = fits.filter(({ metric }) => metric === "time");
    expect(time.map((fit) => fit.class)).toEqual(["O(n)", "O(1)"]);
    const summary = cells.at(-2)?.summary;
    expect((summary?.highMs ?? 0) / (summary?.lowMs ?? 1)).toBeGreaterThan(1.3);
    // A coefficient is in ms, so it keeps the drift.
    const a = time[0]?.coefficients?.a;
    expect((a?.high ?? 0) / (a?.low ?? 1)).toBeGreaterThan(1.3);
  });

  it("leaves intervals of exponents that cover the truth in at least 93 % of runs", () => {
    for (const drift of [0, 0.3]) {
      let covered = 0;
      for (let seed = 1; seed <= 60; seed++) {
        const { fits } = analyse(plantedRun({ ns, arms: arms.slice(0, 1), drift, noise: [0.02, 0.04, 0.03], samples: 3, seed, workers: 3, turns: 6 }));
        const exponent = fits[0]?.exponent;
        if (exponent && exponent.low <= slope && slope <= exponent.high) covered++;
      }
      expect(covered / 60).toBeGreaterThanOrEqual(0.93);
    }
  });

  it("leaves n* where it is", () => {
    let covered = 0;
    for (let seed = 1; seed <= 40; seed++) {
      const { crossovers } = analyse(
        plantedRun({ ns, arms: [{ ...arms[0], ms: (n) => 0.05 + 1e-4 * n }, arms[1]], drift: 0.3, noise: [0, 0.04, 0.03], samples: 3, seed, turns: 6 }),
      );
      const [{ outcome, n } = { outcome: "undecided", n: undefined }] = crossovers;
      if (outcome === "crosses" && n && n.low <= 1500 && 1500 <= n.high) covered++;
    }
    expect(covered / 40).toBeGreaterThanOrEqual(0.93);
  });
});
