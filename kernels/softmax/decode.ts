import type { Plan, Shape, Step, Tiles } from "../mechanism.ts";
import { storing } from "../storage.ts";
import append from "./append.wgsl";
import { type AttendSteps, attendSteps, restartStep, tokenStep } from "./attend.ts";
import { softmaxBuffers } from "./buffers.ts";
import { storedTypes } from "./types.ts";
import { cacheCapacity, isWindowed, visibleKeys, windowOf } from "./window.ts";

const appendThreads = 32;

/**
 * The newest token stands in the last row of the cache in decode, or where `position` says with a window. In generate a counter on the GPU says
 * where: two slots of `positions`, each read by one step and written by the next, keep every step free of races. append reads slot 0 and writes
 * slot 1, split reads slot 1, combine reads slot 1 and writes slot 0.
 */
const tokenSteps = (shape: Shape, tiles: Tiles): AttendSteps & { readonly append: Step } => {
  const { batch, kvHeads, headDim, headDimV } = shape;
  const windowed = isWindowed(shape);
  const { window, sinks } = windowOf(shape);
  return {
    append: tokenStep(shape, {
      label: "append",
      ...storing(append, storedTypes(shape)),
      constants: { KV_HEADS: kvHeads, THREADS: appendThreads, WINDOWED: windowed, ...(windowed ? { WINDOW: window, SINKS: sinks } : {}) },
      bindings: ["k", "v", "kCache", "vCache", ...(windowed && shape.phase === "decode" ? ["position"] : [])],
      workgroups: [Math.ceil((kvHeads * Math.max(headDim, headDimV)) / 4 / appendThreads), batch, 1],
    }),
    ...attendSteps(shape, tiles, { names: ["kCache", "vCache"], dtype: shape.kvDtype }),
  };
};

/** One token with n of context. Its row is written anew by every repetition, so nothing drifts. */
export const decodePlan = (shape: Shape, tiles: Tiles): Plan => {
  const steps = tokenSteps(shape, tiles);
  return { buffers: softmaxBuffers(shape, "split", tiles), setup: [], steps: [steps.append, steps.split(cacheCapacity(shape)), steps.combine] };
};

/** A text of n tokens from none: 3 n steps of few distinct kinds, and one that sets the position back. */
export const generatePlan = (shape: Shape, tiles: Tiles): Plan => {
  const steps = tokenSteps(shape, tiles);
  const tokens = Array.from({ length: shape.n }, (_, t) => [steps.append, steps.split(visibleKeys(shape, t + 1)), steps.combine]);
  return {
    buffers: softmaxBuffers(shape, "split", tiles),
    setup: [],
    steps: [restartStep, ...tokens.flat()],
  };
};
