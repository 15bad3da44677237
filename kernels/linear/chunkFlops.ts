import type { Flops } from "../mechanism.ts";
import { roundUp } from "../tiles.ts";
import { panel, solvedRows } from "./chunkBindings.ts";
import { revisedTokens, solvedColumns } from "./deltaSteps.ts";
import type { Sizes } from "./sizes.ts";
import type { ChunkTiles } from "./variants.ts";

/** z += φ(k), z·φ(q) and the division, of one token. */
export const normalizing = ({ keys, values, normalized }: Sizes): number => (normalized ? 3 * keys + values : 0);

/** Useful and executed FLOPs of the chunk form, of one head. */
export const chunkFlops = (sizes: Sizes, tiles: ChunkTiles): Flops => {
  const { tokens, keys, values, chunk, chunks } = sizes;
  const rest = tokens - (chunks - 1) * chunk;
  const executedOf = (length: number): number => executed(sizes, tiles, length) + length * normalizing(sizes);
  const whole = (of: (length: number) => number): number => (chunks > 1 ? (chunks - 1) * of(chunk) : 0) + of(rest);
  return {
    useful: whole((length) => useful(sizes, length)),
    executed: whole(executedOf) + (sizes.rule.delta ? 0 : chunks * keys * values),
  };
};

/**
 * Of a chunk of `length` tokens: what it adds to the state and reads of it, and pairs (i, j ≤ i) for the scores and their product with V. The delta rule
 * takes away what the state holds, and needs pairs (i, j < i) for the overlaps of keys and for solving, a column of values or keys each.
 */
const useful = (sizes: Sizes, length: number): number => {
  const { rule, keys, values } = sizes;
  const pairs = (length * (length + 1)) / 2;
  const earlier = pairs - length;
  const delta = rule.delta ? length * 2 * keys * values + earlier * 2 * (2 * keys + values) : 0;
  return length * (4 * keys * values + normalizing(sizes)) + pairs * 2 * (keys + values) + delta;
};

const executed = (sizes: Sizes, tiles: ChunkTiles, length: number): number => {
  const { rule } = sizes;
  const before = rule.delta
    ? pairsFlops(sizes, tiles, length) + solveFlops(sizes, tiles, length) + deltaScanFlops(sizes, tiles, length)
    : statesFlops(sizes, tiles, length);
  const scores = rule.decay === "channel" ? pairsFlops(sizes, tiles, length) : 0;
  return before + scores + outputsFlops(sizes, tiles, length);
};

/** φ(K)ᵀV of a chunk of `length` tokens, edges of tiles included. */
const statesFlops = ({ keys, values }: Sizes, tiles: ChunkTiles, length: number): number =>
  tiles.path === "plain"
    ? 2 * roundUp(keys, tiles.tile) * roundUp(values, tiles.tile) * roundUp(length, tiles.sumsPanel)
    : 2 * roundUp(keys, tiles.rows) * roundUp(values, tiles.columns) * length;

/** Row tiles of a chunk of `length` tokens, as the tokens seen by the last row of each. */
const seenByTile = (rows: number, length: number): readonly number[] =>
  Array.from({ length: Math.ceil(length / rows) }, (_, tile) => Math.min((tile + 1) * rows, length));

/** Products of rows with keys before them, in a step of their own; blocks of keys past a tile's last row are skipped. */
const pairsFlops = (sizes: Sizes, tiles: ChunkTiles, length: number): number => {
  const { keys, chunk } = sizes;
  const plain = tiles.path === "plain";
  const contracted = plain ? roundUp(keys, tiles.pairsPanel) : keys;
  return seenByTile(tiles.rows, length).reduce((sum, seen) => sum + 2 * tiles.rows * contracted * roundUp(seen, plain ? Math.min(64, chunk) : tiles.keys), 0);
};

/** Solving for U₀ and W: rows above by 16 at a time, and the square of those on the diagonal. */
const solveFlops = (sizes: Sizes, tiles: ChunkTiles, length: number): number => {
  const { keys, values } = sizes;
  const padded = (columns: number): number => roundUp(columns, tiles.path === "plain" ? solvedColumns(sizes) : tiles.carried);
  const perColumn = seenByTile(solvedRows, length).reduce((sum, _, tile) => sum + 2 * solvedRows * solvedRows * (tile + 1), 0);
  return perColumn * (padded(values) + padded(keys));
};

/** U = U₀ − W S and S += Kᵀ U; on GPUs Kᵀ U₀, Kᵀ W and its product with S, then U. */
const deltaScanFlops = (sizes: Sizes, tiles: ChunkTiles, length: number): number => {
  const { keys, values } = sizes;
  if (tiles.path === "subgroup") return 2 * roundUp(values, tiles.carried) * (keys * roundUp(length, tiles.rows) + roundUp(keys, tiles.rows) * length);
  const sums = statesFlops(sizes, tiles, length) + statesFlops({ ...sizes, values: keys }, tiles, length);
  const carried = 2 * keys * keys * values;
  return sums + carried + 2 * roundUp(keys, panel) * roundUp(values, tiles.tile) * roundUp(length, revisedTokens(sizes));
};

/** Scores (unless a step of their own made them), their product with V, and the product with the state, of a chunk of `length` tokens. */
const outputsFlops = ({ rule, keys, values }: Sizes, tiles: ChunkTiles, length: number): number => {
  const plain = tiles.path === "plain";
  const columns = roundUp(values, plain ? tiles.tile : tiles.columns);
  const columnTileCount = columns / (plain ? tiles.tile : tiles.columns);
  return seenByTile(tiles.rows, length).reduce((sum, seen) => {
    const scored = rule.decay === "channel" ? 0 : roundUp(seen, plain ? tiles.panel : tiles.keys);
    const read = plain ? roundUp(seen, 4) : seen;
    return sum + 2 * tiles.rows * (keys * columns + keys * scored * columnTileCount + read * columns);
  }, 0);
};
