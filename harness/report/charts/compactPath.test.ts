import { describe, expect, it } from "vitest";
import { compactPath } from "./compactPath.ts";

const compact = (path: string, x = 0, y = 0): string | undefined => compactPath([{ path, x, y }]);

describe("a path in few characters", () => {
  it.each([
    ["a line", "M10.43,92.084L19.67,112.82L28.91,97.39", "m10.43,92.08 9.24,20.74 9.24-15.43"],
    ["an area", "M1,1L2,3L4,3L4,1Z", "m1,1 1,2h2v-2z"],
    ["a rectangle", "M13.4,0h13.4v34h-13.4Z", "m13.4,0h13.4v34h-13.4z"],
    ["a circle", "M3.39,0A3.39,3.39,0,1,1,-3.39,0A3.39,3.39,0,1,1,3.39,0", "m3.39,0a3.39,3.39,0,1,1-6.78,0 3.39,3.39,0,1,1,6.78,0"],
    ["a number too small to see", "M1e-14,2L-3.25e-9,1e1", "m0,2v8"],
    ["moves alone", "M1,1M2,2L3,4", "m1,1m1,1 1,2"],
    ["two parts", "M0,0L-0.5,10.05L0,0.05ZM5,5L6,6.25", "m0,0-.5,10.05 .5-10zm5,5 1,1.25"],
  ])("%s", (_, path, made) => {
    expect(compact(path)).toBe(made);
  });

  it("stands where its origin does, each of several by itself", () => {
    const triangle = "M0,-2.94L-3.39,2.94L3.39,2.94Z";
    expect(
      compactPath([
        { path: triangle, x: 10, y: 20 },
        { path: triangle, x: 19.004, y: 20 },
      ]),
    ).toBe("m10,17.06-3.39,5.88h6.78zm9,0-3.39,5.88h6.78z");
  });

  it("ends where the path does, however small its steps are", () => {
    const points = Array.from({ length: 1000 }, (_, i) => `${i === 0 ? "M" : "L"}${i * 0.126},${i % 2}`).join("");
    const steps = [...(compact(points) ?? "").matchAll(/-?\d*\.?\d+/g)].map(([number]) => Number(number));
    const end = steps.reduce(([x = 0, y = 0], step, i) => (i % 2 === 0 ? [x + step, y] : [x, y + step]), [0, 0]);
    expect(end[0]).toBeCloseTo(999 * 0.126, 2);
    expect(end[1]).toBeCloseTo(1, 2);
  });

  it("has no point in the middle of a straight way, and all at which it bends or turns back", () => {
    const line = (points: readonly (readonly [number, number])[]): string => points.map((point, i) => `${i === 0 ? "M" : "L"}${point.join(",")}`).join("");
    expect(compact(line(Array.from({ length: 49 }, (_, i) => [i * 2.888, 100 - i * 1.444])))).toBe("m0,100 138.62-69.31");
    expect(
      compact(
        line([
          [0, 0],
          [5, 0.01],
          [10, 0],
        ]),
      ),
    ).toBe("m0,0h10");
    expect(
      compact(
        line([
          [0, 0],
          [5, 0.1],
          [10, 0],
        ]),
      ),
    ).toBe("m0,0 5,.1 5-.1");
    expect(
      compact(
        line([
          [0, 0],
          [10, 0],
          [5, 0],
        ]),
      ),
    ).toBe("m0,0h10-5");
  });

  it.each(["M0,0C1,1,2,2,3,3", "M0,0L1", "M0,0L1,x", "m1,1h2", "L1,1"])("%s is none of Vega's", (path) => {
    expect(compact(path)).toBeUndefined();
  });
});
