import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { binaryTicks, decadeDomain, decades, decadeWords, logScale, spread } from "./frame.ts";
import { fitted, labelLines, textWidth, wrapped } from "./textWidth.ts";

const positive = fc.double({ min: 1e-6, max: 1e12, noNaN: true });

describe("axes", () => {
  it("contain the data and at least two decades", () => {
    fc.assert(
      fc.property(positive, positive, (one, other) => {
        const [least, most] = [Math.min(one, other), Math.max(one, other)];
        const [low, high] = decadeDomain(least, most);
        expect(low).toBeLessThan(least);
        expect(high).toBeGreaterThan(most);
        expect(decades(low, high).length).toBeGreaterThanOrEqual(2);
      }),
    );
  });

  it("of bytes have marks at powers of two, few enough to read", () => {
    expect(binaryTicks(50_000, 1_200_000)).toEqual([65536, 131072, 262144, 524288, 1048576]);
    expect(binaryTicks(60_000, 300_000_000)).toEqual([65536, 262144, 1048576, 4194304, 16777216, 67108864, 268435456]);
    expect(binaryTicks(60_000, 2 ** 36)).toEqual([2 ** 20, 2 ** 25, 2 ** 30, 2 ** 35]);
    expect(binaryTicks(3, 2 ** 50)).toEqual([2 ** 10, 2 ** 20, 2 ** 30, 2 ** 40, 2 ** 50]);
  });

  it("say powers of ten without zeros that mean nothing", () => {
    expect([1e-7, 0.001, 0.1, 1, 1000].map(decadeWords)).toEqual(["1e-7", "0.001", "0.1", "1", "1,000"]);
  });

  it("invert their scale", () => {
    const scale = logScale(0.01, 100, 200, 0);
    expect(scale.toPx(1)).toBeCloseTo(100);
    expect(scale.toValue(scale.toPx(3))).toBeCloseTo(3);
  });
});

describe("labels", () => {
  it("keep their distance, their order and the edges", () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: -50, max: 350, noNaN: true }), { minLength: 1, maxLength: 12 }), (wanted) => {
        const placed = spread(wanted, 15, 0, 300);
        const sorted = [...placed].sort((one, other) => one - other);
        for (let i = 1; i < sorted.length; i++) expect((sorted[i] ?? 0) - (sorted[i - 1] ?? 0)).toBeGreaterThan(14);
        expect(sorted[0]).toBeGreaterThanOrEqual(-1e-9);
        expect(sorted.at(-1)).toBeLessThanOrEqual(300 + 1e-9);
        for (const [i, one] of wanted.entries())
          for (const [j, other] of wanted.entries()) if (one < other) expect(placed[i] ?? 0).toBeLessThan(placed[j] ?? 0);
      }),
    );
  });

  it("are cut and wrapped to their width", () => {
    expect(fitted("gatedDeltaNet", 1000, 12)).toBe("gatedDeltaNet");
    const cut = fitted("w".repeat(10_000), 80, 12);
    expect(cut.endsWith("…")).toBe(true);
    expect(textWidth(cut, 12)).toBeLessThanOrEqual(80);
    expect(wrapped("one two three four", 60, 12).every((line) => textWidth(line, 12) <= 60)).toBe(true);
  });

  it("of lines keep their words, in up to three lines", () => {
    expect(labelLines("softmax", 96, 11.5)).toEqual(["softmax"]);
    expect(labelLines("cache computed anew", 96, 11.5)).toEqual(["cache", "computed anew"]);
    expect(labelLines("softmax recompute", 96, 11.5)).toEqual(["softmax", "recompute"]);
    const many = labelLines("one of many words that no three lines of this room have any place for", 96, 11.5);
    expect(many).toHaveLength(3);
    expect(many[2]).toMatch(/…$/);
    for (const line of [...many, ...labelLines("w".repeat(10_000), 96, 11.5)]) expect(textWidth(line, 11.5)).toBeLessThanOrEqual(96);
  });
});
