import type { BytesByRole, Claim, Flops, Form, Phase, Shape, Tiles } from "../mechanism.ts";
import { partBytes } from "../parts.ts";
import { elementBytes } from "../plan.ts";
import { inputTokens, outputTokens } from "../stream.ts";
import { roundUp, tileSize } from "../tiles.ts";
import { isDirect, splitCount } from "./buffers.ts";
import { softmaxFlops } from "./cost.ts";
import { cachedTokens } from "./window.ts";

const f32Bytes = 4;
const u32Bytes = 4;

/** Channels of the keys and of the values of one token, all heads. */
export const channelsOf = ({ kvHeads, headDim, headDimV }: Shape) => ({ k: kvHeads * headDim, v: kvHeads * headDimV });

/** What tokens with a context of so many, themselves among them, cost together: the newest one in decode, each of a text in generate. */
const sumOverTokens = (shape: Shape, costOf: (context: number) => number): number => {
  if (shape.phase === "decode") return costOf(cachedTokens(shape));
  let sum = 0;
  for (let context = 1; context <= shape.n; context++) sum += costOf(context);
  return sum;
};

/** Those of the attention with a cache, and for each token both projections of all so far: 2 dModel a channel. */
export const noCacheFlops = (shape: Shape, form: Form, tiles: Tiles): Flops => {
  const { k, v } = channelsOf(shape);
  const attention = softmaxFlops(shape, form, tiles);
  const rows = tileSize(tiles, "projectRows");
  const padded = (channels: number): number => roundUp(channels, tileSize(tiles, "projectColumns"));
  const width = roundUp(shape.dModel, tiles.projectLanes === undefined ? 16 : tileSize(tiles, "projectLanes"));
  const useful = sumOverTokens(shape, (context) => context) * shape.dModel * (k + v);
  const executed = sumOverTokens(shape, (context) => roundUp(context, rows)) * width * (padded(k) + padded(v));
  return { useful: attention.useful + 2 * shape.batch * useful, executed: attention.executed + 2 * shape.batch * executed };
};

/**
 * For each token q, o, its hidden state and the weights once; the earlier hidden states read, its own written. Keys and values need never leave the chip.
 */
export const noCacheLeastBytes = (shape: Shape): number => {
  const { batch, heads, headDim, headDimV, dModel, dtype } = shape;
  const { k, v } = channelsOf(shape);
  return elementBytes[dtype] * sumOverTokens(shape, (context) => batch * heads * (headDim + headDimV) + batch * dModel * (context + 1) + dModel * (k + v));
};

/** Bytes of each role: hidden states as state, keys and values as scratch. */
export const noCacheBytesByRole = (shape: Shape, _form: Form, tiles: Tiles): BytesByRole => {
  const { phase, batch, heads, headDim, headDimV, dModel, dtype } = shape;
  const { k, v } = channelsOf(shape);
  const kept = cachedTokens(shape);
  const stored = elementBytes[dtype];
  return {
    input: stored * (batch * inputTokens(shape) * (heads * headDim + dModel) + dModel * (k + v)),
    output: stored * batch * outputTokens(shape) * heads * headDimV,
    state: stored * batch * kept * dModel,
    scratch:
      f32Bytes * batch * (kept * (k + v) + (isDirect(shape, tiles) ? 0 : heads * splitCount(shape, tiles) * (headDimV + 2))) +
      (phase === "decode" ? 0 : 2 * u32Bytes) +
      partBytes(tiles),
    harness: 0,
  };
};

/** A token makes all keys and values so far anew, and a text does so for each token; the hidden states grow with n. */
export const noCacheClaim = (phase: Phase): Claim => ({ time: phase === "decode" ? "O(n)" : "O(n²)", stateBytes: "O(n)" });
