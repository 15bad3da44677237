/**
 * A GPU lowers its clock when it has had little to do, and raises it only after a stretch of work. An H200 goes from 1,980 MHz down to 700 about a second after the last stretch, though each
 * tenth of a second brings it a few ms of work, as when cells are verified one after the other, and is back 0.2 to 0.3 s after work begins; an H100 took 1.6 to 3 s, and 0.27 s back.
 */
export interface GpuRest {
  /** Counts `ms` of work that has just ended. */
  worked(ms: number): void;
  /** Has it had so little to do that its clock may have fallen? */
  isRested(): boolean;
}

/** Work counts less and less: a third after this long. */
const memoryMs = 600;
/** Less work than this, counted so, may let the clock fall: 0.8 s after a stretch of `wakeMs`. */
const enoughMs = 100;
/** A stretch of work that raises it. */
export const wakeMs = 400;

export const createGpuRest = (now: () => number): GpuRest => {
  let counted = 0;
  let at = now();
  const left = (): number => counted * Math.exp(-(now() - at) / memoryMs);
  return {
    worked(ms) {
      counted = left() + ms;
      at = now();
    },
    isRested: () => left() < enoughMs,
  };
};
