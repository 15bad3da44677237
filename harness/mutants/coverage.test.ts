import { readdirSync, readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { builtInKernels } from "../../kernels/builtIn.ts";
import type { Capabilities, Step } from "../../kernels/mechanism.ts";
import { loadMechanisms } from "../../kernels/registry.ts";
import { expandTemplate } from "../../kernels/template.ts";
import { testDevice } from "../../kernels/testDevice.ts";
import { kernelCells } from "../measure/kernelCases.ts";
import { mutantCases, mutationCells } from "./cases.ts";
import { modulesOf } from "./mutantPlan.ts";
import { variantOf } from "./parts.ts";
import { variantsOn } from "./variants.ts";

/** Files of kernels/ that no mutant changes, and why. */
const leftOut: Readonly<Record<string, string>> = {
  "instruments/copy.wgsl": "a ceiling: its rate is read, and what it copies is nobody's result",
  "instruments/empty.wgsl": "a ceiling: does nothing",
  "instruments/fma.wgsl": "a ceiling: its rate is read, and its sums are nobody's result",
  "instruments/read.wgsl": "a ceiling: its rate is read, and its sums are nobody's result",
};

const limits = { maxStorageBufferBindingSize: 2 ** 30, maxBufferSize: 2 ** 30, maxStorageBuffersPerShaderStage: 10, maxComputeWorkgroupStorageSize: 32768 };

/** What `npm run mutants` has by itself, and every other kind of adapter that a default is chosen for. */
const embedded = testDevice(4, true, limits);
const classes: Readonly<Record<string, Capabilities>> = {
  SwiftShader: embedded,
  lavapipe: testDevice(8, true, limits),
  WARP: testDevice(4, true, { ...limits, subgroupMaxSize: 128 }),
  "an emulation without subgroups": testDevice(0, true, limits),
  "NVIDIA, Apple": testDevice(32, false, limits),
  "half the workgroup memory": testDevice(32, false, { ...limits, maxComputeWorkgroupStorageSize: 16384 }),
  AMD: testDevice(32, false, { ...limits, subgroupMaxSize: 64 }),
  Intel: testDevice(8, false, { ...limits, subgroupMaxSize: 32 }),
  "a GPU without subgroups": testDevice(0, false, limits),
};

const sources = readdirSync(builtInKernels, { recursive: true, encoding: "utf8" })
  .map((file) => file.replaceAll("\\", "/"))
  .filter((file) => file.endsWith(".wgsl"))
  .map((file) => {
    const source = readFileSync(new URL(file, builtInKernels), "utf8");
    // What it begins with whatever its constants are, since expanding it takes long.
    const [beginning = ""] = source.split(/^.*(?:#|\$\{)/m, 1);
    return { file, source, beginning: beginning.trim() };
  });

/** Files that a step's module is put together from: those that stand in it as its constants expand them. */
const filesOf = ({ wgsl, constants }: Step): readonly string[] =>
  sources.filter(({ source, beginning }) => wgsl.includes(beginning) && standsIn(wgsl, source, constants)).map(({ file }) => file);

const standsIn = (wgsl: string, source: string, constants: Step["constants"]): boolean => {
  try {
    return wgsl.includes(expandTemplate(source, constants).trim());
  } catch {
    // It asks for constants that this step has not: a file of another.
    return false;
  }
};

const mechanisms = (await loadMechanisms(builtInKernels)).filter(({ family }) => family !== "instrument");
const cells = mutationCells(mechanisms);
/** Defaults change with sizes, too. */
const sizes = {
  n: [1, 2000],
  headDim: [16, 64, 128, 256],
  layouts: [
    [1, 4, 4],
    [1, 32, 1],
  ],
  thorough: false,
} as const;
const others = [...cells, ...mechanisms.flatMap((mechanism) => kernelCells(mechanism, sizes))];

/** Of every module that the command changes: the files that it is made of, as one text. */
const changed = (() => {
  const met = new Set<string>();
  const cases = Object.values(variantsOn(embedded)).flatMap((variant) => mutantCases(mechanisms, cells, { ...embedded, ...variant }, met));
  return new Set(cases.map(({ module }) => filesOf(module.step).join(" + ")));
})();

it("mutants change every kernel, but for those that are left out", () => {
  const files = new Set([...changed].flatMap((made) => made.split(" + ")));
  expect(sources.map(({ file }) => file).filter((file) => !files.has(file))).toEqual(Object.keys(leftOut));
});

it.each(Object.entries(classes))("they change what defaults put together on %s", (_, capabilities) => {
  const met = new Set<string>();
  const made = others.flatMap((cell) => {
    const mechanism = mechanisms.find(({ name }) => name === cell.mechanism);
    if (!mechanism || mechanism.refusal(cell, cell.form, capabilities)) return [];
    return modulesOf(mechanism.plan(cell, cell.form, capabilities, variantOf(mechanism, cell, capabilities))).flatMap(({ text, step }) => {
      if (met.has(text)) return [];
      met.add(text);
      return [filesOf(step).join(" + ")];
    });
  });
  expect(made.length).toBeGreaterThan(50);
  expect([...new Set(made)].filter((one) => !changed.has(one))).toEqual([]);
});
