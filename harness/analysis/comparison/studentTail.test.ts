import { describe, expect, it } from "vitest";
import { studentQuantile, studentTail } from "./studentTail.ts";

describe("Student's t", () => {
  it("has the tails of printed tables", () => {
    for (const [freedom, t, p] of [
      [1, 12.706, 0.05],
      [2, 9.925, 0.01],
      [5, 2.571, 0.05],
      [10, 3.169, 0.01],
      [30, 3.646, 0.001],
      [1e6, 1.95996, 0.05],
    ] as const) {
      expect(studentTail(t, freedom)).toBeCloseTo(p, 4);
      expect(studentQuantile(p, freedom)).toBeCloseTo(t, 2);
    }
  });

  it("is 1 at 0, falls, is exact where a formula is (ν = 1 and 2), and tells far tails", () => {
    expect(studentTail(0, 3)).toBe(1);
    expect(studentTail(7, 1)).toBeCloseTo(1 - (2 / Math.PI) * Math.atan(7), 10);
    expect(studentTail(3, 2)).toBeCloseTo(1 - 3 / Math.sqrt(11), 10);
    expect(studentTail(6, 1e6)).toBeGreaterThan(1.9e-9);
    expect(studentTail(6, 1e6)).toBeLessThan(2e-9);
    expect(studentTail(5, 0)).toBe(1);
  });
});
