import { testAdapter } from "../testAdapter.ts";
import { testKernels } from "./kernelTests.ts";

/** Every kernel as an emulation is given it, on the adapter that every machine has. The long table is kernels.matrix.test.ts. */
await testKernels({
  name: "its own variants",
  adapter: testAdapter,
  seed: 7,
  sizes: {
    // Fewer than a tile at 1, one more than it at 65, and a second chunk; 2, 7 and others are in the long table.
    n: [1, 65, 130],
    headDim: [64],
    // What takes a second to compile at 64 takes a third of it here; both are in the long table.
    variedHeadDim: 32,
    thorough: false,
    // A text of 65 without a cache, which is two tiles of every kernel that projects it; longer ones are in the long table.
    mostFlops: 7e8,
    layouts: [
      [2, 3, 3],
      [2, 4, 2],
    ],
  },
});
