import type { Shape, Tensors } from "../../../kernels/mechanism.ts";
import { CellFailure } from "../../device/failure.ts";
import { runtimes } from "../../experiment/runtimes.ts";
import type { Chain } from "./chain.ts";
import { linearChain } from "./linearChain.ts";
import { softmaxChains } from "./softmaxChains.ts";

/** Ways to compute a cell of this shape on these tensors. */
type Chains = (shape: Shape, tensors: Tensors) => readonly Chain[];

/** By mechanism: all that experiments may ask of ort. */
const chains: Readonly<Record<(typeof runtimes.ort.mechanisms)[number], Chains>> = {
  softmax: softmaxChains,
  linear: (shape, tensors) => [linearChain("linear", shape, tensors)],
  gated: (shape, tensors) => [linearChain("gated", shape, tensors)],
  deltaNet: (shape, tensors) => [linearChain("delta", shape, tensors)],
  gatedDeltaNet: (shape, tensors) => [linearChain("gated_delta", shape, tensors)],
};

/** Throws CellFailure noFeature for a mechanism that is none of these. */
export const chainsOf = (cell: Shape & { readonly mechanism: string }, tensors: Tensors): readonly Chain[] => {
  const name = runtimes.ort.mechanisms.find((known) => known === cell.mechanism);
  if (name === undefined) throw new CellFailure("noFeature", `${runtimes.ort.title} has no ${cell.mechanism}`);
  return chains[name](cell, tensors);
};
