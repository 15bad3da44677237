import type { Capabilities, Form, Shape, Tiles } from "../mechanism.ts";
import { greatestDivisor, roundUp } from "../tiles.ts";
import { parting } from "../watchdog.ts";
import { softmaxFlops } from "./cost.ts";
import { cacheCapacity, visibleKeys } from "./window.ts";

/** Candidate variants of a form on this device, the default first. */
export const softmaxTiles = (shape: Shape, form: Form, capabilities: Capabilities): readonly Tiles[] => {
  if (form === "split") return splitTiles(shape, capabilities);
  const prefill = form === "naive" ? [{ rows: 32, keys: 32 }] : tiledTiles(shape, capabilities);
  return prefill.map((tiles) => ({ ...tiles, ...parting(softmaxFlops(shape, form, tiles).executed, capabilities) }));
};

/**
 * `keys` of one split, `heads` of a KV group sharing its loads, `threads` of a workgroup; `lanes` of them on one key's dot product, or
 * one with `keyVectors` keys of its own. Many small splits fill a GPU's cores; a CPU emulation has few cores and one subgroup a workgroup.
 */
const splitTiles = (shape: Shape, capabilities: Capabilities): Tiles[] => {
  const { software } = capabilities;
  const quads = shape.headDim / 4;
  const threads = software ? capabilities.subgroupMinSize || 8 : 128;
  const lanes = quads < 8 ? 4 : 8;
  // vec4s that a thread keeps for each head, of output on a CPU emulation and of q beside lanes: more than 64 (SwiftShader, 4 threads: 32)
  // compile for longer than 5 s (1 s), more than 32 are more registers than a GPU has to spare.
  const mostHeads = software ? (threads < 8 ? 32 : 64) / Math.ceil(shape.headDimV / 4 / threads) : 32 / Math.ceil(quads / lanes);
  const group = shape.heads / shape.kvHeads;
  const heads = greatestDivisor(group, Math.max(1, Math.min(8, Math.floor(mostHeads))));
  const context = shape.phase === "decode" ? cacheCapacity(shape) : visibleKeys(shape, shape.n);
  const columns = shape.batch * shape.kvHeads * (group / heads);
  // The scores of a split take `heads` × `keys` × 4 bytes of workgroup memory: at most 8 KiB.
  const mostKeys = 2 ** Math.floor(Math.log2(2048 / heads));
  // One split that is all writes the output itself: a launch less, which counts where there is little to do.
  const whole = roundUp(context, 32);
  if (software) {
    const wanted = 2 ** Math.ceil(Math.log2(Math.max(64, (context * columns) / 16)));
    const most = Math.min(mostKeys, 512);
    const keys = Math.min(most, wanted);
    // The default, half of its splits, and twice as many.
    const first = shape.phase === "decode" && whole <= Math.min(mostKeys, mostWhole.software) && columns >= fewestColumns ? [whole] : [];
    return [...new Set([...first, keys, Math.min(most, 2 * keys), Math.max(64, keys / 2)])].map((each) => ({
      keys: each,
      heads,
      threads,
      keyVectors: heads > 4 ? 4 : 8,
    }));
  }
  const workgroups = 1024;
  const wanted = 2 ** Math.floor(Math.log2(Math.max(64, (context * columns) / workgroups)));
  const keys = Math.min(mostKeys, wanted);
  const first = shape.phase === "decode" && whole <= Math.min(mostKeys, mostWhole.hardware) ? [whole] : [];
  return [...new Set([...first, keys, Math.min(mostKeys, keys * 2)])].map((each) => ({ keys: each, heads, threads, lanes }));
};

/**
 * Keys of a context that is one split at most, since joining splits takes a second launch. On an H100, 8 heads × 64, one split takes 7.9 µs for 129 keys and splits of 64 take 8.0, for 257 keys 10.8 and 8.2.
 * A CPU emulation has a workgroup a column, and needs some for its cores.
 */
const mostWhole = { software: 544, hardware: 128 };
const fewestColumns = 8;

/** A workgroup of a GPU's row tiles: its rows, how many split the keys, and the KiB of K and V that are staged at once. */
type RowTiling = readonly [rows: number, splits: number, stagedKiB: 16 | 32];

/** What every device has of workgroup memory, enough for any size of grid; and what needs twice that. */
const [tall, flat, small] = [
  [64, 2, 16],
  [32, 4, 16],
  [32, 2, 16],
] as const satisfies readonly RowTiling[];

/**
 * By workgroups of 64 rows: few of them leave a GPU to more splits of the keys, and to fewer, longer tiles, each of which waits for memory once. On an H100, 8 heads × 64, this is 1.18 times faster than
 * `flat` at n = 64, 1.25 at 256, 1.18 at 512, 1.08 at 1,024, 1.04 at 4,096; from 8,192 on `tall` is (1.10 times at 16,384).
 */
const tilingsOfGrids: readonly (readonly [mostWorkgroups: number, RowTiling])[] = [
  [32, [16, 8, 32]],
  [128, [32, 8, 32]],
  [1024, [64, 4, 32]],
];

/** Row tiles, the best first. At most `mostOwnQuads` of q and o a thread: 8 heads × 128, 2 splits of 32 rows are 1.2 times faster than of 64 at n = 4,096 on an H100. */
const rowTilings = ({ n, batch, heads, headDim, headDimV }: Shape, { maxComputeWorkgroupStorageSize }: Capabilities): readonly RowTiling[] => {
  if (Math.max(headDim, headDimV) / 4 > mostOwnQuads) return [small, tall, flat];
  const workgroups = Math.ceil(n / 64) * batch * heads;
  const best = maxComputeWorkgroupStorageSize >= 32768 ? tilingsOfGrids.find(([most]) => workgroups <= most)?.[1] : undefined;
  const rest = workgroups < 1024 ? [flat, tall, small] : [tall, flat, small];
  return best ? [best, ...rest] : rest;
};

/** vec4s of a KiB. */
const quadsOfKiB = 64;
/** vec4s that a thread keeps of q, and of o, at most. */
const mostOwnQuads = 20;

/**
 * Row tiles of a GPU: `rows` rows, `rowsEach` of them a team of `share` neighbours, a part of the channels each, `splits` teams over the keys and `keys` staged at once. Two rows
 * each where subgroups can exchange; a row to itself where not. Undefined where that would be too much, and where a team would reach beyond its subgroup.
 */
const rowTiles = ({ headDim, headDimV }: Shape, { subgroups, subgroupMinSize }: Capabilities, [rows, splits, stagedKiB]: RowTiling): Tiles | undefined => {
  const stagedQuads = stagedKiB * quadsOfKiB;
  const quads = Math.max(headDim, headDimV) / 4;
  if (!subgroups && quads > mostOwnQuads) return undefined;
  const rowsEach = subgroups ? 2 : 1;
  const share = 2 ** Math.max(rowsEach - 1, Math.ceil(Math.log2((rowsEach * quads) / mostOwnQuads)));
  if (subgroups && share > subgroupMinSize) return undefined;
  const unit = 4 * splits;
  const keys = unit * Math.min(64 / unit, Math.floor(stagedQuads / ((headDim + headDimV) / 4) / unit));
  const threads = (rows / rowsEach) * share * splits;
  const exchanged = splits > 1 ? threads * splits : 0;
  return keys > 0 && exchanged <= stagedQuads && threads <= 256 ? { path: "rows", rows, rowsEach, splits, share, keys } : undefined;
};

/** A workgroup of 128 threads on 64 rows, on half as many where a thread could not keep their output; on a CPU emulation a subgroup on as many rows as it can keep and compile in time. */
const tiledTiles = (shape: Shape, capabilities: Capabilities): Tiles[] => {
  const { software, subgroups, subgroupMinSize: lanes, subgroupMaxSize } = capabilities;
  const workgroup = { path: "workgroup", rows: shape.headDimV > 128 ? 32 : 64, keys: 32 };
  if (!software) {
    const byRows = rowTilings(shape, capabilities)
      .map((tiling) => rowTiles(shape, capabilities, tiling))
      .filter((tiles) => tiles !== undefined);
    const byWorkgroup = [workgroup, { ...workgroup, rows: workgroup.rows / 2 }];
    // One size of subgroups is NVIDIA's sign and Apple's: rows were 1.4 to 2.3 times faster on an H100. AMD's compiler gives them 228 registers and 6 subgroups a SIMD, a workgroup's
    // tile 120 and 8, and a little less work for a FLOP (npm run gpu-stats).
    return subgroups && lanes === subgroupMaxSize ? [...byRows, ...byWorkgroup] : [...byWorkgroup, ...byRows];
  }
  if (!subgroups || lanes !== subgroupMaxSize || shape.headDim % lanes !== 0 || shape.headDimV % lanes !== 0) return [workgroup];
  // Rows × headDimV / lanes accumulators of output: with more, compiling takes longer than 5 s (lavapipe, 8 lanes) or 1 s (SwiftShader, 4).
  const [accumulators, mostRows, keyVectors] = lanes < 8 ? [192, 16, 4] : [256, 24, 8];
  const rows = Math.min(mostRows, Math.max(2, 2 * Math.floor((accumulators * lanes) / shape.headDimV / 2)));
  const subgroup = { path: "subgroup", rows, keys: keyVectors * lanes, lanes };
  return [subgroup, { ...subgroup, rows: Math.max(2, 2 * Math.floor(rows / 3)) }, workgroup];
};
