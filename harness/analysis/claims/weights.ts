import { feedForwardTotals } from "../../../kernels/model/modelShape.ts";
import type { Preset } from "../../../kernels/model/presets.ts";
import { elementBytes } from "../../../kernels/plan.ts";
import type { CellRecord } from "../../record/run.ts";
import { stageCost } from "./stage.ts";

/** How many weights a model has. */
export interface Weights {
  readonly all: number;
  /** of all feed-forward networks, every expert among them */
  readonly feedForward: number;
  /** that one token uses of them */
  readonly feedForwardActive: number;
  /** the embedding table, and the classifier where it is another */
  readonly vocabulary: number;
}

/** Of a measured cell's model, by the bytes that its stages read: all weights but those of experts that no token chose, which the shape tells. */
export const weightsOf = (cell: CellRecord): Weights | undefined => {
  const [norm, project, output] = [stageCost(cell, "norm"), stageCost(cell, "project"), stageCost(cell, "output")];
  if (!cell.model || !norm || !project) return undefined;
  const read = (norm.leastBytes + project.leastBytes + (output?.leastBytes ?? 0)) / elementBytes[cell.dtype];
  // Runs of before had the output's projections among the others, and the last norm with the classifier.
  return sumOf(cell.model, output ? read - cell.model.width : read);
};

/** Of a published model at its full size, with softmax in all layers. */
export const presetWeights = ({ model, heads, kvHeads, headDim }: Preset): Weights => {
  const { width, layers } = model;
  return sumOf(model, layers * (2 * width + width * (2 * (heads + kvHeads) + gatedHeads(model, heads)) * headDim));
};

/** Heads whose output a projection of their own weighs. */
const gatedHeads = ({ outputGate }: Preset["model"], heads: number): number => (outputGate === "all" ? heads : 0);

/** Weights that one token of a published model is multiplied with, with softmax in all layers; its embedding is looked up. */
const multiplied = ({ model, heads, kvHeads, headDim }: Preset): number =>
  model.layers * model.width * (2 * (heads + kvHeads) + gatedHeads(model, heads)) * headDim + feedForwardTotals(model).active + model.vocab * model.width;

/** n at which softmax attention takes as many multiply-adds of one token of a published model as all weights that the token uses do: each position is one product with a key and one with a value, in every head. */
export const evenWithWeights = (preset: Preset): number => multiplied(preset) / (preset.model.layers * 2 * preset.heads * preset.headDim);

/** n at which the keys and values that one token of a published model reads are as many numbers as the weights that it reads. */
export const evenReads = (preset: Preset): number => multiplied(preset) / (preset.model.layers * 2 * preset.kvHeads * preset.headDim);

const sumOf = (model: Preset["model"], mixers: number): Weights => {
  const { all, active } = feedForwardTotals(model);
  const vocabulary = model.vocab * model.width * (model.tied ? 1 : 2);
  // Before the classifier stands one more norm.
  return { all: vocabulary + model.width + mixers + all, feedForward: all, feedForwardActive: active, vocabulary };
};
