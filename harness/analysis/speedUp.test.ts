import { describe, expect, it } from "vitest";
import type { Fit } from "../record/derived.ts";
import { speedUpOf } from "./speedUp.ts";

const curve = (label: string, dModel: number, points: readonly (readonly [x: number, y: number, low: number, high: number])[]): Fit => ({
  label,
  mechanism: label,
  form: "",
  metric: "time",
  variable: "n",
  series: { dModel },
  points: points.map(([x, y, low, high]) => ({ x, y, low, high })),
  coefficients: undefined,
  exponent: undefined,
  class: "undecided",
  candidates: [],
  note: undefined,
  measureUpTo: undefined,
  claim: "O(n)",
  verdict: "undecided",
});

const fits = [
  curve("softmax", 256, [
    [64, 1, 1, 1],
    [128, 8, 8, 8],
    [256, 99, 99, 99],
  ]),
  curve("softmax", 512, [[128, 20, 10, 40]]),
  curve("linear", 256, [
    [64, 2, 2, 2],
    [128, 2, 2, 2],
  ]),
  curve("linear", 512, [[128, 2, 2, 2]]),
];

describe("how many times as fast one arm is", () => {
  it("is told at the largest n that both have, of the pair's own shape", () => {
    expect(speedUpOf(fits, { between: ["softmax", "linear"], series: { dModel: 256, kvHeads: 2 } })).toEqual({ n: 128, times: { value: 4, low: 4, high: 4 } });
    expect(speedUpOf(fits, { between: ["softmax", "linear"], series: { dModel: 1024 } })).toBeUndefined();
  });

  it("has the intervals of both in it", () => {
    const { times } = speedUpOf(fits, { between: ["softmax", "linear"], series: { dModel: 512 } }) ?? {};
    expect([times?.low, times?.value, times?.high].map((value) => value?.toFixed(3))).toEqual(["5.000", "10.000", "20.000"]);
  });
});
