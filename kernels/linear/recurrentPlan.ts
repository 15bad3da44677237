import type { Capabilities, Plan, Shape, Step, Tiles } from "../mechanism.ts";
import { stepOf } from "../step.ts";
import { linearBuffers } from "./buffers.ts";
import { featureMapOf } from "./featureMap.ts";
import sharedBuffers from "./recurrentBuffers.wgsl";
import allTokens from "./recurrentPrefill.wgsl";
import oneToken from "./recurrentStep.wgsl";
import reset from "./reset.wgsl";
import { type Sizes, sizesOf } from "./sizes.ts";
import { columnTiles, positionCount, type RecurrentTiles, recurrentTiles } from "./variants.ts";

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
  const buffers = linearBuffers(shape, "recurrent", given);
  if (shape.phase !== "generate") return { buffers, setup: [], steps: [step] };
  return { buffers, setup: [], steps: [resetStep(sizes, tiles), ...Array.from({ length: sizes.tokens }, () => step)] };
};

const recurrentStep = ({ phase }: Shape, sizes: Sizes, { subgroupMinSize }: Capabilities, tiles: RecurrentTiles): Step => {
  const { batch, heads, keys, values, normalized, scale, featureMap } = sizes;
  const broadcast = tiles.path === "subgroup";
  const counted = phase === "generate";
  const bindings = ["q", "k", "v", "o", "state", ...(normalized ? ["z"] : []), ...(counted ? ["position"] : [])];
  return stepOf({
    label: `recurrent ${phase}`,
    source: `${featureMapOf(featureMap).wgsl}${sharedBuffers}${phase === "prefill" ? allTokens : oneToken}`,
    subgroups: broadcast,
    constants: {
      HEADS: heads,
      KEYS: keys,
      KEY_QUADS: keys / 4,
      VALUES: values,
      SCALE: scale,
      THREADS: tiles.threads,
      VALUE_WIDTHS: tiles.columns,
      NORMALIZED: normalized,
      BROADCAST: broadcast,
      COUNTED: counted,
      ...(counted ? { STREAM: sizes.inputTokens, POSITION_BINDING: bindings.length - 1 } : {}),
      ...(broadcast ? { SUBGROUP: subgroupMinSize, LANE_BLOCKS: Math.ceil(keys / 4 / subgroupMinSize) } : {}),
    },
    bindings,
    workgroups: [columnTiles(values, tiles), 1, batch * heads],
  });
};

const resetStep = ({ batch, heads, keys, values, normalized }: Sizes, tiles: RecurrentTiles): Step =>
  stepOf({
    label: "recurrent reset",
    source: reset,
    constants: { STATE_ELEMENTS: keys * values, POSITIONS: positionCount(values, tiles), KEYS: keys, THREADS: resetThreads, NORMALIZED: normalized },
    bindings: ["state", "position", ...(normalized ? ["z"] : [])],
    workgroups: [Math.ceil((keys * values) / resetThreads), 1, batch * heads],
  });
