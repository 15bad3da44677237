import { lavapipeDriver } from "../device/adapters.ts";
import { testAdapter } from "../testAdapter.ts";
import type { KernelSizes } from "./kernelCases.ts";
import { testKernels } from "./kernelTests.ts";

/** The long table (npm run test:kernels): every head size, odd and even lengths, grouped heads, all parameters; on lavapipe too where it is installed. */
const adapters = [...new Set([testAdapter, ...(lavapipeDriver() ? ["lavapipe"] : [])])];

const every: KernelSizes = {
  n: [1, 2, 7, 16, 63, 64, 65, 130, 257, 1000],
  headDim: [32, 64, 96, 128, 256, [16, 252], [132, 20]],
  thorough: true,
  layouts: [
    [1, 2, 2],
    [2, 4, 2],
    [1, 6, 1],
    [3, 3, 3],
  ],
};
// A CPU emulation is given variants of its own; those of GPUs are held to the truth on it too, at fewer sizes.
const few: KernelSizes = {
  n: [1, 65, 257],
  headDim: [32, 128, [256, 36], [20, 256]],
  thorough: false,
  layouts: [
    [3, 3, 3],
    [2, 4, 2],
  ],
};
const fewest: KernelSizes = { ...few, n: [129], headDim: [64, [132, 20]] };
/** Places in the longest list of candidates that any form has (kernels/softmax/tiles.ts, kernels/linear/variants.ts). */
const others = [1, 2, 3, 4, 5];
const runs = adapters.flatMap((adapter) => [
  { adapter, name: "own variants", sizes: every },
  { adapter, name: "variants of GPUs", planFor: { software: false }, sizes: few },
  // Lavapipe unrolls what they loop over and compiles some for a minute.
  ...(adapter === "lavapipe"
    ? []
    : others.map((candidate) => ({ adapter, name: `candidate ${candidate} of GPUs`, planFor: { software: false }, candidate, sizes: fewest }))),
]);

for (const run of runs) await testKernels({ ...run, seed: 11 });
