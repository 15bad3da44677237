import { describe, expect, it } from "vitest";
import type { Shape } from "../mechanism.ts";
import { featureMaps } from "./featureMap.ts";
import { inputs } from "./inputs.ts";
import { reference } from "./reference.ts";
import type { Rule } from "./rule.ts";
import { type Sizes, sizesOf } from "./sizes.ts";

const plain: Rule = { decay: "none", delta: false };

const sizes = (given: Partial<Shape>, parameters: Shape["parameters"] = {}, rule: Rule = plain): Sizes => sizesOf(shapeOf(given, parameters), rule);

const shapeOf = (given: Partial<Shape>, parameters: Shape["parameters"]): Shape => ({
  phase: "prefill",
  n: 3,
  batch: 1,
  heads: 1,
  kvHeads: 1,
  headDim: 2,
  headDimV: 2,
  dModel: 2,
  dtype: "f32",
  kvDtype: "f32",
  stateDtype: "f32",
  ...given,
  parameters: { featureMap: "identity", normalized: false, chunk: 64, ...parameters },
});

const at = (tokens: readonly number[]) => ({ batch: 0, head: 0, tokens });

describe("reference", () => {
  it("is Σ v (k·q) / √d over the tokens so far", () => {
    const tensors = { q: Float32Array.of(1, 0, 1, 2, 0, 1), k: Float32Array.of(1, 1, 2, 0, 0, 3), v: Float32Array.of(1, 2, 3, 4, 5, 6) };
    const [first, second, ...state] = reference(sizes({}), tensors, at([0, 1]));
    // token 1: v0 · (k0·q1 = 3) + v1 · (k1·q1 = 2)
    expect(first?.values[0]).toBeCloseTo(1 / Math.SQRT2, 12);
    expect([...(second?.values ?? [])].map((x) => x * Math.SQRT2)).toEqual([expect.closeTo(9, 12), expect.closeTo(14, 12)]);
    expect(state.map(({ buffer, offset, values }) => [buffer, offset, ...values])).toEqual([
      ["state", 0, 1 + 6, 2 + 8],
      ["state", 2, 1 + 15, 2 + 18],
    ]);
  });

  it("decays by head, by token and by channel before it writes", () => {
    const tensors = { q: Float32Array.of(1, 0, 0, 1), k: Float32Array.of(1, 2, 3, 4), v: Float32Array.of(1, 0, 1, 0) };
    const state = (decay: Rule["decay"], g: readonly number[]) => {
      const gates = Float32Array.from(g, decay === "head" ? (x) => x : Math.log);
      const rows = reference(sizes({ n: 2 }, {}, { decay, delta: false }), { ...tensors, g: gates }, at([]));
      return rows.map(({ values }) => values[0]);
    };
    const close = (values: readonly number[]) => values.map((value) => expect.closeTo(value, 6));
    // S after token 0 is (1, 2) in its first column; then its decay and (3, 4).
    expect(state("head", [0.5, Math.log(0.5)])).toEqual(close([3.5, 5]));
    expect(state("token", [0.1, 0.25])).toEqual(close([3.25, 4.5]));
    expect(state("channel", [0.1, 0.1, 0.5, 0.25])).toEqual(close([3.5, 4.5]));
  });

  it("replaces what stands under a key by the delta rule", () => {
    const rule: Rule = { decay: "none", delta: true };
    // Twice the same key of length 1: with β = 1 the second value alone is left, with β = 0.5 their middle.
    const tensors = { q: Float32Array.of(0, 0, 0.6, 0.8), k: Float32Array.of(0.6, 0.8, 0.6, 0.8), v: Float32Array.of(10, 20, 2, 4) };
    const read = (beta: number) => reference(sizes({ n: 2 }, {}, rule), { ...tensors, beta: Float32Array.of(1, beta) }, at([1]))[0]?.values;
    expect(Array.from(read(1) ?? [], (x) => x * Math.SQRT2)).toEqual([expect.closeTo(2, 5), expect.closeTo(4, 5)]);
    expect(Array.from(read(0.5) ?? [], (x) => x * Math.SQRT2)).toEqual([expect.closeTo(6, 5), expect.closeTo(12, 5)]);
  });

  it("averages values when normalized", () => {
    const shape = sizes({ n: 40 }, { featureMap: "elu+1", normalized: true });
    const tensors = inputs(shape, 7);
    const ones = { ...tensors, v: new Float32Array(80).fill(1) };
    const rows = reference(shape, ones, at([0, 17, 39])).filter(({ buffer }) => buffer === "o");
    // But for the 1e-10 that stands below: here beside weights of 1 and more.
    for (const row of rows) for (const value of row.values) expect(1 - value).toBeLessThanOrEqual(1e-10);
    for (const row of rows) for (const value of row.values) expect(1 - value).toBeGreaterThan(-1e-12);
  });

  it("decodes from the state that prefill left", () => {
    const parameters = { featureMap: "elu+1", normalized: true };
    const prefill = sizes({ n: 9 }, parameters);
    const { q, k, v } = inputs(prefill, 3) as Record<"q" | "k" | "v", Float32Array>;
    const whole = reference(prefill, { q, k, v }, at([8]));
    const before = reference(sizes({ n: 8 }, parameters), { q: q.subarray(0, 16), k: k.subarray(0, 16), v: v.subarray(0, 16) }, at([]));
    const values = (name: string) => Float32Array.from(before.filter(({ buffer }) => buffer === name).flatMap((row) => [...row.values]));
    const last = { q: q.subarray(16), k: k.subarray(16), v: v.subarray(16), state: values("state"), z: values("z") };
    const decoded = reference(sizes({ phase: "decode", n: 8 }, parameters), last, at([0]));
    for (const [i, expected] of whole.entries()) for (const [j, value] of expected.values.entries()) expect(decoded[i]?.values[j]).toBeCloseTo(value, 5);
  });

  it("reads its stream in a circle in generate", () => {
    const shape = sizes({ phase: "generate", n: 70 });
    const tensors = inputs(shape, 3);
    const turn = (x: Float32Array | Uint32Array | undefined) => Float32Array.from({ length: 140 }, (_, i) => x?.[i % 128] ?? Number.NaN);
    const unrolled = { q: turn(tensors.q), k: turn(tensors.k), v: turn(tensors.v) };
    expect(reference(shape, tensors, at([0, 63, 64, 69]))).toEqual(reference(sizes({ n: 70 }), unrolled, at([0, 63, 64, 69])));
  });
});

describe("feature maps", () => {
  it.each(Object.entries(featureMaps))("%s has the moments it states", (_, { featured, mean, meanSquare }) => {
    // The trapezoid rule over the normal density, exact to far more digits than are stated.
    const points = Array.from({ length: 4001 }, (_, i) => -10 + i / 200);
    const expectation = (f: (x: number) => number) => points.reduce((sum, x) => sum + (f(x) * Math.exp((-x * x) / 2)) / Math.sqrt(2 * Math.PI) / 200, 0);
    expect(expectation(featured)).toBeCloseTo(mean, 3);
    expect(expectation((x) => featured(x) ** 2)).toBeCloseTo(meanSquare, 2);
  });
});
