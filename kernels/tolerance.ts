import type { Shape } from "./mechanism.ts";

/** of f32, in which all arithmetic is */
const unitRoundoff = 2 ** -24;

/**
 * The largest error that the arithmetic of a right kernel may show, relative to a row's size: its RMS, or the one it would have if its terms did not cancel. A sum of m rounded terms errs by about u·√m (random walk of
 * rounding errors, Higham, Accuracy and Stability, §2.8), m = n + headDim; 16 covers exp, division, the row maximum over headDim
 * values and the state's longer chains.
 */
export const tolerance = (shape: Pick<Shape, "n" | "headDim">, rounding = 0): number => 16 * unitRoundoff * (Math.sqrt(shape.n + shape.headDim) + rounding);
