import { laneSteps } from "../laneSteps.ts";
import type { Capabilities, Step } from "../mechanism.ts";
import { repeated } from "../parts.ts";
import { stepOf } from "../step.ts";
import { storing } from "../storage.ts";
import { greatestDivisor, roundUp } from "../tiles.ts";
import { bound, chunkConstants, decayAccess, decays, panel, solvedRows } from "./chunkBindings.ts";
import scanPlain from "./chunkDeltaScan.plain.wgsl";
import scanSubgroup from "./chunkDeltaScan.subgroup.wgsl";
import invert from "./chunkInvert.wgsl";
import { pairsStep } from "./chunkPairs.ts";
import revise from "./chunkRevise.plain.wgsl";
import solvePlain from "./chunkSolve.plain.wgsl";
import solveSubgroup from "./chunkSolve.subgroup.wgsl";
import { statesStep } from "./chunkStates.ts";
import type { Sizes } from "./sizes.ts";
import { broadcasts, type ChunkTiles, type PlainChunkTiles, type SubgroupChunkTiles } from "./variants.ts";

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
  invertStep(sizes, capabilities),
  ...(tiles.path === "plain"
    ? [
        solveBothStep(sizes),
        statesStep(sizes, capabilities, tiles, { right: "written", to: "chunkStates" }),
        statesStep(sizes, capabilities, tiles, { right: "erased", to: "transitions", columns: sizes.keys }),
        ...inParts(sizes, tiles, carryStep(sizes, capabilities, tiles)),
        reviseStep(sizes, tiles),
      ]
    : [solveStep(sizes, capabilities, tiles, "v"), solveStep(sizes, capabilities, tiles, "k"), ...inParts(sizes, tiles, scanStep(sizes, capabilities, tiles))]),
];

/** The scan, or parts of it that hand the state on in its buffer where it is too long for one dispatch. */
const inParts = ({ chunks }: Sizes, { partChunks }: ChunkTiles, scan: Step): readonly Step[] =>
  partChunks === undefined ? [scan] : repeated(scan, Math.ceil(chunks / partChunks));

/** Of a scan, which `repeated` binds the count of its parts to last. */
const partConstants = ({ partChunks }: ChunkTiles, bindings: readonly string[]): Step["constants"] =>
  partChunks === undefined ? { PARTED: false } : { PARTED: true, PART_CHUNKS: partChunks, PARTS_BINDING: bindings.length };

/** On a GPU all of a block is read at once; on an emulation, where code that loads is dear to compile, four columns at a time. */
const invertStep = ({ batch, heads, chunk, chunks }: Sizes, { software }: Capabilities): Step =>
  stepOf({
    label: "chunk invert",
    source: invert,
    constants: { CHUNK: chunk, EMULATED: software },
    bindings: ["pairs"],
    workgroups: [1, chunks, batch * heads],
  });

/** Columns that a workgroup of the plain solve has, a thread each. */
export const solvedColumns = ({ keys, values }: Sizes): number => (Math.max(keys, values) > 32 ? 64 : 32);
/** Finished rows that a thread of the plain solve reads at a time; divides solvedRows. */
const rowsAhead = 16;

/** Operations of a workgroup that solves a whole chunk for so many columns. */
const solvedGroupFlops = (chunk: number, columns: number): number => chunk * (chunk + solvedRows) * columns;

/** For the values and for the keys at once. */
const solveBothStep = (sizes: Sizes): Step => {
  const { dtype, batch, heads, keys, values, chunk, chunks } = sizes;
  const threads = solvedColumns(sizes);
  const valueGroups = Math.ceil(values / threads);
  return stepOf({
    label: "chunk solve",
    ...storing(`${decayAccess(sizes, "scalars")}${solvePlain}`, { Stored: dtype }),
    constants: {
      ...chunkConstants(sizes),
      VALUE_GROUPS: valueGroups,
      THREADS: threads,
      ROWS: solvedRows,
      ROW_QUADS: solvedRows / 4,
      AHEAD: rowsAhead,
      DECAYED: decays(sizes),
    },
    bindings: ["v", "k", "pairs", "beta", "written", "erased", ...(decays(sizes) ? ["decay"] : [])],
    workgroups: [valueGroups + Math.ceil(keys / threads), chunks, batch * heads],
    groupFlops: solvedGroupFlops(chunk, threads),
  });
};

const solveStep = (sizes: Sizes, { subgroupMinSize }: Capabilities, tiles: SubgroupChunkTiles, right: "v" | "k"): Step => {
  const { dtype, batch, heads, keys, values, chunk, chunks } = sizes;
  const columns = right === "v" ? values : keys;
  const widths = Math.min(tiles.carried, roundUp(columns, subgroupMinSize)) / subgroupMinSize;
  const decayed = right === "k" && decays(sizes);
  return stepOf({
    label: right === "v" ? "chunk written" : "chunk erased",
    ...storing(`${decayed ? decayAccess(sizes, "scalars") : ""}${solveSubgroup}`, { Stored: dtype }),
    subgroups: true,
    constants: {
      ...chunkConstants(sizes),
      COLUMNS: columns,
      THREADS: subgroupMinSize,
      VALUE_WIDTHS: widths,
      ROWS: solvedRows,
      ROW_QUADS: solvedRows / 4,
      ...laneSteps(Math.min(solvedRows, subgroupMinSize)),
      STEP: Math.min(solvedRows, subgroupMinSize),
      DECAYED: decayed,
    },
    bindings: [right, "pairs", "beta", right === "v" ? "written" : "erased", ...(decayed ? ["decay"] : [])],
    workgroups: [Math.ceil(columns / (subgroupMinSize * widths)), chunks, batch * heads],
    groupFlops: solvedGroupFlops(chunk, subgroupMinSize * widths),
  });
};

/** Most threads of a workgroup that every device grants. */
const mostThreads = 256;

/** Neighbours that share a row of the plain scan's product, at most. */
const mostParts = 4;
/** vec4s of T that a thread of it reads ahead, at most. */
const mostAhead = 8;

/** The plain scan: neighbours that share rows of S, rows that they have, and quads of a row of T that each reads ahead. */
const carryTiles = ({ keys }: Sizes, capabilities: Capabilities): { readonly parts: number; readonly rowsEach: number; readonly group: number } => {
  const parts = broadcasts(capabilities) ? ([mostParts, 2].find((count) => (keys / 4) % count === 0) ?? 1) : 1;
  const rowsEach = keys / greatestDivisor(keys, mostThreads / parts);
  return { parts, rowsEach, group: greatestDivisor(keys / 4 / parts, Math.max(1, Math.floor(mostAhead / rowsEach))) };
};

const carryStep = (sizes: Sizes, capabilities: Capabilities, tiles: PlainChunkTiles): Step => {
  const { batch, heads, values } = sizes;
  const { bindings, constants } = bound(sizes, ["transitions", "chunkStates", "state"], { DECAY: ["decay"], INITIAL: ["initialState"] });
  const { parts, rowsEach, group } = carryTiles(sizes, capabilities);
  return stepOf({
    label: "chunk delta scan",
    source: `${decayAccess(sizes, "scalars")}${scanPlain}`,
    subgroups: parts > 1,
    constants: {
      ...chunkConstants(sizes),
      PARTS: parts,
      PART_BITS: Math.log2(parts),
      SHARED: parts > 1,
      ROWS_EACH: rowsEach,
      GROUP: group,
      ...constants,
      ...partConstants(tiles, bindings),
    },
    bindings,
    workgroups: [values / 4, 1, batch * heads],
  });
};

/** Tokens of a workgroup that revises what is written. */
export const revisedTokens = ({ chunk }: Sizes): number => Math.min(chunk, chunk % 32 === 0 ? 32 : 16);

const reviseStep = (sizes: Sizes, { tile }: PlainChunkTiles): Step => {
  const { batch, heads, keys, values, chunk, chunks } = sizes;
  const tokens = revisedTokens(sizes);
  const columnTiles = Math.ceil(values / tile);
  return stepOf({
    label: "chunk revise",
    source: revise,
    constants: { ...chunkConstants(sizes), TOKENS: tokens, TILE: tile, PANEL: panel, COLUMN_TILES: columnTiles },
    bindings: ["erased", "chunkStates", "written"],
    workgroups: [(chunk / tokens) * columnTiles, chunks, batch * heads],
    groupFlops: 2 * tokens * tile * keys,
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
      ...laneSteps(subgroupMinSize),
      ROW_QUADS: rows / 4,
      COLUMNS: carried,
      SUBGROUP: subgroupMinSize,
      VALUE_WIDTHS: carried / subgroupMinSize,
      ...constants,
      ...partConstants(tiles, bindings),
    },
    bindings,
    workgroups: [Math.ceil(values / carried), 1, batch * heads],
  });
};
