import { describe, expect, it } from "vitest";
import type { Measurement } from "../record/measurements.ts";
import { fitCurves } from "./curves.ts";
import { normals } from "./random.ts";

const powers = (from: number, count: number): number[] => Array.from({ length: count }, (_, i) => from * 2 ** i);

interface Plan {
  readonly xs?: readonly number[];
  readonly samples?: number;
  readonly noise?: number;
  readonly seed?: number;
}

const measured = (group: string, law: (n: number) => number, { xs = powers(64, 9), samples = 1, noise = 0, seed = 1 }: Plan = {}): Measurement[] => {
  const normal = normals(seed * 7919 + group.length);
  return xs.flatMap((x) => Array.from({ length: samples }, () => ({ group, x, y: law(x) * Math.exp(noise * normal()) })));
};

describe("curves of anyone's", () => {
  const laws = [
    { law: () => 3, truth: "O(1)" },
    { law: (n: number) => 2 + 5 * Math.log2(n), truth: "O(log n)" },
    { law: (n: number) => 1 + 0.01 * n, truth: "O(n)" },
    { law: (n: number) => 0.01 * n * Math.log2(n), truth: "O(n log n)" },
    { law: (n: number) => 1 + 0.01 * n + 1e-4 * n * n, truth: "O(n²)" },
    { law: (n: number) => 1 + 1e-7 * n ** 3, truth: "O(n³)" },
  ] as const;

  it("are named, of single values without noise and of samples with 2 %", () => {
    for (const { law, truth } of laws) {
      expect(fitCurves(measured("curve", law)).groups[0]?.class).toBe(truth);
      expect(fitCurves(measured("curve", law, { samples: 9, noise: 0.02 })).groups[0]?.class).toBe(truth);
    }
  });

  it("are never misnamed with 5 % of noise", () => {
    for (const { law, truth } of laws)
      for (let seed = 1; seed <= 6; seed++)
        for (const samples of [1, 5])
          expect([truth, "undecided"]).toContain(fitCurves(measured("curve", law, { samples, noise: 0.05, seed })).groups[0]?.class);
  });

  it("have the local exponent at the largest x", () => {
    for (const { law } of laws) {
      const x = 64 * 2 ** 8;
      const truth = (Math.log(law(x * 1.001)) - Math.log(law(x / 1.001))) / (2 * Math.log(1.001));
      const [exact, noisy] = [fitCurves(measured("curve", law)), fitCurves(measured("curve", law, { samples: 9, noise: 0.02, seed: 3 }))].map(
        ({ groups }) => groups[0]?.exponent,
      );
      expect(exact?.value).toBeCloseTo(truth, 2);
      expect(noisy?.low).toBeLessThan(truth + 1e-6);
      expect(noisy?.high).toBeGreaterThan(truth - 1e-6);
    }
  });

  it("are undecided with fewer than seven values, or over too short a range, and say what to measure", () => {
    expect(fitCurves(measured("curve", (n) => n, { xs: powers(64, 6) })).groups[0]).toMatchObject({
      class: "undecided",
      note: expect.stringContaining("at least 7 values"),
    });
    expect(fitCurves(measured("curve", (n) => n, { xs: [10, 11, 12, 13, 14, 15, 16, 17] })).groups[0]).toMatchObject({ class: "undecided", measureUpTo: 80 });
  });
});

describe("rows that were copied", () => {
  it("narrow no interval", () => {
    const once = measured("curve", (n) => 1 + 0.01 * n, { noise: 0.05 });
    expect(fitCurves([...once, ...once]).groups[0]?.exponent).toEqual(fitCurves(once).groups[0]?.exponent);
  });
});

describe("where curves cross", () => {
  const softmax = (n: number): number => 0.02 + 1e-6 * n * n;
  const linear = (n: number): number => 0.05 + 3e-4 * n;
  const truth = (3e-4 + Math.sqrt(9e-8 + 4 * 1e-6 * 0.03)) / 2e-6;

  it("is found whichever comes first, and at other x for each", () => {
    for (const measurements of [
      [...measured("softmax", softmax), ...measured("linear", linear)],
      [...measured("linear", linear), ...measured("softmax", softmax)],
      [...measured("linear", linear, { xs: powers(100, 8) }), ...measured("softmax", softmax)],
    ]) {
      const [crossing] = fitCurves(measurements).crossings;
      expect(crossing).toMatchObject({ between: ["softmax", "linear"], outcome: "crosses" });
      expect(crossing?.n?.value).toBeCloseTo(truth, 0);
    }
  });

  it("is within its interval in most noisy files", () => {
    for (const samples of [1, 7]) {
      let covered = 0;
      for (let seed = 1; seed <= 40; seed++) {
        const [crossing] = fitCurves([
          ...measured("softmax", softmax, { samples, noise: 0.05, seed }),
          ...measured("linear", linear, { samples, noise: 0.05, seed: seed + 1000 }),
        ]).crossings;
        if (crossing?.n && crossing.n.low <= truth && truth <= crossing.n.high) covered++;
      }
      expect(covered).toBeGreaterThanOrEqual(36);
    }
  });

  it("is already or none where one is below throughout, and many where they change twice", () => {
    const plan = { samples: 5, noise: 0.01 };
    const outcome = (law: (n: number) => number): string | undefined =>
      fitCurves([...measured("softmax", softmax, plan), ...measured("other", law, plan)]).crossings[0]?.outcome;
    expect(outcome((n) => 0.001 + 1e-6 * n)).toBe("already");
    expect(outcome((n) => 1000 + 1e-6 * n)).toBe("none");
    expect(outcome((n) => softmax(n) * (n > 200 && n < 2000 ? 1.5 : 0.7))).toBe("many");
  });
});

describe("curves that are no law", () => {
  const found = (law: (n: number) => number, noise: number) => fitCurves(measured("a", law, { xs: powers(64, 8), noise, seed: 3 })).groups[0];

  it.each([0, 0.02, 0.05])("get no class at %f noise, and are told by their power", (noise) => {
    for (const power of [0.5, 1.5, 1.7, 2.5]) expect([power, found((n) => n ** power, noise)?.class]).toEqual([power, "undecided"]);
    expect(found((n) => n ** 1.7, noise)?.note).toMatch(/they grow like a power of 1\.[67]/);
    expect(found((n) => n ** 2 * Math.log2(n), noise)?.class).toBe("undecided");
  });

  it("nor where only the largest show any growth, nor where growth levels off", () => {
    expect(found((n) => Math.max(5000, n), 0.02)).toMatchObject({ class: "undecided", candidates: [] });
    expect(found((n) => 10 + (100 * n) / (n + 800), 0.02)?.class).toBe("undecided");
  });
});
