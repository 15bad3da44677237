import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Phase, Shape } from "../mechanism.ts";
import { bufferBytes, planModules } from "../plan.ts";
import { testDevice } from "../testDevice.ts";
import mechanisms from "./definition.ts";
import { cacheCapacity, rowOfToken, tokenInRow } from "./window.ts";

const softmax = mechanisms.find(({ name }) => name === "softmax");
if (!softmax) throw new Error("softmax is not defined");

const device = testDevice(8, true);
const gpu = testDevice(32, false);

const shapeOf = (phase: Phase, n: number, window: number, sinks: number, over: Partial<Shape> = {}): Shape => ({
  phase,
  n,
  batch: 1,
  heads: 2,
  kvHeads: 1,
  headDim: 32,
  headDimV: 16,
  dModel: 64,
  dtype: "f32",
  kvDtype: "f32",
  stateDtype: "f32",
  parameters: { window, sinks },
  ...over,
});

const isSeen = (key: number, token: number, window: number, sinks: number): boolean => key <= token && (key > token - window || key < sinks);

const arms: [Phase, string][] = [
  ["prefill", "tiled"],
  ["prefill", "naive"],
  ["decode", "split"],
  ["generate", "split"],
];
const windows = [
  [1, 0],
  [1, 3],
  [7, 0],
  [30, 3],
  [64, 65],
  [65, 1],
  [1000, 5],
] as const;
const shapes = (phase: Phase): Shape[] => windows.flatMap(([window, sinks]) => [1, 7, 64, 65, 66, 131, 300].map((n) => shapeOf(phase, n, window, sinks)));

describe.each(arms)("%s %s with a window", (phase, form) => {
  test("allocates what its closed form says, a cache of sinks + window rows among it", () => {
    for (const shape of shapes(phase)) {
      for (const capabilities of [device, gpu]) {
        const [tiles = {}] = softmax.tiles(shape, form, capabilities);
        const allocated = { input: 0, output: 0, state: 0, scratch: 0, harness: 0 };
        for (const buffer of softmax.plan(shape, form, capabilities, tiles).buffers) allocated[buffer.role] += bufferBytes(buffer);
        expect(softmax.bytesByRole(shape, form, tiles)).toEqual(allocated);
        const { window, sinks } = shape.parameters;
        const tokens = phase === "decode" ? shape.n + 1 : shape.n;
        expect(allocated.state).toBe(4 * (32 + 16) * Math.min(tokens, Number(window) + Number(sinks)));
      }
    }
  });

  test("counts the pairs that a query sees", () => {
    for (const shape of shapes(phase)) {
      const { window, sinks } = shape.parameters;
      const tokens = phase === "decode" ? [shape.n] : Array.from({ length: shape.n }, (_, t) => t);
      const pairs = tokens.flatMap((t) => Array.from({ length: t + 1 }, (_, j) => j).filter((j) => isSeen(j, t, Number(window), Number(sinks)))).length;
      const [tiles = {}] = softmax.tiles(shape, form, device);
      const { useful, executed } = softmax.flops(shape, form, tiles);
      expect(useful).toBe(2 * 2 * (32 + 16) * pairs);
      expect(executed).toBeGreaterThanOrEqual(useful);
    }
  });

  test("has modules that depend neither on n nor on batch", () => {
    for (const capabilities of [device, gpu]) {
      const [tiles = {}] = softmax.tiles(shapeOf(phase, 4096, 100, 4), form, capabilities);
      const modules = (n: number, batch: number): string[] => planModules(softmax.plan(shapeOf(phase, n, 100, 4, { batch }), form, capabilities, tiles));
      expect(modules(256, 1)).toEqual(modules(4096, 3));
    }
  });
});

test("tiles are walked as the closed form says", () => {
  for (const shape of shapes("prefill")) {
    for (const tiles of softmax.tiles(shape, "tiled", device)) {
      const [rows, keys] = [Number(tiles.rows), Number(tiles.keys)];
      const unit = tiles.path === "subgroup" ? Number(tiles.lanes) : keys;
      const { window, sinks } = shape.parameters as { window: number; sinks: number };
      let flops = 0;
      // As tiledSubgroup.wgsl and banded.wgsl go, step by step.
      for (let row0 = 0; row0 < shape.n; row0 += rows) {
        const end = Math.min(row0 + rows, shape.n);
        const band = Math.max(row0 + 1, window) - window;
        const seenFrom = (key: number): number => (key >= sinks ? Math.max(key, band) : key);
        for (let key0 = seenFrom(0); key0 < end; key0 = seenFrom(key0 + keys)) {
          flops += 2 * rows * keys * 32;
          const seenEnd = band >= key0 + keys ? Math.min(end, sinks) : end;
          for (let key = key0; key < key0 + keys && (unit === keys || key < seenEnd); key += unit) flops += 2 * rows * unit * 16;
        }
      }
      expect(softmax.flops(shape, "tiled", tiles).executed, JSON.stringify({ n: shape.n, window, sinks, tiles })).toBe(2 * flops);
    }
  }
});

test("a prompt costs in proportion to n, a decoded token the same at any n, and the cache does not grow", () => {
  const [tiles = {}] = softmax.tiles(shapeOf("prefill", 1024, 128, 4), "tiled", device);
  const [short, long] = [12288, 24576].map((n) => softmax.flops(shapeOf("prefill", n, 128, 4), "tiled", tiles).executed);
  expect((long ?? 0) / (short ?? 1)).toBeCloseTo(2, 1);
  const decodes = [1000, 1_000_000].map((n) => {
    const shape = shapeOf("decode", n, 128, 4);
    const [split = {}] = softmax.tiles(shape, "split", device);
    return [softmax.flops(shape, "split", split), softmax.bytesByRole(shape, "split", split), softmax.leastBytes(shape, "split")];
  });
  expect(decodes[0]).toEqual(decodes[1]);
});

test("claims follow the window; naive computes every score all the same", () => {
  const claims = arms.map(([phase, form]) => softmax.claim(phase, form, shapeOf(phase, 4096, 256, 4)));
  expect(claims.map(({ time }) => time)).toEqual(["O(n)", "O(n²)", "O(1)", "O(n)"]);
  expect(claims.map(({ stateBytes }) => stateBytes)).toEqual(["O(1)", "O(1)", "O(1)", "O(1)"]);
  for (const [phase, form] of arms) expect(softmax.claim(phase, form, shapeOf(phase, 4096, 0, 0))).toEqual(softmax.claim(phase, form));
});

test("a ring holds what a token sees, the newest over the oldest", () => {
  for (const [window, sinks] of windows) {
    const shape = shapeOf("generate", 300, window, sinks);
    const rows = new Map<number, number>();
    for (let token = 0; token < shape.n; token++) {
      rows.set(rowOfToken(shape, token), token);
      const seen = Array.from({ length: token + 1 }, (_, j) => j).filter((j) => isSeen(j, token, window, sinks));
      expect([...rows.values()].sort((a, b) => a - b)).toEqual(seen);
      for (const [row, held] of rows) expect(tokenInRow(shape, token + 1, row)).toBe(held);
    }
    expect(Math.max(...rows.keys())).toBe(cacheCapacity(shape) - 1);
  }
});

test("sinks need a window", () => {
  expect(softmax.refusal(shapeOf("decode", 64, 0, 4), "split", device)).toEqual({
    code: "badShape",
    reason: "sinks 4 without a window: softmax keeps sinks beside a window of 1 or more",
  });
  expect(softmax.refusal(shapeOf("decode", 64, 1, 4), "split", device)).toBeUndefined();
});

describe("the reference", () => {
  const phases: readonly Phase[] = ["prefill", "generate"];

  test("with a window of n or more is that without, to the last bit", () => {
    fc.assert(
      fc.property(fc.constantFrom(...phases), fc.integer({ min: 1, max: 90 }), fc.integer({ min: 0, max: 100 }), fc.nat(20), (phase, n, more, sinks) => {
        const [all, windowed] = [shapeOf(phase, n, 0, 0), shapeOf(phase, n, n + more, sinks)];
        const at = { batch: 0, head: 1, tokens: Array.from({ length: n }, (_, t) => t) };
        const [inputs, same] = [softmax.inputs(all, 5), softmax.inputs(windowed, 5)];
        expect(same).toEqual(inputs);
        const outputs = (shape: Shape) => softmax.reference(shape, inputs, at).filter(({ buffer }) => buffer === "o");
        expect(outputs(windowed)).toEqual(outputs(all));
      }),
      { numRuns: 30 },
    );
  });

  test("in decode with a window that is not full is that without, to the last bit", () => {
    const [all, windowed] = [shapeOf("decode", 40, 0, 0), shapeOf("decode", 40, 38, 3)];
    const at = { batch: 0, head: 1, tokens: [0] };
    expect(softmax.reference(windowed, softmax.inputs(windowed, 5), at)).toEqual(softmax.reference(all, softmax.inputs(all, 5), at));
  });

  test("of a window of one is the token's own value; a sink comes in where queries are zero as its mean with it", () => {
    const shape = shapeOf("prefill", 20, 1, 0);
    const inputs = softmax.inputs(shape, 3);
    const value = (token: number): number[] => Array.from(inputs.v?.subarray(token * 16, (token + 1) * 16) ?? []);
    const [own] = softmax.reference(shape, inputs, { batch: 0, head: 0, tokens: [13] });
    expect(Array.from(own?.values ?? [])).toEqual(value(13));
    const equal = { ...inputs, q: new Float32Array(20 * 64) };
    const [mean] = softmax.reference(shapeOf("prefill", 20, 1, 1), equal, { batch: 0, head: 0, tokens: [13] });
    expect(Array.from(mean?.values ?? [])).toEqual(value(13).map((x, c) => (x + (value(0)[c] ?? 0)) / 2));
  });

  test("of a decoded token is that of the last token of a text one longer, from the cache that the text leaves", () => {
    const [window, sinks] = [30, 3];
    const n = 50;
    const text = shapeOf("prefill", n + 1, window, sinks);
    const inputs = softmax.inputs(text, 9);
    const [q, k, v] = [inputs.q, inputs.k, inputs.v].map((tensor) => tensor ?? new Float32Array());
    const decoded = shapeOf("decode", n, window, sinks);
    const rows = Array.from({ length: cacheCapacity(decoded) }, (_, row) => tokenInRow(decoded, n, row));
    const cache = (tensor: typeof k, channels: number) =>
      Float32Array.from(rows.flatMap((token) => Array.from(tensor?.subarray(token * channels, (token + 1) * channels) ?? [])));
    const newest = { q: q?.subarray(n * 64) ?? new Float32Array(), k: k?.subarray(n * 32) ?? new Float32Array(), v: v?.subarray(n * 16) ?? new Float32Array() };
    const [whole] = softmax.reference(text, inputs, { batch: 0, head: 1, tokens: [n] });
    const [step] = softmax.reference(decoded, { ...newest, kCache: cache(k, 32), vCache: cache(v, 16) }, { batch: 0, head: 1, tokens: [0] });
    for (const [c, x] of (step?.values ?? []).entries()) expect(x).toBeCloseTo(whole?.values[c] ?? Number.NaN, 12);
  });
});
