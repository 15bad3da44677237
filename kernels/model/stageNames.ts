/** Parts of a token's way through a model, timed by themselves, in the order in which it meets them, with their names in words. */
export const stageWords = {
  embed: "embedding",
  norm: "norms",
  project: "input projections",
  rotate: "rotary positions",
  mix: "attention",
  output: "output projections",
  route: "router",
  feedForward: "feed-forward",
  classify: "classifier",
  sample: "sampling",
} as const;

export type StageName = keyof typeof stageWords;

/** The stage that depends on how tokens are mixed; all others are the same for every arm but for their projections. */
export const mixing: StageName = "mix";
