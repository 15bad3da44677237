import { laneSteps } from "../laneSteps.ts";
import type { Capabilities, Step } from "../mechanism.ts";
import { stepOf } from "../step.ts";
import { storing } from "../storage.ts";
import { bound, chunkConstants, decayAccess } from "./chunkBindings.ts";
import statesPlain from "./chunkStates.plain.wgsl";
import statesSubgroup from "./chunkStates.subgroup.wgsl";
import { featureMapOf } from "./featureMap.ts";
import type { Sizes } from "./sizes.ts";
import type { ChunkTiles } from "./variants.ts";

/** What the keys of a chunk are multiplied with, `columns` a token, and where the sums go; the columns of V unless given. */
export interface Sums {
  readonly right: string;
  readonly to: string;
  readonly columns?: number;
}

/** Sums over a chunk's tokens, φ(K_c)ᵀ V_c, of keys as far as they last to its end: [batch, head, chunk, key, column]. */
export const statesStep = (all: Sizes, { subgroupMinSize }: Capabilities, tiles: ChunkTiles, { right, to, columns: values = all.values }: Sums): Step => {
  const sizes = { ...all, values };
  const { dtype, batch, heads, tokens, keys, chunk, chunks, normalized, featureMap } = sizes;
  const { bindings, constants } = bound(sizes, ["k", right, to, ...(normalized ? ["chunkZ"] : [])], { DECAY: ["decay"] });
  const plain = tiles.path === "plain";
  const [rows, columns] = plain ? [tiles.tile, tiles.tile] : [tiles.rows, tiles.columns];
  const columnTiles = Math.ceil(values / columns);
  const own: Step["constants"] = plain
    ? { TILE: tiles.tile, PANEL: tiles.sumsPanel }
    : { ...laneSteps(subgroupMinSize), ROWS: rows, ROW_QUADS: rows / 4, COLUMNS: columns, SUBGROUP: subgroupMinSize, VALUE_WIDTHS: columns / subgroupMinSize };
  return stepOf({
    label: to === "transitions" ? "chunk transitions" : "chunk states",
    // What steps before have made is f32.
    ...storing(`${decayAccess(sizes, "quads")}${featureMapOf(featureMap).wgsl}${plain ? statesPlain : statesSubgroup}`, {
      Stored: dtype,
      Value: right === "v" ? dtype : "f32",
    }),
    subgroups: !plain,
    constants: { ...chunkConstants(sizes), ...own, ...constants, COLUMN_TILES: columnTiles },
    bindings,
    workgroups: [Math.ceil(keys / rows) * columnTiles, chunks, batch * heads],
    groupFlops: 2 * rows * columns * Math.min(chunk, tokens),
  });
};
