import { expect, it } from "vitest";
import { formatBytes, formatBytesApart, formatCount, formatDigits, formatEstimate, formatList, formatMs, formatNumber, formatShare } from "./format.ts";

it("writes numbers as people read them", () => {
  expect([0, 999, 1000, 16384, 1234567, 12.6].map(formatCount)).toEqual(["0", "999", "1,000", "16,384", "1,234,567", "13"]);
  expect([0, 0.0123, 1.234, 12.34, 999.6, 1234, 12345678, 0.0000123, Number.NaN].map(formatNumber)).toEqual([
    "0",
    "0.0123",
    "1.23",
    "12.3",
    "1,000",
    "1,230",
    "12,300,000",
    "1.23e-5",
    "–",
  ]);
});

it("groups the digits of whole numbers in texts that others wrote", () => {
  expect(["state needs 1073807360 bytes, 65535 at most", "at n = 2048, 1.234567 and 1,073,741,824", "run 20261128T144340Z-227222"].map(formatDigits)).toEqual([
    "state needs 1,073,807,360 bytes, 65,535 at most",
    "at n = 2048, 1.234567 and 1,073,741,824",
    "run 20261128T144340Z-227222",
  ]);
});

it("chooses units", () => {
  expect([0.0000005, 0.0123, 1, 1500, 90_000, 720_000, 7_200_000, 340e6].map(formatMs)).toEqual([
    "0.500 ns",
    "12.3 µs",
    "1.00 ms",
    "1.50 s",
    "90.0 s",
    "12.0 min",
    "2.00 h",
    "3.94 d",
  ]);
  expect([0, 512, 131072, 33554432, 1.5 * 2 ** 30, 133120, 2 ** 50].map(formatBytes)).toEqual([
    "0 B",
    "512 B",
    "128 KiB",
    "32 MiB",
    "1.5 GiB",
    "130 KiB",
    "1,024 TiB",
  ]);
  expect(formatBytes(15.96 * 1024)).toBe("16 KiB");
  expect([formatBytesApart(69632, 69633), formatBytesApart(69633, 69632), formatBytesApart(69632, 131072), formatBytesApart(69632, undefined)]).toEqual([
    "69,632 B",
    "69,633 B",
    "68 KiB",
    "68 KiB",
  ]);
  expect([0.173, 0.02, 1.2].map(formatShare)).toEqual(["17 %", "2.0 %", "120 %"]);
});

it("writes intervals and lists", () => {
  expect(formatEstimate({ value: 1940, low: 1710, high: 2230 })).toBe("1,940 (95 % interval 1,710 to 2,230)");
  expect([[], ["a"], ["a", "b"], ["a", "b", "c"]].map(formatList)).toEqual(["", "a", "a and b", "a, b and c"]);
});
