import { describe, expect, it } from "vitest";
import { givingWay, residentBudget } from "./residency.ts";

/** Visits `rounds` rounds of cells of these bytes; how many bytes had to be filled after the first round. */
const refills = (sizes: readonly number[], budget: number, rounds: number): number => {
  const cells = sizes.map((bytes, cell) => ({ cell, bytes, usedAt: 0, resident: false }));
  let uses = 0;
  let filled = 0;
  for (let round = 0; round < rounds; round++) {
    for (const cell of cells) {
      cell.usedAt = ++uses;
      if (cell.resident) continue;
      const others = cells.filter(({ resident }) => resident);
      for (const other of givingWay(others, cell.bytes, budget, uses, cells.length)) other.resident = false;
      cell.resident = true;
      if (round > 0) filled += cell.bytes;
    }
  }
  return filled;
};

describe("buffers that stay between visits", () => {
  it("all stay where all fit", () => {
    expect(refills([1, 2, 4, 8], 15, 10)).toBe(0);
  });

  it("are filled anew for as few visits as a round allows where one is too many", () => {
    // Of four alike three fit: by the longest unused, all 36 visits would fill.
    expect(refills([1, 1, 1, 1], 3, 10)).toBeLessThanOrEqual(18);
    // And where they double in size, of 9 · 31 bytes.
    expect(refills([1, 2, 4, 8, 16], 24, 10)).toBeLessThanOrEqual(0.6 * 9 * 31);
  });

  it("give way when their cell is no longer visited", () => {
    const left = { bytes: 1, usedAt: 1 };
    const [newer, newest] = [
      { bytes: 1, usedAt: 98 },
      { bytes: 1, usedAt: 99 },
    ];
    expect(givingWay([left, newer, newest], 1, 3, 100, 3)).toEqual([left]);
    expect(givingWay([left, newer, newest], 2, 3, 100, 3)).toEqual([left, newest]);
  });

  it("give way to one that is larger than the budget", () => {
    expect(givingWay([{ bytes: 1, usedAt: 1 }], 100, 10, 2, 2)).toHaveLength(1);
  });

  it("are more on a GPU whose machine has the memory", () => {
    const gib = 2 ** 30;
    expect([
      residentBudget(gib, true, 64 * gib),
      residentBudget(gib, false, 4 * gib),
      residentBudget(gib, false, 16 * gib),
      residentBudget(gib, false, 128 * gib),
    ]).toEqual([gib, gib, 2 * gib, 4 * gib]);
  });
});
