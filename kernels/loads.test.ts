import { describe, expect, it } from "vitest";
import { builtInKernels } from "./builtIn.ts";
import type { Phase, Shape } from "./mechanism.ts";
import { planModules } from "./plan.ts";
import { loadMechanisms } from "./registry.ts";
import { testDevice } from "./testDevice.ts";
import { smallShape } from "./testShape.ts";

/** Numbers that the lines of a module load or store, each line once: buffers and workgroup memory, four where it holds quads. */
const numbersMoved = (module: string): number =>
  [...module.matchAll(/var<(?:storage|workgroup)[^>]*> (\w+): array<(\w+)/g)].reduce(
    (sum, [, name, type]) => sum + [...module.matchAll(new RegExp(`\\b${name}\\[`, "g"))].length * (/^vec4|Quad$/.test(type ?? "") ? 4 : 1),
    0,
  );

const mechanisms = (await loadMechanisms(builtInKernels)).filter(({ family }) => family === "linear");
const arms = mechanisms.flatMap((mechanism) =>
  (["prefill", "decode", "generate"] as const).flatMap((phase: Phase) =>
    (mechanism.forms[phase] ?? []).map((form) => ({ mechanism, name: mechanism.name, phase, form })),
  ),
);

/** By lanes of a subgroup. Lavapipe (8) takes 12 to 30 ms for each, so for these up to 5 s (README.md, "How long they take to compile"); SwiftShader (4) takes less. */
const most = new Map([
  [4, 200],
  [8, 160],
]);

describe.each(arms)("$name $phase $form", ({ mechanism, phase, form }) => {
  it.each([...most])("has no module that moves more numbers than an emulation of %d lanes compiles in time: %d", (lanes, limit) => {
    const shape: Shape = { ...smallShape(mechanism), headDim: 64, headDimV: 64, dModel: 128, phase, n: 130 };
    const device = testDevice(lanes, true);
    const [tiles = {}] = mechanism.tiles(shape, form, device);
    const counts = planModules(mechanism.plan(shape, form, device, tiles)).map(numbersMoved);
    expect(Math.max(...counts)).toBeLessThanOrEqual(limit);
  });
});

it("leaves loops over staged channels to the compiler on a GPU, and on an emulation none that Mesa unrolls", () => {
  const parallel = mechanisms.find(({ forms }) => forms.prefill?.includes("parallel"));
  if (!parallel) throw new Error("no parallel form");
  const shape: Shape = { ...smallShape(parallel), phase: "prefill", n: 130 };
  const staging = (software: boolean): readonly string[] => {
    const device = testDevice(8, software);
    const [tiles = {}] = parallel.tiles(shape, "parallel", device);
    return planModules(parallel.plan(shape, "parallel", device, tiles)).filter((module) => /\bquad0 < keyQuads\b/.test(module));
  };
  expect(staging(true)).toEqual([expect.stringContaining("let keyQuads = KEY_QUADS * min(grid.x, 1u);")]);
  expect(staging(false)).toEqual([expect.stringContaining("const keyQuads = KEY_QUADS;")]);
});
