/**
 * Waiting for a device without keeping a core busy. Dawn's promises are polled from the event loop as fast as it turns (dawn.node's AsyncRunner
 * schedules itself by setImmediate), which takes a whole core: on a CPU emulation one that the kernels under test need for themselves.
 */

/** Long against a poll (tens of µs), short against a pass (10 ms on a CPU emulation). */
const napMs = 0.5;
const never = new Int32Array(new SharedArrayBuffer(4));

/** Settles as `work` does; until then this thread naps between turns of its event loop, so it notices up to 0.5 ms late. */
export const quietly = async <T>(work: Promise<T>): Promise<T> => {
  let waiting = true;
  const nap = (): void => {
    if (!waiting) return;
    Atomics.wait(never, 0, 0, napMs);
    setImmediate(nap);
  };
  setImmediate(nap);
  try {
    return await work;
  } finally {
    waiting = false;
  }
};
