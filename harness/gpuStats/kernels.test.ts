import { describe, expect, it } from "vitest";
import { builtInKernels } from "../../kernels/builtIn.ts";
import type { Capabilities } from "../../kernels/mechanism.ts";
import { loadMechanisms } from "../../kernels/registry.ts";
import { listedKernels, statsCells } from "./kernels.ts";

/** As RADV's null hardware of RDNA3 answers. */
const rdna3: Capabilities = {
  subgroups: true,
  subgroupMinSize: 32,
  subgroupMaxSize: 64,
  f16: true,
  software: false,
  maxComputeWorkgroupStorageSize: 65536,
  maxComputeInvocationsPerWorkgroup: 1024,
  maxComputeWorkgroupsPerDimension: 65535,
  maxStorageBufferBindingSize: 2 ** 32 - 4,
  maxBufferSize: 2 ** 32 - 4,
  maxStorageBuffersPerShaderStage: 16,
};
const mechanisms = (await loadMechanisms(builtInKernels)).filter(({ family }) => family !== "instrument");
const cells = mechanisms.flatMap((mechanism) => statsCells(mechanism, [64, 128]));
const kernels = listedKernels(mechanisms, cells, rdna3, 32);

describe("listed kernels", () => {
  it("cover every form of every mechanism by itself", () => {
    // Kernels around the mixers of a whole model (phase tokenLoop) are not among them.
    const arms = mechanisms.flatMap(({ name, forms: { tokenLoop: _, offload: __, ...forms } }) =>
      Object.entries(forms).flatMap(([phase, list]) => list.map((form) => `${name} ${phase} ${form}`)),
    );
    const met = new Set(cells.map(({ mechanism, phase, form }) => `${mechanism} ${phase} ${form}`));
    expect(arms.filter((arm) => !met.has(arm))).toEqual([]);
    for (const { mechanism, phase, form } of kernels) expect(arms).toContain(`${mechanism} ${phase} ${form}`);
    expect(kernels.filter(({ headDim }) => headDim === 128).length).toBeGreaterThan(100);
  });

  it("are distinct, and the modules of each cell's default tiles are among those that are marked so", () => {
    expect(new Set(kernels.map(({ code }) => code)).size).toBe(kernels.length);
    const marked = new Set(kernels.filter(({ defaultOn }) => defaultOn.length > 0).map(({ code }) => code));
    for (const cell of cells) {
      const own = mechanisms.filter(({ name }) => name === cell.mechanism);
      for (const mechanism of own) {
        if (mechanism.refusal(cell, cell.form, rdna3)) continue;
        const first = { ...mechanism, tiles: (...given: Parameters<typeof mechanism.tiles>) => mechanism.tiles(...given).slice(0, 1) };
        for (const { code } of listedKernels([first], [cell], rdna3, 32)) expect(marked).toContain(code);
      }
    }
    const counts = (defaultOn: string): number => kernels.filter((kernel) => kernel.defaultOn.join() === defaultOn).length;
    for (const defaultOn of ["", "mixed", "even", "mixed,even"]) expect(counts(defaultOn), defaultOn).toBeGreaterThan(0);
  });

  it("tell of each mechanism that has a module at its defaults what share of its operations is useful", () => {
    const own = (name: string): readonly (readonly [code: string, overhead: number | undefined])[] =>
      listedKernels(
        mechanisms,
        cells.filter(({ mechanism }) => mechanism === name),
        rdna3,
        32,
      ).flatMap(({ code, defaultOn, beside, overheads }) => (defaultOn.length > 0 && beside === "" ? [[code, overheads[0]] as const] : []));
    const all = new Map(kernels.map((kernel) => [kernel.code, kernel.overheads]));
    for (const { name } of mechanisms) for (const [code, overhead] of own(name)) expect(all.get(code)).toContain(overhead);
    expect(kernels.some(({ overheads }) => overheads.length > 1)).toBe(true);
  });

  it("that know their subgroups are compiled at 32 lanes, and no others", () => {
    const known = kernels.filter(({ lanes }) => lanes > 0);
    expect(known.length).toBeGreaterThan(50);
    for (const { code, lanes } of known) {
      expect(lanes).toBe(32);
      expect(code.startsWith("enable subgroup_size_control;\n")).toBe(true);
      expect(code).toContain("\nenable subgroups;\n");
      expect(code.match(/@compute @subgroup_size\(32\) @workgroup_size/g)).toHaveLength(1);
    }
    for (const { code, lanes } of kernels) if (lanes === 0) expect(code).not.toContain("subgroup_size");
  });

  it("say what their cell has beside its defaults", () => {
    const beside = new Set(kernels.map((kernel) => kernel.beside));
    for (const text of ["", "kvHeads 2", "kvDtype f16", "dtype f16", "window 30, sinks 3", "featureMap elu+1, normalized"]) expect(beside).toContain(text);
  });
});
