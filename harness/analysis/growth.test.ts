import { describe, expect, it } from "vitest";
import { en } from "../messages/en.ts";
import { type Growth, growthOf } from "./growth.ts";
import type { Sampled } from "./laws.ts";
import { normals } from "./random.ts";

/** A note in words. */
const told = ({ note }: Pick<Growth, "note">): string => (note ? en.growthNote(note) : "");

const powers = (from: number, count: number): number[] => Array.from({ length: count }, (_, i) => from * 2 ** i);

/** Medians on an H200, 8 heads × 64, ms, of lines with a step. */
const stepped = [
  // Three kernels take 14 µs at least, and eight heads leave the device half empty below n = 1,024.
  { name: "linear attention by chunks", n: powers(16, 10), ms: [0.01426, 0.0146, 0.01568, 0.01578, 0.01624, 0.01704, 0.01978, 0.03431, 0.0612, 0.112] },
  // At n = 16,384 the KV cache has outgrown the device's own.
  { name: "a decode step of softmax attention", n: powers(128, 8), ms: [0.00776, 0.00788, 0.00826, 0.00837, 0.00879, 0.00976, 0.01259, 0.0256] },
  {
    name: "a decode step of softmax attention, half as wide",
    n: powers(128, 9),
    ms: [0.00769, 0.00777, 0.00814, 0.00821, 0.00854, 0.00918, 0.0106, 0.01427, 0.02747],
  },
];

/** Independent log-normal errors of `noise` on each point, and replicates of the same spread. */
const sampled = (xs: readonly number[], law: (x: number) => number, noise = 0, seed = 1): Sampled => {
  const normal = normals(seed);
  const ys = xs.map((x) => law(x) * Math.exp(noise * normal()));
  return { xs, ys, replicates: Array.from({ length: 300 }, () => ys.map((y) => y * Math.exp(noise * normal()))) };
};

const overhead = [
  { name: "50 µs + 0.003 µs·n", law: (n: number) => 50 + 0.003 * n, truth: "O(n)" },
  { name: "50 µs + 0.01 µs·n", law: (n: number) => 50 + 0.01 * n, truth: "O(n)" },
  { name: "200 µs + 0.01 µs·n", law: (n: number) => 200 + 0.01 * n, truth: "O(n)" },
  { name: "50 µs + 4e-7 µs·n²", law: (n: number) => 50 + 4e-7 * n * n, truth: "O(n²)" },
  { name: "50 µs + 0.02 µs·n + 1e-6 µs·n²", law: (n: number) => 50 + 0.02 * n + 1e-6 * n * n, truth: "O(n²)" },
];

describe("a step within a line", () => {
  for (const { name, n, ms } of stepped) {
    it(`makes no parabola of ${name}`, () => {
      const at = new Map(n.map((x, i) => [x, ms[i] ?? 0]));
      for (let count = 7; count <= n.length; count++) {
        for (const noise of [0, 0.005, 0.01, 0.02, 0.03]) {
          const {
            class: law,
            candidates,
            note,
          } = growthOf(
            sampled(n.slice(0, count), (x) => at.get(x) ?? 0, noise),
            "n",
          );
          expect(["undecided", "O(n)", "O(1)"], `${count} values, ${noise} noise: ${told({ note })}`).toContain(law);
          if (candidates.length > 0) expect(candidates).toContain(law === "O(1)" ? "O(1)" : "O(n)");
        }
      }
    });
  }
});

describe("growth above a launch overhead", () => {
  for (const { name, law, truth } of overhead) {
    it(`never misnames ${name}, with noise or without`, () => {
      for (const noise of [0, 0.01, 0.03]) {
        for (let seed = 1; seed <= (noise === 0 ? 1 : 5); seed++)
          expect([truth, "undecided"]).toContain(growthOf(sampled(powers(128, 8), law, noise, seed), "n").class);
      }
    });

    it(`says how far to measure ${name} where it is undecided, and decides there`, () => {
      const short = growthOf(sampled(powers(128, 8), law), "n");
      if (short.class !== "undecided") return expect(short.class).toBe(truth);
      expect(told(short)).toContain("measure up to");
      const further = Math.log2((short.measureUpTo ?? 0) / 128) + 1;
      expect(growthOf(sampled(powers(128, further), law), "n").class).toBe(truth);
    });
  }
});

describe("growth of plain laws", () => {
  const plain = [
    { law: () => 50, truth: "O(1)" },
    { law: (n: number) => n, truth: "O(n)" },
    { law: (n: number) => 10 + 0.05 * n, truth: "O(n)" },
    { law: (n: number) => n * Math.log2(n), truth: "O(n log n)" },
    { law: (n: number) => 10 + 0.02 * n + 1e-4 * n * n, truth: "O(n²)" },
  ];
  it("is named, with up to 2 % of noise", () => {
    for (const { law, truth } of plain) for (const noise of [0, 0.01, 0.02]) expect(growthOf(sampled(powers(128, 8), law, noise), "n").class).toBe(truth);
  });

  it("is not forced on what is none of them", () => {
    for (const law of [(n: number) => Math.log2(n), (n: number) => Math.sqrt(n), (n: number) => n ** 1.5, (n: number) => n ** 3]) {
      expect(growthOf(sampled(powers(128, 8), law, 0.01), "n").class).toBe("undecided");
    }
  });

  it("is not O(1) if the last value leaps", () => {
    expect(
      growthOf(
        sampled(powers(128, 8), (n) => (n > 10_000 ? 65 : 50)),
        "n",
      ).class,
    ).toBe("undecided");
  });
});

describe("a device that is not full at small n", () => {
  it("is named from where it is, with the values that follow the law", () => {
    const filling = growthOf(
      sampled(powers(64, 8), (n) => 10 + 0.05 * Math.max(n, 500), 0.01),
      "n",
    );
    expect(filling.class).toBe("O(n)");
    expect(filling.from).toBeGreaterThan(0);
    expect(told(filling)).toMatch(/^from n = \d+ on$/);
  });

  it("is not called flat for a flat beginning or end", () => {
    expect(
      growthOf(
        sampled(powers(64, 8), (n) => Math.max(50, 0.05 * n)),
        "n",
      ).class,
    ).not.toBe("O(1)");
    expect(
      growthOf(
        sampled(powers(64, 8), (n) => Math.min(100, n)),
        "n",
      ).class,
    ).not.toBe("O(1)");
  });
});

describe("what was fitted", () => {
  it("is exact without noise", () => {
    const { coefficients, exponent } = growthOf(
      sampled(powers(128, 8), (n) => 50 + 0.02 * n + 1e-6 * n * n),
      "n",
    );
    expect(coefficients?.t0.value).toBeCloseTo(50, 6);
    expect(coefficients?.a.value).toBeCloseTo(0.02, 9);
    expect(coefficients?.b.value).toBeCloseTo(1e-6, 12);
    expect(exponent?.value).toBeCloseTo(1.338, 3);
  });

  // Two kinds of noise-free bend that a curve of any sign follows by other slopes than the curve without negative coefficients, which is drawn; and a power, which neither is.
  it.each([
    ["a line that bends down", (n: number) => 50 + 0.05 * n ** 0.97],
    ["a line whose last values are low", (n: number) => (n > 8000 ? 0.8 : 1) * (50 + 0.05 * n)],
    ["a power", (n: number) => 5 + n ** 1.5],
    ["a flat beginning", (n: number) => Math.max(40, 0.1 * n)],
  ])("grows at the last n as its exponent says, and each slope is in its interval: %s", (_, law) => {
    const { exponent, slopes } = growthOf(sampled(powers(128, 8), law, 0.03), "n");
    expect(slopes?.local.at(-1)).toEqual(exponent);
    for (const { value, low, high } of slopes?.local ?? []) {
      expect(value).toBeGreaterThanOrEqual(low);
      expect(value).toBeLessThanOrEqual(high);
    }
  });

  it("has the slopes of the curve that it is told by, at each n", () => {
    const xs = powers(128, 8);
    const { coefficients, slopes } = growthOf(
      sampled(xs, (n) => (n > 8000 ? 0.8 : 1) * (50 + 0.05 * n)),
      "n",
    );
    const [t0, a, b] = [coefficients?.t0.value ?? 0, coefficients?.a.value ?? 0, coefficients?.b.value ?? 0];
    for (const [i, n] of xs.entries()) expect(slopes?.local[i]?.value).toBeCloseTo((a * n + 2 * b * n * n) / (t0 + a * n + b * n * n), 6);
  });

  it("covers the planted coefficients and exponent", () => {
    const truth = { t0: 50, a: 0.02, b: 1e-5 };
    const law = (n: number): number => truth.t0 + truth.a * n + truth.b * n * n;
    const slope = (0.02 * 16384 + 2e-5 * 16384 ** 2) / law(16384);
    const covered = { t0: 0, a: 0, b: 0, exponent: 0 };
    for (let seed = 1; seed <= 40; seed++) {
      const { coefficients, exponent } = growthOf(sampled(powers(128, 8), law, 0.02, seed), "n");
      for (const name of ["t0", "a", "b"] as const)
        if (coefficients && coefficients[name].low <= truth[name] && truth[name] <= coefficients[name].high) covered[name]++;
      if (exponent && exponent.low <= slope && slope <= exponent.high) covered.exponent++;
    }
    for (const count of Object.values(covered)) expect(count).toBeGreaterThanOrEqual(36);
  });
});

describe("too few values", () => {
  it("are undecided, and the note says what is missing", () => {
    expect(
      growthOf(
        sampled([], (n) => n),
        "n",
      ),
    ).toMatchObject({ class: "undecided", coefficients: undefined, measureUpTo: undefined });
    expect(
      told(
        growthOf(
          sampled([64], (n) => n),
          "n",
        ),
      ),
    ).toContain("only 64 was measured");
    const short = growthOf(
      sampled([10, 20, 30, 40, 50], (n) => n),
      "n",
    );
    expect(short).toMatchObject({ class: "undecided", measureUpTo: 80 });
    expect(short.coefficients?.a.value).toBeCloseTo(1, 6);
    expect(
      growthOf(
        sampled(powers(128, 4), (n) => n),
        "n",
      ).class,
    ).toBe("undecided");
  });
});
