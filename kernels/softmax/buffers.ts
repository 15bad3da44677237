import { allocation, counters, input, output } from "../allocation.ts";
import type { Form, PlanBuffer, Shape, Tiles } from "../mechanism.ts";
import { inputTokens, outputTokens } from "../stream.ts";
import { tileSize } from "../tiles.ts";

/** Rows of the cache: n of context and the newest in decode, the whole text in generate. */
export const cacheCapacity = (shape: Shape): number => (shape.phase === "decode" ? shape.n + 1 : shape.n);

/** Splits that the longest context of a shape falls into: what partials and stats are allocated for. */
export const splitCount = (shape: Shape, tiles: Tiles): number => Math.ceil(cacheCapacity(shape) / tileSize(tiles, "keys"));

const tokenBuffers = (shape: Shape, tiles: Tiles): PlanBuffer[] => {
  const { batch, heads: head, kvHeads: kvHead, headDim, headDimV } = shape;
  const decodes = shape.phase === "decode";
  const tokens = inputTokens(shape);
  const arriving = decodes ? { batch, token: tokens } : { batch, stream: tokens };
  const cache = (name: string, channel: number): PlanBuffer =>
    allocation(name, "state", decodes ? { tensor: name } : "poison", { batch, capacity: cacheCapacity(shape), kvHead, channel });
  const split = splitCount(shape, tiles);
  return [
    input("q", { ...arriving, head, channel: headDim }),
    input("k", { ...arriving, kvHead, channel: headDim }),
    input("v", { ...arriving, kvHead, channel: headDimV }),
    cache("kCache", headDim),
    cache("vCache", headDimV),
    allocation("partials", "scratch", "poison", { batch, head, split, channel: headDimV }),
    allocation("stats", "scratch", "poison", { batch, head, split, maxAndSum: 2 }),
    output({ batch, token: outputTokens(shape), head, channel: headDimV }),
    ...(decodes ? [] : [counters("positions", { slot: 2 })]),
  ];
};

/** The KV cache of a prefill is k and v themselves: attention reads them where they were written. */
const prefillBuffers = (shape: Shape, form: Form): PlanBuffer[] => {
  const { batch, n: token, heads: head, kvHeads: kvHead, headDim, headDimV } = shape;
  return [
    input("q", { batch, token, head, channel: headDim }),
    allocation("k", "state", { tensor: "k" }, { batch, token, kvHead, channel: headDim }),
    allocation("v", "state", { tensor: "v" }, { batch, token, kvHead, channel: headDimV }),
    output({ batch, token, head, channel: headDimV }),
    ...(form === "naive" ? [allocation("scores", "scratch", "poison", { batch, head, token, key: token })] : []),
  ];
};

/** All buffers of a plan. */
export const softmaxBuffers = (shape: Shape, form: Form, tiles: Tiles): PlanBuffer[] =>
  shape.phase === "prefill" ? prefillBuffers(shape, form) : tokenBuffers(shape, tiles);
