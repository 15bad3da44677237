import type { Capabilities, Form, Shape, Tiles } from "../mechanism.ts";

/** A tile size by name. Throws if the variant lacks it: tiles of another form. */
export const tileSize = (tiles: Tiles, name: string): number => {
  const value = tiles[name];
  if (typeof value !== "number") throw new Error(`tiles ${JSON.stringify(tiles)} lack ${name}`);
  return value;
};

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
 * `keys` of one split, `heads` of a KV group sharing its loads, `threads` of a workgroup, `lanes` of them on one key's dot product.
 * Many small splits fill a GPU's cores; a CPU emulation has few cores, dear barriers and no use for neighbouring loads.
 */
const splitTiles = (shape: Shape, capabilities: Capabilities): Tiles[] => {
  const quads = shape.headDim / 4;
  const heads = greatestDivisor(shape.heads / shape.kvHeads, Math.max(1, Math.floor(128 / quads)));
  const columns = shape.batch * shape.kvHeads * (shape.heads / shape.kvHeads / heads);
  // The scores of a split take `heads` × `keys` × 4 bytes of workgroup memory: at most 8 KiB.
  const mostKeys = 2 ** Math.floor(Math.log2(2048 / heads));
  if (capabilities.software) {
    const splits = Math.max(1, Math.ceil(8 / columns));
    const wanted = 2 ** Math.ceil(Math.log2(Math.max(128, (shape.n + 1) / splits)));
    return [{ keys: Math.min(mostKeys, 512, wanted), heads, threads: quads, lanes: 1 }];
  }
  const workgroups = 1024;
  const wanted = 2 ** Math.floor(Math.log2(Math.max(64, (shape.n * columns) / workgroups)));
  const keys = Math.min(mostKeys, wanted);
  return [
    { keys, heads, threads: 128, lanes: greatestDivisor(quads, 8) },
    { keys: Math.min(mostKeys, keys * 2), heads, threads: 128, lanes: greatestDivisor(quads, 8) },
  ];
};

const tiledTiles = (shape: Shape, capabilities: Capabilities): Tiles[] => {
  const { software, subgroups, subgroupMinSize: lanes, subgroupMaxSize } = capabilities;
  const byWorkgroup = { path: "workgroup", rows: 64, keys: 32 };
  if (!subgroups || lanes !== subgroupMaxSize || shape.headDim % lanes !== 0) return [byWorkgroup];
  const bySubgroup = { path: "subgroup", rows: 16, keys: 4 * lanes, lanes, unroll: 1, unrollV: 1 };
  return software ? [bySubgroup, byWorkgroup] : [byWorkgroup];
};
