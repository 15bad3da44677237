import type { BytesByRole, Claim, Flops, Form, Phase, Shape, Tiles } from "../mechanism.ts";
import { inputTokens, outputTokens } from "../stream.ts";
import { roundUp, tileSize } from "../tiles.ts";
import { cacheCapacity, splitCount } from "./buffers.ts";

const f32Bytes = 4;

/** (query, key) pairs of one head that causality lets through. */
const pairCount = ({ phase, n }: Shape): number => (phase === "decode" ? n + 1 : (n * (n + 1)) / 2);

/**
 * Pairs whose scores and whose weighted values a prefill form computes: whole tiles, all of them (naive) or up to the last row's own
 * key (tiled). A subgroup weighs values in blocks of its lanes, finer than the tile.
 */
const tilePairs = (n: number, form: Form, tiles: Tiles): { scores: number; values: number } => {
  const rows = tileSize(tiles, "rows");
  const keys = tileSize(tiles, "keys");
  const valueKeys = tiles.path === "subgroup" ? tileSize(tiles, "lanes") : keys;
  const rowTiles = Math.ceil(n / rows);
  let scores = 0;
  let values = 0;
  for (let tile = 1; tile <= rowTiles; tile++) {
    const bound = form === "naive" ? n : Math.min(n, tile * rows);
    scores += rows * keys * Math.ceil(bound / keys);
    values += rows * valueKeys * Math.ceil(bound / valueKeys);
  }
  return { scores, values };
};

/** Rescaling and adding a split's output: 4 operations a channel. */
const combineFlops = (shape: Shape, tiles: Tiles): number => {
  const keys = tileSize(tiles, "keys");
  let splits = 0;
  if (shape.phase === "decode") splits = splitCount(shape, tiles);
  else for (let t = 0; t < shape.n; t++) splits += Math.floor(t / keys) + 1;
  return 4 * shape.headDimV * splits * shape.heads * shape.batch;
};

/** Multiply-adds of q·k and of the weighted sum, 2 each. Exponentials are not counted: they have a ceiling of their own. */
export const softmaxFlops = (shape: Shape, form: Form, tiles: Tiles): Flops => {
  const everyHead = 2 * shape.heads * shape.batch;
  const useful = everyHead * (shape.headDim + shape.headDimV) * pairCount(shape);
  if (shape.phase !== "prefill") {
    // Lanes that do not divide a head multiply zeros.
    const padding = tiles.lanes === undefined ? 0 : roundUp(shape.headDim, 4 * tileSize(tiles, "lanes")) - shape.headDim;
    return { useful, executed: useful + everyHead * padding * pairCount(shape) + combineFlops(shape, tiles) };
  }
  const { scores, values } = tilePairs(shape.n, form, tiles);
  return { useful, executed: everyHead * (shape.headDim * scores + shape.headDimV * values) };
};

/** Each of q, k, v, o once; a token that is decoded also reads the cache of all earlier ones and writes its own row. */
export const softmaxLeastBytes = (shape: Shape): number => {
  const { phase, n, batch, heads, kvHeads, headDim, headDimV } = shape;
  const row = batch * (headDim + headDimV) * f32Bytes;
  const queriesAndOutputs = heads * row;
  const keysAndValues = kvHeads * row;
  if (phase === "decode") return queriesAndOutputs + keysAndValues * (n + 2);
  if (phase === "generate") return n * (queriesAndOutputs + 2 * keysAndValues) + keysAndValues * ((n * (n - 1)) / 2);
  return n * (queriesAndOutputs + keysAndValues);
};

/** Bytes of each role, from the shape: two caches as state; q and o; k and v as inputs where a cache is apart from them. */
export const softmaxBytesByRole = (shape: Shape, form: Form, tiles: Tiles): BytesByRole => {
  const { phase, n, batch, heads, kvHeads, headDim, headDimV } = shape;
  const queries = batch * heads * headDim * f32Bytes;
  const outputs = batch * heads * headDimV * f32Bytes;
  const keysAndValues = batch * kvHeads * (headDim + headDimV) * f32Bytes;
  if (phase === "prefill") {
    const scores = form === "naive" ? batch * heads * n * n * f32Bytes : 0;
    return { input: n * queries, output: n * outputs, state: n * keysAndValues, scratch: scores, harness: 0 };
  }
  const positions = phase === "decode" ? 0 : 2 * f32Bytes;
  return {
    input: inputTokens(shape) * (queries + keysAndValues),
    output: outputTokens(shape) * outputs,
    state: cacheCapacity(shape) * keysAndValues,
    scratch: batch * heads * splitCount(shape, tiles) * (headDimV + 2) * f32Bytes + positions,
    harness: 0,
  };
};

/** Every token compares itself with all before it, and the cache keeps them all. */
export const softmaxClaim = (phase: Phase): Claim => ({ time: phase === "decode" ? "O(n)" : "O(n²)", stateBytes: "O(n)" });
