import { expect, it } from "vitest";
import { residualsOf } from "./residuals.ts";

const exactly = (value: number) => ({ value, low: value, high: value });
const coefficients = { t0: exactly(1), a: exactly(0.5), b: exactly(0.01) };
const at = (x: number): number => 1 + 0.5 * x + 0.01 * x * x;
const point = (x: number, off: number) => ({ x, y: at(x) * (1 + off), low: 0, high: 0 });

it("tells how far points lie from their curve, the middle of it and the worst, which may lie below", () => {
  const residuals = residualsOf({ coefficients, points: [point(10, 0.02), point(20, -0.05), point(40, 0)] });
  expect(residuals?.points.map(({ x, off }) => [x, Math.round(off * 1e6) / 1e6 + 0])).toEqual([
    [10, 0.02],
    [20, -0.05],
    [40, 0],
  ]);
  expect(residuals?.middle).toBeCloseTo(0.02, 12);
  expect(residuals?.worst.x).toBe(20);
  expect(residuals?.worst.off).toBeCloseTo(-0.05, 12);
});

it("tells nothing without a curve, without a point, and where the curve is 0", () => {
  expect(residualsOf({ coefficients: undefined, points: [point(10, 0)] })).toBeUndefined();
  expect(residualsOf({ coefficients, points: [] })).toBeUndefined();
  expect(residualsOf({ coefficients: { t0: exactly(0), a: exactly(0), b: exactly(0) }, points: [point(10, 0)] })).toBeUndefined();
});
