import { testAdapter } from "../testAdapter.ts";
import { testKernels } from "./kernelTests.ts";
import { fewWorkgroups, smallGrids } from "./smallGrids.ts";

/** The variants of a CPU emulation; those of GPUs are in kernelsOfLargeGrids.matrix.test.ts. */
await testKernels({ ...smallGrids, name: "folded grids", adapter: testAdapter, planFor: fewWorkgroups });
