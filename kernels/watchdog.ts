import type { Capabilities } from "./mechanism.ts";

/**
 * How much one dispatch is given at most. Systems reset a GPU that works on one thing for too long, and every cell after that is lost: Windows where a command buffer
 * neither ends nor gives way within 2 s of being asked to (learn.microsoft.com, "Timeout detection and recovery"), Linux on AMD where one takes 10 s (amdgpu's lockup_timeout). Where a GPU gives way,
 * between dispatches or within one, is its driver's to say, and Linux counts all of a buffer whether it would or not. So what takes long is several dispatches, and each of them a submit of its own
 * (Plan.submits).
 *
 * So a dispatch is given what takes a second: of kernels that run at a tenth of the multiply-adds that the device was measured to do. Its rate has to be known, for a part must not be too short either: its last
 * workgroups leave units idle, and what takes a slow GPU a second is fewer workgroups than a fast one has units.
 */
const longestSeconds = 1;
const leastShare = 0.1;

/** Operations a second of kernels that mostly wait on the slowest GPUs that run WebGPU: what is counted on where none were measured. */
const leastRate = 2e10;

/** Operations a second that a kernel is counted on to do; of a CPU emulation, which nobody resets, all that it is asked for. */
const rateOf = ({ flopsPerSecond, software }: Rated): number => {
  if (flopsPerSecond !== undefined) return leastShare * flopsPerSecond;
  return software ? Number.POSITIVE_INFINITY : leastRate;
};

type Rated = Pick<Capabilities, "flopsPerSecond" | "software">;

/** Operations of one submit at most, where many threads share them; no end of them on a CPU emulation. */
const mostFlops = (device: Rated): number => Math.floor(longestSeconds * rateOf(device));

/** What a variant says of work that is too long for one submit: operations that each has at most. Nothing where one is enough for `flops` operations. */
export const parting = (flops: number, device: Rated): { readonly partFlops?: number } => {
  const partFlops = mostFlops(device);
  return flops > partFlops ? { partFlops } : {};
};

/** Names of tiles that say how work is parted: of a shape and a device, alike in all of its variants. */
export const partNames: ReadonlySet<string> = new Set(["partFlops", "partTokens", "partChunks"]);

/** A turn of a loop that each thread goes through alone waits for memory, 10 µs at worst, however little it computes. */
const leastTurnSeconds = 1e-5;

/** Turns of one dispatch where `turns` of `flops` operations each, over all heads, follow one another: all of them where they may, else as even a part of them as can be. */
export const turnsAtOnce = (turns: number, flops: number, device: Rated): number => {
  const rate = rateOf(device);
  if (rate === Number.POSITIVE_INFINITY) return turns;
  const most = Math.max(1, Math.floor(longestSeconds / Math.max(leastTurnSeconds, flops / rate)));
  return Math.ceil(turns / Math.ceil(turns / most));
};
