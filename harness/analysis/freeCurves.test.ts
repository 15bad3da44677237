import { describe, expect, test } from "vitest";
import { levellingOff, powerLaw } from "./freeCurves.ts";

const xs = [64, 128, 256, 512, 1024, 2048, 4096, 8192];
const wobble = [1.01, 0.99, 1.02, 0.985, 1, 1.015, 0.99, 1.005];
const of = (y: (x: number) => number): number[] => xs.map((x, i) => y(x) * (wobble[i] ?? 1));

describe("powerLaw", () => {
  test.each([0.5, 1, 1.7, 2, 2.5, 3])("finds the power %f above a constant, within its interval", (power) => {
    const { value, low, high } = powerLaw(
      xs,
      of((x) => 3 + (x / 64) ** power),
    );
    expect(low).toBeLessThan(power);
    expect(high).toBeGreaterThan(power);
    expect(Math.abs(value - power)).toBeLessThan(0.1);
    expect(high - low).toBeLessThan(0.3);
  });

  test("knows a power less well, the less of it shows above the constant", () => {
    const width = (t0: number): number => {
      const { low, high } = powerLaw(
        xs,
        of((x) => t0 + x ** 2),
      );
      return high - low;
    };
    expect(width(1e7)).toBeGreaterThan(2 * width(1));
  });
});

test("levellingOff finds where growth ends", () => {
  const { value, deviance } = levellingOff(
    xs,
    of((x) => 10 + (100 * x) / (x + 800)),
  );
  expect(Math.exp(value)).toBeGreaterThan(500);
  expect(Math.exp(value)).toBeLessThan(1300);
  expect(deviance).toBeLessThan(
    powerLaw(
      xs,
      of((x) => 10 + (100 * x) / (x + 800)),
    ).deviance - 6,
  );
});
