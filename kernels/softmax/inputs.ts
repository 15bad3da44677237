import type { Dtype, Shape, Tensors } from "../mechanism.ts";
import { normals } from "../random.ts";
import { drawnAs } from "../storage.ts";
import { inputTokens } from "../stream.ts";
import { turnLoudQueries } from "./loudQueries.ts";
import { cacheCapacity, isWindowed, rowOfToken } from "./window.ts";

/**
 * q, k, v ~ N(0, 1), each [batch, token, head or kvHead, channel]: n tokens in prefill, 1 in decode, a stream of 64 in generate; but a third of the rows
 * of q are loud (loudQueries.ts).
 * Decode adds kCache and vCache [batch, capacity, kvHead, channel], n + 1 rows or those of the window, with NaN where the step writes the newest token, and
 * with a window the newest token's `position` n. Queries are what dtype holds, keys and values what kvDtype does, so that storing them changes nothing.
 */
export const softmaxInputs = (shape: Shape, seed: number): Tensors => {
  const { batch, heads, kvHeads, headDim, headDimV } = shape;
  const tokens = inputTokens(shape);
  const draw = (name: string, lines: number, channels: number, dtype: Dtype): Float32Array => drawnAs(dtype, normals(batch * lines * channels, seed, name));
  const k = draw("k", tokens * kvHeads, headDim, shape.kvDtype);
  const v = draw("v", tokens * kvHeads, headDimV, shape.kvDtype);
  const queries = (keyAt: Parameters<typeof turnLoudQueries>[3]): Float32Array =>
    drawnAs(shape.dtype, turnLoudQueries(shape, seed, normals(batch * tokens * heads * headDim, seed, "q"), keyAt));
  /** Of `rows` a batch entry, one kvHead's. */
  const keyOf = (keys: Float32Array, rows: number, entry: number, row: number, kvHead: number): Float32Array => {
    const line = (entry * rows + row) * kvHeads + kvHead;
    return keys.subarray(line * headDim, (line + 1) * headDim);
  };
  if (shape.phase !== "decode") return { q: queries((...at) => keyOf(k, tokens, ...at)), k, v };
  const capacity = cacheCapacity(shape);
  const newestRow = rowOfToken(shape, shape.n);
  const cache = (name: string, channels: number): Float32Array => {
    const values = draw(name, capacity * kvHeads, channels, shape.kvDtype);
    const row = kvHeads * channels;
    for (let entry = 0; entry < batch; entry++) values.fill(Number.NaN, (entry * capacity + newestRow) * row, (entry * capacity + newestRow + 1) * row);
    return values;
  };
  const kCache = cache("kCache", headDim);
  const keyAt = (entry: number, row: number, kvHead: number): Float32Array =>
    row === newestRow ? keyOf(k, 1, entry, 0, kvHead) : keyOf(kCache, capacity, entry, row, kvHead);
  return {
    q: queries(keyAt),
    k,
    v,
    kCache,
    vCache: cache("vCache", headDimV),
    ...(isWindowed(shape) ? { position: Uint32Array.of(shape.n) } : {}),
  };
};
