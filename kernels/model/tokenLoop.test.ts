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
