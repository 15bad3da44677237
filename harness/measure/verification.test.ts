import { describe, expect, it } from "vitest";
import { defineMechanism, type PlanBuffer, type Shape } from "../../kernels/mechanism.ts";
import { tolerance } from "../../kernels/tolerance.ts";
import { wrongBy } from "../record/wrongBy.ts";
import { position, storageError, verificationSamples, verify } from "./verification.ts";

const shape: Shape & { form: string } = {
  form: "only",
  phase: "prefill",
  n: 4,
  batch: 1,
  heads: 2,
  kvHeads: 2,
  headDim: 2,
  headDimV: 2,
  dModel: 4,
  dtype: "f32",
  kvDtype: "f32",
  stateDtype: "f32",
  parameters: {},
};
const o: PlanBuffer = {
  name: "o",
  role: "output",
  dtype: "f32",
  dims: [
    ["batch", 1],
    ["token", 4],
    ["head", 2],
    ["channel", 2],
  ],
  init: "poison",
};

/** A mechanism whose output element i is i + 1. */
const counting = defineMechanism({
  name: "counting",
  title: "",
  family: "linear",
  order: 0,
  look: { colour: { light: "", dark: "" }, mark: "circle", dash: [] },
  definition: "",
  source: "",
  parameters: {},
  forms: { prefill: ["only"] },
  groupedHeads: false,
  refusal: () => undefined,
  tiles: () => [{}],
  plan: () => ({ buffers: [o], setup: [], steps: [] }),
  inputs: () => ({}),
  reference: (_, __, { head, tokens }) =>
    tokens.map((token) => ({ buffer: "o", offset: (token * 2 + head) * 2, values: Float64Array.of((token * 2 + head) * 2 + 1, (token * 2 + head) * 2 + 2) })),
  flops: () => ({ useful: 1, executed: 1 }),
  leastBytes: () => 1,
  bytesByRole: () => ({ input: 0, output: 64, state: 0, scratch: 0, harness: 0 }),
  claim: () => ({ time: "O(n)", stateBytes: "O(1)" }),
});
const right = Float32Array.from({ length: 16 }, (_, i) => i + 1);
const check = (values: Float32Array) => verify(counting, shape, [o], {}, async () => values);

describe("verification", () => {
  it("passes what is right and counts the rows", async () => {
    expect(await check(right)).toEqual({ maxError: 0, tolerance: tolerance(shape), rows: 8 });
  });
  it("names the first wrong element, its value and the reference", async () => {
    const wrong = right.slice();
    wrong[9] = 11;
    await expect(check(wrong)).rejects.toMatchObject({
      code: "wrongOutput",
      message: expect.stringMatching(/^o\[batch 0, token 2, head 0, channel 1\] is 11, the float64 reference 10: off by 1\.[01]e-1/),
    });
    // What a page tells of it is read from these words.
    const said = await check(wrong).catch((error: unknown) => String(error));
    expect(wrongBy(String(said))).toBeCloseTo(0.105, 1);
  });
  it("finds an element that nobody wrote, sampled or not", async () => {
    const unwritten = right.slice();
    unwritten[15] = Number.NaN;
    await expect(check(unwritten)).rejects.toMatchObject({
      code: "wrongOutput",
      message: expect.stringMatching(/^o\[batch 0, token 3, head 1, channel 1\] is NaN/),
    });
  });
  it("passes what a correct kernel may have computed as well, and says of all else how far it is off the reference", async () => {
    const rows = (first: number) => [{ buffer: "o", offset: 0, values: Float64Array.of(first, 2) }];
    const choosing = defineMechanism({ ...counting, alternatives: () => [rows(5), rows(7)] });
    const checked = (first: number) => verify(choosing, shape, [o], {}, async () => right.map((value, i) => (i === 0 ? first : value)));
    expect(await checked(1)).toMatchObject({ rows: 8 });
    for (const first of [5, 7]) expect(await checked(first)).toMatchObject({ maxError: 0, rows: 1 });
    await expect(checked(6)).rejects.toMatchObject({ code: "wrongOutput", message: expect.stringContaining("is 6, the float64 reference 1") });
  });
  it("holds rows of zeros to zero", async () => {
    const zeros = defineMechanism({ ...counting, reference: () => [{ buffer: "o", offset: 0, values: new Float64Array(2) }] });
    await expect(verify(zeros, shape, [o], {}, async () => Float32Array.from({ length: 16 }, () => 1e-9))).rejects.toMatchObject({ code: "wrongOutput" });
  });
});

describe("an output of f16", () => {
  const half = { ...o, dtype: "f16" } as const;
  const checkHalf = (values: Float32Array) => verify(counting, { ...shape, dtype: "f16" }, [half], {}, async () => values);
  /** o with element 9, which is 10 in a row of RMS √((9² + 10²) / 2), off by this. */
  const off = (by: number): Float32Array => right.map((value, i) => (i === 9 ? value + by : value));
  const limit = tolerance(shape);
  const size = Math.sqrt((9 ** 2 + 10 ** 2) / 2);

  it("may be off by a step of f16 beyond what arithmetic in f32 is, an element by its own", async () => {
    const verified = await checkHalf(off(10 * 2 ** -10));
    expect(verified.maxError).toBeCloseTo((10 * 2 ** -10) / size, 6);
    expect(verified.tolerance).toBeCloseTo(limit + (10 * 2 ** -10) / size, 9);
    await expect(checkHalf(off(10 * 2 ** -10 + 1.1 * limit * size))).rejects.toMatchObject({ code: "wrongOutput" });
    await expect(check(off(10 * 2 ** -10))).rejects.toMatchObject({ code: "wrongOutput" });
  });
  it("is held to its copies as f32 is", async () => {
    const copying = defineMechanism({ ...counting, reference: () => [{ buffer: "o", offset: 0, values: Float32Array.of(1, 2) }] });
    const copies = (values: Float32Array) => verify(copying, { ...shape, dtype: "f16" }, [half], {}, async () => values);
    expect(await copies(right)).toMatchObject({ maxError: 0, tolerance: limit });
    await expect(copies(right.map((value, i) => (i === 1 ? 2 + 2 ** -9 : value)))).rejects.toMatchObject({ code: "wrongOutput" });
  });
  it("may be zero for what has fewer bits in f16", () => {
    expect([0, -0, 2 ** -20, 1, -3].map((value) => storageError("f16", value, value))).toEqual([2 ** -14, 2 ** -14, 2 ** -24, 2 ** -10, 3 * 2 ** -10]);
    expect(storageError("f32", 0, 3)).toBe(0);
  });
});

describe("what is compared", () => {
  it("is every token where there are few", () => {
    expect(verificationSamples(shape).map(({ head, tokens }) => [head, tokens])).toEqual([
      [0, [0, 1, 2, 3]],
      [1, [0, 1, 2, 3]],
    ]);
  });
  it("is every head where they are small, in decode at a long context too, and four where they are not", () => {
    const headsAt = (sizes: Partial<Shape>): number => verificationSamples({ ...shape, batch: 2, heads: 8, headDim: 64, headDimV: 64, ...sizes }).length;
    expect(verificationSamples({ ...shape, batch: 2, heads: 3 }).map(({ batch, head }) => [batch, head])).toEqual([
      [0, 0],
      [0, 1],
      [0, 2],
      [1, 0],
      [1, 1],
      [1, 2],
    ]);
    expect(headsAt({ n: 100 })).toBe(16);
    expect(headsAt({ n: 1000 })).toBe(4);
    expect(headsAt({ n: 8192, phase: "decode" })).toBe(16);
    expect(headsAt({ n: 8192 })).toBe(2);
  });
  it("is the first 256, the end, both sides of powers of four and another spread for each head where there are many, of first and last head and batch", () => {
    const samples = verificationSamples({ ...shape, n: 100_000, batch: 2, heads: 8 });
    expect(samples.map(({ batch, head }) => [batch, head])).toEqual([
      [0, 0],
      [1, 7],
    ]);
    const [first, second] = samples.map(({ tokens }) => new Set(tokens));
    for (const token of [...Array(256).keys(), 16_383, 16_384, 99_992, 99_999]) expect(first).toContain(token);
    const beyond = [...(first ?? [])].filter((token) => token >= 256);
    expect(beyond.length).toBeGreaterThanOrEqual(32);
    expect(beyond.filter((token) => second?.has(token)).length).toBeLessThan(beyond.length / 2);
  });
});

describe("a position", () => {
  it("is told by the names of the dims", () => {
    expect(position(o, 13)).toBe("o[batch 0, token 3, head 0, channel 1]");
  });
});
