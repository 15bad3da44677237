import { allocation, counters, input, output } from "../allocation.ts";
import type { Form, PlanBuffer, Shape, Tiles } from "../mechanism.ts";
import { inputTokens, outputTokens } from "../stream.ts";
import { tileSize } from "../tiles.ts";

/** Rows of the cache: n of context and the newest in decode, the whole text in generate. */
export const cacheCapacity = (shape: Shape): number => (shape.phase === "decode" ? shape.n + 1 : shape.n);

/** Splits that the longest context of a shape falls into: what partials and stats are allocated for. */
export const splitCount = (shape: Shape, tiles: Tiles): number => Math.ceil(cacheCapacity(shape) / tileSize(tiles, "keys"));

const tokenBuffers = (shape: Shape, tiles: Tiles): PlanBuffer[] => {
  const { batch, heads: head, kvHeads: kvHead, headDim: channel } = shape;
  const decodes = shape.phase === "decode";
  const tokens = inputTokens(shape);
  const arriving = decodes ? { batch, token: tokens } : { batch, stream: tokens };
  const cache = (name: string): PlanBuffer =>
    allocation(name, "state", decodes ? { tensor: name } : "poison", { batch, capacity: cacheCapacity(shape), kvHead, channel });
  const split = splitCount(shape, tiles);
  return [
    input("q", { ...arriving, head, channel }),
    input("k", { ...arriving, kvHead, channel }),
    input("v", { ...arriving, kvHead, channel }),
    cache("kCache"),
    cache("vCache"),
    allocation("partials", "scratch", "poison", { batch, head, split, channel }),
    allocation("stats", "scratch", "poison", { batch, head, split, maxAndSum: 2 }),
    output({ batch, token: outputTokens(shape), head, channel }),
    ...(decodes ? [] : [counters("positions", { slot: 2 })]),
  ];
};

/** The KV cache of a prefill is k and v themselves: attention reads them where they were written. */
const prefillBuffers = (shape: Shape, form: Form): PlanBuffer[] => {
  const { batch, n: token, heads: head, kvHeads: kvHead, headDim: channel } = shape;
  return [
    input("q", { batch, token, head, channel }),
    allocation("kCache", "state", { tensor: "k" }, { batch, token, kvHead, channel }),
    allocation("vCache", "state", { tensor: "v" }, { batch, token, kvHead, channel }),
    output({ batch, token, head, channel }),
    ...(form === "naive" ? [allocation("scores", "scratch", "poison", { batch, head, token, key: token })] : []),
  ];
};

/** All buffers of a plan. */
export const softmaxBuffers = (shape: Shape, form: Form, tiles: Tiles): PlanBuffer[] =>
  shape.phase === "prefill" ? prefillBuffers(shape, form) : tokenBuffers(shape, tiles);
