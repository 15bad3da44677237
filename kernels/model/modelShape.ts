import type { FeedForward, ModelShape } from "../mechanism.ts";

/** What a layer's mixer adds to the count: its projections, and gates computed from the token. */
export interface MixerWidths {
  /** channels of q, k, v */
  readonly q: number;
  readonly k: number;
  readonly v: number;
  /** heads that take the same q and k: so many times each of their channels stands there */
  readonly sharing: number;
  /** log decays and betas of a token, 0 without */
  readonly g: number;
  readonly beta: number;
  /** of the mixer's own output */
  readonly o: number;
  /** channels of a head that are normalised after mixing, 0 where they are not */
  readonly outputNorm: number;
  /** channels of that output that a gate of the token weighs: all or none */
  readonly outputGate: number;
}

/** Outputs of the projection to q, k, v and gates. */
export const projectedOutputs = ({ q, k, v, sharing, g, beta, outputGate }: MixerWidths): number => (q + k) / sharing + v + g + beta + outputGate;

export const mixerWeights = (width: number, widths: MixerWidths): number => width * (projectedOutputs(widths) + widths.o) + widths.outputNorm;

/** What a layer has after mixing. */
export const feedForwardOf = ({ feedForward, firstDense }: Pick<ModelShape, "feedForward" | "firstDense">, layer: number): FeedForward =>
  firstDense && layer < firstDense.layers ? { kind: "gated", hidden: firstDense.hidden } : feedForward;

/** Weights of the routers of all layers that have experts. */
export const routerWeights = (model: Pick<ModelShape, "width" | "layers" | "feedForward" | "firstDense">): number =>
  Array.from({ length: model.layers }, (_, layer) => feedForwardOf(model, layer)).reduce(
    (sum, feedForward) => sum + (feedForward.kind === "experts" ? model.width * feedForward.experts : 0),
    0,
  );

/** Counts of weights of the part after mixing, of one layer or of all. */
export interface FeedForwardWeights {
  readonly all: number;
  readonly active: number;
  readonly touched: number;
}

/** Of all layers together; see `feedForwardWeights`. */
export const feedForwardTotals = (model: Pick<ModelShape, "width" | "layers" | "feedForward" | "firstDense">, rows = 1): FeedForwardWeights =>
  Array.from({ length: model.layers }, (_, layer) => feedForwardWeights(model.width, feedForwardOf(model, layer), rows)).reduce((sum, one) => ({
    all: sum.all + one.all,
    active: sum.active + one.active,
    touched: sum.touched + one.touched,
  }));

/**
 * Weights of the part after mixing: all of them, those that one token uses, and those that `rows` tokens use together, each counted once. Which experts tokens choose is not known from a shape: that is the expected
 * number, of choices that are independent and of all experts alike.
 */
export const feedForwardWeights = (width: number, feedForward: FeedForward, rows = 1): FeedForwardWeights => {
  if (feedForward.kind === "experts") {
    const { hidden, experts, active, shared = 0, sharedGate } = feedForward;
    const one = 3 * width * hidden;
    // The router, and what every token goes through.
    const common = width * experts + 3 * width * shared + (sharedGate ? width : 0);
    return { all: common + experts * one, active: common + active * one, touched: common + Math.round(distinctExperts(experts, active, rows) * one) };
  }
  const all = (feedForward.kind === "gelu" ? 2 : 3) * width * feedForward.hidden;
  return { all, active: all, touched: all };
};

/** How many of so many experts are chosen by at least one of `rows` tokens that choose `active` each: an expert is left out by one with probability 1 − active / experts. */
const distinctExperts = (experts: number, active: number, rows: number): number => (rows === 1 ? active : experts * (1 - (1 - active / experts) ** rows));
