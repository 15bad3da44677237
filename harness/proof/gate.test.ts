import { expect, it } from "vitest";
import { counted } from "./gate.ts";

/** Clopper and Pearson's one-sided 95 % bounds, by another way: where the beta distribution's tail is 5 % (lgamma in float64). */
it.each([
  [0, 3, 0.63159685],
  [0, 36, 0.07984651],
  [0, 108, 0.02735709],
  [1, 36, 0.12511621],
  [15, 36, 0.56691439],
  [5, 100, 0.10225338],
  [1, 1000, 0.00473499],
  [139, 1000, 0.15828431],
  // (1 − p)^1000 is too small for a number of its own.
  [662, 1000, 0.68672751],
  [1000, 1000, 1],
])("%i of %i may be a share of %f", (count, all, upTo) => {
  const told = counted(Array.from({ length: all }, (_, i) => i < count));
  expect([told.count, told.all]).toEqual([count, all]);
  expect(told.upTo).toBeCloseTo(upTo, 7);
});
