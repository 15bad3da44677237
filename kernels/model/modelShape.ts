import type { FeedForward } from "../mechanism.ts";

/** What a layer's mixer adds to the count: its projections, and gates computed from the token. */
export interface MixerWidths {
  /** outputs of the projections to q, k, v */
  readonly q: number;
  readonly k: number;
  readonly v: number;
  /** log decays and betas of a token, 0 without */
  readonly g: number;
  readonly beta: number;
  /** of the mixer's own output */
  readonly o: number;
  /** channels of a head that are normalised after mixing, 0 where they are not */
  readonly outputNorm: number;
}

export const mixerWeights = (width: number, { q, k, v, g, beta, o, outputNorm }: MixerWidths): number => width * (q + k + v + g + beta + o) + outputNorm;

/** Weights of the part after mixing: all of them, and those that one token uses. */
export const feedForwardWeights = (width: number, feedForward: FeedForward): { readonly all: number; readonly active: number } => {
  if (feedForward.kind === "experts") {
    const one = 3 * width * feedForward.hidden;
    const router = width * feedForward.experts;
    return { all: router + feedForward.experts * one, active: router + feedForward.active * one };
  }
  const all = (feedForward.kind === "gelu" ? 2 : 3) * width * feedForward.hidden;
  return { all, active: all };
};
