import { testInParts } from "./partsTests.ts";

const linear = ["linear", "retention", "gated", "gla", "deltaNet", "gatedDeltaNet", "kda"];

// By workgroups linear and kda, which together have every step that the family has.
await testInParts({
  loops: linear,
  delta: ["deltaNet", "gatedDeltaNet", "kda"],
  byWorkgroups: ["softmax", "softmaxNoCache", "linear", "kda"],
  layouts: [
    [2, 3, 3],
    [1, 4, 2],
  ],
});
