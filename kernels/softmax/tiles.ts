import type { Capabilities, Form, Shape, Tiles } from "../mechanism.ts";
import { visibleKeys } from "./window.ts";

/** Candidate variants of a form on this device, the default first. */
export const softmaxTiles = (shape: Shape, form: Form, capabilities: Capabilities): readonly Tiles[] => {
  if (form === "naive") return [{ rows: 32, keys: 32 }];
  if (form === "tiled") return tiledTiles(shape, capabilities);
  return splitTiles(shape, capabilities);
};

const greatestDivisor = (value: number, most: number): number => {
  for (let divisor = Math.min(value, most); divisor > 1; divisor--) if (value % divisor === 0) return divisor;
  return 1;
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
  const context = visibleKeys(shape, shape.n);
  const columns = shape.batch * shape.kvHeads * (group / heads);
  // The scores of a split take `heads` × `keys` × 4 bytes of workgroup memory: at most 8 KiB.
  const mostKeys = 2 ** Math.floor(Math.log2(2048 / heads));
  if (software) {
    const wanted = 2 ** Math.ceil(Math.log2(Math.max(64, (context * columns) / 16)));
    return [{ keys: Math.min(mostKeys, 512, wanted), heads, threads, keyVectors: heads > 4 ? 4 : 8 }];
  }
  const workgroups = 1024;
  const wanted = 2 ** Math.floor(Math.log2(Math.max(64, (context * columns) / workgroups)));
  const keys = Math.min(mostKeys, wanted);
  return [
    { keys, heads, threads, lanes },
    { keys: Math.min(mostKeys, keys * 2), heads, threads, lanes },
  ];
};

const rowsAndSplits = [
  [64, 2],
  [32, 4],
  [128, 1],
  [64, 1],
] as const;
/** vec4s of K and V that are staged at once: 16 KiB, which every device has. */
const stagedQuads = 1024;
/** vec4s of a row that a thread keeps of q, and of o: twice 64 registers. */
const mostOwnQuads = 20;

/**
 * Row tiles of a GPU: `rows` rows, `splits` threads each over the keys and `share` each over the channels, `keys` staged at once. With more than 64 channels a row is shared, which
 * takes subgroups; undefined without.
 */
const rowTiles = ({ headDim, headDimV }: Shape, { subgroups }: Capabilities, rows: number, splits: number): Tiles | undefined => {
  const quads = Math.max(headDim, headDimV) / 4;
  const share = 2 ** Math.max(0, Math.ceil(Math.log2(quads / mostOwnQuads)));
  if (share > 1 && !subgroups) return undefined;
  const unit = 4 * splits;
  const keys = unit * Math.min(64 / unit, Math.floor(stagedQuads / ((headDim + headDimV) / 4) / unit));
  const exchanged = splits > 1 ? splits * splits * rows * share : 0;
  return keys > 0 && exchanged <= stagedQuads && rows * splits * share <= 256 ? { path: "rows", rows, splits, share, keys } : undefined;
};

/** One workgroup of 128 threads on 64 rows, on half as many where a thread could not keep their output; on a CPU emulation one subgroup with as many rows as it can keep and compile in time. */
const tiledTiles = (shape: Shape, capabilities: Capabilities): Tiles[] => {
  const { software, subgroups, subgroupMinSize: lanes, subgroupMaxSize } = capabilities;
  const byRows = rowsAndSplits.map(([rows, splits]) => rowTiles(shape, capabilities, rows, splits)).filter((tiles) => tiles !== undefined);
  const byWorkgroup = { path: "workgroup", rows: shape.headDimV > 128 ? 32 : 64, keys: 32 };
  if (!subgroups || lanes !== subgroupMaxSize || shape.headDim % lanes !== 0 || shape.headDimV % lanes !== 0)
    return software ? [byWorkgroup] : [...byRows, byWorkgroup];
  // Rows × headDimV / lanes accumulators of output: with more, compiling takes longer than 5 s (lavapipe, 8 lanes) or 1 s (SwiftShader, 4).
  const [accumulators, mostRows, keyVectors] = lanes < 8 ? [192, 16, 4] : [256, 24, 8];
  const rows = Math.min(mostRows, Math.max(2, 2 * Math.floor((accumulators * lanes) / shape.headDimV / 2)));
  const bySubgroup = { path: "subgroup", rows, keys: keyVectors * lanes, lanes };
  return software ? [bySubgroup, { ...bySubgroup, rows: Math.max(2, 2 * Math.floor(rows / 3)) }, byWorkgroup] : [...byRows, byWorkgroup];
};
