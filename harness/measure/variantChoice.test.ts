import { expect, test } from "vitest";
import { normals } from "../../kernels/random.ts";
import { chooseVariant, sameTiles } from "./variantChoice.ts";

test("the default stays where no other is clearly faster", () => {
  expect(chooseVariant([[10, 10, 10, 10]])).toBe(0);
  expect(
    chooseVariant([
      [10, 10, 10, 10],
      [9.8, 9.8, 9.8, 9.8],
    ]),
  ).toBe(0);
  // Faster in the median, but in no more than half of the rounds.
  expect(
    chooseVariant([
      [10, 10, 10, 10],
      [9, 9, 11, 11],
    ]),
  ).toBe(0);
});

test("the fastest takes its place, round by round, whatever slows a whole round", () => {
  const slow = [1, 5, 1, 20, 2];
  expect(chooseVariant([slow.map((f) => 10 * f), slow.map((f) => 9 * f), slow.map((f) => 8 * f), slow.map((f) => 12 * f)])).toBe(2);
});

test("a variant that failed is out, the default too", () => {
  expect(chooseVariant([undefined, [3, 3], [2, 2]])).toBe(2);
  expect(chooseVariant([undefined, [], undefined])).toBe(1);
  expect(chooseVariant([undefined, undefined])).toBeUndefined();
  expect(chooseVariant([[5, 5], undefined])).toBe(0);
});

test("noise of 5 % alone moves the choice in fewer than one of ten draws", () => {
  const draws = Array.from({ length: 200 }, (_, seed) => {
    const noise = normals(24, seed, "rounds");
    return chooseVariant([0, 1].map((variant) => Array.from({ length: 12 }, (_, round) => 10 * Math.exp(0.05 * (noise[variant * 12 + round] ?? 0)))));
  });
  expect(draws.filter((chosen) => chosen !== 0).length).toBeLessThan(20);
});

test("tiles are compared by value, in any order", () => {
  expect(sameTiles({ path: "rows", rows: 4 }, { rows: 4, path: "rows" })).toBe(true);
  expect(sameTiles({ rows: 4 }, { rows: 4, keys: 8 })).toBe(false);
  expect(sameTiles({ rows: 4 }, { rows: 8 })).toBe(false);
});
