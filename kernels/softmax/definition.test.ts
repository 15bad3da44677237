import { describe, expect, test } from "vitest";
import { roundedToHalf } from "../half.ts";
import type { Capabilities, Phase, Shape } from "../mechanism.ts";
import { bufferBytes, planModules } from "../plan.ts";
import { testDevice } from "../testDevice.ts";
import mechanisms from "./definition.ts";

const softmax = mechanisms.find(({ name }) => name === "softmax");
if (!softmax) throw new Error("softmax is not defined");

const device = testDevice(8, true);
const gpu = testDevice(32, false);
const granting = testDevice(32, false, { maxComputeWorkgroupStorageSize: 32768 });
const plain = testDevice(0, false);

const shapeOf = (phase: Phase, over: Partial<Shape> = {}): Shape => {
  const shape = {
    phase,
    n: 65,
    batch: 2,
    heads: 4,
    kvHeads: 2,
    headDim: 64,
    dtype: "f32",
    kvDtype: "f32",
    stateDtype: "f32",
    parameters: {},
    ...over,
  } as const;
  return { headDimV: shape.headDim, dModel: shape.heads * shape.headDim, ...shape };
};

const halves = { dtype: "f16", kvDtype: "f16" } as const;

const arms: [Phase, string][] = [
  ["prefill", "tiled"],
  ["prefill", "naive"],
  ["decode", "split"],
  ["generate", "split"],
];

describe.each(arms)("%s %s", (phase, form) => {
  const sizes = [1, 7, 63, 130, 257].flatMap((n): Shape[] => [
    shapeOf(phase, { n, kvDtype: "f16" }),
    shapeOf(phase, { n, kvDtype: "f16", parameters: { window: 30, sinks: 3 } }),
    shapeOf(phase, { n, ...halves }),
    shapeOf(phase, { n, ...halves, headDim: 36, headDimV: 20, parameters: { window: 30, sinks: 3 } }),
    ...[[16], [36], [64], [128], [256], [16, 256], [252, 20]].map(([headDim = 0, headDimV = headDim]) => shapeOf(phase, { n, headDim, headDimV })),
  ]);

  test("the closed form of bytes is what the plan allocates", () => {
    for (const shape of sizes) {
      for (const capabilities of [device, gpu, plain]) {
        for (const tiles of softmax.tiles(shape, form, capabilities)) {
          const allocated = { input: 0, output: 0, state: 0, scratch: 0, harness: 0 };
          for (const buffer of softmax.plan(shape, form, capabilities, tiles).buffers) allocated[buffer.role] += bufferBytes(buffer);
          expect(softmax.bytesByRole(shape, form, tiles), JSON.stringify({ n: shape.n, headDim: shape.headDim, headDimV: shape.headDimV, tiles })).toEqual(
            allocated,
          );
        }
      }
    }
  });

  test("every binding exists, every dispatch and every unrolled text is within limits", () => {
    for (const shape of sizes) {
      for (const capabilities of [device, gpu, plain]) {
        for (const tiles of softmax.tiles(shape, form, capabilities)) {
          const plan = softmax.plan(shape, form, capabilities, tiles);
          const names = new Set(plan.buffers.map(({ name }) => name));
          for (const step of new Set(plan.steps)) {
            expect(step.bindings.filter((name) => !names.has(name))).toEqual([]);
            expect(Math.max(...step.workgroups)).toBeLessThanOrEqual(capabilities.maxComputeWorkgroupsPerDimension);
            expect(step.wgsl).not.toMatch(/\$\{|^\s*#(each|if|else|end)/m);
            if (!capabilities.subgroups) expect(step.enables).not.toContain("subgroups");
          }
        }
      }
    }
  });

  test("at least the useful work is executed", () => {
    for (const shape of sizes) {
      for (const tiles of softmax.tiles(shape, form, device)) {
        const { useful, executed } = softmax.flops(shape, form, tiles);
        expect(executed).toBeGreaterThanOrEqual(useful);
      }
    }
  });
});

describe("a cache of f16", () => {
  const half: Partial<Shape> = { kvDtype: "f16", n: 100 };
  const withHalf: Capabilities = { ...device, f16: true };

  test.each(arms)("in %s %s is half the state, and declared where it is bound", (phase, form) => {
    const [tiles = {}] = softmax.tiles(shapeOf(phase, half), form, withHalf);
    const state = (over: Partial<Shape>): number => softmax.bytesByRole(shapeOf(phase, over), form, tiles).state;
    expect(2 * state(half)).toBe(state({ ...half, kvDtype: "f32" }));
    for (const step of softmax.plan(shapeOf(phase, half), form, withHalf, tiles).steps) {
      const bindsCache = step.bindings.some((name) => ["kCache", "vCache", ...(phase === "prefill" ? ["k", "v"] : [])].includes(name));
      expect(step.enables.includes("f16"), step.label).toBe(bindsCache);
      expect(/\bvec4h\b|\bf16\b/.test(step.wgsl), step.label).toBe(bindsCache);
    }
    expect(softmax.refusal(shapeOf(phase, half), form, withHalf)).toBeUndefined();
    expect(softmax.refusal(shapeOf(phase, half), form, device)?.code).toBe("noFeature");
  });

  test.each(["prefill", "decode", "generate"] as const)("in %s draws keys and values that f16 holds, and queries of f32", (phase) => {
    const { q = [], ...cached } = softmax.inputs(shapeOf(phase, half), 1);
    for (const [name, tensor] of Object.entries(cached)) expect(tensor, name).toEqual(roundedToHalf(tensor as Float32Array));
    expect(Array.from(q)).not.toEqual(Array.from(roundedToHalf(Float32Array.from(q))));
  });

  test("is read in half the bytes: what is left is q, o, and the newest k and v", () => {
    const [full, halved] = [{}, half].map((over) => softmax.leastBytes(shapeOf("decode", { n: 100, ...over }), "split"));
    expect((full ?? 0) - (halved ?? 0)).toBe((2 * 2 * (64 + 64) * 101 * 4) / 2);
  });
});

describe("q, k, v and o of f16", () => {
  const half: Partial<Shape> = { ...halves, n: 100 };
  const withHalf: Capabilities = { ...device, f16: true };

  test.each(arms)("in %s %s halve all bytes but those of scratch, which stays in f32", (phase, form) => {
    for (const parameters of [{}, { window: 30, sinks: 3 }]) {
      const [tiles = {}] = softmax.tiles(shapeOf(phase, { ...half, parameters }), form, withHalf);
      const bytes = (over: Partial<Shape>) => softmax.bytesByRole(shapeOf(phase, { n: 100, parameters, ...over }), form, tiles);
      const [full, halved] = [bytes({}), bytes(half)];
      // A window's `position` is a counter.
      const counted = phase === "decode" && "window" in parameters ? 4 : 0;
      expect(halved).toEqual({ ...full, input: (full.input + counted) / 2, output: full.output / 2, state: full.state / 2 });
      expect(2 * softmax.leastBytes(shapeOf(phase, { ...half, parameters }), form)).toBe(softmax.leastBytes(shapeOf(phase, { n: 100, parameters }), form));
      for (const buffer of softmax.plan(shapeOf(phase, { ...half, parameters }), form, withHalf, tiles).buffers) {
        const stored = buffer.role !== "scratch" && buffer.name !== "position";
        expect(buffer.dtype === "f16", buffer.name).toBe(stored);
      }
    }
  });

  test("are drawn as f16 holds them", () => {
    for (const tensor of Object.values(softmax.inputs(shapeOf("decode", half), 1))) {
      expect(tensor).toEqual(roundedToHalf(tensor as Float32Array));
    }
  });

  test("go with a cache of f16 on a device that has it", () => {
    expect(softmax.refusal(shapeOf("prefill", half), "tiled", withHalf)).toBeUndefined();
    expect(softmax.refusal(shapeOf("prefill", half), "tiled", device)?.reason).toBe(
      "dtype f16 needs shader-f16, which this device does not have: dtype f32 runs here",
    );
    for (const [phase, form] of arms) expect(softmax.refusal(shapeOf(phase, { ...half, kvDtype: "f32" }), form, withHalf)?.code).toBe("badShape");
  });
});

test("one token after another costs what a prefill does", () => {
  const tiles = softmax.tiles(shapeOf("generate"), "split", device)[0] ?? {};
  const prefillTiles = softmax.tiles(shapeOf("prefill"), "tiled", device)[0] ?? {};
  expect(softmax.flops(shapeOf("generate"), "split", tiles).useful).toBe(softmax.flops(shapeOf("prefill"), "tiled", prefillTiles).useful);
  expect(softmax.flops(shapeOf("prefill", { n: 4, batch: 1, heads: 1, kvHeads: 1 }), "tiled", prefillTiles).useful).toBe(4 * 64 * 10);
});

test("a text of n tokens shares its steps", () => {
  const shape = shapeOf("generate", { n: 300 });
  const plan = softmax.plan(shape, "split", device, softmax.tiles(shape, "split", device)[0] ?? {});
  expect(plan.steps).toHaveLength(1 + 2 * 300);
  expect(new Set(plan.steps).size).toBeLessThan(12);
});

test("threads that share a key divide a workgroup, and heads that share a load divide a group", () => {
  for (let headDim = 16; headDim <= 256; headDim += 4) {
    for (const [heads, kvHeads] of [
      [8, 8],
      [8, 1],
      [12, 4],
      [32, 1],
      [9, 3],
    ] as const) {
      for (const capabilities of [device, gpu, plain]) {
        for (const tiles of softmax.tiles(shapeOf("decode", { headDim, heads, kvHeads }), "split", capabilities)) {
          expect(Number(tiles.threads) % Number(tiles.lanes ?? 1)).toBe(0);
          expect((heads / kvHeads) % Number(tiles.heads)).toBe(0);
        }
      }
    }
  }
});

test("a subgroup of unknown or varying size takes the path without subgroups", () => {
  const varying = { ...device, subgroupMaxSize: 16 };
  expect(softmax.tiles(shapeOf("prefill"), "tiled", varying)).toEqual([{ path: "workgroup", rows: 64, keys: 32 }]);
  expect(softmax.tiles(shapeOf("prefill", { headDim: 36 }), "tiled", device)).toEqual([{ path: "workgroup", rows: 64, keys: 32 }]);
});

test("the reference of one key is its value, of equal scores the mean", () => {
  const shape = shapeOf("prefill", { n: 2, batch: 1, heads: 1, kvHeads: 1, headDim: 32 });
  const q = new Float32Array(64);
  const k = new Float32Array(64).fill(1);
  const v = Float32Array.from({ length: 64 }, (_, i) => i);
  const [first, second] = softmax.reference(shape, { q, k, v }, { batch: 0, head: 0, tokens: [0, 1] });
  expect([first?.offset, second?.offset]).toEqual([0, 32]);
  expect(Array.from(first?.values ?? [])).toEqual(Array.from(v.subarray(0, 32)));
  expect(Array.from(second?.values ?? [])).toEqual(Array.from({ length: 32 }, (_, c) => c + 16));
});

test("decode starts with the newest row missing, and its reference has it", () => {
  const shape = shapeOf("decode", { n: 5, batch: 1, heads: 2, kvHeads: 1, headDim: 32 });
  const inputs = softmax.inputs(shape, 1);
  expect(inputs.kCache?.findIndex((value) => Number.isNaN(value))).toBe(5 * 32);
  const rows = softmax.reference(shape, inputs, { batch: 0, head: 1, tokens: [0] });
  const newest = rows.find(({ buffer, offset }) => buffer === "vCache" && offset === 5 * 32);
  expect(Array.from(newest?.values ?? [])).toEqual(Array.from(inputs.v ?? []));
  expect(rows.every(({ values }) => values.every(Number.isFinite))).toBe(true);
});

test.each([
  [{ dtype: "f16" }, "badShape", "kvDtype f32 beside dtype f16: keys and values that come in f16 get no more exact in a wider cache"],
  [halves, "noFeature", "dtype f16 needs shader-f16, which this device does not have"],
  [{ kvDtype: "f16" }, "noFeature", "kvDtype f16 needs shader-f16, which this device does not have"],
  [{ headDim: 12 }, "badShape", "headDim 12: softmax takes multiples of 4 from 16 to 256"],
  [{ headDim: 260 }, "badShape", "headDim 260"],
  [{ headDim: 34 }, "badShape", "headDim 34"],
  [{ headDimV: 66 }, "badShape", "headDimV 66: softmax takes multiples of 4 from 16 to 256"],
  [{ kvHeads: 3 }, "badShape", "kvHeads 3 does not divide heads 4"],
  [{ n: 2 ** 18 }, "overLimit", "maxStorageBufferBindingSize of this device is 134217728"],
] as const)("refuses %j with %s", (over, code, reason) => {
  const refusal = softmax.refusal(shapeOf("prefill", over), "tiled", device);
  expect(refusal?.code).toBe(code);
  expect(refusal?.reason).toContain(reason);
});

test("naive refuses scores that do not fit, tiled takes the same shape", () => {
  const shape = shapeOf("prefill", { n: 4096 });
  expect(softmax.refusal(shape, "naive", device)?.reason).toBe(
    "naive prefill needs 536870912 bytes for scores, maxStorageBufferBindingSize of this device is 134217728",
  );
  expect(softmax.refusal(shape, "tiled", device)).toBeUndefined();
});

/** Bytes of workgroup memory that a module declares: arrays of f32, vec2f and vec4f, their lengths worked out from its constants. */
const workgroupBytes = (text: string): number => {
  const names = new Map<string, number>();
  const numberOf = (expression: string): number =>
    Number(
      new Function("min", "max", `return ${expression.replace(/(\d)u\b/g, "$1").replace(/[A-Z_]\w*/g, (name) => String(names.get(name)))}`)(Math.min, Math.max),
    );
  for (const [, name = "", expression = ""] of text.matchAll(/^const (\w+) = (.+?);(?: \/\/.*)?$/gm)) {
    if (expression !== "true" && expression !== "false") names.set(name, Math.trunc(numberOf(expression)));
  }
  const elementBytes: Record<string, number> = { f32: 4, vec2f: 8, vec4f: 16 };
  return [...text.matchAll(/^var<workgroup> \w+: array<(\w+), (.+)>;$/gm)].reduce(
    (sum, [, element = "", length = ""]) => sum + (elementBytes[element] ?? Number.NaN) * numberOf(length),
    0,
  );
};

test("the workgroup memory of a device is enough for every head size, be it 16 KiB", () => {
  for (const headDim of [16, 64, 132, 200, 256]) {
    for (const headDimV of [16, 48, 64, 132, 256]) {
      for (const [phase, form] of arms) {
        for (const capabilities of [device, { ...device, subgroupMinSize: 4, subgroupMaxSize: 4 }, gpu, plain, granting]) {
          const shape = shapeOf(phase, { headDim, headDimV, heads: 32, kvHeads: 1 });
          for (const tiles of softmax.tiles(shape, form, capabilities)) {
            for (const text of planModules(softmax.plan(shape, form, capabilities, tiles))) {
              const bytes = workgroupBytes(text);
              expect(bytes, JSON.stringify({ headDim, headDimV, phase, tiles })).toBeLessThanOrEqual(capabilities.maxComputeWorkgroupStorageSize);
              expect(bytes > 0 || !text.includes("var<workgroup>")).toBe(true);
            }
          }
        }
      }
    }
  }
});

test("a token takes one step where one split is its context, two where splits are joined, and one more where several workgroups read its row", () => {
  const labels = (over: Partial<Shape>): string[] => {
    const shape = shapeOf("decode", over);
    return softmax.plan(shape, "split", device, softmax.tiles(shape, "split", device)[0] ?? {}).steps.map(({ label }) => label);
  };
  expect(labels({ n: 64, heads: 8, kvHeads: 8 })).toEqual(["split"]);
  expect(labels({ n: 100_000 })).toEqual(["split", "combine"]);
  expect(labels({ n: 100_000, heads: 64, kvHeads: 1 })).toEqual(["append", "split", "combine"]);
  const shape = shapeOf("decode", { n: 64, heads: 8, kvHeads: 8 });
  const [tiles = {}] = softmax.tiles(shape, "split", device);
  expect(softmax.bytesByRole(shape, "split", tiles).scratch).toBe(0);
});

test("a team of neighbours that exchange lies within one subgroup, however small that is", () => {
  for (const lanes of [4, 8, 32]) {
    const gpu = { ...device, software: false, subgroups: true, subgroupMinSize: lanes, subgroupMaxSize: lanes };
    for (let headDim = 16; headDim <= 256; headDim += 4) {
      for (const headDimV of [20, 36, 64, headDim, 256]) {
        const tiles = softmax.tiles(shapeOf("prefill", { headDim, headDimV }), "tiled", gpu);
        expect(tiles.length).toBeGreaterThan(0);
        for (const { path, share } of tiles) if (path === "rows") expect(Number(share)).toBeLessThanOrEqual(lanes);
      }
    }
  }
});

describe("a prefill that is too long for one submit", () => {
  const large = { ...gpu, maxBufferSize: 2 ** 36, maxStorageBufferBindingSize: 2 ** 36 };
  const slow = { ...large, flopsPerSecond: 2 ** 37 };
  const fast = { ...large, flopsPerSecond: 2 ** 46 };
  const planned = (form: string, capabilities: Capabilities, over: Partial<Shape>) => {
    const shape = shapeOf("prefill", { batch: 1, heads: 8, kvHeads: 8, ...over });
    return softmax.tiles(shape, form, capabilities).map((tiles) => {
      const plan = softmax.plan(shape, form, capabilities, tiles);
      const bytes = plan.buffers.filter(({ role }) => role === "scratch").reduce((sum, buffer) => sum + bufferBytes(buffer), 0);
      expect(softmax.bytesByRole(shape, form, tiles).scratch).toBe(bytes);
      return { tiles, plan };
    });
  };

  test.each<[string, string, Capabilities, number]>([
    ["tiled", "a GPU that nobody measured", large, 4096],
    ["naive", "a GPU that nobody measured", large, 2048],
    ["tiled", "a slow GPU", slow, 2048],
    ["tiled", "a fast GPU", fast, 65_536],
    ["naive", "a fast GPU", fast, 32_768],
    ["tiled", "a CPU emulation", { ...large, software: true }, 65_536],
  ])("is not %s of %s at n = %i", (form, _, capabilities, n) => {
    for (const { tiles, plan } of planned(form, capabilities, { n })) {
      expect(tiles).not.toHaveProperty("partFlops");
      expect(plan).not.toHaveProperty("submits");
      expect(plan.steps).toHaveLength(form === "naive" ? 3 : 1);
    }
  });

  test.each<[string, Capabilities, Partial<Shape>]>([
    ["tiled", large, { n: 16_384 }],
    ["tiled", slow, { n: 16_384 }],
    ["tiled", slow, { n: 100_001, heads: 6, kvHeads: 2, headDim: 36, headDimV: 20 }],
    ["tiled", slow, { n: 1_000_001, parameters: { window: 1000, sinks: 3 } }],
    ["tiled", fast, { n: 262_144 }],
    ["naive", slow, { n: 16_384 }],
    ["naive", fast, { n: 131_072 }],
  ])("is parts of %s that are a second of a tenth of what the device does: %o, %o", (form, capabilities, over) => {
    const seconds = 1;
    const most = Math.floor((seconds * (capabilities.flopsPerSecond ?? 2e11)) / 10);
    for (const { tiles, plan } of planned(form, capabilities, over)) {
      expect(tiles.partFlops).toBe(most);
      expect(plan.submits?.at(-1)).toBe(plan.steps.length);
      // Of a long text a part is some parts of all: neither the whole nor so few workgroups that it is over before all units are busy.
      for (const [i, end] of (plan.submits ?? []).entries()) {
        const submit = plan.steps.slice(plan.submits?.[i - 1] ?? 0, end);
        const flops = submit.reduce((sum, { workgroups: [x, y, z], groupFlops = 0 }) => sum + x * y * z * groupFlops, 0);
        expect(flops).toBeLessThanOrEqual(1.001 * most);
        for (const {
          label,
          workgroups: [x, y, z],
          bindings,
        } of submit) {
          expect(Math.max(x, y, z)).toBeLessThanOrEqual(65_535);
          expect(bindings.length).toBeLessThanOrEqual(8);
          if (capabilities === fast && label === "attention") expect(x * y * z).toBeGreaterThanOrEqual(1024);
        }
      }
      const executed = softmax.flops(shapeOf("prefill", { batch: 1, heads: 8, kvHeads: 8, ...over }), form, tiles).executed;
      expect((plan.submits ?? []).length).toBeGreaterThanOrEqual(Math.ceil(executed / most));
      // A causal row sees half of the keys that its longest sees, and each of naive's three steps ends with a part that is not full.
      expect((plan.submits ?? []).length).toBeLessThanOrEqual(3 * Math.ceil(executed / most) + 6);
    }
  });

  test("has one module for all parts, whatever the device was measured to do", () => {
    const hashed = (capabilities: Capabilities) => planned("tiled", capabilities, { n: 262_144 }).map(({ plan }) => planModules(plan));
    expect(hashed(slow)).toEqual(hashed({ ...slow, flopsPerSecond: 2 ** 40 }));
    for (const modules of hashed(slow)) expect(modules).toHaveLength(3);
  });
});
