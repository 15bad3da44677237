import { describe, expect, it } from "vitest";
import { meanErrorOf, noiseOf, pooledNoise, sharedDeviations, wideningOf } from "./noise.ts";
import { normals } from "./random.ts";

describe("noise of visits", () => {
  it("is taken apart into that between workers and that of turns within them", () => {
    expect(
      noiseOf([
        [1, 3],
        [5, 7],
      ]),
    ).toEqual({ between: 16, betweenFreedom: 1, within: 4, withinFreedom: 2, betweenWeight: 2 });
    expect(noiseOf([[1, 3]])).toEqual({ between: 0, betweenFreedom: 0, within: 2, withinFreedom: 1, betweenWeight: 0 });
  });

  it("pools by sums and degrees of freedom", () => {
    const one = noiseOf([
      [1, 3],
      [5, 7],
    ]);
    expect(pooledNoise([one, one])).toEqual({ between: 32, betweenFreedom: 2, within: 8, withinFreedom: 4, betweenWeight: 4 });
    expect(pooledNoise([])).toMatchObject({ betweenFreedom: 0, withinFreedom: 0 });
  });
});

describe("what few draws do not show", () => {
  it("is 1 of as many as there are turns of one worker", () => {
    expect(wideningOf([5], noiseOf([[1, 2, 3, 4, 5]]))).toEqual({ shown: expect.closeTo(Math.sqrt(5 / 4), 9), freedom: 4 });
  });

  it("is known by the workers where these differ, and by all visits where they do not", () => {
    const differing = [0, 10, 20].map((centre) => [centre - 1, centre, centre + 1]);
    const alike = [0, 0.1, -0.1].map((centre) => [centre - 1, centre, centre + 1]);
    expect(wideningOf([3, 3, 3], noiseOf(differing)).freedom).toBe(2);
    expect(wideningOf([3, 3, 3], noiseOf(alike)).freedom).toBe(8);
    // Workers and turns are both drawn: of the turns' variance 2/3 show in drawing workers, and 2/3 in drawing turns.
    expect(wideningOf([3, 3, 3], noiseOf(alike)).shown).toBeCloseTo(Math.sqrt(3 / 4), 9);
  });

  it("is more where workers that differ have unequally many visits", () => {
    const noise = noiseOf([
      [0, 0.1],
      [5, 5.1],
      [10, 10.1, 9.9, 10, 10.1, 9.9],
    ]);
    const even = meanErrorOf([10, 10, 10], noise).variance;
    expect(meanErrorOf([4, 4, 22], noise).variance / even).toBeGreaterThan(1.5);
    // Workers' own variance is 25.1, as both ways of adding it up say.
    expect(even).toBeCloseTo((noise.between - 2 * (noise.within / 7)) / noise.betweenWeight / 3 + noise.within / 7 / 30, 9);
  });

  it("is nothing that could be told of a single visit", () => {
    expect(wideningOf([1], noiseOf([[1]]))).toEqual({ shown: 1, freedom: 0 });
  });
});

describe("deviations of cells that are alike", () => {
  const drawn = (count: number, freedom: number, deviation: (i: number) => number): number[] => {
    const normal = normals(5);
    return Array.from(
      { length: count },
      (_, i) => deviation(i) * Math.sqrt(Array.from({ length: freedom }, () => normal() ** 2).reduce((sum, square) => sum + square, 0) / freedom),
    );
  };

  it("are drawn together where they differ by chance alone", () => {
    const own = drawn(12, 3, () => 2);
    const { deviations, freedom } = sharedDeviations(own, 3);
    const spread = (values: readonly number[]): number => Math.max(...values) / Math.min(...values);
    expect(spread(deviations)).toBeLessThan(1.3);
    expect(spread(own)).toBeGreaterThan(2);
    expect(freedom).toBeGreaterThan(20);
  });

  it("are left apart where they differ by more", () => {
    const own = drawn(12, 30, (i) => (i % 2 === 0 ? 1 : 20));
    const { deviations } = sharedDeviations(own, 30);
    for (const [i, value] of deviations.entries()) expect(Math.abs(Math.log(value / (own[i] ?? 1)))).toBeLessThan(Math.log(3));
  });

  it("of one or two cells are their own", () => {
    expect(sharedDeviations([1, 4], 3)).toEqual({ deviations: [1, 4], freedom: 3 });
  });
});
