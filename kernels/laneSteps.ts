import type { Step } from "./mechanism.ts";

/** On SwiftShader (subgroups of 4) a broadcast from a lane known beforehand is much cheaper than a shuffle; on lavapipe (8) the longer program is the slower one. */
const mostUnrolled = 4;

/** How a kernel goes through the lanes of a subgroup, one after another: UNROLLED, STEPS lanes at a time, each known to the compiler, or in a loop. `lanes`: of the subgroup. */
export const laneSteps = (lanes: number): Step["constants"] => {
  const unrolled = lanes <= mostUnrolled;
  return { UNROLLED: unrolled, STEPS: unrolled ? lanes : 1 };
};
