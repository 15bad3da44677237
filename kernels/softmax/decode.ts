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
import { tileSize } from "./tiles.ts";
import { unroll } from "./unroll.ts";

const appendThreads = 32;

/** Append, split over `length` keys, combine. The position is the constant n in decode, a counter on the GPU in generate. */
const tokenSteps = (shape: Shape, tiles: Tiles): { append: Step; splits: (length: number) => Step; combine: Step } => {
  const { batch, n, heads, kvHeads, headDim } = shape;
  const decodes = shape.phase === "decode";
  const quads = headDim / 4;
  const block = tileSize(tiles, "heads");
  const lanes = tileSize(tiles, "lanes");
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
  const step = (label: string, wgsl: string, own: Record<string, number>, bindings: string[], slot: number, workgroups: Step["workgroups"]): Step => {
    const counter = label === "split" ? positionRead : positionCarry;
    const where = decodes ? { CONTEXT: n } : { POSITION_BINDING: bindings.length, POSITION_SLOT: slot };
    return {
      label,
      wgsl: `${decodes ? positionConstant : counter}\n${unroll(wgsl, { ...own, LANE_QUADS: quads / lanes })}`,
      entryPoint: "main",
      enables: [],
      constants: { ...constants, ...own, ...where },
      bindings: decodes ? bindings : [...bindings, "positions"],
      workgroups,
    };
  };
  const rowGroups = Math.ceil((kvHeads * quads) / appendThreads);
  const splitBindings = ["q", "kCache", "vCache", "partials", "stats"];
  const splitOwn = { THREADS: threads, LANES: lanes, BLOCK: block, SCALE_LOG2E: Math.LOG2E / Math.sqrt(headDim) };
  const byCount = new Map<number, Step>();
  return {
    append: step("append", append, { THREADS: appendThreads }, ["k", "v", "kCache", "vCache"], 0, [rowGroups, batch, 1]),
    splits(length) {
      const count = Math.ceil(length / keys);
      const known = byCount.get(count);
      if (known) return known;
      const made = step("split", split, splitOwn, splitBindings, 1, [count, heads / block, batch]);
      byCount.set(count, made);
      return made;
    },
    combine: step("combine", combine, { THREADS: threads, OUTPUT_TOKENS: decodes ? 1 : n }, ["partials", "stats", "o"], 1, [heads, batch, 1]),
  };
};

/** One token with n of context. Row n is written anew by every repetition, so nothing drifts. */
export const decodePlan = (shape: Shape, tiles: Tiles): Plan => {
  const steps = tokenSteps(shape, tiles);
  return { buffers: softmaxBuffers(shape, "split", tiles), setup: [], steps: [steps.append, steps.splits(shape.n + 1), steps.combine] };
};

/** A text of n tokens from none: 3 n steps of few distinct kinds, and one that sets the position back, since repetitions share a pass. */
export const generatePlan = (shape: Shape, tiles: Tiles): Plan => {
  const steps = tokenSteps(shape, tiles);
  const restart: Step = { label: "reset", wgsl: reset, entryPoint: "main", enables: [], constants: {}, bindings: ["positions"], workgroups: [1, 1, 1] };
  const tokens = Array.from({ length: shape.n }, (_, t) => [steps.append, steps.splits(t + 1), steps.combine]);
  return {
    buffers: softmaxBuffers(shape, "split", tiles),
    setup: [],
    steps: [restart, ...tokens.flat()],
  };
};
