/** A file that uses every key but zip, for tests: they break one piece of it at a time. */
export const goodExperiment = `name: decode
title: What one more token costs
question: Does the next token cost more, the more came before it?
phase: decode
mechanisms:
  - softmax
  - { use: softmax, label: GQA, kvHeads: 2 }
  - { use: linear, form: recurrent }
axes:
  n: { from: 256, to: 16384, factor: 2 }
  dModel: [256, 512]
fixed: { headDim: 64, batch: 1, dtype: f32 }
exclude: ["n > 4096 and mechanism = naive"]
measure: { precision: 5%, maxTime: 90s, cache: cold, seed: 1 }
expect:
  - linear.time is O(1)
  - crossover(softmax, linear) < 1024
`;
