import type { BytesByRole, Claim, Flops, Form, Phase, Shape, Tiles } from "../mechanism.ts";
import { partBytes } from "../parts.ts";
import { elementBytes } from "../plan.ts";
import { inputTokens, outputTokens } from "../stream.ts";
import { roundUp, tileSize } from "../tiles.ts";
import { isDirect, splitCount } from "./buffers.ts";
import { cacheCapacity, isWindowed, visibleKeys, windowOf } from "./window.ts";

const f32Bytes = 4;
const u32Bytes = 4;

/** (query, key) pairs of one head that causality and the window let through: a triangle, and as many as a window takes for each token beyond it. */
const pairCount = (shape: Shape): number => {
  if (shape.phase === "decode") return cacheCapacity(shape);
  const most = visibleKeys(shape, shape.n);
  return (most * (most + 1)) / 2 + (shape.n - most) * most;
};

/**
 * Pairs whose scores and whose weighted values a prefill form computes: whole tiles, all of them (naive) or up to the last row's own
 * key (tiled), of a window those over the sinks and from where the first row's band begins. A subgroup weighs values in blocks of its lanes,
 * finer than the tile; where a thread has a row of its own, both go by 4 keys.
 */
const tilePairs = (shape: Shape, form: Form, tiles: Tiles): { scores: number; values: number } => {
  const { n } = shape;
  const { window, sinks } = windowOf(shape);
  const rows = tileSize(tiles, "rows");
  const keys = tileSize(tiles, "keys");
  const scoreKeys = tiles.path === "rows" ? 4 : keys;
  const valueKeys = tiles.path === "subgroup" ? tileSize(tiles, "lanes") : scoreKeys;
  const rowTiles = Math.ceil(n / rows);
  let scores = 0;
  let values = 0;
  for (let tile = 0; tile < rowTiles; tile++) {
    const end = form === "naive" ? n : Math.min(n, (tile + 1) * rows);
    const bandStart = form === "naive" || window === 0 ? 0 : Math.max(0, tile * rows + 1 - window);
    const isApart = bandStart >= roundUp(sinks, keys);
    const walked = (unit: number): number => (isApart ? roundUp(sinks, unit) + roundUp(end - bandStart, unit) : roundUp(end, unit));
    scores += rows * walked(scoreKeys);
    values += rows * walked(valueKeys);
  }
  return { scores, values };
};

/** Rescaling and adding a split's output: 4 operations a channel; none where one split is all. */
const combineFlops = (shape: Shape, tiles: Tiles): number => {
  if (isDirect(shape, tiles)) return 0;
  const keys = tileSize(tiles, "keys");
  let splits = 0;
  if (shape.phase === "decode") splits = splitCount(shape, tiles);
  else for (let t = 1; t <= shape.n; t++) splits += Math.ceil(visibleKeys(shape, t) / keys);
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
  const { scores, values } = tilePairs(shape, form, tiles);
  return { useful, executed: everyHead * (shape.headDim * scores + shape.headDimV * values) };
};

/** Each of q, k, v, o once; a token that is decoded also reads the cache of all it sees beside itself and writes its own row; of a prompt the window is kept. */
export const softmaxLeastBytes = (shape: Shape): number => {
  const { phase, n, batch, heads, kvHeads, headDim, headDimV, dtype, kvDtype } = shape;
  const row = batch * (headDim + headDimV);
  const queriesAndOutputs = heads * row * elementBytes[dtype];
  const cached = kvHeads * row * elementBytes[kvDtype];
  const kept = isWindowed(shape) ? cacheCapacity(shape) : 0;
  if (phase === "prefill") return n * (queriesAndOutputs + cached) + kept * cached;
  const tokens = outputTokens(shape);
  const arriving = kvHeads * row * elementBytes[dtype];
  return tokens * (queriesAndOutputs + arriving) + pairCount(shape) * cached;
};

/** What the GPU counts tokens by: two slots, where a text is written; and parts of a prefill. */
export const softmaxCountersBytes = ({ phase }: Pick<Shape, "phase">, _form: Form, tiles: Tiles): number =>
  phase === "generate" ? 2 * u32Bytes : partBytes(tiles);

/** Bytes of each role, from the shape: two caches as state; q and o; k and v as inputs where a cache is apart from them; what the GPU counts tokens by. */
export const softmaxBytesByRole = (shape: Shape, form: Form, tiles: Tiles): BytesByRole => {
  const { phase, n, batch, heads, kvHeads, headDim, headDimV, dtype, kvDtype } = shape;
  const queries = batch * heads * headDim * elementBytes[dtype];
  const outputs = batch * heads * headDimV * elementBytes[dtype];
  const keysAndValues = batch * kvHeads * (headDim + headDimV) * elementBytes[dtype];
  const cached = batch * kvHeads * (headDim + headDimV) * elementBytes[kvDtype];
  if (phase === "prefill") {
    const scores = form === "naive" ? batch * heads * n * n * f32Bytes : 0;
    const prompt = isWindowed(shape) ? n * cached : 0;
    return { input: n * queries + prompt, output: n * outputs, state: cacheCapacity(shape) * cached, scratch: scores + partBytes(tiles), harness: 0 };
  }
  const positions = softmaxCountersBytes(shape, form, tiles);
  const position = phase === "decode" && isWindowed(shape) ? u32Bytes : 0;
  return {
    input: inputTokens(shape) * (queries + keysAndValues) + position,
    output: outputTokens(shape) * outputs,
    state: cacheCapacity(shape) * cached,
    scratch: (isDirect(shape, tiles) ? 0 : batch * heads * splitCount(shape, tiles) * (headDimV + 2) * f32Bytes) + positions,
    harness: 0,
  };
};

/** Every token compares itself with all before it, and the cache keeps them all; or with a window's, which naive picks from among all scores. */
export const softmaxClaim = (phase: Phase, form: Form, shape?: Shape): Claim => {
  if (shape === undefined || !isWindowed(shape)) return { time: phase === "decode" ? "O(n)" : "O(n²)", stateBytes: "O(n)" };
  return { time: form === "naive" ? "O(n²)" : phase === "decode" ? "O(1)" : "O(n)", stateBytes: "O(1)" };
};
