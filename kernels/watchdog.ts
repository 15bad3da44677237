/**
 * How much one dispatch is given at most. Systems reset a GPU that works on one thing for too long, and every cell after that is lost: Windows where a command buffer
 * neither ends nor gives way within 2 s of being asked to (learn.microsoft.com, "Timeout detection and recovery"), Linux on AMD where one takes 10 s (amdgpu's lockup_timeout). Where a GPU gives way,
 * between dispatches or within one, is its driver's to say, and Linux counts all of a buffer whether it would or not. So what takes long is several dispatches, and each of them a submit of its own
 * (Plan.submits).
 *
 * How fast a device is, no plan knows: a low bound is taken of the slowest GPUs that run WebGPU, 20 GFLOP/s of kernels that mostly wait, which is a second a dispatch. On a fast one the same takes a
 * few milliseconds, beside which a dispatch more does not count.
 */
const mostDispatchFlops = 2e10;

/** A turn of a loop that each thread goes through alone waits for memory, 10 µs at worst, however little it computes: so many operations go by meanwhile. */
const leastTurnFlops = 2e5;

/** Turns of one dispatch where `turns` of `flops` operations each, over all heads, follow one another: all of them where they may, else as even a part of them as can be. */
export const turnsAtOnce = (turns: number, flops: number): number => {
  const most = Math.max(1, Math.floor(mostDispatchFlops / Math.max(leastTurnFlops, flops)));
  return Math.ceil(turns / Math.ceil(turns / most));
};
