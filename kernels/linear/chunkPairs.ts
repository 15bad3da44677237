import { laneSteps } from "../laneSteps.ts";
import type { Capabilities, Step } from "../mechanism.ts";
import { stepOf } from "../step.ts";
import { storing } from "../storage.ts";
import { bound, chunkConstants, decayAccess } from "./chunkBindings.ts";
import pairsPlain from "./chunkPairs.plain.wgsl";
import pairsSubgroup from "./chunkPairs.subgroup.wgsl";
import type { Sizes } from "./sizes.ts";
import type { ChunkTiles } from "./variants.ts";

/**
 * Products of the rows of `rows` with the keys of their chunk before them, [batch, head, chunk, row / 4, key of the chunk, row % 4]: of q with its own
 * key, the scores; of k without, times β, the L of the delta rule's system.
 */
export const pairsStep = (sizes: Sizes, { subgroupMinSize }: Capabilities, tiles: ChunkTiles, rows: "q" | "k"): Step => {
  const { rule, dtype, batch, heads, keys, chunk, chunks } = sizes;
  const plain = tiles.path === "plain";
  const strict = rows === "k";
  const perChannel = rule.decay === "channel";
  const { bindings, constants } = bound(sizes, [rows, "k", "pairs"], {
    DECAY: perChannel && !plain ? ["decay", "decay"] : ["decay"],
    ...(strict ? { BETA: ["beta"] } : {}),
  });
  const own: Step["constants"] = plain
    ? { TILE: Math.min(64, chunk), PANEL: tiles.pairsPanel }
    : { ...laneSteps(subgroupMinSize), ROW_QUADS: tiles.rows / 4, SUBGROUP: subgroupMinSize, KEY_WIDTHS: tiles.keys / subgroupMinSize };
  return stepOf({
    label: strict ? "chunk overlaps" : "chunk scores",
    ...storing(`${decayAccess(sizes, plain ? "quads" : "scalars")}${plain ? pairsPlain : pairsSubgroup}`, { Stored: dtype }),
    subgroups: !plain,
    constants: { ...chunkConstants(sizes), ...own, ...constants, ROWS: tiles.rows, STRICT: strict },
    bindings,
    workgroups: [chunk / tiles.rows, chunks, batch * heads],
    groupFlops: 2 * tiles.rows * chunk * keys,
  });
};
