import { uniformStream } from "../../kernels/random.ts";
import { median } from "../analysis/statistics.ts";

/** How a run is laid out in turns, workers and passes. Pure. */

/** Turns that a run makes where time allows; precision is looked at from here on, every `turnsBetweenLooks`. */
export const leastTurns = 10;
export const turnsBetweenLooks = 5;
/** A fresh worker takes over at turns 4, 8, 16, 24, …: process-to-process variance is part of the data, at least 3 workers in 10 turns. */
export const startsWorker = (turn: number): boolean => turn === 4 || (turn > 0 && turn % turnsOfWorker === 0);
/** A run whose time is short keeps to fewer restarts: they cost compiling and verifying anew; a larger share where its turns take little, as on a GPU. */
const shareForRestarts = 0.4;
const shareWithTurns = 0.6;
/** Of three workers each tells something of how processes differ; of two only one difference is known, whose Student's t (12.7, of three 4.3) makes intervals useless. */
const leastWorkers = 3;
const shareForLeast = 0.85;
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
const wantedTurns = 48;

/** What a visit of one cell takes, wall ms: whatever is asked of it, and for every sample. */
export interface VisitCost {
  readonly besideMs: number;
  readonly sampleMs: number;
}

/** How often a cell is timed: in this share of turns, each time with so many samples. */
export interface Allotment {
  readonly share: number;
  readonly samples: number;
}

/** Turns to plan for, from `turn` on. */
export const turnsAhead = (turn: number): number => Math.max(leastTurns, wantedTurns - turn);

/** A cell rests in every second of the first turns at most, later in two of three. */
export const leastShare = (turn: number): number => (turn < leastTurns ? 1 / 2 : 1 / 3);

/**
 * How often cells are timed, by what a sample of each takes (ms), so that a turn takes `turnMs` in the mean: 1 to 8 samples a visit, or a visit in not every turn. On a busy machine turns differ more
 * than the samples of one visit, so many short visits say more than few long ones: time goes into 48 turns first. Cells whose samples take little get more of them, as one over the root of what one
 * takes: of all ways to spend the time that leaves the least sum of squared relative errors, where samples of all cells are equally noisy (Neyman's allocation).
 */
export const allotmentsFor = (costs: readonly VisitCost[], turnMs: number, least: number): ((sampleMs: number) => Allotment) => {
  const allotted =
    (scale: number) =>
    (sampleMs: number): Allotment => {
      const wanted = scale / Math.sqrt(Math.max(sampleMs, 1e-6));
      return { share: Math.max(least, Math.min(1, wanted)), samples: Math.max(1, Math.min(mostSamples, Math.floor(wanted))) };
    };
  const fits = (scale: number): boolean => {
    const of = allotted(scale);
    const takesMs = ({ besideMs, sampleMs }: VisitCost): number => {
      const { share, samples } = of(sampleMs);
      return share * (besideMs + samples * sampleMs);
    };
    return costs.reduce((sum, cost) => sum + takesMs(cost), 0) <= turnMs;
  };
  // Where not even that fits there will be fewer turns; the cheaper half of the cells is in each of them.
  let fitting = Math.sqrt(median(costs.map(({ sampleMs }) => sampleMs)));
  let most = (mostSamples + 1) * Math.sqrt(Math.max(1e-6, ...costs.map(({ sampleMs }) => sampleMs)));
  if (fits(most)) return allotted(most);
  if (!fits(fitting)) return allotted(fitting);
  for (let halved = 0; halved < 40; halved++) {
    const scale = (fitting + most) / 2;
    if (fits(scale)) fitting = scale;
    else most = scale;
  }
  return allotted(fitting);
};

/** Whether a cell that is visited in this share of turns is visited in this one: cells of one share rest in the same turns. */
export const isVisited = (turn: number, share: number): boolean => Math.floor(turn * share + 1e-9) > Math.floor((turn - 1) * share + 1e-9);

/** Whether a restart that costs `prepareMs` may be afforded with `restMs` left, where a turn takes `turnMs` and there were `workers` so far. */
export const affordsRestart = (prepareMs: number, restMs: number, turnMs: number, workers: number): boolean => {
  const withTurnsMs = prepareMs + turnsOfWorker * turnMs;
  // A second one that leaves no time for a third is none to begin.
  const withTurns = workers < leastWorkers ? (leastWorkers - workers) * withTurnsMs < shareForLeast * restMs : withTurnsMs < shareWithTurns * restMs;
  return withTurns || prepareMs < shareForRestarts * restMs;
};

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
