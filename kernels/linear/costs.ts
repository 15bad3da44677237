import type { BytesByRole, Flops, Form, Shape, Tiles } from "../mechanism.ts";
import { roundUp } from "../tiles.ts";
import { panel } from "./chunkPlan.ts";
import { type Sizes, sizesOf } from "./sizes.ts";
import { type ChunkTiles, chunkTiles, columnTiles, positionCount, recurrentTiles } from "./variants.ts";

/** Useful and executed FLOPs of one repetition, all heads. The exponentials of elu+1 are not counted. */
export const flops = (shape: Shape, form: Form, tiles: Tiles): Flops => {
  const sizes = sizesOf(shape);
  const { batch, heads } = sizes;
  const perHead = form === "chunk" ? chunkFlops(sizes, chunkTiles(tiles)) : recurrentFlops(sizes, tiles);
  return { useful: batch * heads * perHead.useful, executed: batch * heads * perHead.executed };
};

/** z += φ(k), z·φ(q) and the division, of one token. */
const normalizing = ({ keys, values, normalized }: Sizes): number => (normalized ? 3 * keys + values : 0);

const recurrentFlops = (sizes: Sizes, given: Tiles): Flops => {
  const { tokens, keys, values } = sizes;
  const tiles = recurrentTiles(given);
  const padded = columnTiles(values, tiles) * tiles.threads * tiles.columns;
  const perToken = normalizing(sizes);
  return { useful: tokens * (4 * keys * values + perToken), executed: tokens * (4 * keys * padded + perToken) };
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
 * Bytes that any implementation must move: q, k, v read and o written once, and the state: written once in prefill, read and written every
 * token in decode and generate, since the rest of the model runs between tokens.
 */
export const leastBytes = (shape: Shape): number => {
  const { batch, heads, tokens, keys, values, normalized } = sizesOf(shape);
  const state = keys * values + (normalized ? keys : 0);
  const moved = shape.phase === "prefill" ? state : 2 * tokens * state;
  return 4 * batch * heads * (tokens * (2 * keys + 2 * values) + moved);
};

/** Bytes by role of what a plan allocates, from the shape alone. */
export const bytesByRole = (shape: Shape, form: Form, tiles: Tiles): BytesByRole => {
  const { batch, heads, tokens, inputTokens, keys, values, normalized, chunks } = sizesOf(shape);
  const state = keys * values + (normalized ? keys : 0);
  const scratch = form === "chunk" ? chunks * state : shape.phase === "generate" ? positionCount(values, recurrentTiles(tiles)) : 0;
  const words = 4 * batch * heads;
  return { input: words * inputTokens * (2 * keys + values), output: words * tokens * values, state: words * state, scratch: words * scratch, harness: 0 };
};
