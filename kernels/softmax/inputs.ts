import { roundedToHalf } from "../half.ts";
import type { Shape, Tensors } from "../mechanism.ts";
import { normals } from "../random.ts";
import { inputTokens } from "../stream.ts";
import { cacheCapacity, isWindowed, rowOfToken } from "./window.ts";

/**
 * q, k, v ~ N(0, 1), each [batch, token, head or kvHead, channel]: n tokens in prefill, 1 in decode, a stream of 64 in generate.
 * Decode adds kCache and vCache [batch, capacity, kvHead, channel], n + 1 rows or those of the window, with NaN where the step writes the newest token, and
 * with a window the newest token's `position` n. Keys and values are rounded to what a cache of f16 holds, so that storing them changes nothing.
 */
export const softmaxInputs = (shape: Shape, seed: number): Tensors => {
  const { batch, heads, kvHeads, headDim, headDimV } = shape;
  const tokens = inputTokens(shape);
  const draw = (name: string, lines: number, channels: number): Float32Array => normals(batch * lines * channels, seed, name);
  const drawCached: typeof draw = (...of) => (shape.kvDtype === "f16" ? roundedToHalf(draw(...of)) : draw(...of));
  const newest = {
    q: draw("q", tokens * heads, headDim),
    k: drawCached("k", tokens * kvHeads, headDim),
    v: drawCached("v", tokens * kvHeads, headDimV),
  };
  if (shape.phase !== "decode") return newest;
  const capacity = cacheCapacity(shape);
  const newestRow = rowOfToken(shape, shape.n);
  const cache = (name: string, channels: number): Float32Array => {
    const values = drawCached(name, capacity * kvHeads, channels);
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
