import type { Shape } from "../mechanism.ts";

/** Tokens of the cyclic input of generate: token t reads row t mod 64. */
export const streamTokens = 64;

/** A shape in the words of the recurrence: S is keys × values per head. */
export interface Sizes {
  readonly batch: number;
  readonly heads: number;
  /** tokens of the output: n, or 1 in decode */
  readonly tokens: number;
  /** tokens of q, k and v */
  readonly inputTokens: number;
  readonly keys: number;
  readonly values: number;
  /** tokens a chunk, and how many chunks there are */
  readonly chunk: number;
  readonly chunks: number;
  readonly featureMap: string;
  readonly normalized: boolean;
  /** 1/√headDim */
  readonly scale: number;
}

/** The sizes of a shape, its parameters read. */
export const sizesOf = ({ phase, n, batch, heads, headDim, headDimV, parameters }: Shape): Sizes => {
  const tokens = phase === "decode" ? 1 : n;
  const chunk = Number(parameters.chunk);
  return {
    batch,
    heads,
    tokens,
    inputTokens: phase === "generate" ? streamTokens : tokens,
    keys: headDim,
    values: headDimV,
    chunk,
    chunks: Math.ceil(tokens / chunk),
    featureMap: String(parameters.featureMap),
    normalized: parameters.normalized === true,
    scale: 1 / Math.sqrt(headDim),
  };
};
