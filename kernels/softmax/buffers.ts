import type { ElementType, Form, Init, PlanBuffer, Shape, Tiles } from "../mechanism.ts";
import { streamTokens } from "./inputs.ts";
import { tileSize } from "./tiles.ts";

/** Rows of the cache: n of context and the newest in decode, the whole text in generate. */
export const cacheCapacity = (shape: Shape): number => (shape.phase === "decode" ? shape.n + 1 : shape.n);

/** Splits that the longest context of a shape falls into: what partials and stats are allocated for. */
export const splitCount = (shape: Shape, tiles: Tiles): number => Math.ceil(cacheCapacity(shape) / tileSize(tiles, "keys"));

const allocation = (name: string, role: PlanBuffer["role"], dtype: ElementType, init: Init, sizes: Readonly<Record<string, number>>): PlanBuffer => ({
  name,
  role,
  dtype,
  dims: Object.entries(sizes),
  init,
});

const tokenBuffers = (shape: Shape, tiles: Tiles): PlanBuffer[] => {
  const { phase, batch, n, heads, kvHeads, headDim: channel } = shape;
  const capacity = cacheCapacity(shape);
  const split = splitCount(shape, tiles);
  const decodes = phase === "decode";
  const arriving = decodes ? { batch, token: 1 } : { batch, stream: streamTokens };
  const input = (name: string, lines: Readonly<Record<string, number>>): PlanBuffer =>
    allocation(name, "input", "f32", { tensor: name }, { ...arriving, ...lines, channel });
  const cache = (name: string): PlanBuffer =>
    allocation(name, "state", "f32", decodes ? { tensor: name } : "poison", { batch, capacity, kvHead: kvHeads, channel });
  return [
    input("q", { head: heads }),
    input("k", { kvHead: kvHeads }),
    input("v", { kvHead: kvHeads }),
    cache("kCache"),
    cache("vCache"),
    allocation("partials", "scratch", "f32", "poison", { batch, head: heads, split, channel }),
    allocation("stats", "scratch", "f32", "poison", { batch, head: heads, split, maxAndSum: 2 }),
    allocation("o", "output", "f32", "poison", { batch, token: decodes ? 1 : n, head: heads, channel }),
    ...(decodes ? [] : [allocation("positions", "scratch", "u32", "poison", { slot: 2 })]),
  ];
};

/** The KV cache of a prefill is k and v themselves: attention reads them where they were written. */
const prefillBuffers = ({ batch, n: token, heads: head, kvHeads: kvHead, headDim: channel }: Shape, form: Form): PlanBuffer[] => [
  allocation("q", "input", "f32", { tensor: "q" }, { batch, token, head, channel }),
  allocation("k", "state", "f32", { tensor: "k" }, { batch, token, kvHead, channel }),
  allocation("v", "state", "f32", { tensor: "v" }, { batch, token, kvHead, channel }),
  allocation("o", "output", "f32", "poison", { batch, token, head, channel }),
  ...(form === "naive" ? [allocation("scores", "scratch", "f32", "poison", { batch, head, token, key: token })] : []),
];

/** All buffers of a plan. */
export const softmaxBuffers = (shape: Shape, form: Form, tiles: Tiles): PlanBuffer[] =>
  shape.phase === "prefill" ? prefillBuffers(shape, form) : tokenBuffers(shape, tiles);
