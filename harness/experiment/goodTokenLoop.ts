/** For tests: an experiment of phase tokenLoop with nothing wrong in it. */
export const goodTokenLoop = `name: tokenLoop
phase: tokenLoop
model: { preset: llama3-8b, scale: 0.125 }
mechanisms:
  - { use: softmax, form: recompute, label: no cache }
  - softmax
  - linear
  - { use: gatedDeltaNet, pattern: { gatedDeltaNet: 3, softmax: 1 }, label: hybrid }
axes: { n: [64, 128] }
`;
