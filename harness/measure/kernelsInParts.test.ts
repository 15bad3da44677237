import type { Cell } from "../experiment/experiment.ts";
import { testAdapter } from "../testAdapter.ts";
import { testKernels } from "./kernelTests.ts";

/** What only long texts are computed in is held to the truth at short ones: parts of 50 tokens, of which the last one is smaller. */
const parts = {
  adapter: testAdapter,
  seed: 7,
  sizes: { n: [130], headDim: [40], thorough: false, layouts: [[2, 3, 3]] },
  of: (cells: readonly Cell[]) => cells.filter(({ phase, form }) => phase === "prefill" && form === "recurrent"),
  tiles: { partTokens: 50 },
} as const;

await testKernels({ ...parts, name: "prefill in parts" });
await testKernels({ ...parts, name: "prefill in parts on GPUs", planFor: { software: false } });
