import type { GrowthClass } from "../../kernels/mechanism.ts";
import type { Estimate } from "../record/derived.ts";
import type { Growth } from "./growth.ts";

// Closed forms are integers far below 2^53; this allows for the rounding of n log n alone.
const tolerance = 1e-9;

const exactly = (value: number): Estimate => ({ value, low: value, high: value });

/**
 * The law of bytes, which have no noise: the simplest of constant, t0 + a·x, t0 + a·x + b·x² that passes through every point and has a
 * point to spare. A window that is full from some x on is constant from there.
 */
export const bytesGrowth = (xs: readonly number[], ys: readonly number[]): Growth => {
  const degree = [0, 1, 2].find((candidate) => xs.length >= candidate + 2 && passesThrough(xs, ys, interpolating(xs, ys, candidate)));
  if (degree === undefined) return settled(xs, ys) ?? notExact(xs.length);
  const [t0 = 0, a = 0, b = 0] = interpolating(xs, ys, degree);
  const largest = xs.at(-1) ?? 1;
  const total = t0 + a * largest + b * largest ** 2;
  const classes = ["O(1)", "O(n)", "O(n²)"] as const satisfies readonly GrowthClass[];
  return {
    coefficients: { t0: exactly(t0), a: exactly(a), b: exactly(b) },
    exponent: total > 0 ? exactly((a * largest + 2 * b * largest ** 2) / total) : undefined,
    slopes: undefined,
    class: classes[degree] ?? "undecided",
    candidates: classes.slice(degree, degree + 1),
    note: undefined,
    measureUpTo: undefined,
    from: 0,
    at: undefined,
  };
};

/** Coefficients of the polynomial through the first degree + 1 points, by Newton's divided differences: without noise the first points serve. */
const interpolating = (xs: readonly number[], ys: readonly number[], degree: number): readonly number[] => {
  const [x0 = 0, x1 = 0, x2 = 0] = xs;
  const [y0 = 0, y1 = 0, y2 = 0] = ys;
  if (degree === 0) return [y0];
  const first = (y1 - y0) / (x1 - x0);
  if (degree === 1) return [y0 - first * x0, first];
  const second = ((y2 - y1) / (x2 - x1) - first) / (x2 - x0);
  return [y0 - first * x0 + second * x0 * x1, first - second * (x0 + x1), second];
};

const passesThrough = (xs: readonly number[], ys: readonly number[], [t0 = 0, a = 0, b = 0]: readonly number[]): boolean =>
  xs.every((x, i) => Math.abs(t0 + a * x + b * x * x - (ys[i] ?? 0)) <= tolerance * Math.max(1, ys[i] ?? 0));

const settled = (xs: readonly number[], ys: readonly number[]): Growth | undefined => {
  const last = ys.at(-1);
  if (last === undefined) return undefined;
  const from = ys.findLastIndex((y) => y !== last) + 1;
  if (ys.length - from < 3) return undefined;
  const note = { kind: "constantFrom", x: xs[from] ?? 0 } as const;
  return {
    coefficients: undefined,
    exponent: exactly(0),
    slopes: undefined,
    class: "O(1)",
    candidates: ["O(1)"],
    note,
    measureUpTo: undefined,
    from,
    at: undefined,
  };
};

const notExact = (count: number): Growth => ({
  coefficients: undefined,
  exponent: undefined,
  slopes: undefined,
  class: "undecided",
  candidates: [],
  note: count < 3 ? { kind: "fewBytes", values: count } : { kind: "oddBytes" },
  measureUpTo: undefined,
  from: 0,
  at: undefined,
});
