import type { Dtype, Shape, Step, Tiles } from "../mechanism.ts";
import { scaleOf } from "../scale.ts";
import { type Kernel, stepOf } from "../step.ts";
import { storing } from "../storage.ts";
import { inputTokens } from "../stream.ts";
import { tileSize } from "../tiles.ts";
import { isDirect } from "./buffers.ts";
import combine from "./combine.wgsl";
import reset from "./reset.wgsl";
import split from "./split.wgsl";
import splitScoresByLanes from "./splitScoresByLanes.wgsl";
import splitScoresByThread from "./splitScoresByThread.wgsl";
import { storedTypes } from "./types.ts";
import { isWindowed, windowOf } from "./window.ts";

export interface AttendSteps {
  readonly combine: Step;
  /** over a context of `length` keys; equal counts of splits share one step */
  split(length: number): Step;
}

/** A step for one token. In generate it knows its position from the counters `positions`, its last binding. */
export const tokenStep = (shape: Shape, { constants, bindings, ...kernel }: Kernel): Step => {
  const counted = shape.phase === "generate";
  return stepOf({
    ...kernel,
    constants: { HEAD_DIM: shape.headDim, HEAD_DIM_V: shape.headDimV, STREAM: counted ? inputTokens(shape) : 1, COUNTED: counted, ...constants },
    bindings: counted ? [...bindings, "positions"] : bindings,
  });
};

/** Sets the position in `positions` back to the first token: what a text begins with, since repetitions share a pass. */
export const restartStep: Step = stepOf({ label: "reset", source: reset, constants: {}, bindings: ["positions"], workgroups: [1, 1, 1] });

/** Where a token's keys and values are, two buffers [batch, row, kvHead, channel], and their type. */
export interface Attended {
  readonly names: readonly [keys: string, values: string];
  readonly dtype: Dtype;
  /** the split that the newest token falls into writes its `k` and `v` there first */
  readonly appends: boolean;
}

/** May a split write the newest row itself? Where one workgroup reads a KV head's row: else one would read what another writes. */
export const canAppend = ({ heads, kvHeads }: Shape, tiles: Tiles): boolean => tileSize(tiles, "heads") === heads / kvHeads;

/** The newest token's attention over splits of the keys and values, and what joins the splits. */
export const attendSteps = (shape: Shape, tiles: Tiles, attended: Attended): AttendSteps => {
  const { batch, heads, kvHeads, headDim, headDimV } = shape;
  const vQuads = headDimV / 4;
  const block = tileSize(tiles, "heads");
  const threads = tileSize(tiles, "threads");
  const keys = tileSize(tiles, "keys");
  const types = storedTypes({ dtype: shape.dtype, kvDtype: attended.dtype });
  const byCount = new Map<number, Step>();
  const direct = isDirect(shape, tiles);
  const placed = attended.appends && isWindowed(shape) && shape.phase === "decode";
  const outputs = attended.appends ? 5 : 3;
  return {
    combine: tokenStep(shape, {
      label: "combine",
      ...storing(combine, types),
      constants: { THREADS: Math.max(threads, vQuads), ...(shape.phase === "generate" ? { KEYS: keys } : {}) },
      bindings: ["partials", "stats", "o"],
      workgroups: [heads, batch, 1],
    }),
    split(length) {
      const count = Math.ceil(length / keys);
      const made =
        byCount.get(count) ??
        tokenStep(shape, {
          label: "split",
          ...storing(`${split}\n${tiles.lanes === undefined ? splitScoresByThread : splitScoresByLanes}`, types),
          constants: {
            HEADS: heads,
            KV_HEADS: kvHeads,
            KEYS: keys,
            THREADS: threads,
            BLOCK: block,
            CHANNEL_QUADS: Math.ceil(vQuads / Math.min(threads, vQuads)),
            SCALE_LOG2E: Math.LOG2E * scaleOf(shape),
            APPENDS: attended.appends,
            DIRECT: direct,
            PLACED: placed,
            OUTPUTS: outputs,
            PLACE: outputs + (direct ? 1 : 2),
            ...ringConstants(shape),
            ...scoreConstants(headDim / 4, tiles),
          },
          bindings: [
            "q",
            ...(attended.appends ? ["k", "v"] : []),
            ...attended.names,
            ...(direct ? ["o"] : ["partials", "stats"]),
            ...(placed ? ["position"] : []),
          ],
          workgroups: [count, heads / block, batch],
        });
      byCount.set(count, made);
      return made;
    },
  };
};

/** How the rows of a window's ring are counted. */
export const ringConstants = (shape: Shape): Step["constants"] => {
  const { window, sinks } = windowOf(shape);
  const windowed = isWindowed(shape);
  return { WINDOWED: windowed, ...(windowed ? { WINDOW: window, SINKS: sinks } : {}) };
};

const scoreConstants = (quads: number, tiles: Tiles): Step["constants"] => {
  if (tiles.lanes === undefined) return { KEY_VECTORS: tileSize(tiles, "keyVectors") };
  const lanes = tileSize(tiles, "lanes");
  return { LANES: lanes, LANE_QUADS: Math.ceil(quads / lanes), RAGGED: quads % lanes !== 0 };
};
