import { describe, expect, test } from "vitest";
import { roundedToHalf } from "../half.ts";
import type { Shape, Tensors } from "../mechanism.ts";
import { bufferBytes, planModules } from "../plan.ts";
import { testDevice } from "../testDevice.ts";
import mechanisms from "./definition.ts";

const [softmax, noCache] = ["softmax", "softmaxNoCache"].map((name) => mechanisms.find((mechanism) => mechanism.name === name));
if (!softmax || !noCache) throw new Error("softmax and softmaxNoCache are not both defined");

const device = testDevice(8, true, { f16: true });
const gpu = testDevice(32, false, { f16: true });

const shapeOf = (over: Partial<Shape> = {}): Shape => {
  const shape = {
    phase: "decode",
    n: 65,
    batch: 2,
    heads: 4,
    kvHeads: 2,
    headDim: 36,
    headDimV: 20,
    dtype: "f32",
    kvDtype: "f32",
    stateDtype: "f32",
    parameters: {},
    ...over,
  } as const;
  return { dModel: shape.heads * shape.headDim, ...shape };
};

const halves = { dtype: "f16", kvDtype: "f16" } as const;

describe.each([
  ["a CPU emulation", device],
  ["a GPU", gpu],
])("on %s", (_, capabilities) => {
  test.each(["decode", "generate"] as const)("the closed form of bytes is what the plan of %s allocates", (phase) => {
    for (const n of [1, 64, 300]) {
      const shape = shapeOf({ phase, n });
      const [tiles = {}] = noCache.tiles(shape, "split", capabilities);
      const plan = noCache.plan(shape, "split", capabilities, tiles);
      const allocated = { input: 0, output: 0, state: 0, scratch: 0, harness: 0 };
      for (const buffer of plan.buffers) allocated[buffer.role] += bufferBytes(buffer);
      expect(noCache.bytesByRole(shape, "split", tiles)).toEqual(allocated);
      expect(allocated.state).toBe(4 * 2 * (phase === "decode" ? n + 1 : n) * 4 * 36);
      const names = new Set(plan.buffers.map(({ name }) => name));
      expect(plan.steps.flatMap(({ bindings }) => bindings).filter((name) => !names.has(name))).toEqual([]);
    }
  });

  test.each(["decode", "generate"] as const)("%s of f16 takes half the bytes, but for its keys and values and what splits hand on", (phase) => {
    const [full, half] = [shapeOf({ phase }), shapeOf({ phase, ...halves })];
    const [tiles = {}] = noCache.tiles(half, "split", capabilities);
    const bytes = noCache.bytesByRole(full, "split", tiles);
    expect(noCache.bytesByRole(half, "split", tiles)).toEqual({ ...bytes, input: bytes.input / 2, output: bytes.output / 2, state: bytes.state / 2 });
    expect(2 * noCache.leastBytes(half, "split")).toBe(noCache.leastBytes(full, "split"));
    const plan = noCache.plan(half, "split", capabilities, tiles);
    const counted = plan.buffers.find(({ name }) => name === "positions");
    expect(counted?.dtype).toBe(phase === "decode" ? undefined : "u32");
    for (const buffer of plan.buffers) if (buffer !== counted) expect(buffer.dtype, buffer.name).toBe(buffer.role === "scratch" ? "f32" : "f16");
    const inputs = noCache.inputs(half, 1);
    for (const [name, tensor] of Object.entries(inputs)) expect(tensor, name).toEqual(roundedToHalf(tensor as Float32Array));
    const allocated = plan.buffers.reduce((sum, buffer) => sum + bufferBytes(buffer), 0);
    expect(Object.values(noCache.bytesByRole(half, "split", tiles)).reduce((sum, role) => sum + role, 0)).toBe(allocated);
    expect(noCache.refusal(half, "split", capabilities)).toBeUndefined();
    expect(noCache.refusal(half, "split", { ...capabilities, f16: false })?.code).toBe("noFeature");
  });

  test("more tokens than one dimension has workgroups go into the second", () => {
    const shape = shapeOf({ n: 5000 });
    const most = { ...capabilities, maxComputeWorkgroupsPerDimension: 60 };
    const [tiles = {}] = noCache.tiles(shape, "split", most);
    const plan = noCache.plan(shape, "split", most, tiles);
    const [x, y] = plan.steps[1]?.workgroups ?? [0, 0];
    expect(x).toBe(60);
    expect(x * y * Number(tiles.projectRows)).toBeGreaterThanOrEqual(5001 * Math.ceil(72 / Number(tiles.projectColumns)));
    // By its own second dimension, which knows no n; what has more workgroups beside is folded (foldedGrid.ts), and knows it.
    expect(plan.steps[1]?.wgsl).toBe(noCache.plan(shapeOf({ n: 1000, batch: 1 }), "split", most, tiles).steps[1]?.wgsl);
    expect(planModules(noCache.plan(shape, "split", capabilities, tiles))).toEqual(
      planModules(noCache.plan(shapeOf({ n: 1000, batch: 1 }), "split", capabilities, tiles)),
    );
  });

  test("costs a decode with a cache, and two projections of all tokens", () => {
    const shape = shapeOf({ n: 300 });
    const [tiles = {}] = noCache.tiles(shape, "split", capabilities);
    const { useful, executed } = noCache.flops(shape, "split", tiles);
    expect(useful - softmax.flops(shape, "split", tiles).useful).toBe(2 * 2 * 301 * 144 * 2 * (36 + 20));
    expect(executed).toBeGreaterThanOrEqual(useful);
  });

  test("a text costs what decoding each of its tokens does", () => {
    const text = shapeOf({ phase: "generate", n: 77 });
    const tokens = Array.from({ length: 77 }, (_, n) => shapeOf({ n }));
    const [tiles = {}] = noCache.tiles(text, "split", capabilities);
    const sum = (costOf: (shape: Shape) => number): number => tokens.reduce((total, shape) => total + costOf(shape), 0);
    const flops = noCache.flops(text, "split", tiles);
    expect(flops.useful).toBe(sum((shape) => noCache.flops(shape, "split", tiles).useful));
    // A token by itself writes its output at once where one split is all; in a text every split is joined.
    const joined = 4 * text.headDimV * text.heads * text.batch * Math.min(77, Number(tiles.keys));
    expect(flops.executed).toBe(sum((shape) => noCache.flops(shape, "split", tiles).executed) + joined);
    expect(noCache.leastBytes(text, "split")).toBe(sum((shape) => noCache.leastBytes(shape, "split")));
    expect(["decode", "generate"].map((phase) => noCache.claim(phase as Shape["phase"], "split").time)).toEqual(["O(n)", "O(n²)"]);
  });

  test("each token of a text projects all so far, by steps that neighbours share", () => {
    const shape = shapeOf({ phase: "generate", n: 300 });
    const [tiles = {}] = noCache.tiles(shape, "split", capabilities);
    const { steps } = noCache.plan(shape, "split", capabilities, tiles);
    expect(steps).toHaveLength(1 + 5 * 300);
    const rows = Number(tiles.projectRows);
    const across = Math.ceil(72 / Number(tiles.projectColumns));
    const projections = steps.filter(({ label }) => label === "project k");
    expect(projections.map(({ workgroups: [x, y] }) => (x * y) / across)).toEqual(Array.from({ length: 300 }, (_, t) => Math.ceil((t + 1) / rows)));
    expect(new Set(projections).size).toBe(Math.ceil(300 / rows));
  });
});

test("the reference is that of a cache which holds the projections", () => {
  const shape = shapeOf({ n: 9 });
  const inputs = noCache.inputs(shape, 4);
  const of = (name: string): Float32Array => inputs[name] as Float32Array;
  const project = (weights: Float32Array, channels: number, batch: number, token: number): number[] => {
    const [from, row] = token === 9 ? [of("x"), batch] : [of("hidden"), batch * 10 + token];
    return Array.from({ length: channels }, (_, c) =>
      Array.from({ length: 144 }, (_, i) => (from[row * 144 + i] ?? Number.NaN) * (weights[i * channels + c] ?? Number.NaN)).reduce((a, b) => a + b, 0),
    );
  };
  const cached = (name: string, channels: number, tokens: readonly number[]): Float32Array =>
    Float32Array.from([0, 1].flatMap((batch) => tokens.flatMap((token) => project(of(name), channels, batch, token))));
  const all = Array.from({ length: 10 }, (_, token) => token);
  const tensors: Tensors = { q: of("q"), k: cached("wK", 72, [9]), v: cached("wV", 40, [9]), kCache: cached("wK", 72, all), vCache: cached("wV", 40, all) };
  const at = { batch: 1, head: 3, tokens: [0] };
  const [own] = noCache.reference(shape, inputs, at);
  const [known] = softmax.reference(shape, tensors, at);
  expect(own?.offset).toBe(known?.offset);
  expect(own?.values).toHaveLength(20);
  // The cache is rounded to f32, the projections are not.
  for (const [c, value] of (own?.values ?? []).entries()) expect(value).toBeCloseTo(known?.values[c] ?? Number.NaN, 5);
});

test("the reference of a text is that of each token decoded after those before it, whose hidden states come from the stream over and over", () => {
  const text = shapeOf({ phase: "generate", n: 70 });
  const inputs = noCache.inputs(text, 4);
  const part = (name: string, length: number, row: number): Float32Array => (inputs[name] as Float32Array).subarray(row * length, (row + 1) * length);
  const at = { batch: 1, head: 2, tokens: [0, 5, 63, 64, 69] };
  const rows = noCache.reference(text, inputs, at);
  for (const [i, t] of at.tokens.entries()) {
    const states = Array.from({ length: t + 1 }, (_, j) => part("x", 144, 64 + (j % 64)));
    const decode: Tensors = {
      q: part("q", 144, 64 + (t % 64)),
      x: states.at(-1) as Float32Array,
      wK: inputs.wK as Float32Array,
      wV: inputs.wV as Float32Array,
      hidden: Float32Array.from(states.flatMap((state) => Array.from(state))),
    };
    const [known] = noCache.reference(shapeOf({ n: t, batch: 1 }), decode, { ...at, batch: 0, tokens: [0] });
    expect(rows[i]?.offset).toBe(((70 + t) * 4 + 2) * 20);
    expect(rows[i]?.values).toEqual(known?.values);
  }
  const kept = rows.filter(({ buffer }) => buffer === "hidden");
  expect(kept.map(({ offset, values }) => [offset, values.length])).toEqual([
    [70 * 144, 64 * 144],
    [(70 + 64) * 144, 6 * 144],
  ]);
  expect(kept[1]?.values).toEqual((inputs.x as Float32Array).subarray(64 * 144, 70 * 144));
});

test("the newest hidden state is missing until the step appends it", () => {
  const shape = shapeOf({ n: 5 });
  const inputs = noCache.inputs(shape, 1);
  expect((inputs.hidden as Float32Array).findIndex(Number.isNaN)).toBe(5 * 144);
  const rows = noCache.reference(shape, inputs, { batch: 0, head: 0, tokens: [0] });
  expect(rows.every(({ values }) => values.every(Number.isFinite))).toBe(true);
});

test.each([
  [{ kvDtype: "f16" }, "badShape", "kvDtype f16 beside dtype f32: softmaxNoCache keeps no cache, so it takes kvDtype f32, as where none is given"],
  [{ headDim: 300 }, "badShape", "headDim 300: softmaxNoCache takes multiples of 4 from 16 to 256"],
  [{ kvHeads: 3 }, "badShape", "kvHeads 3 does not divide heads 4"],
  [{ dModel: 100 }, "badShape", "dModel 100: softmaxNoCache takes heads × headDim = 144"],
  [{ n: 2 ** 20 }, "overLimit", "split decode without a cache needs 1207960704 bytes for hidden"],
  [{ phase: "generate", n: 2 ** 20 }, "overLimit", "split generate without a cache needs 1207959552 bytes for hidden"],
] as const)("refuses %j with %s", (over, code, reason) => {
  const refusal = noCache.refusal(shapeOf(over), "split", device);
  expect(refusal?.code).toBe(code);
  expect(refusal?.reason).toContain(reason);
});

test.each(["decode", "generate"] as const)(
  "projections of %s that are too long for one submit are parts of their rows, and no more than a tenth of what the device does in a second",
  (phase) => {
    const capabilities = { ...gpu, flopsPerSecond: 1e8 };
    const shape = shapeOf({ phase, n: 400 });
    for (const tiles of noCache.tiles(shape, "split", capabilities)) {
      const plan = noCache.plan(shape, "split", capabilities, tiles);
      const allocated = plan.buffers.filter(({ role }) => role === "scratch").reduce((sum, buffer) => sum + bufferBytes(buffer), 0);
      expect(noCache.bytesByRole(shape, "split", tiles).scratch).toBe(allocated);
      expect(plan.steps.filter(({ bindings }) => bindings.at(-1) === "partsBefore").length).toBeGreaterThan(4);
      for (const [i, end] of (plan.submits ?? []).entries()) {
        const submit = plan.steps.slice(plan.submits?.[i - 1] ?? 0, end);
        const flops = submit.map(({ workgroups: [x, y, z], groupFlops = 0 }) => x * y * z * groupFlops);
        expect(flops.reduce((sum, each) => sum + each, 0)).toBeLessThanOrEqual(1e7);
      }
      expect(plan.submits?.at(-1)).toBe(plan.steps.length);
    }
    const [tiles = {}] = noCache.tiles(shape, "split", gpu);
    expect(noCache.plan(shape, "split", gpu, tiles)).not.toHaveProperty("submits");
  },
);
