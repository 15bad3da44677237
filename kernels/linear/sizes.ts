import type { Shape } from "../mechanism.ts";
import { inputTokens, outputTokens } from "../stream.ts";

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
export const sizesOf = (shape: Shape): Sizes => {
  const { batch, heads, headDim, headDimV, parameters } = shape;
  const tokens = outputTokens(shape);
  const chunk = Number(parameters.chunk);
  return {
    batch,
    heads,
    tokens,
    inputTokens: inputTokens(shape),
    keys: headDim,
    values: headDimV,
    chunk,
    chunks: Math.ceil(tokens / chunk),
    featureMap: String(parameters.featureMap),
    normalized: parameters.normalized === true,
    scale: 1 / Math.sqrt(headDim),
  };
};
