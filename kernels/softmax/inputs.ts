import type { Shape, Tensors } from "../mechanism.ts";
import { normals } from "../random.ts";
import { inputTokens } from "../stream.ts";

/**
 * q, k, v ~ N(0, 1), each [batch, token, head or kvHead, channel]: n tokens in prefill, 1 in decode, a stream of 64 in generate.
 * Decode adds kCache and vCache [batch, n + 1, kvHead, channel]: n rows of context, and NaN in row n until the step appends it.
 */
export const softmaxInputs = (shape: Shape, seed: number): Tensors => {
  const { batch, n, heads, kvHeads, headDim, headDimV } = shape;
  const tokens = inputTokens(shape);
  const draw = (name: string, lines: number, channels: number): Float32Array => normals(batch * lines * channels, seed, name);
  const newest = { q: draw("q", tokens * heads, headDim), k: draw("k", tokens * kvHeads, headDim), v: draw("v", tokens * kvHeads, headDimV) };
  if (shape.phase !== "decode") return newest;
  const cache = (name: string, channels: number): Float32Array => {
    const values = draw(name, (n + 1) * kvHeads, channels);
    const row = kvHeads * channels;
    for (let entry = 0; entry < batch; entry++) values.fill(Number.NaN, (entry * (n + 1) + n) * row, (entry + 1) * (n + 1) * row);
    return values;
  };
  return { ...newest, kCache: cache("kCache", headDim), vCache: cache("vCache", headDimV) };
};
