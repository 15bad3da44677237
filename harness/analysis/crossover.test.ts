import { describe, expect, it } from "vitest";
import type { Crossover } from "../record/derived.ts";
import { analyse } from "./analysis.ts";
import { type Planted, plantedRun } from "./planted.ts";

const ns = [256, 512, 1024, 2048, 4096, 8192, 16384];

const crossoverOf = (softmaxMs: (n: number) => number, linearMs: (n: number) => number, rest: Partial<Planted> = {}): Crossover => {
  const arms = [
    { label: "softmax", family: "softmax", ms: softmaxMs, bytes: (n: number) => 2048 * (n + 1) },
    { label: "linear", family: "linear", ms: linearMs, bytes: () => 65536 },
  ] as const;
  const [time] = analyse(plantedRun({ ns, arms, ...rest })).crossovers;
  if (!time) throw new Error("no crossover");
  return time;
};

describe("n* in time", () => {
  it("is found between measured n, close to the truth without noise", () => {
    const found = crossoverOf(
      (n) => 50 + 0.01 * n,
      () => 70,
    );
    expect(found.outcome).toBe("crosses");
    expect(found.n?.value).toBeGreaterThan(1900);
    expect(found.n?.value).toBeLessThan(2100);
    expect(found).toMatchObject({ between: ["softmax", "linear"], metric: "time", range: [256, 16384], series: { dModel: 256, heads: 4, headDim: 64 } });
  });

  it("has an interval that covers the truth in at least 93 % of noisy runs", () => {
    const truth = 3000;
    let covered = 0;
    let decided = 0;
    for (let seed = 1; seed <= 60; seed++) {
      const { outcome, n } = crossoverOf(
        (n0) => 50 + 1e-5 * n0 * n0,
        (n0) => 50 + 1e-5 * truth * n0,
        { noise: [0.01, 0.02, 0.02], seed, samples: 4 },
      );
      if (outcome !== "crosses" || !n) continue;
      decided++;
      if (n.low <= truth && truth <= n.high) covered++;
    }
    expect(decided).toBeGreaterThan(40);
    expect(covered / decided).toBeGreaterThanOrEqual(0.93);
  });

  it("comes with the n from which on the linear arm is so many times as fast, ascending, steps of tiles or not", () => {
    for (const step of [(n: number) => n, (n: number) => 256 * 2 ** Math.round(Math.log2(n / 256) * 0.9)]) {
      const { advantages = [] } = crossoverOf(
        (n) => 10 + 0.01 * step(n) * (n > 2000 ? 1.4 : 1),
        () => 15,
        { noise: [0.002, 0.005, 0.005] },
      );
      expect(advantages.map(({ ratio }) => ratio).slice(0, 2)).toEqual([1.1, 2]);
      const ns = advantages.map(({ n }) => n.value);
      expect([...ns].sort((one, other) => one - other)).toEqual(ns);
    }
  });

  it("tells already and none from a crossing", () => {
    expect(
      crossoverOf(
        (n) => 50 + 0.01 * n,
        () => 20,
      ),
    ).toMatchObject({ outcome: "already", n: undefined, crossings: [] });
    expect(
      crossoverOf(
        (n) => 50 + 0.01 * n,
        () => 5000,
      ),
    ).toMatchObject({ outcome: "none", n: undefined });
  });

  it("is undecided where the arms are alike, or too close at an end", () => {
    expect(
      crossoverOf(
        (n) => n,
        (n) => n,
        { noise: [0.01, 0.02, 0.02] },
      ).outcome,
    ).toBe("undecided");
    const open = crossoverOf(
      (n) => 50 + 0.01 * n,
      () => 50 + 0.0101 * 16384,
      { noise: [0.01, 0.02, 0.02] },
    );
    expect(open).toMatchObject({ outcome: "undecided", n: undefined });
    expect(open.note).toContain("measure beyond n = 16,384");
  });

  it("names every crossing where there are several, and an order that turns the other way", () => {
    const wave = crossoverOf(
      (n) => (n === 1024 ? 3 : n > 4096 ? 4 : 1),
      () => 2,
    );
    expect(wave.outcome).toBe("many");
    expect(wave.crossings).toHaveLength(3);
    const back = crossoverOf(
      () => 2,
      (n) => (n < 2048 ? 1 : 4),
    );
    expect(back.outcome).toBe("many");
    expect(back.note).toContain("above beyond");
  });

  it("needs two n that both arms have", () => {
    expect(
      crossoverOf(
        (n) => n,
        () => 100,
        { ns: [512] },
      ),
    ).toMatchObject({ outcome: "undecided", range: [512, 512] });
  });
});

describe("n* in state bytes", () => {
  const bytesOf = (bytes: (n: number) => number, state: number): Crossover | undefined => {
    const arms = [
      { label: "softmax", family: "softmax", ms: () => 1, bytes },
      { label: "linear", family: "linear", ms: () => 1, bytes: () => state },
    ] as const;
    return analyse(plantedRun({ ns: [8, 16, 64, 128], arms })).crossovers.find(({ metric }) => metric === "stateBytes");
  };

  it("is exact", () => {
    expect(bytesOf((n) => 2048 * (n + 1), 65536)).toMatchObject({ outcome: "crosses", n: { value: 31, low: 31, high: 31 }, crossings: [31] });
  });

  it("is already, or none", () => {
    expect(bytesOf((n) => 2048 * (n + 1), 64)?.outcome).toBe("already");
    expect(bytesOf((n) => 2048 * (n + 1), 2 ** 30)?.outcome).toBe("none");
    expect(bytesOf(() => 64, 64)?.outcome).toBe("none");
  });

  it("is at the latest where all beyond is clear, if only the smallest n is too close to tell", () => {
    const { outcome, atLatest } = crossoverOf(
      (n) => 50 + 0.01 * Math.max(0, n - 256),
      () => 50,
      { noise: [0, 0.005, 0.005] },
    );
    expect({ outcome, atLatest }).toEqual({ outcome: "undecided", atLatest: 512 });
  });

  it("is at the latest behind the last n that is too close, whatever was clear before", () => {
    const at = (upperMs: (n: number) => number) => {
      const { outcome, atLatest } = crossoverOf(upperMs, () => 50, { noise: [0, 0.005, 0.005] });
      return { outcome, atLatest };
    };
    expect(at((n) => (n === 512 || n > 1024 ? 60 : 50))).toEqual({ outcome: "undecided", atLatest: 2048 });
    expect(at((n) => (n > 1024 ? 60 : n === 512 ? 40 : 50))).toEqual({ outcome: "undecided", atLatest: 2048 });
  });
});
