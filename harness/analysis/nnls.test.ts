import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { dot, nnls } from "./nnls.ts";
import { normals } from "./random.ts";

const columns = (...values: readonly (readonly number[])[]): Float64Array[] => values.map((column) => Float64Array.from(column));

describe("nnls", () => {
  it("solves exactly what lies in the cone", () => {
    const { coefficients, rss } = nnls(columns([1, 1, 1, 1], [1, 2, 3, 4], [1, 4, 9, 16]), Float64Array.from([6, 11, 18, 27]));
    expect(coefficients[0]).toBeCloseTo(3, 9);
    expect(coefficients[1]).toBeCloseTo(2, 9);
    expect(coefficients[2]).toBeCloseTo(1, 9);
    expect(rss).toBeCloseTo(0, 12);
  });

  it("leaves out a column that wants to be negative, and refits the others", () => {
    const { coefficients } = nnls(columns([1, 1, 1], [1, 2, 3]), Float64Array.from([3, 2, 1]));
    expect(coefficients[0]).toBeCloseTo(2, 12);
    expect(coefficients[1]).toBe(0);
  });

  it("of many columns ends where no change of a column would do better (Karush, Kuhn and Tucker)", () => {
    fc.assert(
      fc.property(fc.integer({ min: 4, max: 9 }), fc.integer({ min: 0, max: 12 }), fc.integer(), (size, more, seed) => {
        const normal = normals(seed);
        const rows = size + more;
        const matrix = Array.from({ length: size }, () => Float64Array.from({ length: rows }, normal));
        const target = Float64Array.from({ length: rows }, normal);
        const { coefficients, rss } = nnls(matrix, target);
        const rest = target.map((value, row) => value - matrix.reduce((sum, column, i) => sum + (column[row] ?? 0) * (coefficients[i] ?? 0), 0));
        expect(rss).toBeCloseTo(dot(rest, rest), 9);
        for (const [i, column] of matrix.entries()) {
          expect(coefficients[i]).toBeGreaterThanOrEqual(0);
          if ((coefficients[i] ?? 0) > 0) expect(dot(column, rest)).toBeCloseTo(0, 6);
          else expect(dot(column, rest)).toBeLessThan(1e-6);
        }
      }),
    );
  });

  it("of many columns leaves out one that depends on others", () => {
    const [one, two, three] = columns([1, 2, 3, 4, 5], [1, 1, 1, 1, 1], [0, 1, 0, 2, 1]);
    if (!one || !two || !three) throw new Error("three columns");
    const { rss } = nnls([one, two, three, one.map((value) => 2 * value)], Float64Array.from([3, 5, 7, 9, 11]));
    expect(rss).toBeCloseTo(0, 9);
  });

  it("survives dependent columns and a zero target", () => {
    expect(nnls(columns([1, 1], [2, 2]), Float64Array.from([4, 4])).rss).toBeCloseTo(0, 12);
    expect(nnls(columns([1, 1], [1, 2]), Float64Array.from([0, 0])).coefficients).toEqual([0, 0]);
  });
});
