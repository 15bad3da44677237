import type { Cell } from "../experiment/experiment.ts";
import type { KernelTests } from "./kernelTests.ts";

/** For tests: a device has 65,535 workgroups in a row at least, which no small shape exceeds, so plans are made for one that has few. */
export const fewWorkgroups = { maxComputeWorkgroupsPerDimension: 3 };

/** The first cell of each form and phase of a mechanism. */
const oneOfEach = (cells: readonly Cell[]): readonly Cell[] => {
  const kindOf = ({ mechanism, form, phase }: Cell): string => [mechanism, form, phase].join();
  return cells.filter((cell, i) => cells.findIndex((other) => kindOf(other) === kindOf(cell)) === i);
};

/** For tests: shapes of which kernels have more workgroups in a row than that. */
export const smallGrids: Pick<KernelTests, "seed" | "sizes" | "of"> = {
  seed: 7,
  // As wide as four heads of 32, and half as long to compile.
  sizes: { n: [70], headDim: [16], thorough: false, mostFlops: 3e7, layouts: [[2, 8, 8]] },
  of: oneOfEach,
};
