import { feedForwardWeights } from "../../../kernels/model/modelShape.ts";
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
  const [norm, project] = [stageCost(cell, "norm"), stageCost(cell, "project")];
  if (!cell.model || !norm || !project) return undefined;
  return sumOf(cell.model, (norm.leastBytes + project.leastBytes) / elementBytes[cell.dtype]);
};

/** Of a published model at its full size, with softmax in all layers. */
export const presetWeights = ({ model, heads, kvHeads, headDim }: Preset): Weights => {
  const { width, layers } = model;
  return sumOf(model, layers * (2 * width + 2 * width * (heads + kvHeads) * headDim));
};

/** n at which softmax attention takes as many multiply-adds of one token of a published model as all weights that the token uses do. */
export const evenWithWeights = ({ model, heads, kvHeads, headDim }: Preset): number => {
  const { width, layers, vocab } = model;
  const ofLayer = 2 * width * (heads + kvHeads) * headDim + feedForwardWeights(width, model.feedForward).active;
  // Each position is one product with a key and one with a value, in every head; the embedding is looked up.
  return (layers * ofLayer + vocab * width) / (layers * 2 * heads * headDim);
};

const sumOf = ({ width, layers, vocab, tied, feedForward: shape }: Preset["model"], mixers: number): Weights => {
  const { all, active } = feedForwardWeights(width, shape);
  const vocabulary = vocab * width * (tied ? 1 : 2);
  // Before the classifier stands one more norm.
  return { all: vocabulary + width + mixers + layers * all, feedForward: layers * all, feedForwardActive: layers * active, vocabulary };
};
