import { describe, expect, it } from "vitest";
import { normals, uniformStream } from "./random.ts";

const moments = (values: Float32Array): { mean: number; variance: number; fourth: number } => {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const central = (power: number): number => values.reduce((sum, value) => sum + (value - mean) ** power, 0) / values.length;
  return { mean, variance: central(2), fourth: central(4) };
};

describe("seeded inputs", () => {
  it("are the same for the same seed and name, and others for others", () => {
    expect(normals(8, 1, "q")).toEqual(normals(8, 1, "q"));
    expect(normals(8, 1, "q")).not.toEqual(normals(8, 2, "q"));
    expect(normals(8, 1, "q")).not.toEqual(normals(8, 1, "k"));
    expect(normals(9, 1, "q").subarray(0, 8)).toEqual(normals(8, 1, "q"));
  });

  it("have the moments of N(0, 1), and tensors of one seed are independent", () => {
    const q = normals(200_000, 3, "q");
    const k = normals(200_000, 3, "k");
    const { mean, variance, fourth } = moments(q);
    expect(Math.abs(mean)).toBeLessThan(0.01);
    expect(variance).toBeCloseTo(1, 1);
    expect(fourth).toBeCloseTo(3, 0);
    expect(Math.abs(q.reduce((sum, value, i) => sum + value * (k[i] ?? 0), 0) / q.length)).toBeLessThan(0.01);
    expect(Math.abs(q.subarray(1).reduce((sum, value, i) => sum + value * (q[i] ?? 0), 0) / q.length)).toBeLessThan(0.01);
  });

  it("stay inside (0, 1) where they are uniform", () => {
    const uniform = uniformStream(5, "beta");
    const values = Array.from({ length: 10_000 }, uniform);
    expect(Math.min(...values)).toBeGreaterThan(0);
    expect(Math.max(...values)).toBeLessThan(1);
  });
});
