import { describe, expect, it } from "vitest";
import { builtInKernels } from "./builtIn.ts";
import type { Dtype, ModelShape, Phase, Shape } from "./mechanism.ts";
import { keepsNothing } from "./model/forms.ts";
import { planModules } from "./plan.ts";
import { loadMechanisms } from "./registry.ts";
import { testDevice } from "./testDevice.ts";

// Room for the long end of a sweep.
const device = (lanes: number, software: boolean) => testDevice(lanes, software, { maxStorageBufferBindingSize: 2 ** 31, maxBufferSize: 2 ** 31 });

const mechanisms = (await loadMechanisms(builtInKernels)).filter(({ family }) => family !== "instrument");
const arms = mechanisms.flatMap((mechanism) =>
  Object.entries(mechanism.forms).flatMap(([phase, forms]) => forms.map((form) => ({ mechanism, name: mechanism.name, phase: phase as Phase, form }))),
);

const around: Omit<ModelShape, "recomputes"> = { layers: 2, width: 256, vocab: 100, feedForward: { kind: "gated", hidden: 352 }, rotary: true, tied: false };

/**
 * A sweep over n compiles every kernel once a worker: token counts are read at run time from bindings and grids. Only a token whose context is one split has kernels of its own, and a GPU's projections of many rows have some of
 * five tilings, by how many workgroups these are (model/projection.ts).
 */
describe.each(arms)("modules of $name $phase $form", ({ mechanism, phase, form }) => {
  const shapeOf = (n: number, batch: number, dtype: Dtype = "f32"): Shape => ({
    phase,
    n,
    batch,
    heads: 4,
    kvHeads: 4,
    headDim: 64,
    headDimV: 64,
    dModel: 256,
    dtype,
    kvDtype: dtype,
    stateDtype: "f32",
    parameters: Object.fromEntries(Object.entries(mechanism.parameters).map(([name, parameter]) => [name, parameter.default])),
    ...(phase === "tokenLoop" ? { model: { ...around, recomputes: form === keepsNothing } } : {}),
  });
  const devices = [device(4, true), device(8, true), device(32, false), device(0, false)];

  it.each(["f32", "f16"] as const)("depend neither on n nor on batch: %s", (dtype) => {
    for (const capabilities of devices) {
      for (const tiles of mechanism.tiles(shapeOf(4096, 1, dtype), form, capabilities)) {
        const modules = (n: number, batch: number) => planModules(mechanism.plan(shapeOf(n, batch, dtype), form, capabilities, tiles));
        const untiled = (texts: readonly string[]): readonly string[] =>
          texts.filter((text) => capabilities.software || !text.includes("const OUTPUTS_EACH ="));
        const long = modules(4096, 1);
        expect(untiled(modules(1024, 1))).toEqual(untiled(long));
        // Rows of a projection share a load: as many kernels as there are rows to share one.
        if (phase !== "tokenLoop") expect(modules(4096, 3)).toEqual(long);
      }
    }
  });

  it("of f16 are those of f32 but for the names of types, and need the feature where they store it", () => {
    const withoutTypes = (text: string): string => text.replace(/^alias \w+ = .*\n|^enable f16;\n/gm, "");
    for (const capabilities of devices) {
      for (const tiles of mechanism.tiles(shapeOf(4096, 1), form, capabilities)) {
        const modules = (dtype: Dtype): string[] => planModules(mechanism.plan(shapeOf(256, 1, dtype), form, capabilities, tiles));
        const [half, full] = [modules("f16"), modules("f32")];
        // A model looks up rows of weights and of f32 by one kernel.
        expect([...new Set(half.map(withoutTypes))]).toEqual(full.map(withoutTypes));
        for (const text of half) expect(text.includes("enable f16;"), text).toBe(/\bf16;|\bvec4h\b/.test(text.replace("enable f16;", "")));
        expect(full.join()).not.toContain("f16");
      }
    }
  });

  it("come in few variants over a long sweep", () => {
    for (const capabilities of devices) {
      const variants = [256, 512, 1024, 2048, 4096, 8192, 16384].map((n) => JSON.stringify(mechanism.tiles(shapeOf(n, 1), form, capabilities)[0]));
      expect(new Set(variants).size).toBeLessThanOrEqual(4);
    }
  });
});
