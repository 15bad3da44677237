import { describe, expect, it } from "vitest";
import { builtInKernels } from "./builtIn.ts";
import { leastDevice } from "./leastDevice.ts";
import type { Mechanism, ModelShape, Shape } from "./mechanism.ts";
import { problemOf } from "./offload.ts";
import { bufferBytes } from "./plan.ts";
import { loadMechanisms } from "./registry.ts";

const mechanisms = await loadMechanisms(builtInKernels);
const named = (name: string): Mechanism => {
  const mechanism = mechanisms.find((one) => one.name === name);
  if (!mechanism) throw new Error(`no ${name}`);
  return mechanism;
};

const shapeOf = ({ parameters }: Mechanism, n: number, kvHeads = 4): Shape => ({
  phase: "offload",
  n,
  batch: 2,
  heads: 4,
  kvHeads,
  headDim: 32,
  headDimV: 16,
  dModel: 128,
  dtype: "f32",
  kvDtype: "f32",
  stateDtype: "f32",
  parameters: Object.fromEntries(Object.entries(parameters).map(([name, parameter]) => [name, parameter.default])),
});

const modelShape = (mechanism: Mechanism, n: number): Shape => ({
  ...shapeOf(mechanism, n),
  model: { layers: 3, width: 64, vocab: 100, feedForward: { kind: "gated", hidden: 96 }, rotary: true, tied: false, recomputes: false },
});

describe("phase offload", () => {
  it("is of all mechanisms that prefill and decode, and of no instrument", () => {
    const offloaded = mechanisms.filter(({ forms }) => forms.offload).map(({ name }) => name);
    expect(offloaded).toEqual(mechanisms.filter(({ forms, family }) => forms.prefill && forms.decode && family !== "instrument").map(({ name }) => name));
    expect(offloaded).toContain("softmax");
    expect(offloaded).not.toContain("softmaxNoCache");
    expect(named("linear").forms.offload).toEqual(["host", "disk", "recompute"]);
  });

  it.each([
    ["softmax", "host", { phase: "decode", form: "split" }],
    ["softmax", "disk", { phase: "decode", form: "split" }],
    ["softmax", "recompute", { phase: "prefill", form: "tiled" }],
    ["kda", "host", { phase: "decode", form: "recurrent" }],
    ["kda", "recompute", { phase: "prefill", form: "chunk" }],
  ])("%s, %s, computes %o", (name, form, expected) => {
    const { shape, form: computed } = problemOf(named(name), shapeOf(named(name), 40), form);
    expect({ phase: shape.phase, form: computed }).toEqual(expected);
    expect({ ...shape, phase: "offload" }).toEqual(shapeOf(named(name), 40));
  });

  it.each([
    ["softmax", "host", "cached", false],
    ["softmax", "recompute", "recompute", true],
    ["kda", "disk", "recurrent", false],
  ])("%s, %s, is %s of a whole model where there is one", (name, form, expected, recomputes) => {
    const { shape, form: computed } = problemOf(named(name), modelShape(named(name), 40), form);
    expect([shape.phase, computed, shape.model?.recomputes, shape.model?.remakes ?? false]).toEqual(["tokenLoop", expected, recomputes, recomputes]);
  });

  it("moves what all layers keep of a whole model, and takes all of its tokens through anew", () => {
    const mechanism = named("softmax");
    const shape = modelShape(mechanism, 40);
    const [tiles = {}] = mechanism.tiles(shape, "host", leastDevice);
    // Of each softmax layer as one alone has; of a linear one batch 2 × heads × 32 × 16.
    const cache = 2 * 4 * 48 * 4 * 41;
    expect(mechanism.leastBytes(shape, "host")).toBe(3 * cache);
    expect(mechanism.bytesByRole(shape, "host", tiles).state).toBe(3 * cache);
    expect(mechanism.flops(shape, "host", tiles)).toEqual({ useful: 0, executed: 0 });
    const hybrid = { ...shape, model: { ...(shape.model as ModelShape), pattern: ["linear", "linear", "softmax"] } };
    expect(mechanism.leastBytes(hybrid, "disk")).toBe(cache + 2 * 2 * 4 * 32 * 16 * 4);

    const whole: Shape = { ...shape, phase: "tokenLoop", model: { ...(shape.model as ModelShape), recomputes: true, remakes: true } };
    const [anew = {}] = mechanism.tiles(whole, "recompute", leastDevice);
    expect(mechanism.flops(shape, "recompute", anew)).toEqual(mechanism.flops(whole, "recompute", anew));
    // Of 40 tokens of two texts all weights but the classifier's, norms, turns of queries and keys, and each token's attention to those before it: and no token behind them.
    const [projected, fed, normed, turned] = [64 * (128 + 128 + 64 + 64), 3 * 64 * 96, 4 * 2 * 64, 3 * (128 + 128)];
    const mixed = mechanism.flops(
      { ...shapeOf(mechanism, 40), phase: "prefill" },
      "tiled",
      mechanism.tiles({ ...shapeOf(mechanism, 40), phase: "prefill" }, "tiled", leastDevice)[0] ?? {},
    );
    expect(mechanism.flops(shape, "recompute", anew).useful).toBe(3 * (80 * (2 * (projected + fed) + normed + turned) + mixed.useful));
    // What is there afterwards is what comes back otherwise, less the row of the token that a decode step appends.
    expect(mechanism.bytesByRole(shape, "recompute", anew).state).toBe((3 * cache * 40) / 41);
    const { steps } = mechanism.plan(shape, "recompute", leastDevice, anew);
    const { steps: staged } = mechanism.plan(whole, "recompute", leastDevice, anew);
    expect(staged.every(({ stage }) => stage !== undefined)).toBe(true);
    expect(steps).toEqual(staged.map(({ stage: _, ...step }) => step));
    const claimed = (form: string) =>
      mechanism.claim("offload", form, { ...shape, model: { ...(shape.model as ModelShape), recomputes: form === "recompute" } });
    expect(claimed("host")).toEqual({ time: "O(n)", stateBytes: "O(n)" });
    expect(claimed("recompute")).toEqual({ time: "O(n²)", stateBytes: "O(n)" });
  });

  it("leaves other phases as they are", () => {
    const shape: Shape = { ...shapeOf(named("softmax"), 40), phase: "decode" };
    expect(problemOf(named("softmax"), shape, "split")).toEqual({ shape, form: "split" });
  });

  // bytes of a row of a cache: batch 2 × kvHeads × (32 + 16) × 4; n rows and the one of the next token
  it.each([
    ["softmax", 40, 4, 2 * 4 * 48 * 4 * 41],
    ["softmax", 40, 1, 2 * 1 * 48 * 4 * 41],
    ["linear", 40, 4, 2 * 4 * 32 * 16 * 4],
    ["linear", 4000, 4, 2 * 4 * 32 * 16 * 4],
  ])("moves the state of %s at n = %i and nothing else", (name, n, kvHeads, bytes) => {
    const mechanism = named(name);
    const shape = shapeOf(mechanism, n, kvHeads);
    const variants = mechanism.tiles(shape, "disk", leastDevice);
    expect(variants).toHaveLength(1);
    const [tiles = {}] = variants;
    expect(mechanism.leastBytes(shape, "disk")).toBe(bytes);
    expect(mechanism.bytesByRole(shape, "disk", tiles).state).toBe(bytes);
    expect(mechanism.flops(shape, "disk", tiles)).toEqual({ useful: 0, executed: 0 });
    const { buffers } = mechanism.plan(shape, "disk", leastDevice, tiles);
    expect(buffers.flatMap((buffer) => (buffer.role === "state" ? [bufferBytes(buffer)] : [])).reduce((sum, one) => sum + one, 0)).toBe(bytes);
  });

  it("costs a prefill where the state is computed anew", () => {
    const softmax = named("softmax");
    const shape = shapeOf(softmax, 100);
    const prefill: Shape = { ...shape, phase: "prefill" };
    const [tiles = {}] = softmax.tiles(shape, "recompute", leastDevice);
    expect(softmax.flops(shape, "recompute", tiles)).toEqual(softmax.flops(prefill, "tiled", tiles));
    expect(softmax.leastBytes(shape, "recompute")).toBe(softmax.leastBytes(prefill, "tiled"));
    expect(softmax.refusal({ ...shape, headDim: 3 }, "recompute", leastDevice)).toEqual(softmax.refusal({ ...prefill, headDim: 3 }, "tiled", leastDevice));
  });

  it.each([
    ["softmax", "host", { time: "O(n)", stateBytes: "O(n)" }],
    ["softmax", "recompute", { time: "O(n²)", stateBytes: "O(n)" }],
    ["gla", "disk", { time: "O(1)", stateBytes: "O(1)" }],
    ["gla", "recompute", { time: "O(n)", stateBytes: "O(1)" }],
  ])("claims of %s, %s, what its state or its prefill does", (name, form, claim) => {
    expect(named(name).claim("offload", form)).toEqual(claim);
  });

  it("claims one time for a window that is full", () => {
    const softmax = named("softmax");
    const shape = { ...shapeOf(softmax, 4096), parameters: { window: 64, sinks: 0 } };
    expect(softmax.claim("offload", "host", shape)).toEqual({ time: "O(1)", stateBytes: "O(1)" });
  });
});
