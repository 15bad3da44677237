import type { Capabilities, Plan, Shape, Step, Tiles } from "../mechanism.ts";
import { commonBuffers, headScratch } from "./buffers.ts";
import outputsPlain from "./chunkOutputs.plain.wgsl";
import outputsSubgroup from "./chunkOutputs.subgroup.wgsl";
import scan from "./chunkScan.wgsl";
import statesPlain from "./chunkStates.plain.wgsl";
import statesSubgroup from "./chunkStates.subgroup.wgsl";
import { featureMapOf } from "./featureMap.ts";
import { type Sizes, sizesOf } from "./sizes.ts";
import { type Counts, unroll } from "./unroll.ts";
import { type ChunkTiles, chunkTiles } from "./variants.ts";

/** Contraction steps staged at once in workgroup memory. */
export const panel = 16;

/**
 * Prefill by chunks, all of it matrix products: the sum U_c = K_cᵀV_c of each chunk, a scan that turns sums into the state before each chunk,
 * then O_c = scale · (Q_c S_c + tril(Q_cK_cᵀ) V_c).
 * Source: the chunkwise form of Yang et al. 2024, arXiv 2312.06635 §3, without gates.
 */
export const chunkPlan = (shape: Shape, capabilities: Capabilities, given: Tiles): Plan => {
  const sizes = sizesOf(shape);
  const tiles = chunkTiles(given);
  const { chunks, keys, values, normalized } = sizes;
  const steps = [statesStep(sizes, capabilities, tiles), scanStep(sizes), outputsStep(sizes, capabilities, tiles)];
  return {
    buffers: [
      ...commonBuffers(sizes, { continued: false }),
      headScratch(sizes, "chunkStates", "f32", [
        ["chunk", chunks],
        ["key", keys],
        ["value", values],
      ]),
      ...(normalized
        ? [
            headScratch(sizes, "chunkZ", "f32", [
              ["chunk", chunks],
              ["key", keys],
            ]),
          ]
        : []),
    ],
    setup: [],
    steps,
  };
};

const commonCounts = ({ heads, tokens, keys, values, chunk, chunks, normalized }: Sizes): Counts => ({
  HEADS: heads,
  TOKENS: tokens,
  KEYS: keys,
  KEY_QUADS: keys / 4,
  VALUES: values,
  VALUE_QUADS: values / 4,
  CHUNK: chunk,
  CHUNKS: chunks,
  NORMALIZED: normalized,
});

const statesStep = (sizes: Sizes, { subgroupMinSize }: Capabilities, tiles: ChunkTiles): Step => {
  const { batch, heads, keys, values, chunks, normalized } = sizes;
  const [rows, columns] = tiles.path === "plain" ? [tiles.tile, tiles.tile] : [tiles.rows, tiles.columns];
  const columnTiles = Math.ceil(values / columns);
  const own: Counts =
    tiles.path === "plain"
      ? { TILE: tiles.tile, PANEL: panel }
      : { ROWS: rows, ROW_QUADS: rows / 4, COLUMNS: columns, SUBGROUP: subgroupMinSize, VALUE_WIDTHS: columns / subgroupMinSize };
  return kernel("chunk states", sizes, tiles.path === "plain" ? statesPlain : statesSubgroup, {
    counts: { ...commonCounts(sizes), ...own, COLUMN_TILES: columnTiles },
    subgroups: tiles.path === "subgroup",
    bindings: ["k", "v", "chunkStates", ...(normalized ? ["chunkZ"] : [])],
    workgroups: [Math.ceil(keys / rows) * columnTiles, chunks, batch * heads],
  });
};

const scanStep = (sizes: Sizes): Step => {
  const { batch, heads, keys, values, chunks, normalized } = sizes;
  return kernel("chunk scan", sizes, scan, {
    counts: { CHUNKS: chunks, STATE_QUADS: (keys * values) / 4, KEY_QUADS: keys / 4, THREADS: values, NORMALIZED: normalized },
    subgroups: false,
    bindings: ["chunkStates", "state", ...(normalized ? ["chunkZ", "z"] : [])],
    workgroups: [keys / 4, 1, batch * heads],
  });
};

const outputsStep = (sizes: Sizes, { subgroupMinSize }: Capabilities, tiles: ChunkTiles): Step => {
  const { batch, heads, values, chunk, chunks, scale, normalized } = sizes;
  const columns = tiles.path === "plain" ? tiles.tile : tiles.columns;
  const columnTiles = Math.ceil(values / columns);
  const own: Counts =
    tiles.path === "plain"
      ? { TILE: tiles.tile, PANEL: panel }
      : {
          ROW_QUADS: tiles.rows / 4,
          COLUMNS: columns,
          SUBGROUP: subgroupMinSize,
          VALUE_WIDTHS: columns / subgroupMinSize,
          KEY_WIDTHS: tiles.keys / subgroupMinSize,
        };
  return kernel("chunk outputs", sizes, tiles.path === "plain" ? outputsPlain : outputsSubgroup, {
    counts: { ...commonCounts(sizes), ...own, ROWS: tiles.rows, COLUMN_TILES: columnTiles, SCALE: scale },
    subgroups: tiles.path === "subgroup",
    bindings: ["q", "k", "v", "chunkStates", "o", ...(normalized ? ["chunkZ"] : [])],
    // Tiles of a chunk are neighbours in the grid, so that they meet in a cache.
    workgroups: [(chunk / tiles.rows) * columnTiles, chunks, batch * heads],
  });
};

const kernel = (
  label: string,
  { featureMap }: Sizes,
  source: string,
  { counts, subgroups, ...rest }: { readonly counts: Counts; readonly subgroups: boolean } & Pick<Step, "bindings" | "workgroups">,
): Step => ({
  label,
  wgsl: `${featureMapOf(featureMap).wgsl}${unroll(source, counts)}`,
  entryPoint: "main",
  enables: subgroups ? ["subgroups"] : [],
  constants: counts,
  ...rest,
});
