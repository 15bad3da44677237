import type { Capabilities, Plan, Shape, Step, Tiles } from "../mechanism.ts";
import { commonBuffers, headScratch } from "./buffers.ts";
import { featureMapOf } from "./featureMap.ts";
import allTokens from "./recurrentPrefill.wgsl";
import oneToken from "./recurrentStep.wgsl";
import reset from "./reset.wgsl";
import { type Sizes, sizesOf } from "./sizes.ts";
import { unroll } from "./unroll.ts";
import { columnTiles, type RecurrentTiles, recurrentTiles } from "./variants.ts";

const resetThreads = 64;

/**
 * Prefill: one dispatch, the token loop inside and the state in registers. Decode: one token, the state updated in place. Generate: a reset,
 * then n steps of decode; each thread counts its own position, so that nobody submits between tokens and no dispatch reads a word that another
 * of its threads writes.
 */
export const recurrentPlan = (shape: Shape, capabilities: Capabilities, given: Tiles): Plan => {
  const sizes = sizesOf(shape);
  const tiles = recurrentTiles(given);
  const step = recurrentStep(shape, sizes, capabilities, tiles);
  const buffers = commonBuffers(sizes, { continued: shape.phase === "decode" });
  if (shape.phase !== "generate") return { buffers, setup: [], steps: [step] };
  const position = headScratch(sizes, "position", "u32", [["thread", positionsOf(sizes, tiles)]]);
  return { buffers: [...buffers, position], setup: [], steps: [resetStep(sizes, tiles), ...Array.from({ length: sizes.tokens }, () => step)] };
};

const positionsOf = ({ values }: Sizes, tiles: RecurrentTiles): number => columnTiles(values, tiles) * tiles.threads;

const recurrentStep = ({ phase }: Shape, sizes: Sizes, { subgroupMinSize }: Capabilities, tiles: RecurrentTiles): Step => {
  const { batch, heads, tokens, inputTokens, keys, values, normalized, scale, featureMap } = sizes;
  const broadcast = tiles.path === "subgroup";
  const counted = phase === "generate";
  const bindings = ["q", "k", "v", "o", "state", ...(normalized ? ["z"] : []), ...(counted ? ["position"] : [])];
  const counts = {
    HEADS: heads,
    TOKENS: tokens,
    INPUT_TOKENS: inputTokens,
    KEYS: keys,
    KEY_QUADS: keys / 4,
    VALUES: values,
    SCALE: scale,
    THREADS: tiles.threads,
    VALUE_WIDTHS: tiles.columns,
    COLUMN_TILES: columnTiles(values, tiles),
    POSITION_BINDING: bindings.length - 1,
    ...(broadcast ? { SUBGROUP: subgroupMinSize, LANE_BLOCKS: Math.ceil(keys / 4 / subgroupMinSize) } : {}),
  };
  const source = phase === "prefill" ? allTokens : oneToken;
  return {
    label: `recurrent ${phase}`,
    wgsl: `${featureMapOf(featureMap).wgsl}${unroll(source, { ...counts, NORMALIZED: normalized, BROADCAST: broadcast, COUNTED: counted })}`,
    entryPoint: "main",
    enables: broadcast ? ["subgroups"] : [],
    constants: counts,
    bindings,
    workgroups: [columnTiles(values, tiles), 1, batch * heads],
  };
};

const resetStep = (sizes: Sizes, tiles: RecurrentTiles): Step => {
  const { batch, heads, keys, values, normalized } = sizes;
  const counts = { STATE_ELEMENTS: keys * values, POSITIONS: positionsOf(sizes, tiles), KEYS: keys, THREADS: resetThreads };
  return {
    label: "recurrent reset",
    wgsl: unroll(reset, { ...counts, NORMALIZED: normalized }),
    entryPoint: "main",
    enables: [],
    constants: counts,
    bindings: ["state", "position", ...(normalized ? ["z"] : [])],
    workgroups: [Math.ceil((keys * values) / resetThreads), 1, batch * heads],
  };
};
