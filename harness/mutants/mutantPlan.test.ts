import { describe, expect, it } from "vitest";
import { builtInKernels } from "../../kernels/builtIn.ts";
import type { Plan, Step } from "../../kernels/mechanism.ts";
import { moduleText } from "../../kernels/plan.ts";
import { loadMechanisms } from "../../kernels/registry.ts";
import { testDevice } from "../../kernels/testDevice.ts";
import { codeOf, drawnMutants, mutantCases, mutationCells } from "./cases.ts";
import mutable from "./definition.ts";
import { mutableName } from "./mutable.ts";
import { modulesOf, mutantPlan, type PlanModule } from "./mutantPlan.ts";
import { mutantsOf } from "./mutate.ts";
import { workgroupThreads } from "./token.ts";

const mechanisms = (await loadMechanisms(builtInKernels)).filter(({ family }) => family !== "instrument");
const device = (lanes: number, software: boolean) =>
  testDevice(lanes, software, { maxStorageBufferBindingSize: 2 ** 31, maxBufferSize: 2 ** 31, maxStorageBuffersPerShaderStage: 10 });

const step = (wgsl: string, constants: Step["constants"] = {}): Step => ({
  label: "add",
  wgsl,
  entryPoint: "main",
  enables: ["subgroups"],
  constants,
  bindings: [],
  workgroups: [1, 1, 1],
});
const text = "@compute @workgroup_size(N)\nfn main() { x = a + b; }";
const plan: Plan = { buffers: [], setup: [step(text, { N: 1 })], steps: [step(text, { N: 2 }), step(text, { N: 2 })] };

describe("a mutant's plan", () => {
  it("has the change in every step of its module, and in no other", () => {
    const [, module] = modulesOf(plan);
    const [mutant] = mutantsOf(module?.text ?? "");
    if (!module || !mutant) throw new Error("the plan has two modules with a mutant each");
    const changed = mutantPlan(plan, { module: module.text, ...mutant });
    expect([...changed.setup, ...changed.steps].map(({ wgsl }) => /a (.) b/.exec(wgsl)?.[1])).toEqual(["+", "-", "-"]);
    expect(changed.steps.map(({ wgsl }) => wgsl.length)).toEqual([text.length, text.length]);
    expect(() => mutantPlan(changed, { module: module.text, ...mutant })).toThrow("this plan has no such module");
  });
});

it("modules are of one code where nothing but numbers differs", () => {
  const codes = [
    step(text, { N: 1 }),
    step(text, { N: 2 }),
    step(`${text}\n${text.replace("a", "a1")}\n${text.replace("a", "a2")}`, { N: 1 }),
    step(text, { N: 1, EDGE: true }),
  ].map(codeOf);
  expect(codes[1]).toBe(codes[0]);
  expect(new Set(codes).size).toBe(3);
  const repeated = (count: number) => step(Array.from({ length: count }, (_, i) => `let a${i} = ${i}u;`).join("\n"), { EDGE: false });
  expect(codeOf(repeated(2))).toBe(codeOf(repeated(5)));
});

describe("workgroups", () => {
  it("are as large as a module's constants make them", () => {
    expect(workgroupThreads(moduleText(step(text, { N: 64 })))).toBe(64);
    expect(workgroupThreads("const A = 6;\nconst B = A * 4u / 2;\n@compute @workgroup_size(B, 2, 1) fn main() {}")).toBe(24);
    expect(() => workgroupThreads("@workgroup_size(A + 1)")).toThrow("A + 1 is no product");
  });
});

describe.each([
  ["an emulation with 8 lanes", device(8, true)],
  ["a GPU with 32 lanes", device(32, false)],
] as const)("the cases for %s", (_, capabilities) => {
  const cells = mutationCells(mechanisms);
  const cases = mutantCases(mechanisms, cells, capabilities, new Set());

  it("hold every form of every mechanism by itself", () => {
    const forms = (of: readonly { mechanism: string; form: string; phase: string }[]) =>
      new Set(of.map(({ mechanism, form, phase }) => `${mechanism} ${form} ${phase}`));
    // What a phase offload moves is no kernel's work.
    const all = mechanisms.flatMap(({ name, forms: { offload: _, ...byPhase } }) =>
      Object.entries(byPhase).flatMap(([phase, list]) => list.map((form) => ({ mechanism: name, form, phase }))),
    );
    expect(forms(cells.filter(({ model }) => !model?.text))).toEqual(forms(all));
    expect(forms(cells.filter(({ model }) => model?.text))).toEqual(new Set(["softmax cached generate", "softmax recompute generate"]));
  });

  it("find each code once, and its module again in the mutable plans of every look", () => {
    expect(new Set(cases.map(({ module }) => codeOf(module.step))).size).toBe(cases.length);
    for (const { module, probes } of cases) {
      for (const { cell } of probes) {
        const twin = mutable.find(({ name }) => name === mutableName(cell.mechanism));
        const plan = twin?.plan(cell, cell.form, capabilities, twin.tiles(cell, cell.form, capabilities)[0] ?? {});
        expect(plan && modulesOf(plan).map((other) => other.text)).toContain(module.text);
      }
    }
  });

  it("draw as many mutants as they may, of all kinds first, the same from one seed and others from another", () => {
    const some = cases.filter((_, index) => index % 3 === 0);
    const draws = (seed: number) => some.map(({ module }) => drawnMutants(module, 8, 6, seed));
    const drawn = draws(1);
    expect(Math.max(...drawn.map(({ length }) => length))).toBe(6);
    expect(draws(1)).toEqual(drawn);
    expect(draws(2)).not.toEqual(drawn);
    const kinds = new Set(drawn.flat().map(({ kind }) => kind));
    expect([...kinds].sort()).toEqual(["arithmetic", "barrier", "comparison", "component", "logic", "minMax", "number", "select"]);
  });

  it("drop a barrier only where more than one subgroup waits at it", () => {
    const barriers = (subgroup: number, module: PlanModule) => drawnMutants(module, subgroup, 50, 1).filter(({ kind }) => kind === "barrier").length;
    const waiting = cases.find(({ module }) => workgroupThreads(module.text) > 32 && barriers(32, module) > 0);
    if (!waiting) throw new Error("no module has a barrier");
    expect(barriers(workgroupThreads(waiting.module.text), waiting.module)).toBe(0);
  });
});
