import type { Plan, Shape, Step, Tiles } from "../mechanism.ts";
import { scaleOf } from "../scale.ts";
import { type Kernel, stepOf } from "../step.ts";
import { streamTokens } from "../stream.ts";
import { tileSize } from "../tiles.ts";
import append from "./append.wgsl";
import { softmaxBuffers } from "./buffers.ts";
import { overCache } from "./cacheType.ts";
import combine from "./combine.wgsl";
import reset from "./reset.wgsl";
import split from "./split.wgsl";
import splitScoresByLanes from "./splitScoresByLanes.wgsl";
import splitScoresByThread from "./splitScoresByThread.wgsl";
import { cacheCapacity, isWindowed, visibleKeys, windowOf } from "./window.ts";

const appendThreads = 32;

interface TokenSteps {
  readonly append: Step;
  readonly combine: Step;
  /** over a context of `length` keys; equal counts of splits share one step */
  split(length: number): Step;
}

/**
 * The newest token stands in the last row of the cache in decode, or where `position` says with a window. In generate a counter on the GPU says where: two slots of `positions`, each read by
 * one step and written by the next, keep every step free of races. append reads slot 0 and writes slot 1, split reads slot 1, combine reads
 * slot 1 and writes slot 0.
 */
const tokenSteps = (shape: Shape, tiles: Tiles): TokenSteps => {
  const { batch, heads, kvHeads, headDim, headDimV } = shape;
  const counted = shape.phase === "generate";
  const windowed = isWindowed(shape);
  const { window, sinks } = windowOf(shape);
  const quads = headDim / 4;
  const vQuads = headDimV / 4;
  const block = tileSize(tiles, "heads");
  const threads = tileSize(tiles, "threads");
  const keys = tileSize(tiles, "keys");
  const step = ({ constants, bindings, ...kernel }: Kernel): Step =>
    stepOf({
      ...kernel,
      constants: { HEAD_DIM: headDim, HEAD_DIM_V: headDimV, STREAM: counted ? streamTokens : 1, COUNTED: counted, ...constants },
      bindings: counted ? [...bindings, "positions"] : bindings,
    });
  const byCount = new Map<number, Step>();
  return {
    append: step({
      label: "append",
      ...overCache(shape, append),
      constants: { KV_HEADS: kvHeads, THREADS: appendThreads, WINDOWED: windowed, ...(windowed ? { WINDOW: window, SINKS: sinks } : {}) },
      bindings: ["k", "v", "kCache", "vCache", ...(windowed && !counted ? ["position"] : [])],
      workgroups: [Math.ceil((kvHeads * Math.max(quads, vQuads)) / appendThreads), batch, 1],
    }),
    combine: step({
      label: "combine",
      source: combine,
      constants: { THREADS: Math.max(threads, vQuads), ...(counted ? { KEYS: keys } : {}) },
      bindings: ["partials", "stats", "o"],
      workgroups: [heads, batch, 1],
    }),
    split(length) {
      const count = Math.ceil(length / keys);
      const made =
        byCount.get(count) ??
        step({
          label: "split",
          ...overCache(shape, `${split}\n${tiles.lanes === undefined ? splitScoresByThread : splitScoresByLanes}`),
          constants: {
            HEADS: heads,
            KV_HEADS: kvHeads,
            KEYS: keys,
            THREADS: threads,
            BLOCK: block,
            CHANNEL_QUADS: Math.ceil(vQuads / Math.min(threads, vQuads)),
            SCALE_LOG2E: Math.LOG2E * scaleOf(shape),
            ...scoreConstants(quads, tiles),
          },
          bindings: ["q", "kCache", "vCache", "partials", "stats"],
          workgroups: [count, heads / block, batch],
        });
      byCount.set(count, made);
      return made;
    },
  };
};

const scoreConstants = (quads: number, tiles: Tiles): Step["constants"] => {
  if (tiles.lanes === undefined) return { KEY_VECTORS: tileSize(tiles, "keyVectors") };
  const lanes = tileSize(tiles, "lanes");
  return { LANES: lanes, LANE_QUADS: Math.ceil(quads / lanes), RAGGED: quads % lanes !== 0 };
};

/** One token with n of context. Its row is written anew by every repetition, so nothing drifts. */
export const decodePlan = (shape: Shape, tiles: Tiles): Plan => {
  const steps = tokenSteps(shape, tiles);
  return { buffers: softmaxBuffers(shape, "split", tiles), setup: [], steps: [steps.append, steps.split(cacheCapacity(shape)), steps.combine] };
};

/** A text of n tokens from none: 3 n steps of few distinct kinds, and one that sets the position back, since repetitions share a pass. */
export const generatePlan = (shape: Shape, tiles: Tiles): Plan => {
  const steps = tokenSteps(shape, tiles);
  const restart = stepOf({ label: "reset", source: reset, constants: {}, bindings: ["positions"], workgroups: [1, 1, 1] });
  const tokens = Array.from({ length: shape.n }, (_, t) => [steps.append, steps.split(visibleKeys(shape, t + 1)), steps.combine]);
  return {
    buffers: softmaxBuffers(shape, "split", tiles),
    setup: [],
    steps: [restart, ...tokens.flat()],
  };
};
