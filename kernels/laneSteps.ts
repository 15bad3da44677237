import type { Step } from "./mechanism.ts";

/**
 * Subgroups of so many lanes, as SwiftShader's: there a broadcast from a lane known beforehand is much cheaper than a shuffle. On lavapipe's eight the longer program is the slower one (README). Kernels
 * rely on the number where UNROLLED takes four channels, which are then all the lanes.
 */
const unrolledLanes = 4;

/** How a kernel goes through the lanes of a subgroup, one after another: UNROLLED, STEPS lanes at a time, each known to the compiler, or in a loop. `lanes`: of the subgroup. */
export const laneSteps = (lanes: number): Step["constants"] => {
  const unrolled = lanes === unrolledLanes;
  return { UNROLLED: unrolled, STEPS: unrolled ? lanes : 1 };
};
