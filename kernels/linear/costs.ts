import type { BytesByRole, Flops, Form, Tiles } from "../mechanism.ts";
import { roundUp } from "../tiles.ts";
import { panel } from "./chunkPlan.ts";
import { extraFlops } from "./rule.ts";
import { betaCount, gateCount, type Sizes } from "./sizes.ts";
import { type ChunkTiles, chunkTiles, columnTiles, positionCount, recurrentTiles } from "./variants.ts";

/** Useful and executed FLOPs of one repetition, all heads. Not counted: exponentials, and the chunk form's scaling by decays, a 1/C of its products. */
export const flops = (sizes: Sizes, form: Form, tiles: Tiles): Flops => {
  const { batch, heads } = sizes;
  const perHead = form === "chunk" ? chunkFlops(sizes, chunkTiles(tiles)) : recurrentFlops(sizes, tiles);
  return { useful: batch * heads * perHead.useful, executed: batch * heads * perHead.executed };
};

/** z += φ(k), z·φ(q) and the division, of one token. */
const normalizing = ({ keys, values, normalized }: Sizes): number => (normalized ? 3 * keys + values : 0);

const recurrentFlops = (sizes: Sizes, given: Tiles): Flops => {
  const { rule, tokens, keys, values } = sizes;
  const tiles = recurrentTiles(given);
  const padded = (columnTiles(values, tiles) * tiles.threads * tiles.columns * roundUp(keys / 4, tiles.parts)) / (keys / 4) / tiles.parts;
  const perToken = normalizing(sizes);
  const perElement = 4 + extraFlops(rule);
  return { useful: tokens * (perElement * keys * values + perToken), executed: tokens * (perElement * keys * padded + perToken) };
};

const chunkFlops = (sizes: Sizes, tiles: ChunkTiles): Flops => {
  const { tokens, keys, values, chunk, chunks } = sizes;
  const rest = tokens - (chunks - 1) * chunk;
  const usefulOf = (length: number): number => {
    const pairs = (length * (length + 1)) / 2;
    return length * (4 * keys * values + normalizing(sizes)) + pairs * 2 * (keys + values);
  };
  const scan = chunks * keys * values;
  const executedOf = (length: number): number => statesFlops(sizes, tiles, length) + outputsFlops(sizes, tiles, length) + length * normalizing(sizes);
  return {
    useful: (chunks - 1) * usefulOf(chunk) + usefulOf(rest),
    executed: (chunks - 1) * executedOf(chunk) + executedOf(rest) + scan,
  };
};

/** φ(K)ᵀV of a chunk of `length` tokens, edges of tiles included. */
const statesFlops = ({ keys, values }: Sizes, tiles: ChunkTiles, length: number): number =>
  tiles.path === "plain"
    ? 2 * roundUp(keys, tiles.tile) * roundUp(values, tiles.tile) * roundUp(length, panel)
    : 2 * roundUp(keys, tiles.rows) * roundUp(values, tiles.columns) * length;

/** Scores, their product with V, and the product with the state, of a chunk of `length` tokens; blocks of keys past a tile's last row are skipped. */
const outputsFlops = ({ keys, values }: Sizes, tiles: ChunkTiles, length: number): number => {
  const plain = tiles.path === "plain";
  const columns = roundUp(values, plain ? tiles.tile : tiles.columns);
  const columnTileCount = columns / (plain ? tiles.tile : tiles.columns);
  const contracted = plain ? roundUp(keys, panel) : keys;
  let total = 0;
  for (let row = 0; row < length; row += tiles.rows) {
    const seen = Math.min(row + tiles.rows, length);
    const scored = roundUp(seen, plain ? tiles.tile : tiles.keys);
    const read = plain ? roundUp(seen, panel) : seen;
    total += 2 * tiles.rows * (contracted * columns + contracted * scored * columnTileCount + read * columns);
  }
  return total;
};

/**
 * Bytes that any implementation must move: q, k, v read and o written once, and the state: written once in prefill (and read where it goes on from one), read and written every
 * token in decode and generate, since the rest of the model runs between tokens.
 */
export const leastBytes = (sizes: Sizes): number => {
  const { rule, phase, batch, heads, tokens, keys, values, normalized, continued } = sizes;
  const state = keys * values + (normalized ? keys : 0);
  const moved = phase === "prefill" ? (continued ? 2 : 1) * state : 2 * tokens * state;
  const gates = { none: 0, head: 0, token: 1, channel: keys }[rule.decay] + (rule.delta ? 1 : 0);
  return 4 * batch * heads * (tokens * (2 * keys + 2 * values + gates) + moved);
};

/** Bytes by role of what a plan allocates, from the shape alone. */
export const bytesByRole = (sizes: Sizes, form: Form, tiles: Tiles): BytesByRole => {
  const { rule, phase, batch, heads, tokens, inputTokens, keys, values, normalized, continued, chunks } = sizes;
  const state = keys * values + (normalized ? keys : 0);
  const decays = rule.decay === "none" ? 0 : tokens;
  const scratch = form === "chunk" ? chunks * state + decays : phase === "generate" ? positionCount(values, recurrentTiles(tiles)) : 0;
  const words = 4 * batch * heads;
  const input = words * inputTokens * (2 * keys + values) + 4 * (gateCount(sizes) + betaCount(sizes)) + words * (continued ? state : 0);
  return { input, output: words * tokens * values, state: words * state, scratch: words * scratch, harness: 0 };
};
