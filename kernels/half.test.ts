import fc from "fast-check";
import { expect, test } from "vitest";
import { fromHalf, halfBits, halfValues, roundedToHalf, toHalf } from "./half.ts";

const patterns = Uint16Array.from({ length: 65536 }, (_, bits) => bits);
const isNaNPattern = (bits: number): boolean => (bits & 0x7c00) === 0x7c00 && (bits & 1023) !== 0;

test("all 65536 patterns come back from f32, a NaN as a NaN", () => {
  const values = halfValues(patterns);
  expect(halfBits(values)).toEqual(patterns.map((bits) => (isNaNPattern(bits) ? 0x7e00 : bits)));
  expect(patterns.filter((bits) => Number.isNaN(values[bits]))).toEqual(patterns.filter(isNaNPattern));
  expect(patterns.filter((bits) => !Object.is(values[bits], fromHalf(bits)))).toEqual(new Uint16Array());
  expect(roundedToHalf(values)).toEqual(values);
});

test.each([
  [0, 0],
  [-0, 0x8000],
  [1, 0x3c00],
  [-2, 0xc000],
  [65504, 0x7bff],
  [65519.99, 0x7bff],
  [65520, 0x7c00],
  [2 ** -14, 0x0400],
  [2 ** -24, 0x0001],
  [2 ** -25, 0],
  [-(2 ** -149), 0x8000],
  [1 / 3, 0x3555],
  [Number.NEGATIVE_INFINITY, 0xfc00],
  [Number.NaN, 0x7e00],
])("%d has the bits it must have", (value, bits) => expect(toHalf(value)).toBe(bits));

test("between two neighbours the nearer is taken, at the middle the even one", () => {
  const wrong: number[] = [];
  for (let bits = 0; bits < 0x7c00; bits++) {
    // Beyond the largest value the next step would be 65536.
    const [low, high] = [fromHalf(bits), bits === 0x7bff ? 65536 : fromHalf(bits + 1)];
    const middle = (low + high) / 2;
    const step = (high - low) / 1024;
    for (const [sign, bit] of [
      [1, 0],
      [-1, 0x8000],
    ] as const) {
      if (toHalf(sign * middle) !== ((bits + (bits % 2)) | bit)) wrong.push(sign * middle);
      if (toHalf(sign * Math.fround(middle - step)) !== (bits | bit)) wrong.push(sign * (middle - step));
      if (toHalf(sign * Math.fround(middle + step)) !== ((bits + 1) | bit)) wrong.push(sign * (middle + step));
    }
  }
  expect(wrong).toEqual([]);
});

test("no other value is nearer to an f32", () => {
  fc.assert(
    fc.property(fc.float({ min: -65519, max: 65519, noNaN: true }), (value) => {
      const bits = toHalf(value);
      const neighbours = [bits - 1, bits + 1].filter((other) => other >= 0 && (other & 0x8000) === (bits & 0x8000) && !isNaNPattern(other));
      return neighbours.every((other) => Math.abs(fromHalf(other) - value) >= Math.abs(fromHalf(bits) - value));
    }),
  );
});
