import type { Plan, Shape, Step, Tiles } from "../mechanism.ts";
import append from "./append.wgsl";
import { cacheCapacity, softmaxBuffers, splitCount } from "./buffers.ts";
import combine from "./combine.wgsl";
import { streamTokens } from "./inputs.ts";
import positionCarry from "./positionCarry.wgsl";
import positionConstant from "./positionConstant.wgsl";
import positionRead from "./positionRead.wgsl";
import reset from "./reset.wgsl";
import split from "./split.wgsl";
import splitScoresByLanes from "./splitScoresByLanes.wgsl";
import splitScoresByThread from "./splitScoresByThread.wgsl";
import { tileSize } from "./tiles.ts";
import { unroll } from "./unroll.ts";

const appendThreads = 32;

interface TokenSteps {
  readonly append: Step;
  readonly combine: Step;
  /** over a context of `length` keys; equal counts of splits share one step */
  split(length: number): Step;
}

/** The position is the constant n in decode, a counter on the GPU in generate. */
const tokenSteps = (shape: Shape, tiles: Tiles): TokenSteps => {
  const { batch, n, heads, kvHeads, headDim } = shape;
  const decodes = shape.phase === "decode";
  const quads = headDim / 4;
  const block = tileSize(tiles, "heads");
  const threads = tileSize(tiles, "threads");
  const keys = tileSize(tiles, "keys");
  const constants = {
    HEADS: heads,
    KV_HEADS: kvHeads,
    HEAD_DIM: headDim,
    STREAM: decodes ? 1 : streamTokens,
    CAPACITY: cacheCapacity(shape),
    KEYS: keys,
    SPLITS: splitCount(shape, tiles),
  };
  const step = (label: string, wgsl: string, counter: string, own: Constants, bindings: readonly string[], workgroups: Step["workgroups"]): Step => {
    const place = decodes ? { CONTEXT: n } : { POSITION_BINDING: bindings.length, POSITION_SLOT: label === "append" ? 0 : 1 };
    return {
      label,
      wgsl: `${decodes ? positionConstant : counter}\n${wgsl}`,
      entryPoint: "main",
      enables: [],
      constants: { ...constants, ...own, ...place },
      bindings: decodes ? bindings : [...bindings, "positions"],
      workgroups,
    };
  };
  const appendGroups = Math.ceil((kvHeads * quads) / appendThreads);
  const combineOwn = { THREADS: Math.max(threads, quads), OUTPUT_TOKENS: decodes ? 1 : n };
  const kernel = splitKernel(shape, tiles);
  const byCount = new Map<number, Step>();
  return {
    append: step("append", append, positionCarry, { THREADS: appendThreads }, ["k", "v", "kCache", "vCache"], [appendGroups, batch, 1]),
    combine: step("combine", combine, positionCarry, combineOwn, ["partials", "stats", "o"], [heads, batch, 1]),
    split(length) {
      const count = Math.ceil(length / keys);
      const known = byCount.get(count);
      if (known) return known;
      const made = step("split", kernel.wgsl, positionRead, kernel.constants, ["q", "kCache", "vCache", "partials", "stats"], [count, heads / block, batch]);
      byCount.set(count, made);
      return made;
    },
  };
};

type Constants = Readonly<Record<string, number>>;

const splitKernel = ({ headDim }: Shape, tiles: Tiles): { wgsl: string; constants: Constants } => {
  const quads = headDim / 4;
  const block = tileSize(tiles, "heads");
  const threads = tileSize(tiles, "threads");
  const channelQuads = Math.ceil(quads / Math.min(threads, quads));
  const constants = { THREADS: threads, BLOCK: block, SCALE_LOG2E: Math.LOG2E / Math.sqrt(headDim) };
  const body = unroll(split, { BLOCK: block, CHANNEL_QUADS: channelQuads });
  if (tiles.lanes !== undefined) {
    const lanes = tileSize(tiles, "lanes");
    return { wgsl: `${body}\n${unroll(splitScoresByLanes, { BLOCK: block, LANE_QUADS: quads / lanes })}`, constants: { ...constants, LANES: lanes } };
  }
  const keyVectors = tileSize(tiles, "keyVectors");
  return { wgsl: `${body}\n${unroll(splitScoresByThread, { BLOCK: block, KEY_VECTORS: keyVectors })}`, constants: { ...constants, KEY_VECTORS: keyVectors } };
};

/** One token with n of context. Row n is written anew by every repetition, so nothing drifts. */
export const decodePlan = (shape: Shape, tiles: Tiles): Plan => {
  const steps = tokenSteps(shape, tiles);
  return { buffers: softmaxBuffers(shape, "split", tiles), setup: [], steps: [steps.append, steps.split(shape.n + 1), steps.combine] };
};

/** A text of n tokens from none: 3 n steps of few distinct kinds, and one that sets the position back, since repetitions share a pass. */
export const generatePlan = (shape: Shape, tiles: Tiles): Plan => {
  const steps = tokenSteps(shape, tiles);
  const restart: Step = { label: "reset", wgsl: reset, entryPoint: "main", enables: [], constants: {}, bindings: ["positions"], workgroups: [1, 1, 1] };
  const tokens = Array.from({ length: shape.n }, (_, t) => [steps.append, steps.split(t + 1), steps.combine]);
  return {
    buffers: softmaxBuffers(shape, "split", tiles),
    setup: [],
    steps: [restart, ...tokens.flat()],
  };
};
