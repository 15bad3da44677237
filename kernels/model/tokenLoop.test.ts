import { expect, test } from "vitest";
import { builtInKernels } from "../builtIn.ts";
import type { Mechanism, ModelShape, Shape } from "../mechanism.ts";
import { loadMechanisms } from "../registry.ts";
import { testDevice } from "../testDevice.ts";
import { smallShape } from "../testShape.ts";
import { keepsCache, keepsNothing, keepsState } from "./forms.ts";
import { stageWords } from "./stageNames.ts";

const mechanisms = await loadMechanisms(builtInKernels);
const mechanismOf = (name: string): Mechanism => {
  const found = mechanisms.find((mechanism) => mechanism.name === name);
  if (!found) throw new Error(`no ${name}`);
  return found;
};

const shapeOf = (name: string, change: Partial<Shape> = {}, around: Partial<ModelShape> = {}): Shape => ({
  phase: "tokenLoop",
  n: 64,
  ...smallShape(mechanismOf(name)),
  model: { layers: 4, width: 64, vocab: 100, feedForward: { kind: "gated", hidden: 96 }, rotary: true, tied: false, recomputes: false, ...around },
  ...change,
});

const hybrid = { pattern: ["gatedDeltaNet", "gatedDeltaNet", "gatedDeltaNet", "softmax"] };

test.each([
  ["softmax", keepsCache, {}, "O(n)", "O(n)"],
  ["softmax", keepsNothing, {}, "O(n²)", "O(1)"],
  ["gatedDeltaNet", keepsState, {}, "O(1)", "O(1)"],
  ["gatedDeltaNet", keepsNothing, {}, "O(n)", "O(1)"],
  ["gatedDeltaNet", keepsState, hybrid, "O(n)", "O(n)"],
  ["gatedDeltaNet", keepsNothing, hybrid, "O(n²)", "O(1)"],
] as const)("%s %s %o is %s in time and %s in what it keeps", (name, form, around, time, stateBytes) => {
  const shape = shapeOf(name, {}, { ...around, recomputes: form === keepsNothing });
  expect(mechanismOf(name).claim("tokenLoop", form, shape)).toEqual({ time, stateBytes });
});

const device = testDevice(8, true, { f16: false, maxStorageBufferBindingSize: 2 ** 27, maxBufferSize: 2 ** 28 });

test.each([
  ["linear", keepsState, {}, {}, undefined],
  ["linear", keepsState, { dtype: "f16" }, {}, "noFeature"],
  ["linear", keepsState, {}, { vocab: 2 ** 20 }, "overLimit"],
  ["softmax", keepsNothing, { n: 70_000 }, { recomputes: true }, "overLimit"],
  ["softmax", keepsCache, { headDim: 33, headDimV: 33 }, {}, "badShape"],
  ["softmax", keepsCache, {}, { width: 66 }, "badShape"],
  ["softmax", keepsCache, {}, { pattern: ["softmax", "nobody"] }, "badShape"],
] as const)("%s %s %o in %o is refused as %s", (name, form, change, around, code) => {
  expect(mechanismOf(name).refusal(shapeOf(name, change, around), form, device)?.code).toBe(code);
});

test("every step of a token has a stage, and every stage costs what it costs", () => {
  for (const around of [{}, hybrid, { feedForward: { kind: "experts", hidden: 32, experts: 7, active: 3 } } as const]) {
    const [mechanism, shape] = [mechanismOf("gatedDeltaNet"), shapeOf("gatedDeltaNet", {}, around)];
    const [tiles = {}] = mechanism.tiles(shape, keepsState, device);
    const stages = mechanism.stages?.(shape, keepsState, tiles) ?? {};
    expect(Object.keys(stages)).toEqual(Object.keys(stageWords));
    expect(new Set(mechanism.plan(shape, keepsState, device, tiles).steps.map(({ stage }) => stage))).toEqual(new Set(Object.keys(stageWords)));
    expect(Object.values(stages).reduce((sum, { flops }) => sum + flops.executed, 0)).toBe(mechanism.flops(shape, keepsState, tiles).executed);
    expect(Object.values(stages).reduce((sum, { leastBytes }) => sum + leastBytes, 0)).toBe(mechanism.leastBytes(shape, keepsState));
  }
});

test("rows that choose different experts read them all, each once, and one row its own", () => {
  const experts = (count: number, active: number) => ({ feedForward: { kind: "experts", hidden: 32, experts: count, active } }) as const;
  const bytesOf = (batch: number, around: Partial<ModelShape>): number => {
    const [mechanism, shape] = [mechanismOf("linear"), shapeOf("linear", { batch }, around)];
    const [tiles = {}] = mechanism.tiles(shape, keepsState, device);
    return mechanism.stages?.(shape, keepsState, tiles).feedForward?.leastBytes ?? 0;
  };
  // f32, four layers, three matrices of 64 × 32 an expert, and 64 weights an expert in the router.
  const [one, layers, each] = [3 * 64 * 32, 4, 4];
  const touched = (count: number, bytes: number): number => (bytes / each / layers - 64 * count) / one;
  expect(touched(4, bytesOf(1, experts(4, 1)))).toBe(1);
  expect(touched(7, bytesOf(1, experts(7, 3)))).toBe(3);
  expect(touched(7, bytesOf(5, experts(7, 7)))).toBe(7);
  // Every way in which two or three rows can choose, counted one by one.
  const subsets = (count: number, active: number): readonly (readonly number[])[] =>
    Array.from({ length: 2 ** count }, (_, bits) => Array.from({ length: count }, (_, i) => i).filter((i) => (bits >> i) % 2 === 1)).filter(
      ({ length }) => length === active,
    );
  const meanOf = (count: number, active: number, rows: number): number => {
    let ways: readonly (readonly number[])[] = [[]];
    for (let row = 0; row < rows; row++) ways = ways.flatMap((way) => subsets(count, active).map((choice) => [...way, ...choice]));
    return ways.reduce((sum, way) => sum + new Set(way).size, 0) / ways.length;
  };
  expect(meanOf(4, 1, 2)).toBe(1.75);
  for (const [count, active, rows] of [
    [4, 1, 2],
    [4, 1, 3],
    [3, 2, 2],
    [5, 2, 3],
  ] as const)
    expect(touched(count, bytesOf(rows, experts(count, active)))).toBeCloseTo(meanOf(count, active, rows), 3);
  // As the model's own routers choose for its own tokens, as they come into the first layer: in float64, of 32 routers. Some experts are liked better than others, so that real choices touch a little less.
  const around = experts(16, 2);
  const [mechanism, shape] = [mechanismOf("linear"), shapeOf("linear", { batch: 12 }, around)];
  const rowsOf = (values: ArrayLike<number>, length: number): readonly (readonly number[])[] =>
    Array.from({ length: values.length / length }, (_, row) => Array.from({ length }, (_, i) => values[row * length + i] ?? 0));
  const counts = [1, 2, 3, 4, 5, 6, 7, 8].flatMap((seed) => {
    const tensors = mechanism.inputs(shape, seed);
    const table = rowsOf(tensors.embedding ?? [], 64);
    return [0, 1, 2, 3].map((layer) => {
      const router = rowsOf(tensors[`layer${layer}.router`] ?? [], 64);
      const choices = Array.from(tensors.tokens ?? [], (token) =>
        router
          .map((weights, expert) => ({ expert, score: weights.reduce((sum, weight, i) => sum + weight * (table[token]?.[i] ?? 0), 0) }))
          .sort((a, b) => b.score - a.score)
          .slice(0, 2),
      );
      return new Set(choices.flat().map(({ expert }) => expert)).size;
    });
  });
  const real = counts.reduce((sum, count) => sum + count, 0) / counts.length;
  expect(touched(16, bytesOf(12, around)) / real).toBeGreaterThan(1);
  expect(touched(16, bytesOf(12, around)) / real).toBeLessThan(1.1);
});
