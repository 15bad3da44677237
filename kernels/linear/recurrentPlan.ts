import type { Capabilities, Plan, Step, Tiles } from "../mechanism.ts";
import { stepOf } from "../step.ts";
import { storing } from "../storage.ts";
import { linearBuffers } from "./buffers.ts";
import { featureMapOf } from "./featureMap.ts";
import sharedBuffers from "./recurrentBuffers.wgsl";
import inRegisters from "./recurrentRegisters.wgsl";
import spread from "./recurrentSpread.wgsl";
import staging from "./recurrentStaging.wgsl";
import inMemory from "./recurrentStep.wgsl";
import reset from "./reset.wgsl";
import type { Sizes } from "./sizes.ts";
import { columnTiles, positionCount, type RecurrentTiles, recurrentTiles } from "./variants.ts";

const resetThreads = 64;

/**
 * Prefill: one dispatch, the token loop inside and the state in registers. Decode: one token, the state updated in place. Generate: a reset,
 * then n steps of decode; each thread counts its own position, so that nobody submits between tokens and no dispatch reads a word that another
 * of its threads writes.
 */
export const recurrentPlan = (sizes: Sizes, capabilities: Capabilities, given: Tiles): Plan => {
  const tiles = recurrentTiles(given);
  const step = recurrentStep(sizes, capabilities, tiles);
  const buffers = linearBuffers(sizes, "recurrent", given);
  if (sizes.phase !== "generate") return { buffers, setup: [], steps: [step] };
  return { buffers, setup: [], steps: [resetStep(sizes, tiles), ...Array.from({ length: sizes.n }, () => step)] };
};

const recurrentStep = (sizes: Sizes, { subgroupMinSize }: Capabilities, tiles: RecurrentTiles): Step => {
  const { rule, dtype, phase, batch, heads, keys, values, normalized, continued, scale, featureMap } = sizes;
  const broadcast = tiles.path === "subgroup";
  const counted = phase === "generate";
  const decays = rule.decay !== "none";
  const optional = [...(normalized ? ["z"] : []), ...(decays ? ["g"] : []), ...(rule.delta ? ["beta"] : []), ...(continued ? ["initialState"] : [])];
  const bindings = ["q", "k", "v", "o", "state", ...optional, ...(continued && normalized ? ["initialZ"] : []), ...(counted ? ["position"] : [])];
  const partQuads = Math.ceil(keys / 4 / tiles.parts);
  const partLanes = subgroupMinSize / tiles.parts;
  const place = (name: string): number => bindings.indexOf(name);
  return stepOf({
    label: `recurrent ${phase}`,
    ...storing(
      `${featureMapOf(featureMap).wgsl}${sharedBuffers}${tiles.path === "spread" ? spread : `${staging}${phase === "prefill" ? inRegisters : inMemory}`}`,
      {
        Stored: dtype,
      },
    ),
    subgroups: broadcast,
    constants: {
      HEADS: heads,
      KEYS: keys,
      KEY_QUADS: keys / 4,
      VALUES: values,
      SCALE: scale,
      ...(tiles.path === "spread"
        ? { VALUE_QUADS: values / 4, COLUMN_QUADS: tiles.threads / tiles.parts }
        : { THREADS: tiles.threads, VALUE_WIDTHS: tiles.columns }),
      NORMALIZED: normalized,
      BROADCAST: broadcast,
      COUNTED: counted,
      CONTINUED: continued,
      PARTS: tiles.parts,
      PART_QUADS: partQuads,
      SHARED_COLUMNS: tiles.parts > 1,
      PADDED: tiles.parts * partQuads !== keys / 4,
      DECAYS: decays,
      PER_CHANNEL: rule.decay === "channel",
      PER_HEAD: rule.decay === "head",
      DELTA: rule.delta,
      ...(decays ? { G_BINDING: place("g") } : {}),
      ...(rule.delta ? { BETA_BINDING: place("beta") } : {}),
      ...(continued ? { INITIAL_BINDING: place("initialState") } : {}),
      ...(counted ? { STREAM: sizes.inputTokens, POSITION_BINDING: place("position") } : {}),
      ...(broadcast
        ? { SUBGROUP: subgroupMinSize, PART_LANES: partLanes, PART_STEPS: Math.log2(tiles.parts), LANE_BLOCKS: Math.ceil(partQuads / partLanes) }
        : {}),
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
