import type { Mechanism, Shape } from "./mechanism.ts";

/** For tests: two heads of 32 channels of one text, all in f32, parameters as they are by default. */
export const smallShape = ({ parameters }: Pick<Mechanism, "parameters">): Omit<Shape, "phase" | "n"> => ({
  batch: 1,
  heads: 2,
  kvHeads: 2,
  headDim: 32,
  headDimV: 32,
  dModel: 64,
  dtype: "f32",
  kvDtype: "f32",
  stateDtype: "f32",
  parameters: Object.fromEntries(Object.entries(parameters).map(([name, parameter]) => [name, parameter.default])),
});
