import { laneSteps } from "../laneSteps.ts";
import type { Capabilities, Plan, Step, Tiles } from "../mechanism.ts";
import { submitsOf } from "../parts.ts";
import { stepOf } from "../step.ts";
import { storing } from "../storage.ts";
import { linearBuffers } from "./buffers.ts";
import { bound, chunkConstants, decayAccess, decays } from "./chunkBindings.ts";
import sumDecay from "./chunkDecay.wgsl";
import outputsPlain from "./chunkOutputs.plain.wgsl";
import outputsSubgroup from "./chunkOutputs.subgroup.wgsl";
import { pairsStep } from "./chunkPairs.ts";
import scan from "./chunkScan.wgsl";
import { statesStep } from "./chunkStates.ts";
import { deltaSteps } from "./deltaSteps.ts";
import { featureMapOf } from "./featureMap.ts";
import { gatesPerToken, type Sizes } from "./sizes.ts";
import { type ChunkTiles, chunkTiles } from "./variants.ts";

/**
 * Prefill by chunks, all of it matrix products: the sum U_c = K_cᵀV_c of each chunk, a scan that turns sums into the state before each chunk,
 * then O_c = scale · (Q_c S_c + tril(Q_cK_cᵀ) V_c). With decay, a key counts in U_c as what is left of it at the chunk's end, the scan decays from
 * chunk to chunk, and Q_c S_c and the scores by what lies between: e^{G_t}, e^{G_t − G_j}, with G the sum of log decays since the chunk began. Where each
 * channel has its own, the scores come from a step of their own. The delta rule has steps of its own before (deltaSteps.ts) and what it writes in the
 * place of V. Grids are [tiles, chunks, batch × heads], so that modules need no token count.
 * Source: the chunkwise form of Yang et al. 2024, arXiv 2312.06635 §3 and §4, and 2406.06484 §3.
 */
export const chunkPlan = (sizes: Sizes, capabilities: Capabilities, given: Tiles): Plan => {
  const tiles = chunkTiles(given);
  const steps = [
    ...(decays(sizes) ? [decayStep(sizes)] : []),
    ...(sizes.rule.delta ? deltaSteps(sizes, capabilities, tiles) : [statesStep(sizes, capabilities, tiles, valueSums), scanStep(sizes, capabilities)]),
    ...(sizes.rule.decay === "channel" ? [pairsStep(sizes, capabilities, tiles, "q")] : []),
    outputsStep(sizes, capabilities, tiles),
  ];
  return { buffers: linearBuffers(sizes, "chunk", given), setup: [], steps, ...submitsOf(steps) };
};

const valueSums = { right: "v", to: "chunkStates" };

const decayThreads = 32;

const decayStep = (sizes: Sizes): Step => {
  const { rule, batch, heads, chunk, chunks } = sizes;
  const channels = gatesPerToken(sizes);
  return stepOf({
    label: "chunk decay",
    source: sumDecay,
    constants: { HEADS: heads, CHUNK: chunk, CHANNELS: channels, THREADS: decayThreads, PER_HEAD: rule.decay === "head" },
    bindings: ["g", "decay"],
    workgroups: [Math.ceil((chunks * channels) / decayThreads), 1, batch * heads],
  });
};

/**
 * Chunks that a thread of the scan reads at a time: on an H100, 8 heads × 64, n = 65,536, 16 of them take 0.18 ms and 8 take 0.34. On an emulation nothing waits, and code is dear to
 * compile.
 */
const readAhead = ({ software }: Capabilities): number => (software ? 1 : 16);

const scanStep = (sizes: Sizes, capabilities: Capabilities): Step => {
  const { batch, heads, keys, values, normalized } = sizes;
  const { bindings, constants } = bound(sizes, ["chunkStates", "state", ...(normalized ? ["chunkZ", "z"] : [])], {
    DECAY: ["decay"],
    INITIAL: ["initialState", ...(normalized ? ["initialZ"] : [])],
  });
  return stepOf({
    label: "chunk scan",
    source: `${decayAccess(sizes, "scalars")}${scan}`,
    constants: { ...chunkConstants(sizes), STATE_QUADS: (keys * values) / 4, THREADS: values, AHEAD: readAhead(capabilities), ...constants },
    bindings,
    workgroups: [keys / 4, 1, batch * heads],
  });
};

/** Of a whole chunk, or of the text where that is shorter: the parallel form's chunk has no end. */
const rowTiles = ({ tokens, chunk, chunks }: Sizes, { rows }: ChunkTiles): number => Math.ceil((chunks > 1 ? chunk : Math.min(chunk, tokens)) / rows);

const outputsStep = (sizes: Sizes, { subgroupMinSize, software }: Capabilities, tiles: ChunkTiles): Step => {
  const { rule, dtype, batch, heads, tokens, keys, values, chunk, chunks, normalized, scale, featureMap } = sizes;
  const paired = rule.decay === "channel";
  const own = ["q", paired ? "pairs" : "k", rule.delta ? "written" : "v", "chunkStates", "o", ...(normalized ? ["chunkZ"] : [])];
  const { bindings, constants } = bound(sizes, own, { DECAY: ["decay"] });
  const plain = tiles.path === "plain";
  const columns = plain ? tiles.tile : tiles.columns;
  const columnTiles = Math.ceil(values / columns);
  const tiling: Step["constants"] = plain
    ? { TILE: tiles.tile, PANEL: tiles.panel, ROWS_EACH: tiles.rowsEach, SCORE_ROWS: (tiles.panel * tiles.rowsEach) / tiles.tile, EMULATED: software }
    : {
        ...laneSteps(subgroupMinSize),
        ROW_QUADS: tiles.rows / 4,
        COLUMNS: columns,
        SUBGROUP: subgroupMinSize,
        VALUE_WIDTHS: columns / subgroupMinSize,
        KEY_WIDTHS: tiles.keys / subgroupMinSize,
      };
  return stepOf({
    label: "chunk outputs",
    // What the delta rule writes comes from a step before, in f32.
    ...storing(`${decayAccess(sizes, plain ? "quads" : "scalars")}${featureMapOf(featureMap).wgsl}${plain ? outputsPlain : outputsSubgroup}`, {
      Stored: dtype,
      Value: rule.delta ? "f32" : dtype,
    }),
    subgroups: !plain,
    constants: { ...chunkConstants(sizes), ...tiling, ...constants, PAIRED: paired, ROWS: tiles.rows, COLUMN_TILES: columnTiles, SCALE: scale },
    bindings,
    // Tiles of a chunk are neighbours in the grid, so that they meet in a cache.
    workgroups: [rowTiles(sizes, tiles) * columnTiles, chunks, batch * heads],
    groupFlops: 2 * tiles.rows * (keys * columns + (keys + columns) * Math.min(chunk, tokens)),
  });
};
