import { describe, expect, it } from "vitest";
import { formatBytes, formatCount, formatMs, formatNumber, formatShare } from "../../analysis/format.ts";
import { quantityIn } from "./quantity.ts";
import { holds, orderOf } from "./sortedRows.ts";

describe("a number in a table", () => {
  it.each([
    [formatMs, [1.23e-5, 0.00456, 0.789, 12.3, 1500, 7e5, 3e7, 2.15e8]],
    [formatBytes, [12, 1536, 3 * 2 ** 20, 5 * 2 ** 30, 2 ** 42]],
    [formatCount, [0, 17, 1024, 134217728]],
    [formatNumber, [1.23e-7, 0.0123, 5.1, 1230, 4.5e9]],
    [formatShare, [0.021, 0.47, 1.2]],
  ] as const)("is read as what %o wrote", (format, values) => {
    for (const value of values) expect(quantityIn(format(value))).toBeCloseTo(value, -Math.log10(value / 100 || 1));
  });

  it("is the first of its cell", () => {
    expect(quantityIn("1.50 s – 1.60 s")).toBe(1500);
    expect(quantityIn("0.46 [0.40, 0.51]")).toBe(0.46);
    expect(quantityIn("8 / 2 kv")).toBe(8);
    expect(quantityIn("–")).toBeUndefined();
  });
});

describe("rows of a table", () => {
  it("are put in order by what they stand for, equal ones as they were", () => {
    const times = ["2.00 ms", "–", "300 µs", "1.00 s", "300 µs"];
    expect(orderOf(times, true, "ascending")).toEqual([2, 4, 0, 3, 1]);
    expect(orderOf(times, true, "descending")).toEqual([3, 0, 2, 4, 1]);
    expect(orderOf(times, true, "none")).toEqual([0, 1, 2, 3, 4]);
    expect(orderOf(["softmax", "GQA", "linear"], false, "ascending")).toEqual([1, 2, 0]);
  });

  it("are found by any words they have", () => {
    expect(holds("linear chunk 1,024 ✓ ok", "CHUNK 1,024")).toBe(true);
    expect(holds("linear chunk 1,024 ✓ ok", "chunk failed")).toBe(false);
    expect(holds("anything", "")).toBe(true);
  });

  it("are found by a number however its thousands are parted", () => {
    const row = "softmax 4,096 1,234,567 B";
    for (const asked of ["4096", "4,096", "1234567", "1,234,567", "1234,567", "096"]) expect(holds(row, asked), asked).toBe(true);
    for (const asked of ["40,96", "8192", "4096123"]) expect(holds(row, asked), asked).toBe(false);
    // A list of numbers is not one number.
    expect(holds("1,2,3", "123")).toBe(false);
  });
});
