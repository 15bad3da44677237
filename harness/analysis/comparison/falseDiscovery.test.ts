import { expect, it } from "vitest";
import { discoveryLimit } from "./falseDiscovery.ts";

it("is stricter the more was looked at, and allows all up to the last that passes", () => {
  expect(discoveryLimit([0.009], 0.01)).toBe(0.009);
  expect(discoveryLimit([0.009, 0.5, 0.6], 0.01)).toBe(-1);
  // The second of its rank passes at 2/4 of the rate, and carries the first, which alone would not.
  expect(discoveryLimit([0.004, 0.0049, 0.3, 0.9], 0.01)).toBe(0.0049);
  expect(discoveryLimit([], 0.01)).toBe(-1);
});
