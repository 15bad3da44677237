import { testInParts } from "./partsTests.ts";

// Each way of parting once; kernelsInParts.matrix.test.ts has every mechanism's.
await testInParts({ loops: ["linear", "kda"], delta: ["gatedDeltaNet"], byWorkgroups: ["softmax", "linear"], layouts: [[1, 4, 2]] });
