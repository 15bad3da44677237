import type { Cell } from "../experiment/experiment.ts";
import { testAdapter } from "../testAdapter.ts";
import { type KernelTests, testKernels } from "./kernelTests.ts";

const common = { adapter: testAdapter, seed: 7 } as const;
const odd = { n: [130], headDim: [[40, 24]], thorough: false, layouts: [[2, 3, 3]] } as const;

/** In the variants of this adapter, and in those of GPUs. */
const testBoth = async (tests: KernelTests): Promise<void> => {
  await testKernels(tests);
  await testKernels({ ...tests, name: `${tests.name}, on GPUs`, planFor: { ...tests.planFor, software: false } });
};

/** All but loops over tokens, where they go on from a state. */
const isByWorkgroups = ({ mechanism, phase, form, dtype, kvDtype, parameters }: Cell): boolean =>
  dtype === "f32" &&
  kvDtype === "f32" &&
  ((phase === "prefill" && form !== "recurrent") || (phase === "decode" && mechanism === "softmaxNoCache")) &&
  (parameters.initialState !== false || form === "parallel");

/** Mechanisms whose plans are tried in parts, by how they are parted. */
export interface Parted {
  readonly loops: readonly string[];
  readonly delta: readonly string[];
  readonly byWorkgroups: readonly string[];
  /** [batch, heads, kvHeads] of those by workgroups */
  readonly layouts: NonNullable<KernelTests["sizes"]>["layouts"];
}

/** What only long texts are computed in is held to the truth at short ones: in parts of few tokens, chunks or workgroups, of which the last one is smaller. */
export const testInParts = async ({ loops, delta, byWorkgroups, layouts }: Parted): Promise<void> => {
  await testBoth({
    ...common,
    name: "a loop over tokens in parts of 50",
    sizes: { ...odd, headDim: [40] },
    of: (cells) => cells.filter(({ mechanism, phase, form }) => phase === "prefill" && form === "recurrent" && loops.includes(mechanism)),
    tiles: { partTokens: 50 },
  });

  await testBoth({
    ...common,
    name: "the delta rule's scan in parts of 4 chunks",
    sizes: odd,
    of: (cells) =>
      cells
        .filter(({ mechanism, phase, form, dtype }) => phase === "prefill" && form === "chunk" && dtype === "f32" && delta.includes(mechanism))
        .map((cell) => ({ ...cell, parameters: { ...cell.parameters, chunk: 16 } })),
    tiles: { partChunks: 4 },
  });

  await testBoth({
    ...common,
    name: "parts of few workgroups",
    sizes: {
      ...odd,
      layouts,
    },
    of: (cells) => cells.filter((cell) => byWorkgroups.includes(cell.mechanism) && isByWorkgroups(cell)),
    // Every kernel here takes more than a second at a tenth of that.
    planFor: { flopsPerSecond: 1e7 },
    has: ["partFlops"],
  });
};
