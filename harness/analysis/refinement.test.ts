import { describe, expect, test } from "vitest";
import { isTight, lengthsAround, mostRounds } from "./refinement.ts";

const doublings = [32, 64, 128, 256, 512, 1024];
const wanted = { share: 0.05, tile: 1 };

describe("isTight", () => {
  test("by its share", () => {
    expect(isTight({ value: 200, low: 191, high: 209 }, wanted)).toBe(true);
    expect(isTight({ value: 200, low: 180, high: 209 }, wanted)).toBe(false);
  });

  test("one tile wide, whatever its share", () => {
    expect(isTight({ value: 200, low: 170, high: 230 }, { share: 0.01, tile: 64 })).toBe(true);
    expect(isTight({ value: 200, low: 170, high: 240 }, { share: 0.01, tile: 64 })).toBe(false);
  });
});

describe("lengthsAround", () => {
  test("an n* between two doublings gets measured n on both sides, however tight its interval is", () => {
    const added = lengthsAround({ value: 180, low: 178, high: 182 }, doublings, wanted, 0);
    expect(added).toEqual([157, 180, 207, 238]);
    expect(
      lengthsAround(
        { value: 180, low: 178, high: 182 },
        [...doublings, ...added].sort((a, b) => a - b),
        wanted,
        1,
      ),
    ).toEqual([]);
  });

  test("a wide interval gets more in each round, closer together, and an end of rounds", () => {
    const wide = { value: 180, low: 120, high: 260 };
    let measured: readonly number[] = doublings;
    for (let round = 0; round < mostRounds; round++) {
      const added = lengthsAround(wide, measured, wanted, round);
      expect(added.length).toBeGreaterThan(0);
      measured = [...measured, ...added].sort((a, b) => a - b);
      expect(new Set(measured).size).toBe(measured.length);
    }
    expect(lengthsAround(wide, measured, wanted, mostRounds)).toEqual([]);
  });

  test("whole tiles, within the range", () => {
    expect(lengthsAround({ value: 170, low: 100, high: 300 }, doublings, { share: 0.05, tile: 64 }, 0)).toEqual([192]);
    expect(lengthsAround({ value: 34, low: 20, high: 60 }, doublings, wanted, 0).every((n) => n > 32)).toBe(true);
    // Three n of 64 tokens apart leave nothing to add to an n* among them.
    expect(lengthsAround({ value: 170, low: 150, high: 190 }, [128, 192, 256], { share: 0.05, tile: 64 }, 1)).toEqual([]);
  });
});
