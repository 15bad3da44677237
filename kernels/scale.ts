import type { Shape } from "./mechanism.ts";

/** What q·k, or the readout of a state, is multiplied by: 1/√headDim unless the shape says otherwise. */
export const scaleOf = ({ scale, headDim }: Pick<Shape, "scale" | "headDim">): number => scale ?? 1 / Math.sqrt(headDim);
