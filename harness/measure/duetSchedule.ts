/** How a duet lays out its time. Pure. */

/** Pairs of processes: fewer do not show how much times differ from process to process, which no number of turns averages away; of more, each has too little time (npm run proof -- --gate). */
export const leastPairs = 3;
const mostPairs = 20;
/** Share of a duet's time that may go into preparing, beyond what three pairs need. */
const shareForPreparing = 0.5;
/** Turns that a pair of processes makes at least, in both orders equally often. */
const leastTurnsOfPair = 4;
const mostSamples = 8;
/**
 * A visit's passes take no longer than that together, or are one, so that the other side's come soon after: what slows a machine for some 10 ms then slows both, and is not in their ratio. On a CPU
 * emulation that is most of what times move by.
 */
const longestVisitMs = 10;

export interface DuetPlan {
  /** pairs of processes, each with an equal share of the time */
  readonly pairs: number;
  /** in each visit */
  readonly samples: number;
}

/** `restMs`: of the whole duet; `prepareMs`: what starting one pair of processes and preparing all cells in it takes; `turnMs`: one sample of every cell in both; `passMs`: the shortest pass. */
export const duetPlan = (restMs: number, prepareMs: number, turnMs: number, passMs: number): DuetPlan => {
  const affordable = Math.floor((shareForPreparing * restMs) / Math.max(prepareMs, 1e-6));
  const pairs = Math.max(leastPairs, Math.min(mostPairs, affordable));
  // The first pair is prepared already.
  const ofPair = Math.max(0, (restMs - (pairs - 1) * prepareMs) / pairs);
  const timely = Math.min(mostSamples, Math.floor(longestVisitMs / passMs));
  return { pairs, samples: Math.max(1, Math.min(timely, Math.floor(ofPair / leastTurnsOfPair / Math.max(turnMs, 1e-6)))) };
};

/** Base first in every second turn, so that over two turns what goes on getting slower or faster weighs on both alike: base, head, head, base. */
export const isBaseFirst = (turn: number): boolean => turn % 2 === 1;
