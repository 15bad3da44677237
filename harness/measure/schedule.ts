import { uniformStream } from "../../kernels/random.ts";

/** How a run is laid out in turns, workers and passes. Pure. */

/** Turns that a run makes where time allows; precision is looked at from here on, every `turnsBetweenLooks`. */
export const leastTurns = 10;
export const turnsBetweenLooks = 5;
/** A fresh worker takes over at turns 4, 8, 16, 24, …: process-to-process variance is part of the data, at least 3 workers in 10 turns. */
export const startsWorker = (turn: number): boolean => turn === 4 || (turn > 0 && turn % turnsOfWorker === 0);
/** A run whose time is short keeps to fewer restarts: they cost compiling and verifying anew; a larger share where its turns take little, as on a GPU. */
const shareForRestarts = 0.4;
const shareWithTurns = 0.6;
/** Turns until the next worker, but for the first ones. */
const turnsOfWorker = 8;

/** Order of a turn: turn 0 as planned (n ascending: it calibrates and censors), later ones shuffled by Fisher and Yates with the seed. */
export const turnOrder = <T>(cells: readonly T[], turn: number, seed: number): T[] => {
  const order = [...cells];
  if (turn === 0) return order;
  const uniform = uniformStream(seed, `turn ${turn}`);
  for (let i = order.length - 1; i > 0; i--) {
    const j = Math.floor(uniform() * (i + 1));
    [order[i], order[j]] = [order[j] as T, order[i] as T];
  }
  return order;
};

export interface Timer {
  readonly stepNs: number;
  readonly software: boolean;
  /** A peer runs beside ours, and wall times are compared: submitting and waiting must be little of a pass. */
  readonly besidePeer?: boolean;
}

const passesBesidePeer = 10;

const mostRepetitions = 1 << 14;

/** Shortest pass worth timing: 100 timer steps, and 10 ms on a CPU emulation (where noise is in ms) or 1 ms on hardware; ten times that beside a peer. */
export const shortestPassMs = ({ stepNs, software, besidePeer }: Timer): number =>
  Math.max((100 * stepNs) / 1e6, (software ? 10 : 1) * (besidePeer ? passesBesidePeer : 1));

/** An estimate is of few samples: a pass is planned this much longer than it must be. */
const reserve = 1.25;

/** Repetitions in a pass, or undefined where no pass gets long enough: the cell is below the clock's resolution. */
export const repetitions = (estimateMs: number, timer: Timer): number | undefined => {
  const wanted = Math.ceil((reserve * shortestPassMs(timer)) / Math.max(estimateMs, 1e-9));
  if (wanted <= mostRepetitions) return Math.max(1, wanted);
  return estimateMs * mostRepetitions >= (100 * timer.stepNs) / 1e6 ? mostRepetitions : undefined;
};

const mostSamples = 8;
const wantedTurns = 24;

/**
 * Samples in each visit so that 24 turns fit into what is left: at least 1, at most 8. `turnMs` is one sample of every cell. On a busy machine turns
 * differ more than the samples of one visit, so many short visits say more than few long ones.
 */
export const samplesPerVisit = (turnMs: number, restMs: number): number =>
  Math.max(1, Math.min(mostSamples, Math.floor(restMs / (wantedTurns - 1) / Math.max(turnMs, 1e-6))));

/** Whether a restart that costs `prepareMs` may be afforded with `restMs` left, where a turn takes `turnMs`. */
export const affordsRestart = (prepareMs: number, restMs: number, turnMs: number): boolean =>
  prepareMs < shareForRestarts * restMs || prepareMs + turnsOfWorker * turnMs < shareWithTurns * restMs;

/**
 * Time of a larger n from the times of one curve: the last step's growth goes on, but not below the claim's order.
 * `points` ascending in n; undefined without any.
 */
export const predictMs = (points: readonly { readonly n: number; readonly ms: number }[], n: number, claimOrder: number): number | undefined => {
  const last = points.at(-1);
  if (!last) return undefined;
  const before = points.at(-2);
  const seen = before && before.ms > 0 && last.n > before.n ? Math.log(last.ms / before.ms) / Math.log(last.n / before.n) : claimOrder;
  return last.ms * (n / last.n) ** Math.max(0, Math.min(3, Math.max(seen, last.n > 4096 ? claimOrder : 0)));
};
