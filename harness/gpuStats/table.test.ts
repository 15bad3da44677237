import { expect, it } from "vitest";
import { missesOf } from "./bar.ts";
import type { KernelStatistics } from "./gpuStats.ts";
import { cyclesPerKiloflop, kernelsText, stepsTable } from "./table.ts";

const kernel: KernelStatistics = {
  mechanism: "linear",
  phase: "prefill",
  form: "chunk",
  label: "chunk outputs",
  headDim: 64,
  beside: "",
  tiles: "path plain, rows 32",
  lanes: 0,
  defaultOn: ["mixed"],
  overheads: [1.5],
  registers: 96,
  spills: 0,
  ldsBytes: 9216,
  subgroups: 16,
  instructions: 500,
  inverseThroughput: 4000,
  operations: 400_000,
};

it("cycles per thousand operations are the useful ones, and of a kernel that computes next to nothing there are none", () => {
  expect(cyclesPerKiloflop(kernel)).toEqual([15]);
  expect(cyclesPerKiloflop({ ...kernel, operations: 64 })).toEqual([]);
});

it("a kernel of several mechanisms has the cycles of each, in its line and in the table", () => {
  const shared = { ...kernel, overheads: [1.5, 2.6, 1.9] };
  expect(kernelsText([shared]).split("\n")[1]).toContain(" 15.0–26.0 ");
  expect(stepsTable([shared])).toContain("| 96, 9, 16, 15–26 |");
});

it("a default kernel misses by spills at any head size, by subgroups at headDim 64; decode wants more than prefill", () => {
  expect(missesOf([kernel])).toEqual([]);
  expect(missesOf([{ ...kernel, headDim: 128, spills: 3 }])).toEqual(["linear chunk prefill, chunk outputs, headDim 128: 3 registers spilled"]);
  expect(missesOf([{ ...kernel, subgroups: 8 }])).toEqual([]);
  expect(missesOf([{ ...kernel, subgroups: 7, beside: "initialState" }])).toEqual([
    "linear chunk prefill, chunk outputs, headDim 64 (initialState): 7 subgroups per SIMD, 8 are wanted (96 registers, 9216 bytes of LDS)",
  ]);
  expect(missesOf([{ ...kernel, subgroups: 7, headDim: 128 }])).toEqual([]);
  expect(missesOf([{ ...kernel, phase: "decode", subgroups: 11 }])).toHaveLength(1);
  expect(missesOf([{ ...kernel, phase: "generate", subgroups: 12 }])).toEqual([]);
  expect(missesOf([{ ...kernel, defaultOn: [], subgroups: 1, spills: 9 }])).toEqual([]);
});

it("the text has a line a kernel, the table a row a step over the defaults alone", () => {
  const kernels = [
    kernel,
    { ...kernel, mechanism: "gated", registers: 120, subgroups: 12, inverseThroughput: 8000 },
    { ...kernel, headDim: 128, operations: 10 },
    { ...kernel, defaultOn: [], registers: 200, lanes: 32 },
    { ...kernel, beside: "initialState", registers: 210 },
    { ...kernel, phase: "decode", form: "split", label: "append", operations: 10 } as const,
    { ...kernel, lanes: 32, defaultOn: ["even"] } as const,
  ];
  const lines = kernelsText(kernels).split("\n");
  expect(lines).toHaveLength(8);
  expect(lines[1]).toMatch(/^\* +linear +prefill +chunk +chunk outputs +64 +96 +0 +9216 +16 +4000 +15\.0 +any +path plain, rows 32$/);
  expect(lines[4]).toMatch(/^ {3}linear .* 200 .* 32 +path plain, rows 32$/);
  expect(stepsTable(kernels)).toBe(
    [
      "| phase, form | step | registers, LDS KiB, subgroups, cycles/kFLOP at 64 | registers, LDS KiB, subgroups, cycles/kFLOP at 128 |",
      "|---|---|---|---|",
      "| prefill chunk | chunk outputs | 96–120, 9, 12–16, 15–30 | 96, 9, 16, – |",
      "| prefill chunk | chunk outputs, subgroups of one size | 96, 9, 16, 15 | –, –, –, – |",
    ].join("\n"),
  );
});
