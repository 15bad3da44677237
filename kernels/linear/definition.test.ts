import { describe, expect, it } from "vitest";
import { roundedToHalf } from "../half.ts";
import type { BytesByRole, Capabilities, Phase, Plan, Shape, Step } from "../mechanism.ts";
import { bufferBytes, elementCount, moduleText } from "../plan.ts";
import { testDevice } from "../testDevice.ts";
import mechanisms from "./definition.ts";

const devices = [testDevice(4, true), testDevice(8, true), testDevice(0, false), testDevice(32, false), testDevice(64, false)];

const shapeOf = (phase: Phase, given: Partial<Shape> = {}, parameters: Shape["parameters"] = {}): Shape => {
  const sizes = { n: 130, batch: 2, heads: 3, headDim: 64, ...given };
  return {
    phase,
    kvHeads: sizes.heads,
    headDimV: sizes.headDim,
    dModel: sizes.heads * sizes.headDim,
    dtype: "f32",
    kvDtype: "f32",
    stateDtype: "f32",
    ...sizes,
    parameters: { featureMap: "identity", normalized: false, chunk: 64, ...parameters },
  };
};

const forms = [
  ["prefill", "chunk"],
  ["prefill", "recurrent"],
  ["prefill", "parallel"],
  ["decode", "recurrent"],
  ["generate", "recurrent"],
] as const;
const sizes: readonly Partial<Shape>[] = [
  { n: 1 },
  { n: 65, headDim: 36 },
  { n: 257, headDim: 96 },
  { headDim: 128 },
  { headDim: 32, heads: 1 },
  { headDim: 256, headDimV: 16 },
  { headDim: 20, headDimV: 100 },
];
const settings: readonly Shape["parameters"][] = [{}, { chunk: 256, initialState: true }, { chunk: 48 }];
const normalized: Shape["parameters"] = { featureMap: "elu+1", normalized: true, initialState: true };

describe.each(mechanisms)("$name", (mechanism) => {
  it.each(forms.filter(([phase, form]) => mechanism.forms[phase]?.includes(form)))("%s %s: plans agree with inputs, closed forms and limits", (phase, form) => {
    for (const given of sizes) {
      for (const parameters of mechanism.parameters.normalized ? [...settings, normalized] : settings) {
        const shape = shapeOf(phase, given, parameters);
        const tensors = mechanism.inputs(shape, 1);
        for (const capabilities of devices) {
          if (parameters.initialState && phase === "generate") {
            expect(mechanism.refusal(shape, form, capabilities)?.reason).toContain("generate begins from none");
            continue;
          }
          expect(mechanism.refusal(shape, form, capabilities)).toBeUndefined();
          for (const tiles of mechanism.tiles(shape, form, capabilities)) {
            const plan = mechanism.plan(shape, form, capabilities, tiles);
            const bytes: Record<keyof BytesByRole, number> = { input: 0, output: 0, state: 0, scratch: 0, harness: 0 };
            for (const buffer of plan.buffers) {
              bytes[buffer.role] += bufferBytes(buffer);
              if (typeof buffer.init === "object") expect(tensors[buffer.init.tensor]?.length).toBe(elementCount(buffer));
            }
            expect(mechanism.bytesByRole(shape, form, tiles)).toEqual(bytes);
            const { useful, executed } = mechanism.flops(shape, form, tiles);
            expect(executed).toBeGreaterThanOrEqual(useful);
            for (const step of new Set(plan.steps)) {
              expect(Math.max(...step.workgroups)).toBeLessThanOrEqual(65535);
              expect(moduleText(step)).not.toMatch(/#(each|if|else|end)|\$\{/);
              expect(step.bindings.length).toBeLessThanOrEqual(8);
            }
          }
        }
      }
    }
  });

  it.each(forms.filter(([phase, form]) => mechanism.forms[phase]?.includes(form)))(
    "%s %s of f16: q, k, v and o alone are stored so, and halve",
    (phase, form) => {
      for (const capabilities of devices.map((found) => ({ ...found, f16: true }))) {
        const [full, half] = [shapeOf(phase), shapeOf(phase, { dtype: "f16", kvDtype: "f16" })];
        expect(mechanism.refusal(half, form, capabilities)).toBeUndefined();
        expect(mechanism.refusal(half, form, { ...capabilities, f16: false })).toEqual({
          code: "noFeature",
          reason: "dtype f16 needs shader-f16, which this device does not have: dtype f32 runs here",
        });
        const [tiles = {}] = mechanism.tiles(half, form, capabilities);
        const { buffers } = mechanism.plan(half, form, capabilities, tiles);
        const saved = buffers.filter(({ name, dtype }) => {
          expect(dtype === "f16", name).toBe(["q", "k", "v", "o"].includes(name));
          return dtype === "f16";
        });
        const total = (shape: Shape): number => Object.values(mechanism.bytesByRole(shape, form, tiles)).reduce((sum, role) => sum + role, 0);
        const savedBytes = saved.reduce((sum, buffer) => sum + bufferBytes(buffer), 0);
        expect(total(full) - total(half)).toBe(savedBytes);
        expect(total(half)).toBe(buffers.reduce((sum, buffer) => sum + bufferBytes(buffer), 0));
        const tokens = phase === "decode" ? 1 : 130;
        expect(mechanism.leastBytes(full, form) - mechanism.leastBytes(half, form)).toBe(2 * 2 * 3 * tokens * 4 * 64);
      }
      const tensors = mechanism.inputs(shapeOf(phase, { dtype: "f16", kvDtype: "f16" }), 1);
      for (const name of ["q", "k", "v"]) {
        const values = tensors[name] as Float32Array;
        const rounded = roundedToHalf(values);
        expect(
          values.findIndex((value, i) => value !== rounded[i]),
          name,
        ).toBe(-1);
      }
    },
  );

  it.each([
    ["prefill", "chunk", { n: 1_048_577, batch: 1, heads: 1, headDim: 16 }],
    ["prefill", "recurrent", { n: 1, batch: 1, heads: 70_000, headDim: 16 }],
    ["prefill", "chunk", { n: 1, batch: 40_000, heads: 2, headDim: 16 }],
    ["decode", "recurrent", { n: 64, batch: 1, heads: 70_000, headDim: 16 }],
    ["generate", "recurrent", { n: 1, batch: 1, heads: 70_000, headDim: 16 }],
  ] as const)("%s %s takes more chunks or heads than workgroups in a row: %o", (phase, form, given) => {
    const shape = shapeOf(phase, given, { chunk: 16 });
    for (const device of devices) {
      const capabilities = { ...device, maxBufferSize: 2 ** 32, maxStorageBufferBindingSize: 2 ** 32 - 4 };
      expect(mechanism.refusal(shape, form, capabilities)).toBeUndefined();
      const [tiles = {}] = mechanism.tiles(shape, form, capabilities);
      const widest = (most: number): number => {
        const { setup, steps } = mechanism.plan(shape, form, { ...capabilities, maxComputeWorkgroupsPerDimension: most }, tiles);
        return Math.max(...[...setup, ...steps].flatMap(({ workgroups }) => workgroups));
      };
      expect(widest(2 ** 32)).toBeGreaterThan(65_535);
      expect(widest(65_535)).toBe(65_535);
    }
  });

  it("parts a recurrent prefill where one dispatch would take too long, and nowhere else", () => {
    const gpu = { ...testDevice(32, false), maxBufferSize: 2 ** 33, maxStorageBufferBindingSize: 2 ** 33 };
    const planned = (given: Partial<Shape>, parameters?: Shape["parameters"]) => {
      const shape = shapeOf("prefill", { batch: 1, ...given }, { initialState: true, ...parameters });
      return mechanism.tiles(shape, "recurrent", gpu).map((tiles) => {
        const plan = mechanism.plan(shape, "recurrent", gpu, tiles);
        const bytes = plan.buffers.filter(({ role }) => role === "scratch").reduce((sum, buffer) => sum + bufferBytes(buffer), 0);
        expect(mechanism.bytesByRole(shape, "recurrent", tiles).scratch).toBe(bytes);
        for (const { bindings } of plan.steps) expect(bindings.length).toBeLessThanOrEqual(gpu.maxStorageBuffersPerShaderStage);
        return { tiles, plan };
      });
    };
    for (const { tiles, plan } of planned({ n: 65_536, heads: 8 })) {
      expect(tiles).not.toHaveProperty("partTokens");
      expect(plan.steps).toHaveLength(1);
      expect(plan).not.toHaveProperty("submits");
    }
    const parameters = mechanism.parameters.normalized ? [{}, normalized] : [{}];
    for (const { tiles, plan } of parameters.flatMap((given) => planned({ n: 2 ** 20, heads: 8 }, given))) {
      const partTokens = Number(tiles.partTokens);
      const parts = Math.ceil(2 ** 20 / partTokens);
      // 10 to 30 of them, as even as they can be.
      expect(parts * partTokens - 2 ** 20).toBeLessThan(parts);
      expect(parts).toBeGreaterThanOrEqual(10);
      expect(parts).toBeLessThanOrEqual(30);
      expect(plan.steps.filter(({ label }) => label === "recurrent prefill")).toHaveLength(parts);
      expect(new Set(plan.steps).size).toBe(3);
      expect(plan.submits).toHaveLength(parts);
      expect(plan.submits?.at(-1)).toBe(plan.steps.length);
      for (const end of plan.submits ?? []) expect(plan.steps[end - 1]?.label).toBe("recurrent prefill");
    }
    // More heads, shorter parts: each is as much work.
    const partOf = (heads: number): number => Number(planned({ n: 2 ** 20, heads })[0]?.tiles.partTokens);
    expect(partOf(80) / partOf(40)).toBeCloseTo(0.5, 1);
  });

  it.runIf(mechanism.forms.prefill?.includes("chunk"))("parts a prefill by chunks where a submit would take too long, and nowhere else", () => {
    const gpu = { ...testDevice(32, false), maxBufferSize: 2 ** 36, maxStorageBufferBindingSize: 2 ** 36 };
    const planned = (form: string, given: Partial<Shape>, capabilities: Capabilities) => {
      const shape = shapeOf("prefill", { batch: 1, heads: 8, ...given }, { initialState: true });
      return mechanism.tiles(shape, form, capabilities).map((tiles) => {
        const plan = mechanism.plan(shape, form, capabilities, tiles);
        const bytes = plan.buffers.filter(({ role }) => role === "scratch").reduce((sum, buffer) => sum + bufferBytes(buffer), 0);
        expect(mechanism.bytesByRole(shape, form, tiles).scratch).toBe(bytes);
        const names = new Set(plan.buffers.map(({ name }) => name));
        for (const { bindings } of plan.steps) {
          expect(bindings.length).toBeLessThanOrEqual(gpu.maxStorageBuffersPerShaderStage);
          expect(bindings.filter((name) => !names.has(name))).toEqual([]);
        }
        return { tiles, plan };
      });
    };
    const scans = (plan: Plan): Step[] => plan.steps.filter(({ label }) => label === "chunk delta scan");
    const delta = ["deltaNet", "gatedDeltaNet", "kda"].includes(mechanism.name);
    for (const { tiles, plan } of planned("chunk", { n: 16_384 }, gpu)) {
      expect(Object.keys(tiles).filter((name) => name.startsWith("part"))).toEqual([]);
      expect(plan).not.toHaveProperty("submits");
      expect(scans(plan)).toHaveLength(delta ? 1 : 0);
    }
    // A fast GPU does the products of 2²⁰ tokens at once; a loop over its chunks waits as long as on any other, so that it has some turns at most.
    for (const { tiles, plan } of planned("chunk", { n: 2 ** 23 }, { ...gpu, flopsPerSecond: 2 ** 47 })) {
      expect(tiles).not.toHaveProperty("partFlops");
      expect(scans(plan)).toHaveLength(delta ? 2 : 0);
      if (delta) expect(tiles.partChunks).toBe(2 ** 16);
    }
    for (const { tiles, plan } of planned("chunk", { n: 2 ** 20 }, gpu)) {
      expect(tiles.partFlops).toBe(2e10);
      for (const label of ["chunk outputs", ...(delta ? [] : ["chunk states"])])
        expect(plan.steps.filter((step) => step.label === label).length).toBeGreaterThan(1);
      if (delta) expect(scans(plan)).toHaveLength(Math.ceil(2 ** 14 / Number(tiles.partChunks)));
      // A part of the scan is a submit of its own, with the step that counts it.
      const scanning = (plan.submits ?? []).filter((end) => plan.steps[end - 1]?.label === "chunk delta scan");
      expect(scanning).toHaveLength(scans(plan).length);
      for (const end of scanning) expect(plan.submits).toContain(end - 2);
      expect(plan.submits?.at(-1)).toBe(plan.steps.length);
    }
    if (!mechanism.forms.prefill?.includes("parallel")) return;
    for (const { plan } of planned("parallel", { n: 16_384 }, gpu)) {
      expect(plan.steps.filter(({ label }) => label === "chunk outputs").length).toBeGreaterThanOrEqual(7);
      for (const {
        workgroups: [x, y, z],
        groupFlops = 0,
      } of plan.steps)
        expect(x * y * z * groupFlops).toBeLessThanOrEqual(2e10);
    }
  });

  it("repeats one step in generate, after a reset", () => {
    const shape = shapeOf("generate");
    const [tiles = {}] = mechanism.tiles(shape, "recurrent", devices[1] as Capabilities);
    const { steps } = mechanism.plan(shape, "recurrent", devices[1] as Capabilities, tiles);
    expect(steps).toHaveLength(131);
    expect(new Set(steps).size).toBe(2);
  });
});

const linear = mechanisms.find(({ name }) => name === "linear");

describe("linear", () => {
  it.each<[string, Partial<Shape>, Shape["parameters"], string]>([
    ["dtype", { dtype: "f16" }, {}, "noFeature"],
    ["stateDtype", { stateDtype: "f16" }, {}, "noFeature"],
    ["headDim", { headDim: 30 }, {}, "badShape"],
    ["headDim", { headDim: 260 }, {}, "badShape"],
    ["headDimV", { headDimV: 12 }, {}, "badShape"],
    ["kvHeads", { kvHeads: 1 }, {}, "badShape"],
    ["normalized", {}, { normalized: true }, "badShape"],
    ["chunk", {}, { chunk: 40 }, "badShape"],
    ["bytes", { n: 2 ** 24 }, {}, "overLimit"],
  ])("refuses %s", (word, given, parameters, code) => {
    const refused = linear?.refusal(shapeOf("prefill", given, parameters), "chunk", {
      ...testDevice(32, false),
      maxBufferSize: 2 ** 32,
      maxStorageBufferBindingSize: 2 ** 32 - 4,
    });
    expect(refused?.code).toBe(code);
    expect(refused?.reason).toContain(word);
  });
});
