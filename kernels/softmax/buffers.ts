import { allocation, counters, input, output } from "../allocation.ts";
import type { Form, PlanBuffer, Shape, Tiles } from "../mechanism.ts";
import { partBuffers } from "../parts.ts";
import { inputTokens, outputTokens } from "../stream.ts";
import { tileSize } from "../tiles.ts";
import { cacheCapacity, isWindowed, ringOf } from "./window.ts";

/** Splits that the longest context of a shape falls into: what partials and stats are allocated for. */
export const splitCount = (shape: Shape, tiles: Tiles): number => Math.ceil(cacheCapacity(shape) / tileSize(tiles, "keys"));

/** Is one split all of a token's context? Then it writes the output itself, and nothing is joined. A text's tokens have contexts of all lengths. */
export const isDirect = (shape: Shape, tiles: Tiles): boolean => shape.phase === "decode" && splitCount(shape, tiles) === 1;

/** What splits leave to be joined. */
export const splitBuffers = (shape: Shape, tiles: Tiles): PlanBuffer[] => {
  const { batch, heads: head, headDimV } = shape;
  const split = splitCount(shape, tiles);
  return isDirect(shape, tiles)
    ? []
    : [
        allocation("partials", "scratch", "poison", { batch, head, split, channel: headDimV }),
        allocation("stats", "scratch", "poison", { batch, head, split, maxAndSum: 2 }),
      ];
};

/** The KV cache by itself: filled by tensors, or by the steps. */
const caches = (shape: Shape, isFilled: boolean): PlanBuffer[] => {
  const { batch, kvHeads: kvHead, headDim, headDimV } = shape;
  const cache = (name: string, channel: number): PlanBuffer => ({
    ...allocation(name, "state", isFilled ? { tensor: name } : "poison", { batch, capacity: cacheCapacity(shape), kvHead, channel }),
    dtype: shape.kvDtype,
    ...(isWindowed(shape) ? { ring: ringOf(shape) } : {}),
  });
  return [cache("kCache", headDim), cache("vCache", headDimV)];
};

const tokenBuffers = (shape: Shape, tiles: Tiles): PlanBuffer[] => {
  const { batch, heads: head, kvHeads: kvHead, headDim, headDimV, dtype } = shape;
  const decodes = shape.phase === "decode";
  const tokens = inputTokens(shape);
  const arriving = decodes ? { batch, token: tokens } : { batch, stream: tokens };
  return [
    input("q", { ...arriving, head, channel: headDim }, dtype),
    input("k", { ...arriving, kvHead, channel: headDim }, dtype),
    input("v", { ...arriving, kvHead, channel: headDimV }, dtype),
    ...caches(shape, decodes),
    ...splitBuffers(shape, tiles),
    output({ batch, token: outputTokens(shape), head, channel: headDimV }, dtype),
    ...(decodes ? [] : [counters("positions", { slot: 2 })]),
    // A ring is full however many tokens it has seen, so which of them is the newest has to be told.
    ...(decodes && isWindowed(shape) ? [{ ...input("position", { slot: 1 }), dtype: "u32", fixed: true } as const] : []),
  ];
};

/** Buffers of the keys and values that a prefill reads: the cache itself, or what a window keeps the last rows of. */
export const attendedNames = (shape: Shape): readonly [keys: string, values: string] => (isWindowed(shape) ? ["k", "v"] : ["kCache", "vCache"]);

/**
 * The KV cache of a prefill is k and v themselves: attention reads them where they were written. Of a window only the last rows are kept, so there
 * they are inputs, and the cache is what decode would go on with. Either way they are of kvDtype.
 */
const prefillBuffers = (shape: Shape, form: Form, tiles: Tiles): PlanBuffer[] => {
  const { batch, n: token, heads: head, kvHeads: kvHead, headDim, headDimV, dtype } = shape;
  const role = isWindowed(shape) ? "input" : "state";
  const [keys, values] = attendedNames(shape);
  return [
    input("q", { batch, token, head, channel: headDim }, dtype),
    { ...allocation(keys, role, { tensor: "k" }, { batch, token, kvHead, channel: headDim }), dtype: shape.kvDtype },
    { ...allocation(values, role, { tensor: "v" }, { batch, token, kvHead, channel: headDimV }), dtype: shape.kvDtype },
    ...(isWindowed(shape) ? caches(shape, false) : []),
    output({ batch, token, head, channel: headDimV }, dtype),
    ...(form === "naive" ? [allocation("scores", "scratch", "poison", { batch, head, token, key: token })] : []),
    ...partBuffers(tiles),
  ];
};

/** All buffers of a plan. */
export const softmaxBuffers = (shape: Shape, form: Form, tiles: Tiles): PlanBuffer[] =>
  shape.phase === "prefill" ? prefillBuffers(shape, form, tiles) : tokenBuffers(shape, tiles);
