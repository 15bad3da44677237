import type { Plan, Shape, Step, Tiles } from "../mechanism.ts";
import { storing } from "../storage.ts";
import append from "./append.wgsl";
import { attendSteps, canAppend, restartStep, ringConstants, tokenStep } from "./attend.ts";
import { isDirect, softmaxBuffers } from "./buffers.ts";
import { storedTypes } from "./types.ts";
import { cacheCapacity, isWindowed, visibleKeys } from "./window.ts";

const appendThreads = 32;

/**
 * What one token takes over a context of `length` keys. The newest stands in the last row of the cache in decode, or where `position` says with a window. In generate a
 * counter on the GPU says where: two slots of `positions`, each read by one step and written by the next, keep every step free of races. The first step (append, or split
 * where that appends) reads slot 0 and writes slot 1, combine reads slot 1 and writes slot 0.
 */
const tokenSteps = (shape: Shape, tiles: Tiles): ((length: number) => readonly Step[]) => {
  const appends = canAppend(shape, tiles);
  const { split, combine } = attendSteps(shape, tiles, { names: ["kCache", "vCache"], dtype: shape.kvDtype, appends });
  const first = appends ? [] : [appendStep(shape)];
  const last = isDirect(shape, tiles) ? [] : [combine];
  return (length) => [...first, split(length), ...last];
};

/** The newest row by itself, where several workgroups read it. */
const appendStep = (shape: Shape): Step => {
  const { batch, kvHeads, headDim, headDimV } = shape;
  return tokenStep(shape, {
    label: "append",
    ...storing(append, storedTypes(shape)),
    constants: { KV_HEADS: kvHeads, THREADS: appendThreads, ...ringConstants(shape) },
    bindings: ["k", "v", "kCache", "vCache", ...(isWindowed(shape) && shape.phase === "decode" ? ["position"] : [])],
    workgroups: [Math.ceil((kvHeads * Math.max(headDim, headDimV)) / 4 / appendThreads), batch, 1],
  });
};

/** One token with n of context: one step where one split is all of it, two where splits are joined. Its row is written anew by every repetition, so nothing drifts. */
export const decodePlan = (shape: Shape, tiles: Tiles): Plan => ({
  buffers: softmaxBuffers(shape, "split", tiles),
  setup: [],
  steps: tokenSteps(shape, tiles)(cacheCapacity(shape)),
});

/** A text of n tokens from none: few distinct steps, n times, and one that sets the position back. */
export const generatePlan = (shape: Shape, tiles: Tiles): Plan => {
  const steps = tokenSteps(shape, tiles);
  return {
    buffers: softmaxBuffers(shape, "split", tiles),
    setup: [],
    steps: [restartStep, ...Array.from({ length: shape.n }, (_, t) => steps(visibleKeys(shape, t + 1))).flat()],
  };
};
