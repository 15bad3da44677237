import type { Cell } from "../experiment/experiment.ts";
import { testAdapter } from "../testAdapter.ts";
import { testKernels } from "./kernelTests.ts";

/** The first cell of each form and phase of a mechanism. */
const oneOfEach = (cells: readonly Cell[]): readonly Cell[] => {
  const kindOf = ({ mechanism, form, phase }: Cell): string => [mechanism, form, phase].join();
  return cells.filter((cell, i) => cells.findIndex((other) => kindOf(other) === kindOf(cell)) === i);
};

/** A device has 65,535 workgroups in a row at least, which no small shape exceeds: so plans are made for one that has few. */
const few = { maxComputeWorkgroupsPerDimension: 3 };
const sizes = { n: [70], headDim: [32], thorough: false, mostFlops: 1e8, layouts: [[2, 4, 4]] } as const;

await testKernels({ name: "folded grids", adapter: testAdapter, planFor: few, seed: 7, of: oneOfEach, sizes });
await testKernels({ name: "folded grids of GPUs", adapter: testAdapter, planFor: { ...few, software: false }, seed: 7, of: oneOfEach, sizes });
