import type { Tiles } from "./mechanism.ts";

/** A tile size by name. Throws if the variant lacks it: tiles of another form. */
export const tileSize = (tiles: Tiles, name: string): number => {
  const value = tiles[name];
  if (typeof value !== "number") throw new Error(`tiles ${JSON.stringify(tiles)} lack ${name}`);
  return value;
};

/** The least multiple of `multiple` that is not below `value`. */
export const roundUp = (value: number, multiple: number): number => Math.ceil(value / multiple) * multiple;

/** The greatest divisor of `value` up to `most`. */
export const greatestDivisor = (value: number, most: number): number => {
  for (let divisor = Math.min(value, most); divisor > 1; divisor--) if (value % divisor === 0) return divisor;
  return 1;
};
