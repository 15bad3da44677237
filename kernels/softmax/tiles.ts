import type { Capabilities, Form, Shape, Tiles } from "../mechanism.ts";
import { greatestDivisor } from "../tiles.ts";
import { visibleKeys } from "./window.ts";

/** Candidate variants of a form on this device, the default first. */
export const softmaxTiles = (shape: Shape, form: Form, capabilities: Capabilities): readonly Tiles[] => {
  if (form === "naive") return [{ rows: 32, keys: 32 }];
  if (form === "tiled") return tiledTiles(shape, capabilities);
  return splitTiles(shape, capabilities);
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

/**
 * A workgroup of 128 threads on 64 rows, on half as many where a thread could not keep their output; by a subgroup on as many rows as it can keep and, on
 * a CPU emulation, compile in time.
 */
const tiledTiles = (shape: Shape, capabilities: Capabilities): Tiles[] => {
  const { software, subgroups, subgroupMinSize: lanes, subgroupMaxSize } = capabilities;
  const workgroups = byWorkgroup(shape, capabilities);
  if (!subgroups || lanes !== subgroupMaxSize || shape.headDim % lanes !== 0 || shape.headDimV % lanes !== 0) return workgroups;
  // Rows × headDimV / lanes accumulators of output: with more, compiling takes longer than 5 s (lavapipe, 8 lanes) or 1 s (SwiftShader, 4), and a GPU
  // keeps too few subgroups in flight.
  const [accumulators, mostRows, keyVectors] = software ? (lanes < 8 ? [192, 16, 4] : [256, 24, 8]) : [64, 16, 2];
  const rows = Math.min(mostRows, Math.max(2, 2 * Math.floor((accumulators * lanes) / shape.headDimV / 2)));
  const subgroup = { path: "subgroup", rows, keys: keyVectors * lanes, lanes };
  const fewer = { ...subgroup, rows: Math.max(2, 2 * Math.floor(rows / (software ? 3 : 4))) };
  return software ? [subgroup, fewer, ...workgroups.slice(0, 1)] : [...workgroups, subgroup, fewer];
};

const byWorkgroup = ({ headDimV }: Shape, { software, maxComputeWorkgroupStorageSize }: Capabilities): Tiles[] => {
  const rows = headDimV > 128 ? 32 : 64;
  // 27 KiB of workgroup memory, where more than the 16 that every device has are granted.
  const more = headDimV <= 64 && maxComputeWorkgroupStorageSize >= 2 ** 15 ? [128] : [];
  return [rows, ...(software ? [] : [rows / 2, ...more])].map((each) => ({ path: "workgroup", rows: each, keys: 32 }));
};
