import { describe, expect, it } from "vitest";
import { normals } from "../../kernels/random.ts";
import { uniforms } from "./random.ts";
import { mean, median, medianInPlace, pairwiseScale, percentileInterval, quantileSorted, studentRatio } from "./statistics.ts";

describe("median", () => {
  it("is the middle, or the mean of the two middle values", () => {
    expect(median([3, 1, 2])).toBe(2);
    expect(median([4, 1, 3, 2])).toBe(2.5);
    expect(median([7])).toBe(7);
    expect(median([])).toBeNaN();
  });

  it("agrees with sorting for any length, with ties", () => {
    const uniform = uniforms(7);
    for (let length = 1; length < 60; length++) {
      const values = Float64Array.from({ length }, () => Math.floor(uniform() * 12));
      const sorted = values.toSorted();
      expect(medianInPlace(values, length)).toBe(quantileSorted(sorted, 0.5));
    }
  });
});

describe("quantileSorted", () => {
  it("runs straight between neighbours", () => {
    expect(quantileSorted([0, 10, 20], 0.25)).toBe(5);
    expect(quantileSorted([0, 10, 20], 1)).toBe(20);
  });
});

describe("percentileInterval", () => {
  it("holds the estimate even where no replicate does", () => {
    expect(percentileInterval(1, [2, 3, 4])).toMatchObject({ value: 1, low: 1 });
    expect(percentileInterval(5, [2, 3, 4])).toMatchObject({ value: 5, high: 5 });
  });

  it("agrees with sorting for any length, with ties, infinities and NaN", () => {
    const uniform = uniforms(11);
    const odd = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN];
    for (let length = 1; length < 200; length++) {
      const values = Float64Array.from({ length }, () => (uniform() < 0.004 ? (odd[Math.floor(uniform() * 3)] ?? 0) : Math.floor(uniform() * 40) - 20));
      const sorted = values.toSorted();
      const [low, high] = [quantileSorted(sorted, 0.025), quantileSorted(sorted, 0.975)];
      expect(percentileInterval(0, values)).toEqual({ value: 0, low: Math.min(0, low), high: Math.max(0, high) });
    }
  });

  it("reorders nothing of what it was given", () => {
    const values = [3, 1, 2];
    percentileInterval(2, values);
    expect(values).toEqual([3, 1, 2]);
  });
});

describe("studentRatio", () => {
  it("is wide for few and tends to 1", () => {
    expect(studentRatio(1)).toBeCloseTo(6.48, 2);
    expect(studentRatio(10)).toBeCloseTo(1.137, 3);
    // t(11) = 2.201, from tables.
    expect(studentRatio(11) * 1.96).toBeCloseTo(2.201, 1);
    expect(studentRatio(1e6)).toBeCloseTo(1, 4);
  });
});

describe("pairwiseScale", () => {
  it("is the standard deviation of few normal values on average, and at most three of it where half of them lie elsewhere", () => {
    const draws = 400;
    const scaleOf = (count: number, elsewhere: number): number => {
      const all = normals(count * draws, count, "scale");
      const of = (draw: number) => Array.from({ length: count }, (_, i) => (all[draw * count + i] ?? 0) + (i < elsewhere ? 50 : 0));
      return mean(Array.from({ length: draws }, (_, draw) => pairwiseScale(of(draw))));
    };
    for (const count of [6, 7, 8, 12, 24]) expect(Math.abs(scaleOf(count, 0) - 1)).toBeLessThan(0.1);
    for (const count of [8, 12, 24]) expect(scaleOf(count, count / 2)).toBeLessThan(3);
  });
});
