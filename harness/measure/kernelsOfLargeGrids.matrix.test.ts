import { testAdapter } from "../testAdapter.ts";
import { testKernels } from "./kernelTests.ts";
import { fewWorkgroups, smallGrids } from "./smallGrids.ts";

/** More chunks, and more heads, than any device has workgroups in a row: what kernelsOfSmallGrids.test.ts does for every kernel, at its real size for some (npm run test:kernels). */
const common = { adapter: testAdapter, seed: 11 } as const;
const plain = { headDim: [16], thorough: false } as const;

await testKernels({
  ...common,
  name: "65,537 chunks",
  of: (cells) =>
    cells
      .filter(({ mechanism, form }) => mechanism === "retention" && form === "chunk")
      .map((cell) => ({ ...cell, parameters: { ...cell.parameters, chunk: 16 } })),
  sizes: { ...plain, n: [1_048_577], layouts: [[1, 1, 1]] },
});
await testKernels({
  ...common,
  name: "70,000 heads",
  of: (cells) =>
    cells.filter(({ mechanism, phase, form, n }) => ["linear", "kda"].includes(mechanism) && form === "recurrent" && n === 2 && phase !== "generate"),
  sizes: { ...plain, n: [2], layouts: [[1, 70_000, 70_000]] },
});
await testKernels({ ...smallGrids, name: "folded grids of GPUs", adapter: testAdapter, planFor: { ...fewWorkgroups, software: false } });
