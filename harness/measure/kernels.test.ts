import { testAdapter } from "../testAdapter.ts";
import { testKernels } from "./kernelTests.ts";

/** Every kernel as an emulation is given it, on the adapter that every machine has. The long table is kernels.matrix.test.ts. */
await testKernels({
  name: "its own variants",
  adapter: testAdapter,
  seed: 7,
  sizes: {
    n: [1, 7, 65, 130],
    headDim: [64],
    thorough: false,
    layouts: [
      [2, 3, 3],
      [2, 4, 2],
    ],
  },
});
