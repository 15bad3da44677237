import type { Capabilities, Step } from "../mechanism.ts";
import { stepOf } from "../step.ts";
import { storing } from "../storage.ts";
import { greatestDivisor, roundUp } from "../tiles.ts";
import { bound, chunkConstants, decayAccess, decays, panel, solvedRows } from "./chunkBindings.ts";
import scanPlain from "./chunkDeltaScan.plain.wgsl";
import scanSubgroup from "./chunkDeltaScan.subgroup.wgsl";
import invert from "./chunkInvert.wgsl";
import { pairsStep } from "./chunkPairs.ts";
import revise from "./chunkRevise.plain.wgsl";
import solve from "./chunkSolve.wgsl";
import { statesStep } from "./chunkStates.ts";
import type { Sizes } from "./sizes.ts";
import type { ChunkTiles, PlainChunkTiles, SubgroupChunkTiles } from "./variants.ts";

/**
 * The delta rule by chunks. What token i writes is u_i = β_i (v_i − e^{G_i} Sᵀk_i − Σ_{j<i} e^{G_i−G_j} (k_i·k_j) u_j), with S the state before the chunk:
 * (I + L) U = β (V − e^G K S), L_ij = β_i e^{G_i−G_j} k_i·k_j below the diagonal. L comes first; solving for V and for e^G K gives U = U₀ − W S for
 * any S, chunk by chunk in parallel; a loop over chunks then carries S along and leaves S before each chunk and U. That loop is what a GPU waits for: there
 * K̂ᵀU₀ and K̂ᵀW are made for all chunks beforehand, so that a chunk costs it one product, and U follows for all chunks.
 * Source: Yang et al. 2024, arXiv 2406.06484 §3.2 (whose T = (I + L)⁻¹ β is never formed here: a column costs as much to solve as to multiply), and
 * 2412.06464 §3.3 with decay.
 */
export const deltaSteps = (sizes: Sizes, capabilities: Capabilities, tiles: ChunkTiles): Step[] => [
  pairsStep(sizes, capabilities, tiles, "k"),
  invertStep(sizes),
  solveStep(sizes, capabilities, tiles, "v"),
  solveStep(sizes, capabilities, tiles, "k"),
  ...(tiles.path === "plain"
    ? [
        statesStep(sizes, capabilities, tiles, { right: "written", to: "chunkStates" }),
        statesStep(sizes, capabilities, tiles, { right: "erased", to: "transitions", columns: sizes.keys }),
        carryStep(sizes),
        reviseStep(sizes, tiles),
      ]
    : [scanStep(sizes, capabilities, tiles)]),
];

const invertStep = ({ batch, heads, chunk, chunks }: Sizes): Step =>
  stepOf({
    label: "chunk invert",
    source: invert,
    constants: { CHUNK: chunk },
    bindings: ["pairs"],
    workgroups: [1, chunks, batch * heads],
  });

const solveStep = (sizes: Sizes, { subgroupMinSize }: Capabilities, tiles: ChunkTiles, right: "v" | "k"): Step => {
  const { dtype, batch, heads, keys, values, chunks } = sizes;
  const columns = right === "v" ? values : keys;
  const plain = tiles.path === "plain";
  const threads = plain ? (columns > 32 ? 64 : 32) : subgroupMinSize;
  const widths = plain ? 1 : Math.min(tiles.carried, roundUp(columns, subgroupMinSize)) / subgroupMinSize;
  const decayed = right === "k" && decays(sizes);
  return stepOf({
    label: right === "v" ? "chunk written" : "chunk erased",
    ...storing(`${decayed ? decayAccess(sizes, "scalars") : ""}${solve}`, { Stored: dtype }),
    subgroups: !plain,
    constants: {
      ...chunkConstants(sizes),
      COLUMNS: columns,
      THREADS: threads,
      VALUE_WIDTHS: widths,
      ROWS: solvedRows,
      ROW_QUADS: solvedRows / 4,
      STEP: plain ? solvedRows : Math.min(solvedRows, subgroupMinSize),
      DECAYED: decayed,
      BROADCAST: !plain,
    },
    bindings: [right, "pairs", "beta", right === "v" ? "written" : "erased", ...(decayed ? ["decay"] : [])],
    workgroups: [Math.ceil(columns / (threads * widths)), chunks, batch * heads],
  });
};

/** Most threads of a workgroup that every device grants. */
const mostThreads = 256;

/**
 * A workgroup of the plain scan: vec4s of columns it owns, rows of S a thread has, and quads of a row of T it reads ahead. A chunk is as long as what one thread does for it, so that is
 * one row: on an H100, 8 heads × 64, n = 4,096, 102 µs with 2 vec4s, where 4 and two rows a thread took 134.
 */
export const carryTiles = ({ keys, values }: Sizes): { readonly columnQuads: number; readonly rowsEach: number; readonly group: number } => ({
  columnQuads: Math.min(2, values / 4, Math.max(1, Math.floor(mostThreads / keys))),
  rowsEach: 1,
  group: greatestDivisor(keys / 4, 16),
});

const carryStep = (sizes: Sizes): Step => {
  const { batch, heads, values } = sizes;
  const { bindings, constants } = bound(sizes, ["transitions", "chunkStates", "state"], { DECAY: ["decay"], INITIAL: ["initialState"] });
  const { columnQuads, rowsEach, group } = carryTiles(sizes);
  return stepOf({
    label: "chunk delta scan",
    source: `${decayAccess(sizes, "scalars")}${scanPlain}`,
    constants: { ...chunkConstants(sizes), COLUMN_QUADS: columnQuads, ROWS_EACH: rowsEach, GROUP: group, ...constants },
    bindings,
    workgroups: [Math.ceil(values / 4 / columnQuads), 1, batch * heads],
  });
};

/** Tokens of a workgroup that revises what is written. */
export const revisedTokens = ({ chunk }: Sizes): number => Math.min(chunk, chunk % 32 === 0 ? 32 : 16);

const reviseStep = (sizes: Sizes, { tile }: PlainChunkTiles): Step => {
  const { batch, heads, values, chunk, chunks } = sizes;
  const tokens = revisedTokens(sizes);
  const columnTiles = Math.ceil(values / tile);
  return stepOf({
    label: "chunk revise",
    source: revise,
    constants: { ...chunkConstants(sizes), TOKENS: tokens, TILE: tile, PANEL: panel, COLUMN_TILES: columnTiles },
    bindings: ["erased", "chunkStates", "written"],
    workgroups: [(chunk / tokens) * columnTiles, chunks, batch * heads],
  });
};

const scanStep = (sizes: Sizes, { subgroupMinSize }: Capabilities, tiles: SubgroupChunkTiles): Step => {
  const { dtype, batch, heads, values } = sizes;
  const { rows, carried } = tiles;
  const { bindings, constants } = bound(sizes, ["k", "erased", "written", "chunkStates", "state"], { DECAY: ["decay"], INITIAL: ["initialState"] });
  return stepOf({
    label: "chunk delta scan",
    ...storing(`${decayAccess(sizes, "quads")}${scanSubgroup}`, { Stored: dtype }),
    subgroups: true,
    constants: {
      ...chunkConstants(sizes),
      ROWS: rows,
      ROW_QUADS: rows / 4,
      COLUMNS: carried,
      SUBGROUP: subgroupMinSize,
      VALUE_WIDTHS: carried / subgroupMinSize,
      ...constants,
    },
    bindings,
    workgroups: [Math.ceil(values / carried), 1, batch * heads],
  });
};
