import type { Dtype, Shape, Tensors } from "../mechanism.ts";
import { normals } from "../random.ts";
import { drawnAs } from "../storage.ts";
import { inputTokens } from "../stream.ts";
import { cacheCapacity, isWindowed, rowOfToken } from "./window.ts";

/**
 * q, k, v ~ N(0, 1), each [batch, token, head or kvHead, channel]: n tokens in prefill, 1 in decode, a stream of 64 in generate.
 * Decode adds kCache and vCache [batch, capacity, kvHead, channel], n + 1 rows or those of the window, with NaN where the step writes the newest token, and
 * with a window the newest token's `position` n. Queries are what dtype holds, keys and values what kvDtype does, so that storing them changes nothing.
 */
export const softmaxInputs = (shape: Shape, seed: number): Tensors => {
  const { batch, heads, kvHeads, headDim, headDimV } = shape;
  const tokens = inputTokens(shape);
  const draw = (name: string, lines: number, channels: number, dtype: Dtype): Float32Array => drawnAs(dtype, normals(batch * lines * channels, seed, name));
  const newest = {
    q: draw("q", tokens * heads, headDim, shape.dtype),
    k: draw("k", tokens * kvHeads, headDim, shape.kvDtype),
    v: draw("v", tokens * kvHeads, headDimV, shape.kvDtype),
  };
  if (shape.phase !== "decode") return newest;
  const capacity = cacheCapacity(shape);
  const newestRow = rowOfToken(shape, shape.n);
  const cache = (name: string, channels: number): Float32Array => {
    const values = draw(name, capacity * kvHeads, channels, shape.kvDtype);
    const row = kvHeads * channels;
    for (let entry = 0; entry < batch; entry++) values.fill(Number.NaN, (entry * capacity + newestRow) * row, (entry * capacity + newestRow + 1) * row);
    return values;
  };
  return {
    ...newest,
    kCache: cache("kCache", headDim),
    vCache: cache("vCache", headDimV),
    ...(isWindowed(shape) ? { position: Uint32Array.of(shape.n) } : {}),
  };
};
