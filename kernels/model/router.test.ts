import { describe, expect, it } from "vitest";
import { chosenExperts, sharesOf } from "./router.ts";

const alone = { leastLead: 0.01, swaps: false, followed: undefined };

describe("a router's choice", () => {
  // Their size is 1 or near it.
  const scores = Float64Array.of(0.5, 1.5, 0.498, -1.2, 1.5);
  it("is of the largest scores, the first of equal ones, with the lead of the last", () => {
    const { chosen, lead } = chosenExperts(scores, 3, alone);
    expect(chosen).toEqual([1, 4, 0]);
    expect(lead).toBeGreaterThan(0);
    expect(lead).toBeLessThan(0.01);
    expect(chosenExperts(scores, 5, alone)).toEqual({ chosen: [1, 4, 0, 2, 3], lead: Number.POSITIVE_INFINITY });
  });
  it("takes the next in the place of the last where asked to", () => {
    expect(chosenExperts(scores, 3, { ...alone, swaps: true }).chosen).toEqual([1, 4, 2]);
  });
  it("is a device's where rounding may have preferred it, in any order", () => {
    for (const followed of [
      [4, 2, 1],
      [0, 1, 4],
    ])
      expect(chosenExperts(scores, 3, { ...alone, followed })).toEqual({ chosen: followed, lead: Number.POSITIVE_INFINITY });
  });
  it.each([
    ["a worse expert than rounding makes", [1, 4, 3]],
    ["fewer", [1, 4]],
    ["one twice", [1, 1, 4]],
    ["one that there is not", [1, 4, 7]],
  ])("is its own where a device took %s", (_, followed) => {
    const { chosen, lead } = chosenExperts(scores, 3, { ...alone, followed });
    expect(chosen).toEqual([1, 4, 0]);
    expect(lead).toBeLessThan(0.01);
  });
});

describe("shares of chosen experts", () => {
  // e to 1, and σ(0) = 1/2 to σ(ln 3) = 3/4.
  it.each([
    [[1, 0], {}, [0.7310585786, 0.2689414214]],
    [[Math.log(3), 0], { router: "sigmoid" }, [0.6, 0.4]],
    [[Math.log(3), 0], { router: "sigmoid", routedScale: 2.446 }, [1.4676, 0.9784]],
    [[Math.log(3), 0], { routedScale: 2 }, [1.5, 0.5]],
  ] as const)("of scores %o are, by %o, %o", (scores, routing, expected) => {
    for (const [slot, share] of sharesOf(scores, routing).entries()) expect(share).toBeCloseTo(expected[slot] ?? Number.NaN, 9);
  });
});
