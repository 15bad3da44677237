import { describe, expect, it } from "vitest";
import { bytesGrowth } from "./stateBytes.ts";

const xs = [256, 512, 1024, 2048];

describe("bytesGrowth", () => {
  it("names constants, lines with an intercept and parabolas", () => {
    expect(
      bytesGrowth(
        xs,
        xs.map(() => 65536),
      ),
    ).toMatchObject({ class: "O(1)", exponent: { value: 0 } });
    const cache = bytesGrowth(
      xs,
      xs.map((n) => 2048 * (n + 1)),
    );
    expect(cache.class).toBe("O(n)");
    expect(cache.coefficients).toMatchObject({ t0: { value: 2048 }, a: { value: 2048, low: 2048, high: 2048 }, b: { value: 0 } });
    expect(
      bytesGrowth(
        xs,
        xs.map((n) => 4 * n * n + 8),
      ).class,
    ).toBe("O(n²)");
  });

  it("sees that a window is full", () => {
    expect(
      bytesGrowth(
        [...xs, 4096],
        [...xs, 4096].map((n) => 8 * Math.min(n, 1024)),
      ),
    ).toMatchObject({ class: "O(1)", note: { kind: "constantFrom", x: 1024 } });
  });

  it("needs a value to spare, and takes two only for a constant", () => {
    expect(bytesGrowth([1, 2], [5, 5]).class).toBe("O(1)");
    expect(bytesGrowth([1, 2], [5, 6])).toMatchObject({ class: "undecided" });
    expect(bytesGrowth([1], [5]).class).toBe("undecided");
    expect(bytesGrowth([1, 2, 3], [1, 4, 9]).class).toBe("undecided");
    expect(bytesGrowth([], []).class).toBe("undecided");
  });

  it("is silent on anything else", () => {
    expect(
      bytesGrowth(
        xs,
        xs.map((n) => n * Math.log2(n)),
      ).class,
    ).toBe("undecided");
  });
});
