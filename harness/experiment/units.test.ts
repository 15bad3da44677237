import { expect, test } from "vitest";
import { parseBytes, parseDuration, parseShare } from "./units.ts";

test("durations in seconds", () => {
  expect(["500ms", "90s", "1.5m", "2h", "90", "s", "-1s", "1 s", "1e3s"].map(parseDuration)).toEqual([
    0.5,
    90,
    90,
    7200,
    undefined,
    undefined,
    undefined,
    1,
    undefined,
  ]);
});

test("shares", () => {
  expect(["5%", "0.5%", "5", "%"].map(parseShare)).toEqual([0.05, 0.005, undefined, undefined]);
  expect(parseShare(0.1)).toBe(0.1);
});

test("bytes", () => {
  expect(["512MiB", "2GB", "1.5 KiB", "3", "3mb"].map(parseBytes)).toEqual([2 ** 29, 2e9, 1536, undefined, undefined]);
});
