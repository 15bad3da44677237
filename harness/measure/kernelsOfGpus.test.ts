import { testAdapter } from "../testAdapter.ts";
import { testKernels } from "./kernelTests.ts";

/** A CPU emulation is given variants of its own, so those of GPUs are held to the truth on it too, at fewer sizes. */
await testKernels({
  name: "the variants of GPUs",
  adapter: testAdapter,
  planFor: { software: false },
  seed: 7,
  sizes: {
    n: [129],
    headDim: [40],
    thorough: false,
    // A text of 65 without a cache, which is two tiles of every kernel that projects it; longer ones are in the long table.
    mostFlops: 7e8,
    layouts: [
      [2, 3, 3],
      [2, 4, 2],
    ],
  },
});
