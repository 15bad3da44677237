/**
 * A GPU lowers its clock when it has had little to do, and raises it only after a stretch of work. On an H100, after 0.6 s of work: FMA as fast as before
 * after 1.6 s of rest, 5.7 times slower after 3 s, and for the first 0.27 s of work then; and a few ms of work every 100 ms, as when cells are verified
 * one after the other, let the clock fall within 2 s.
 */
export interface GpuRest {
  /** Counts `ms` of work that has just ended. */
  worked(ms: number): void;
  /** Has it had so little to do that its clock may have fallen? */
  isRested(): boolean;
}

/** Work counts less and less: a third after this long. */
const memoryMs = 1000;
/** Less work than this, counted so, may let the clock fall: 1.2 s after a stretch of `wakeMs`. */
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
