import type { Cell } from "../experiment/experiment.ts";
import { testAdapter } from "../testAdapter.ts";
import { type KernelTests, testKernels } from "./kernelTests.ts";

/** What only long texts are computed in is held to the truth at short ones: in parts of few tokens, chunks or workgroups, of which the last one is smaller. */
const common = { adapter: testAdapter, seed: 7 } as const;
const odd = { n: [130], headDim: [[40, 24]], thorough: false, layouts: [[2, 3, 3]] } as const;

/** In the variants of this adapter, and in those of GPUs. */
const testBoth = async (tests: KernelTests): Promise<void> => {
  await testKernels(tests);
  await testKernels({ ...tests, name: `${tests.name}, on GPUs`, planFor: { ...tests.planFor, software: false } });
};

await testBoth({
  ...common,
  name: "a loop over tokens in parts of 50",
  sizes: { ...odd, headDim: [40] },
  of: (cells) => cells.filter(({ phase, form }) => phase === "prefill" && form === "recurrent"),
  tiles: { partTokens: 50 },
});

await testBoth({
  ...common,
  name: "the delta rule's scan in parts of 4 chunks",
  sizes: odd,
  of: (cells) =>
    cells
      .filter(
        ({ mechanism, phase, form, dtype }) =>
          phase === "prefill" && form === "chunk" && dtype === "f32" && ["deltaNet", "gatedDeltaNet", "kda"].includes(mechanism),
      )
      .map((cell) => ({ ...cell, parameters: { ...cell.parameters, chunk: 16 } })),
  tiles: { partChunks: 4 },
});

/** All but loops over tokens; of the linear family linear and kda, which together have every step that there is, where they go on from a state. */
const byWorkgroups = ({ mechanism, phase, form, dtype, kvDtype, parameters }: Cell): boolean =>
  ["softmax", "softmaxNoCache", "linear", "kda"].includes(mechanism) &&
  dtype === "f32" &&
  kvDtype === "f32" &&
  ((phase === "prefill" && form !== "recurrent") || (phase === "decode" && mechanism === "softmaxNoCache")) &&
  (parameters.initialState !== false || form === "parallel");

await testBoth({
  ...common,
  name: "parts of few workgroups",
  sizes: {
    ...odd,
    layouts: [
      [2, 3, 3],
      [1, 4, 2],
    ],
  },
  of: (cells) => cells.filter(byWorkgroups),
  // Every kernel here takes more than a second at a tenth of that.
  planFor: { flopsPerSecond: 1e7 },
  has: ["partFlops"],
});
