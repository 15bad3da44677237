import { expect, test } from "vitest";
import { builtInKernels } from "../builtIn.ts";
import { roundedToHalf } from "../half.ts";
import type { Mechanism, ModelShape, Shape } from "../mechanism.ts";
import { bufferBytes } from "../plan.ts";
import { loadMechanisms } from "../registry.ts";
import { testDevice } from "../testDevice.ts";
import { smallShape } from "../testShape.ts";
import { tolerance } from "../tolerance.ts";
import { keepsCache, keepsNothing, keepsState } from "./forms.ts";
import { turnsOf } from "./modelInputs.ts";
import { presets } from "./presets.ts";
import { changed, unwritten } from "./routes.ts";
import { type StageName, stageWords } from "./stageNames.ts";
import { spansOf } from "./textPlan.ts";

const mechanisms = await loadMechanisms(builtInKernels);
const mechanismOf = (name: string): Mechanism => {
  const found = mechanisms.find((mechanism) => mechanism.name === name);
  if (!found) throw new Error(`no ${name}`);
  return found;
};

test("positions turn pairs of channels by position · 10,000^(−2i / headDim) (RoFormer, arXiv 2104.09864)", () => {
  // Base 1 would turn all pairs alike, and the float64 reference with them.
  const expected = [
    [1, 0, 1, 0],
    [0.54030231, 0.84147098, 0.99995, 0.00999983],
    [-0.9899925, 0.14112001, 0.99955003, 0.0299955],
  ];
  const turns = turnsOf([0, 1, 3], 4);
  for (const [at, value] of expected.flat().entries()) expect(turns[at]).toBeCloseTo(value, 6);
  // The slowest pair of heads of 64 turns once in 47,117 tokens: 2π · 10,000^(62/64).
  expect(Math.asin(turnsOf([1], 64)[63] ?? 0) * 47117).toBeCloseTo(2 * Math.PI, 3);
});

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
  ["gatedDeltaNet", keepsState, { ...hybrid, mixers: { softmax: { parameters: { window: 16, sinks: 2 } } } }, "O(1)", "O(1)"],
] as const)("%s %s %o is %s in time and %s in what it keeps", (name, form, around, time, stateBytes) => {
  const shape = shapeOf(name, {}, { ...around, recomputes: form === keepsNothing });
  expect(mechanismOf(name).claim("tokenLoop", form, shape)).toEqual({ time, stateBytes });
});

/** Layers whose heads are not all alike. */
const unlike = (keyHeads?: number): Partial<ModelShape> => ({
  ...hybrid,
  outputGate: "all",
  mixers: {
    softmax: { heads: 2, kvHeads: 1, headDim: 32 },
    gatedDeltaNet: { heads: 4, kvHeads: 4, headDim: 16, ...(keyHeads === undefined ? {} : { keyHeads }) },
  },
});

test("heads that share a query and a key are heads that have the same ones", () => {
  const mechanism = mechanismOf("gatedDeltaNet");
  const [shared, each] = [2, undefined].map((keyHeads) => shapeOf("gatedDeltaNet", { n: 3, batch: 2 }, { ...unlike(keyHeads), recomputes: true })) as [
    Shape,
    Shape,
  ];
  const tensors = mechanism.inputs(shared, 1);
  // Rows of q, then of k, each head of 16 twice, then those of v, g, beta and the output's gate as they are.
  const spread = (matrix: Float32Array): Float32Array => {
    const [width, channels] = [64, 16];
    const heads = (from: number): number[] => Array.from({ length: 64 }, (_, o) => from + Math.floor(o / (2 * channels)) * channels + (o % channels));
    const rest = Array.from({ length: matrix.length / width - 64 }, (_, o) => 64 + o);
    return Float32Array.from([...heads(0), ...heads(32), ...rest].flatMap((row) => Array.from(matrix.subarray(row * width, (row + 1) * width))));
  };
  const alike = Object.fromEntries(
    Object.entries(tensors).map(([name, values]) => [name, /^layer[012].wqkv$/.test(name) ? spread(values as Float32Array) : values] as const),
  );
  expect(Object.entries(mechanism.inputs(each, 1)).map(([name, { length }]) => [name, length])).toEqual(
    Object.entries(alike).map(([name, { length }]) => [name, length]),
  );
  const scoresOf = (shape: Shape, of: typeof tensors): readonly (readonly number[])[] =>
    mechanism.reference(shape, of, { batch: 0, head: 0, tokens: [0] }).flatMap(({ buffer, values }) => (buffer === "scores" ? [Array.from(values)] : []));
  expect(scoresOf(shared, tensors)).toHaveLength(2);
  expect(scoresOf(shared, tensors)).toEqual(scoresOf(each, alike));
});

test.each([
  ["gatedDeltaNet", true],
  ["kda", true],
  ["deltaNet", true],
  ["softmax", false],
] as const)("%s: how long projected queries and keys are moves no score (%s), as both are brought to length 1", (name, unit) => {
  const mechanism = mechanismOf(name);
  const shape = shapeOf(name, { n: 3, batch: 1 }, { recomputes: true });
  const tensors = mechanism.inputs(shape, 1);
  const { heads, headDim } = shape;
  // Its first rows are those of q, then those of k.
  const longer = (matrix: Float32Array, from: number): Float32Array =>
    matrix.map((weight, i) => (Math.floor(i / 64) >= from && Math.floor(i / 64) < from + heads * headDim ? 8 * weight : weight));
  const scoresWith = (from: number | undefined): readonly number[] => {
    const of = Object.entries(tensors).map(([tensor, values]) => [
      tensor,
      from !== undefined && tensor.endsWith(".wqkv") ? longer(values as Float32Array, from) : values,
    ]);
    const rows = mechanism.reference(shape, Object.fromEntries(of) as typeof tensors, { batch: 0, head: 0, tokens: [0] });
    return rows.flatMap(({ buffer, values }) => (buffer === "scores" ? Array.from(values) : []));
  };
  const plain = scoresWith(undefined);
  expect(plain.length).toBeGreaterThan(10);
  for (const from of [0, heads * headDim]) {
    const off = Math.max(...scoresWith(from).map((score, i) => Math.abs(score - (plain[i] ?? 0))));
    // 1e-6 under the root keeps a length of 0 from dividing.
    if (unit) expect(off).toBeLessThan(1e-4);
    else expect(off).toBeGreaterThan(1e-2);
  }
});

test("Qwen3-Next's layers project half as many queries and keys where they are linear, and keep as much as with heads that are alike", () => {
  const mechanism = mechanismOf("gatedDeltaNet");
  const { model, mixers, heads, kvHeads, headDim } = presets["qwen3-next"];
  const shape = shapeOf("gatedDeltaNet", { heads, kvHeads, headDim, headDimV: headDim, n: 1000 }, model);
  const own = { ...shape, model: { ...model, recomputes: false, mixers } };
  const [tiles = {}] = mechanism.tiles(own, keepsState, device);
  const projected = (of: Shape): number => mechanism.stages?.(of, keepsState, tiles).project?.leastBytes ?? 0;
  const [state, common] = [mechanism.bytesByRole(own, keepsState, tiles).state, mechanism.bytesByRole(shape, keepsState, tiles).state];
  expect(state).toBe(common);
  expect(projected(shape) - projected(own)).toBe(4 * 36 * model.width * 2 * 16 * 128);
});

const device = testDevice(8, true, { f16: false, maxStorageBufferBindingSize: 2 ** 27, maxBufferSize: 2 ** 28 });

test.each([
  ["linear", keepsState, {}, {}, undefined],
  ["linear", keepsState, { dtype: "f16" }, {}, "noFeature"],
  ["linear", keepsState, {}, { vocab: 2 ** 20 }, "overLimit"],
  ["softmax", keepsNothing, { n: 70_000 }, { recomputes: true }, undefined],
  ["softmax", keepsCache, { headDim: 33, headDimV: 33 }, {}, "badShape"],
  ["softmax", keepsCache, {}, { width: 66 }, "badShape"],
  ["softmax", keepsCache, {}, { pattern: ["softmax", "nobody"] }, "badShape"],
  ["gatedDeltaNet", keepsState, {}, unlike(3), "badShape"],
  ["gatedDeltaNet", keepsState, {}, unlike(2), undefined],
  ["gatedDeltaNet", keepsState, {}, { ...hybrid, mixers: { softmax: { heads: 2, kvHeads: 1, headDim: 17 } } }, "badShape"],
] as const)("%s %s %o in %o is refused as %s", (name, form, change, around, code) => {
  expect(mechanismOf(name).refusal(shapeOf(name, change, around), form, device)?.code).toBe(code);
});

test("more tokens than workgroups in a row go through at once, over a second dimension", () => {
  const most = 65_535;
  const feedForward = { kind: "experts", hidden: 32, experts: 7, active: 3 } as const;
  const shape = shapeOf("softmax", { n: 70_000 }, { recomputes: true, feedForward });
  const mechanism = mechanismOf("softmax");
  const { setup, steps } = mechanism.plan(shape, keepsNothing, device, mechanism.tiles(shape, keepsNothing, device)[0] ?? {});
  const grids = [...setup, ...steps].map(({ workgroups }) => workgroups);
  expect(Math.max(...grids.flat())).toBeLessThanOrEqual(most);
  // A row each.
  for (const label of ["embed x", "rotate", "route", "norm normed"]) {
    const [x = 0, y = 0, z = 0] = steps.find((step) => step.label.startsWith(label))?.workgroups ?? [];
    expect(x * y * z).toBeGreaterThan(70_000);
  }
});

test("every step of a token has a stage, and every stage costs what it costs", () => {
  const experts = { feedForward: { kind: "experts", hidden: 32, experts: 7, active: 3 } } as const;
  const without = (...absent: readonly StageName[]) => Object.keys(stageWords).filter((name) => !absent.some((one) => one === name));
  for (const [name, around, expected] of [
    ["gatedDeltaNet", {}, without("rotate", "route")],
    ["gatedDeltaNet", hybrid, without("route")],
    ["gatedDeltaNet", unlike(2), without("route")],
    ["gatedDeltaNet", experts, without("rotate")],
    ["softmax", {}, without("route")],
    ["softmax", { ...experts, rotary: false }, without("rotate")],
    ["softmax", experts, without()],
  ] as const) {
    const [mechanism, shape] = [mechanismOf(name), shapeOf(name, {}, around)];
    const [keepsState = ""] = mechanism.forms.tokenLoop ?? [];
    const [tiles = {}] = mechanism.tiles(shape, keepsState, device);
    const stages = mechanism.stages?.(shape, keepsState, tiles) ?? {};
    expect(Object.keys(stages)).toEqual(expected);
    expect(new Set(mechanism.plan(shape, keepsState, device, tiles).steps.map(({ stage }) => stage))).toEqual(new Set(expected));
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
  // f32, four layers, three matrices of 64 × 32 an expert.
  const [one, layers, each] = [3 * 64 * 32, 4, 4];
  const touched = (bytes: number): number => bytes / each / layers / one;
  expect(touched(bytesOf(1, experts(4, 1)))).toBe(1);
  expect(touched(bytesOf(1, experts(7, 3)))).toBe(3);
  expect(touched(bytesOf(5, experts(7, 7)))).toBe(7);
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
    expect(touched(bytesOf(rows, experts(count, active)))).toBeCloseTo(meanOf(count, active, rows), 3);
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
  expect(touched(bytesOf(12, around)) / real).toBeGreaterThan(1);
  expect(touched(bytesOf(12, around)) / real).toBeLessThan(1.1);
});

test.each([
  ["softmax", {}],
  ["gatedDeltaNet", hybrid],
] as const)("a cache of f16 takes the newest token's keys and values rounded, in float64 too: %s %o", (name, around) => {
  const mechanism = mechanismOf(name);
  const shape = shapeOf(name, { n: 5, kvDtype: "f16" }, around);
  const tensors = mechanism.inputs(shape, 1);
  // References are known by the tensors that they are of.
  const rowsOf = (of: Shape, buffer: RegExp): readonly (readonly number[])[] =>
    mechanism.reference(of, { ...tensors }, { batch: 0, head: 0, tokens: [0] }).flatMap((row) => (buffer.test(row.buffer) ? [Array.from(row.values)] : []));
  const kept = rowsOf(shape, /Cache$/);
  expect(kept.length).toBeGreaterThan(1);
  for (const values of kept) expect(Array.from(roundedToHalf(Float32Array.from(values)))).toEqual(values);
  expect(rowsOf(shape, /^scores$/)).not.toEqual(rowsOf({ ...shape, kvDtype: "f32" }, /^scores$/));
  // One that lies between two numbers of f16 may become either: by so much more may a right kernel be off.
  const allowed = (of: Shape): number => tolerance(of, mechanism.rounding?.(of));
  expect(allowed(shape)).toBeGreaterThan(2 ** -7);
  expect(allowed({ ...shape, kvDtype: "f32" })).toBeLessThan(1e-4);
  expect(allowed(shapeOf(name, { n: 5, kvDtype: "f16" }, { ...around, recomputes: true }))).toBeLessThan(1e-4);
});

test.each([
  ["softmax", true],
  ["linear", false],
] as const)("float64 of a whole model rounds nothing of what goes into a mixer: %s", (name, isLinearInValues) => {
  const mechanism = mechanismOf(name);
  const shape = shapeOf(name, { n: 5, batch: 1 }, { layers: 2, recomputes: true });
  const tensors = mechanism.inputs(shape, 1);
  const channels = shape.heads * shape.headDim;
  // Queries three times as large and keys a third, and values too where nothing behind them asks how large they are: not in f32, which has no thirds.
  const factors = [3, 1 / 3, isLinearInValues ? 3 : 1];
  const evened = Object.fromEntries(
    Object.entries(tensors).map(([tensor, values]) => {
      if (tensor.endsWith(".wqkv")) return [tensor, Float64Array.from(values, (weight, i) => weight * (factors[Math.floor(i / 64 / channels)] ?? 1))] as const;
      if (tensor.endsWith(".wo") && isLinearInValues) return [tensor, Float64Array.from(values, (weight) => weight / 3)] as const;
      return [tensor, values] as const;
    }),
  ) as unknown as typeof tensors;
  const scoresOf = (of: typeof tensors): readonly number[] =>
    mechanism.reference(shape, of, { batch: 0, head: 0, tokens: [0] }).flatMap(({ buffer, values }) => (buffer === "scores" ? Array.from(values) : []));
  const [plain, other] = [scoresOf(tensors), scoresOf(evened)];
  expect(plain).toHaveLength(100);
  expect(other).not.toEqual(plain);
  for (const [token, score] of plain.entries()) expect(Math.abs((other[token] ?? Number.NaN) - score)).toBeLessThan(1e-12);
});

test("a state rounds nothing, whatever a cache would be", () => {
  const [shape, mechanism] = [shapeOf("linear", { kvDtype: "f16" }), mechanismOf("linear")];
  expect(mechanism.rounding?.(shape)).toBe(mechanism.rounding?.({ ...shape, kvDtype: "f32" }));
});

test("where nothing is kept, keys and values are f32 as projections leave them, whatever a cache would be", () => {
  const shape = shapeOf("softmax", { kvDtype: "f16" }, { recomputes: true });
  const [tiles = {}] = mechanismOf("softmax").tiles(shape, keepsNothing, { ...device, f16: true });
  const { buffers } = mechanismOf("softmax").plan(shape, keepsNothing, { ...device, f16: true }, tiles);
  expect(buffers.filter(({ dtype }) => dtype === "f16")).toEqual([]);
});

const text = { prompt: [1, 2, 3, 4, 5, 6, 7, 8], temperature: 0, seed: 1 };
const written = (name: string, change: Partial<Shape> = {}, around: Partial<ModelShape> = {}): Shape =>
  shapeOf(name, { phase: "generate", n: 40, ...change }, { text, ...around });

test.each([
  ["softmax", {}],
  ["softmax", { recomputes: true }],
  ["gatedDeltaNet", {}],
  ["gatedDeltaNet", hybrid],
  ["gatedDeltaNet", unlike(2)],
] as const)("a text of %s %o ends with each token it writes, by the same modules for each", (name, around) => {
  const [mechanism, shape] = [mechanismOf(name), written(name, {}, around)];
  const form = shape.model?.recomputes ? keepsNothing : keepsState;
  const [tiles = {}] = mechanism.tiles(shape, form, device);
  const { steps, tokenEnds = [] } = mechanism.plan(shape, form, device, tiles);
  expect(tokenEnds).toHaveLength(32);
  expect(tokenEnds.at(-1)).toBe(steps.length);
  expect(tokenEnds.every((end) => steps[end - 1]?.label === "advance")).toBe(true);
  // A longer text compiles nothing more.
  const longer = { ...shape, n: 60 };
  const modules = (of: Shape): number => new Set(mechanism.plan(of, form, device, tiles).steps.map((step) => step.wgsl)).size;
  expect(modules(longer)).toBe(modules(shape));
});

test("a text costs its prompt and each token, and more where nothing is kept", () => {
  const costOf = (shape: Shape): number => {
    const form = shape.model?.recomputes ? keepsNothing : keepsCache;
    return mechanismOf("softmax").flops(shape, form, mechanismOf("softmax").tiles(shape, form, device)[0] ?? {}).useful;
  };
  const tokens = [41, 42, 43].map((n) => costOf(written("softmax", { n })) - costOf(written("softmax", { n: n - 1 })));
  // One more place in each of four layers: 4 FLOPs a channel.
  expect((tokens[1] ?? 0) - (tokens[0] ?? 0)).toBe(4 * 4 * 64);
  expect((tokens[2] ?? 0) - (tokens[1] ?? 0)).toBe(4 * 4 * 64);
  expect(costOf(written("softmax", {}, { recomputes: true }))).toBeGreaterThan(10 * costOf(written("softmax")));
  // Without a cache, whatever is to come costs a token nothing until it needs more places than 32.
  const whole = (n: number) => costOf(written("softmax", { n }, { recomputes: true }));
  const [behind32, behind39] = [whole(34) - whole(33), whole(41) - whole(40)];
  const token = (n: number) => {
    const shape: Shape = { ...written("softmax", {}, { recomputes: true }), phase: "tokenLoop", n };
    const { text: _, ...model } = shape.model as ModelShape;
    const anew = { ...shape, model };
    return mechanismOf("softmax").flops(anew, keepsNothing, mechanismOf("softmax").tiles(anew, keepsNothing, device)[0] ?? {}).useful;
  };
  // 33 tokens end with one behind 32 places, and a 34th goes through 33.
  expect(behind32).toBe(token(32));
  // 39 places, and the one before that is one more too.
  expect(behind39).toBe(token(39) + 7 * (token(39) - token(38)));
});

test.each([
  [1, 5, [5]],
  [1, 16, [16]],
  [1, 100, [16, 32, 64, 100]],
  [33, 100, [64, 100]],
  [64, 100, [64, 100]],
  [99, 100, [100]],
])("behind %i given, %i places without anything kept go through by %o", (given, places, spans) => {
  expect(spansOf(given, places)).toEqual(spans);
});

test.each([
  ["softmax", {}, { vocab: 8 }, "badShape"],
  ["softmax", { batch: 2 }, {}, "badShape"],
  ["softmax", { n: 8 }, {}, "badShape"],
  ["softmax", {}, { text: { ...text, stop: 100 } }, "badShape"],
  ["softmax", {}, { text: { ...text, prompt: [] } }, "badShape"],
  ["softmax", { kvDtype: "f16" }, {}, "badShape"],
  ["linear", { kvDtype: "f16" }, {}, undefined],
  ["linear", { kvDtype: "f16" }, { pattern: ["linear", "softmax"] }, "badShape"],
  ["softmax", {}, {}, undefined],
] as const)("a text of %s %o in %o is refused as %s", (name, change, around, code) => {
  expect(mechanismOf(name).refusal(written(name, change, around), keepsCache, device)?.code).toBe(code);
});

test("from where on a router is as near between experts as rounding, nothing of a text is held", () => {
  const experts = { kind: "experts", hidden: 32, experts: 7, active: 3 } as const;
  const shape = written("softmax", {}, { feedForward: experts });
  const mechanism = mechanismOf("softmax");
  const tensors = mechanism.inputs(shape, 1);
  const heldOf = (given: typeof tensors): readonly number[] =>
    mechanism.reference(shape, given, { batch: 0, head: 0, tokens: [0] }).flatMap(({ buffer, offset }) => (buffer === "text" && offset > 0 ? [offset] : []));
  expect(heldOf(tensors)).toHaveLength(32);
  // Two experts that are the same to the router are as near as can be wherever one of them is the last that is chosen.
  const router = Float32Array.from(tensors["layer1.router"] ?? []);
  router.copyWithin(64, 0, 64);
  const alike = { ...tensors, "layer1.router": router };
  const held = heldOf(alike);
  expect(held.length).toBeLessThan(32);
  expect(held).toEqual(Array.from({ length: held.length }, (_, i) => 8 + i));
  // A choice that was made twice and otherwise tells nothing.
  for (const route of [changed, unwritten]) expect(heldOf({ ...alike, "layer1.routes": new Uint32Array(3 * 39).fill(route) })).toEqual(held);
});

test("where a router is as near between two experts as rounding, the other one is right as well", () => {
  const experts = { kind: "experts", hidden: 32, experts: 2, active: 1 } as const;
  const [mechanism, shape] = [mechanismOf("softmax"), shapeOf("softmax", {}, { layers: 1, feedForward: experts })];
  const tensors = mechanism.inputs(shape, 1);
  const alternativesOf = (given: typeof tensors) => [...(mechanism.alternatives?.(shape, given) ?? [])];
  expect(alternativesOf(tensors)).toEqual([]);
  // To the router the two are the same, so that the first is taken.
  const router = Float32Array.from(tensors["layer0.router"] ?? []);
  router.copyWithin(64, 0, 64);
  const alike = { ...tensors, "layer0.router": router };
  const exchanged = Object.fromEntries(
    ["gate", "up", "down"].map((name) => {
      const both = Float32Array.from(tensors[`layer0.${name}`] ?? []);
      const half = both.length / 2;
      return [`layer0.${name}`, Float32Array.from([...both.subarray(half), ...both.subarray(0, half)])];
    }),
  );
  const referenceOf = (given: typeof tensors) => mechanism.reference(shape, given, { batch: 0, head: 0, tokens: [0] });
  const [other, ...more] = alternativesOf(alike);
  expect(more).toEqual([]);
  expect(other).toEqual(referenceOf({ ...alike, ...exchanged }));
  expect(other).not.toEqual(referenceOf(alike));
});

test("a model whose mixers take parts of a text allocates what these are counted by, for each layer", () => {
  const mechanism = mechanismOf("gatedDeltaNet");
  const shape = shapeOf("gatedDeltaNet", { n: 200 }, { ...hybrid, recomputes: true });
  const scratch = (flopsPerSecond: number): number => {
    const device = testDevice(32, false, { flopsPerSecond });
    const [tiles = {}] = mechanism.tiles(shape, keepsNothing, device);
    const { buffers } = mechanism.plan(shape, keepsNothing, device, tiles);
    const bytes = buffers.filter(({ role }) => role === "scratch").reduce((sum, buffer) => sum + bufferBytes(buffer), 0);
    expect(mechanism.bytesByRole(shape, keepsNothing, tiles).scratch).toBe(bytes);
    return bytes;
  };
  expect(scratch(1e7) - scratch(1e12)).toBe(4 * 4);
});
