import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fromHalf, toHalf } from "./half.ts";

const patterns = Array.from({ length: 65536 }, (_, bits) => bits);
const isNaNPattern = (bits: number): boolean => (bits & 0x7c00) === 0x7c00 && (bits & 1023) !== 0;

describe("binary16", () => {
  it("comes back from f32 as the same 16 bits, all 65536 of them; a NaN as a NaN", () => {
    const wrong = patterns.filter((bits) => toHalf(Math.fround(fromHalf(bits))) !== (isNaNPattern(bits) ? 0x7e00 : bits));
    expect(wrong).toEqual([]);
    expect(patterns.filter((bits) => Number.isNaN(fromHalf(bits)))).toEqual(patterns.filter(isNaNPattern));
  });

  it("is exact in f32", () => expect(patterns.filter((bits) => !Object.is(Math.fround(fromHalf(bits)), fromHalf(bits)))).toEqual([]));

  it("grows with its bits, from −infinity over both zeros to infinity", () => {
    const ascending = [...patterns.slice(0x8000, 0xfc01).reverse(), ...patterns.slice(0, 0x7c01)].map(fromHalf);
    expect(ascending.filter((value, i) => i > 0 && value < (ascending[i - 1] ?? 0))).toEqual([]);
    expect([ascending[0], ascending.at(-1)]).toEqual([Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY]);
  });

  it.each([
    [0, 0],
    [-0, 0x8000],
    [1, 0x3c00],
    [-2, 0xc000],
    [65504, 0x7bff],
    [2 ** -14, 0x0400],
    [2 ** -24, 0x0001],
    [1 / 3, 0x3555],
    [Number.POSITIVE_INFINITY, 0x7c00],
    [Number.NEGATIVE_INFINITY, 0xfc00],
  ])("of %d is known", (value, bits) => {
    expect(fromHalf(toHalf(value))).toBe(value === 1 / 3 ? 0.333251953125 : value);
    expect(toHalf(value)).toBe(bits);
  });

  it("rounds halves to even at every pair of neighbours, and either side of them to the nearer", () => {
    const wrong: number[] = [];
    for (let bits = 0; bits < 0x7c00; bits++) {
      // Past the largest finite value the next step would be 65536.
      const [low, high] = [fromHalf(bits), bits === 0x7bff ? 65536 : fromHalf(bits + 1)];
      const middle = (low + high) / 2;
      const even = bits % 2 === 0 ? bits : bits + 1;
      const [below, above] = [Math.fround(middle - (high - low) / 1024), Math.fround(middle + (high - low) / 1024)];
      for (const [sign, bit] of [
        [1, 0],
        [-1, 0x8000],
      ] as const) {
        if (toHalf(sign * middle) !== (even | bit)) wrong.push(sign * middle);
        if (toHalf(sign * below) !== (bits | bit)) wrong.push(sign * below);
        if (toHalf(sign * above) !== ((bits + 1) | bit)) wrong.push(sign * above);
      }
    }
    expect(wrong).toEqual([]);
  });

  it("of any f32 is one of the two neighbours, and no other is nearer", () => {
    fc.assert(
      fc.property(fc.float({ min: -65519, max: 65519, noNaN: true }), (value) => {
        const bits = toHalf(value);
        const error = Math.abs(fromHalf(bits) - value);
        const neighbours = [bits - 1, bits + 1].filter((other) => (other & 0x8000) === (bits & 0x8000) && other >= 0 && !isNaNPattern(other));
        return neighbours.every((other) => Math.abs(fromHalf(other) - value) >= error);
      }),
    );
  });
});
