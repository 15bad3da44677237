import type { BytesByRole, Flops, Form, Tiles } from "../mechanism.ts";
import { partBytes } from "../parts.ts";
import { elementBytes } from "../plan.ts";
import { roundUp } from "../tiles.ts";
import { chunkFlops, normalizing } from "./chunkFlops.ts";
import { extraFlops } from "./rule.ts";
import { betaCount, gateCount, gatesPerToken, type Sizes } from "./sizes.ts";
import { type ChunkTiles, chunkTiles, columnTiles, positionCount, recurrentTiles } from "./variants.ts";

/** Useful and executed FLOPs of one repetition, all heads. Not counted: exponentials, and the chunk form's scaling by decays, a 1/C of its products. */
export const flops = (sizes: Sizes, form: Form, tiles: Tiles): Flops => {
  const { batch, heads } = sizes;
  const perHead = form === "recurrent" ? recurrentFlops(sizes, tiles) : chunkFlops(sizes, chunkTiles(tiles));
  return { useful: batch * heads * perHead.useful, executed: batch * heads * perHead.executed };
};

const recurrentFlops = (sizes: Sizes, given: Tiles): Flops => {
  const { rule, tokens, keys, values } = sizes;
  const tiles = recurrentTiles(given);
  const padded = (columnTiles(values, tiles) * tiles.threads * tiles.columns * roundUp(keys / 4, tiles.parts)) / (keys / 4) / tiles.parts;
  const perToken = normalizing(sizes);
  const perElement = 4 + extraFlops(rule);
  return { useful: tokens * (perElement * keys * values + perToken), executed: tokens * (perElement * keys * padded + perToken) };
};

/**
 * Bytes that any implementation must move: q, k, v read and o written once, and the state: written once in prefill (and read where it goes on from one), read and written every
 * token in decode and generate, since the rest of the model runs between tokens.
 */
export const leastBytes = (sizes: Sizes): number => {
  const { rule, phase, dtype, batch, heads, tokens, keys, values, normalized, continued } = sizes;
  const state = keys * values + (normalized ? keys : 0);
  const moved = phase === "prefill" ? (continued ? 2 : 1) * state : 2 * tokens * state;
  const gates = { none: 0, head: 0, token: 1, channel: keys }[rule.decay] + (rule.delta ? 1 : 0);
  return batch * heads * (elementBytes[dtype] * tokens * (2 * keys + 2 * values) + 4 * (tokens * gates + moved));
};

/** What the threads of a text's tokens count by, each for itself, and parts of a prefill by chunks. */
export const countersBytes = ({ phase, batch, heads, values }: Sizes, tiles: Tiles): number =>
  phase === "generate" ? 4 * batch * heads * positionCount(values, recurrentTiles(tiles)) : partBytes(tiles);

/** Bytes by role of what a plan allocates, from the shape alone. */
export const bytesByRole = (sizes: Sizes, form: Form, tiles: Tiles): BytesByRole => {
  const { dtype, batch, heads, tokens, inputTokens, keys, values, normalized, continued } = sizes;
  const state = keys * values + (normalized ? keys : 0);
  const words = 4 * batch * heads;
  const parted = tiles.partTokens === undefined ? 0 : words * (1 + (normalized ? keys : 0));
  const scratch = form === "recurrent" ? countersBytes(sizes, tiles) + parted : words * chunkScratch(sizes, chunkTiles(tiles)) + partBytes(tiles);
  const stored = elementBytes[dtype] * batch * heads;
  const input = stored * inputTokens * (2 * keys + values) + 4 * (gateCount(sizes) + betaCount(sizes)) + words * (continued ? state : 0);
  return { input, output: stored * tokens * values, state: words * state, scratch, harness: 0 };
};

/** Values a head works in by chunks: states and decays; products of pairs for gates a channel and the delta rule; what the latter erases and writes, and its transitions on GPUs. */
const chunkScratch = (sizes: Sizes, { path }: ChunkTiles): number => {
  const { rule, tokens, keys, values, normalized, chunk, chunks } = sizes;
  const decays = rule.decay === "none" ? 0 : 2 * tokens * gatesPerToken(sizes);
  const pairs = rule.delta || rule.decay === "channel" ? chunks * chunk * chunk : 0;
  const transitions = rule.delta && path === "plain" ? keys * keys : 0;
  return chunks * (keys * values + transitions + (normalized ? keys : 0)) + decays + pairs + (rule.delta ? tokens * (keys + values) : 0);
};
