import { expect, it } from "vitest";
import { fixedFivePercent, mannWhitney } from "./gateRivals.ts";

it("a fixed limit asks the medians, Mann and Whitney's test the ranks", () => {
  const base = [1, 2, 3, 4, 5, 6, 7, 8];
  expect(fixedFivePercent(base, base)).toBe(false);
  expect(fixedFivePercent([1, 1, 1], [1.06, 1.06, 1])).toBe(true);
  expect(mannWhitney(base, base)).toBe(false);
  // U = 0 of 8 against 8: z = 32 / √(8·8·17/12) = 3.36, p = 0.0008.
  expect(
    mannWhitney(
      base,
      base.map((value) => value + 8),
    ),
  ).toBe(true);
  expect(
    mannWhitney(
      base.map((value) => value + 8),
      base,
    ),
  ).toBe(false);
  // Two against two reach no 5 %.
  expect(mannWhitney([1, 2], [3, 4])).toBe(false);
  expect(mannWhitney([1, 1, 1, 1], [1, 1, 1, 1])).toBe(false);
});
