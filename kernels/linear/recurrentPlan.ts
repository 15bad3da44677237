import type { Capabilities, Plan, Step, Tiles } from "../mechanism.ts";
import { stepOf } from "../step.ts";
import { storing } from "../storage.ts";
import { linearBuffers } from "./buffers.ts";
import { featureMapOf } from "./featureMap.ts";
import advance from "./recurrentAdvance.wgsl";
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
 * Prefill: the token loop inside and the state in registers, one dispatch; or, where that is too long for one, a reset, then parts that hand the state on in its buffer. Decode: one token, the state updated in place. Generate: a reset,
 * then n steps of decode; each thread counts its own position, so that nobody submits between tokens and no dispatch reads a word that another
 * of its threads writes.
 */
export const recurrentPlan = (sizes: Sizes, capabilities: Capabilities, given: Tiles): Plan => {
  const tiles = recurrentTiles(given);
  const step = recurrentStep(sizes, capabilities, tiles);
  const buffers = linearBuffers(sizes, "recurrent", given);
  if (sizes.phase === "generate")
    return { buffers, setup: [], steps: [resetStep(sizes, positionCount(sizes.values, tiles)), ...Array.from({ length: sizes.n }, () => step)] };
  if (tiles.partTokens === undefined) return { buffers, setup: [], steps: [step] };
  const parts = Math.ceil(sizes.tokens / tiles.partTokens);
  const next = advanceStep(sizes, tiles.partTokens);
  const steps = [resetStep(sizes, 1), step, ...Array.from({ length: parts - 1 }, () => [next, step]).flat()];
  return { buffers, setup: [], steps, submits: Array.from({ length: parts }, (_, part) => 2 * (part + 1)) };
};

const recurrentStep = (sizes: Sizes, { subgroupMinSize }: Capabilities, tiles: RecurrentTiles): Step => {
  const { rule, dtype, phase, batch, heads, keys, values, normalized, continued, scale, featureMap } = sizes;
  const broadcast = tiles.path === "subgroup";
  const counted = phase === "generate";
  const { partTokens } = tiles;
  const parted = partTokens !== undefined;
  const decays = rule.decay !== "none";
  // A part finds in the state's own buffer what it goes on from, be it given: so that no step binds more than the 8 buffers that every device has.
  const begins = continued && !parted;
  const optional = [...(normalized ? ["z"] : []), ...(decays ? ["g"] : []), ...(rule.delta ? ["beta"] : []), ...(begins ? ["initialState"] : [])];
  const places = [...(counted || parted ? ["position"] : []), ...(parted && normalized ? ["zBefore"] : [])];
  const bindings = ["q", "k", "v", "o", "state", ...optional, ...(begins && normalized ? ["initialZ"] : []), ...places];
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
      CONTINUED: begins,
      PARTED: parted,
      RESUMES: begins || parted,
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
      ...(begins ? { INITIAL_BINDING: place("initialState") } : {}),
      ...(counted ? { STREAM: sizes.inputTokens } : {}),
      ...(parted ? { PART_TOKENS: partTokens } : {}),
      ...(counted || parted ? { POSITION_BINDING: place("position") } : {}),
      ...(broadcast
        ? { SUBGROUP: subgroupMinSize, PART_LANES: partLanes, PART_STEPS: Math.log2(tiles.parts), LANE_BLOCKS: Math.ceil(partQuads / partLanes) }
        : {}),
    },
    bindings,
    workgroups: [columnTiles(values, tiles), 1, batch * heads],
  });
};

/** `positions`: counters of a head. */
const resetStep = ({ phase, batch, heads, keys, values, normalized, continued }: Sizes, positions: number): Step => {
  const own = ["state", "position", ...(normalized ? [phase === "prefill" ? "zBefore" : "z"] : [])];
  return stepOf({
    label: "recurrent reset",
    source: reset,
    constants: {
      STATE_ELEMENTS: keys * values,
      POSITIONS: positions,
      KEYS: keys,
      THREADS: resetThreads,
      NORMALIZED: normalized,
      CONTINUED: continued,
      ...(continued ? { INITIAL_BINDING: own.length } : {}),
    },
    bindings: [...own, ...(continued ? ["initialState", ...(normalized ? ["initialZ"] : [])] : [])],
    workgroups: [Math.ceil((keys * values) / resetThreads), 1, batch * heads],
  });
};

const advanceStep = ({ batch, heads, keys, normalized }: Sizes, partTokens: number): Step =>
  stepOf({
    label: "recurrent advance",
    source: advance,
    constants: { KEYS: keys, THREADS: resetThreads, NORMALIZED: normalized, PART_TOKENS: partTokens },
    bindings: ["position", ...(normalized ? ["z", "zBefore"] : [])],
    workgroups: [normalized ? Math.ceil(keys / resetThreads) : 1, 1, batch * heads],
  });
