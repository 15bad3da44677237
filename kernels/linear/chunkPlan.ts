import type { Capabilities, Plan, Step, Tiles } from "../mechanism.ts";
import { stepOf } from "../step.ts";
import { linearBuffers } from "./buffers.ts";
import sumDecay from "./chunkDecay.wgsl";
import outputsPlain from "./chunkOutputs.plain.wgsl";
import outputsSubgroup from "./chunkOutputs.subgroup.wgsl";
import scan from "./chunkScan.wgsl";
import statesPlain from "./chunkStates.plain.wgsl";
import statesSubgroup from "./chunkStates.subgroup.wgsl";
import { featureMapOf } from "./featureMap.ts";
import type { Sizes } from "./sizes.ts";
import { type ChunkTiles, chunkTiles } from "./variants.ts";

/** Contraction steps staged at once in workgroup memory. */
export const panel = 16;

/**
 * Prefill by chunks, all of it matrix products: the sum U_c = K_cᵀV_c of each chunk, a scan that turns sums into the state before each chunk,
 * then O_c = scale · (Q_c S_c + tril(Q_cK_cᵀ) V_c). With decay, a key counts in U_c as what is left of it at the chunk's end, the scan decays from
 * chunk to chunk, and Q_c S_c and the scores by what lies between: e^{G_t}, e^{G_t − G_j}, with G the sum of log decays since the chunk began. Grids are [tiles, chunks, batch × heads], so that modules need no token count.
 * Source: the chunkwise form of Yang et al. 2024, arXiv 2312.06635 §3.
 */
export const chunkPlan = (sizes: Sizes, capabilities: Capabilities, given: Tiles): Plan => {
  const tiles = chunkTiles(given);
  const steps = [statesStep(sizes, capabilities, tiles), scanStep(sizes), outputsStep(sizes, capabilities, tiles)];
  return { buffers: linearBuffers(sizes, "chunk", given), setup: [], steps: decays(sizes) ? [decayStep(sizes), ...steps] : steps };
};

type Constants = Step["constants"];

const decays = ({ rule }: Sizes): boolean => rule.decay !== "none";

/** Bindings of a step: its own, then z's of a normalized and the decay of a decaying member, and where the latter stands. */
const bound = (sizes: Sizes, own: readonly string[], normalizing: readonly string[]): { bindings: readonly string[]; constants: Constants } => {
  const bindings = [...own, ...(sizes.normalized ? normalizing : [])];
  return decays(sizes)
    ? { bindings: [...bindings, "decay"], constants: { DECAYS: true, DECAY_BINDING: bindings.length } }
    : { bindings, constants: { DECAYS: false } };
};

const decayThreads = 32;

const decayStep = ({ rule, batch, heads, chunk, chunks }: Sizes): Step =>
  stepOf({
    label: "chunk decay",
    source: sumDecay,
    constants: { HEADS: heads, CHUNK: chunk, THREADS: decayThreads, PER_HEAD: rule.decay === "head" },
    bindings: ["g", "decay"],
    workgroups: [Math.ceil(chunks / decayThreads), 1, batch * heads],
  });

const commonConstants = ({ heads, keys, values, chunk, normalized }: Sizes): Constants => ({
  HEADS: heads,
  KEYS: keys,
  KEY_QUADS: keys / 4,
  VALUES: values,
  VALUE_QUADS: values / 4,
  CHUNK: chunk,
  NORMALIZED: normalized,
});

const statesStep = (sizes: Sizes, { subgroupMinSize }: Capabilities, tiles: ChunkTiles): Step => {
  const { batch, heads, keys, values, chunks, featureMap } = sizes;
  const { bindings, constants } = bound(sizes, ["k", "v", "chunkStates"], ["chunkZ"]);
  const plain = tiles.path === "plain";
  const [rows, columns] = plain ? [tiles.tile, tiles.tile] : [tiles.rows, tiles.columns];
  const columnTiles = Math.ceil(values / columns);
  const own: Constants = plain
    ? { TILE: tiles.tile, PANEL: panel }
    : { ROWS: rows, ROW_QUADS: rows / 4, COLUMNS: columns, SUBGROUP: subgroupMinSize, VALUE_WIDTHS: columns / subgroupMinSize };
  return stepOf({
    label: "chunk states",
    source: `${featureMapOf(featureMap).wgsl}${plain ? statesPlain : statesSubgroup}`,
    subgroups: !plain,
    constants: { ...commonConstants(sizes), ...own, ...constants, COLUMN_TILES: columnTiles },
    bindings,
    workgroups: [Math.ceil(keys / rows) * columnTiles, chunks, batch * heads],
  });
};

const scanStep = (sizes: Sizes): Step => {
  const { batch, heads, keys, values, chunk, normalized, continued } = sizes;
  const { bindings, constants } = bound(sizes, ["chunkStates", "state"], ["chunkZ", "z"]);
  const initial = continued ? ["initialState", ...(normalized ? ["initialZ"] : [])] : [];
  return stepOf({
    label: "chunk scan",
    source: scan,
    constants: {
      STATE_QUADS: (keys * values) / 4,
      KEY_QUADS: keys / 4,
      CHUNK: chunk,
      THREADS: values,
      NORMALIZED: normalized,
      CONTINUED: continued,
      INITIAL_BINDING: bindings.length,
      ...constants,
    },
    bindings: [...bindings, ...initial],
    workgroups: [keys / 4, 1, batch * heads],
  });
};

const outputsStep = (sizes: Sizes, { subgroupMinSize }: Capabilities, tiles: ChunkTiles): Step => {
  const { batch, heads, values, chunk, chunks, scale, featureMap } = sizes;
  const { bindings, constants } = bound(sizes, ["q", "k", "v", "chunkStates", "o"], ["chunkZ"]);
  const plain = tiles.path === "plain";
  const columns = plain ? tiles.tile : tiles.columns;
  const columnTiles = Math.ceil(values / columns);
  const own: Constants = plain
    ? { TILE: tiles.tile, PANEL: panel }
    : {
        ROW_QUADS: tiles.rows / 4,
        COLUMNS: columns,
        SUBGROUP: subgroupMinSize,
        VALUE_WIDTHS: columns / subgroupMinSize,
        KEY_WIDTHS: tiles.keys / subgroupMinSize,
      };
  return stepOf({
    label: "chunk outputs",
    source: `${featureMapOf(featureMap).wgsl}${plain ? outputsPlain : outputsSubgroup}`,
    subgroups: !plain,
    constants: { ...commonConstants(sizes), ...own, ...constants, ROWS: tiles.rows, COLUMN_TILES: columnTiles, SCALE: scale },
    bindings,
    // Tiles of a chunk are neighbours in the grid, so that they meet in a cache.
    workgroups: [(chunk / tiles.rows) * columnTiles, chunks, batch * heads],
  });
};
