import { describe, expect, it } from "vitest";
import { nnls } from "./nnls.ts";

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

  it("survives dependent columns and a zero target", () => {
    expect(nnls(columns([1, 1], [2, 2]), Float64Array.from([4, 4])).rss).toBeCloseTo(0, 12);
    expect(nnls(columns([1, 1], [1, 2]), Float64Array.from([0, 0])).coefficients).toEqual([0, 0]);
  });
});
