import type { Capabilities, Step } from "../mechanism.ts";
import { stepOf } from "../step.ts";
import { greatestDivisor, roundUp } from "../tiles.ts";
import { bound, chunkConstants, decayAccess, decays, solvedRows } from "./chunkBindings.ts";
import scanPlain from "./chunkDeltaScan.plain.wgsl";
import scanSubgroup from "./chunkDeltaScan.subgroup.wgsl";
import invert from "./chunkInvert.wgsl";
import { pairsStep } from "./chunkPairs.ts";
import solve from "./chunkSolve.wgsl";
import type { Sizes } from "./sizes.ts";
import type { ChunkTiles } from "./variants.ts";

/**
 * The delta rule by chunks. What token i writes is u_i = β_i (v_i − e^{G_i} Sᵀk_i − Σ_{j<i} e^{G_i−G_j} (k_i·k_j) u_j), with S the state before the chunk:
 * (I + L) U = β (V − e^G K S), L_ij = β_i e^{G_i−G_j} k_i·k_j below the diagonal. L comes first; solving for V and for e^G K gives U = U₀ − W S for
 * any S, chunk by chunk in parallel; a loop over chunks then carries S along and leaves S before each chunk and U.
 * Source: Yang et al. 2024, arXiv 2406.06484 §3.2 (whose T = (I + L)⁻¹ β is never formed here: a column costs as much to solve as to multiply), and
 * 2412.06464 §3.3 with decay.
 */
export const deltaSteps = (sizes: Sizes, capabilities: Capabilities, tiles: ChunkTiles): Step[] => [
  pairsStep(sizes, capabilities, tiles, "k"),
  invertStep(sizes),
  solveStep(sizes, capabilities, tiles, "v"),
  solveStep(sizes, capabilities, tiles, "k"),
  scanStep(sizes, capabilities, tiles),
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
  const { batch, heads, keys, values, chunks } = sizes;
  const columns = right === "v" ? values : keys;
  const plain = tiles.path === "plain";
  const threads = plain ? (columns > 32 ? 64 : 32) : subgroupMinSize;
  const widths = plain ? 1 : Math.min(tiles.carried, roundUp(columns, subgroupMinSize)) / subgroupMinSize;
  const decayed = right === "k" && decays(sizes);
  return stepOf({
    label: right === "v" ? "chunk written" : "chunk erased",
    source: `${decayed ? decayAccess(sizes, "scalars") : ""}${solve}`,
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

const scanStep = (sizes: Sizes, { subgroupMinSize }: Capabilities, tiles: ChunkTiles): Step => {
  const { batch, heads, keys, values } = sizes;
  const { bindings, constants } = bound(sizes, ["k", "erased", "written", "chunkStates", "state"], { DECAY: ["decay"], INITIAL: ["initialState"] });
  const plain = tiles.path === "plain";
  const own: Step["constants"] = plain
    ? { COLUMN_QUADS: tiles.carried / 4, STRIDE: greatestDivisor(keys / 4, 8) }
    : { ROWS: tiles.rows, ROW_QUADS: tiles.rows / 4, COLUMNS: tiles.carried, SUBGROUP: subgroupMinSize, VALUE_WIDTHS: tiles.carried / subgroupMinSize };
  return stepOf({
    label: "chunk delta scan",
    source: `${decayAccess(sizes, "quads")}${plain ? scanPlain : scanSubgroup}`,
    subgroups: !plain,
    constants: { ...chunkConstants(sizes), ...own, ...constants },
    bindings,
    workgroups: [Math.ceil(values / tiles.carried), 1, batch * heads],
  });
};
