import { mean, studentRatio } from "./statistics.ts";

/**
 * How log times of visits differ, taken apart by one-way analysis of variance: between workers, and of turns within a worker. Sums over cells that are alike pool:
 * three workers tell little of one cell, and much of the nine cells of a curve.
 */
export interface Noise {
  /** sums of squares, and the degrees of freedom that each has */
  readonly between: number;
  readonly betweenFreedom: number;
  readonly within: number;
  readonly withinFreedom: number;
  /** what the variance between workers is multiplied by in the expectation of `between`: N − Σn²/N of visits n a worker, N in all */
  readonly betweenWeight: number;
}

/** `logs[w][t]`: log of the median time of worker w's t-th visit. */
export const noiseOf = (logs: readonly (readonly number[])[]): Noise => {
  const all = logs.flat();
  const grand = mean(all);
  let between = 0;
  let within = 0;
  for (const group of logs) {
    const centre = mean(group);
    between += group.length * (centre - grand) ** 2;
    for (const value of group) within += (value - centre) ** 2;
  }
  const visits = logs.map((group) => group.length);
  return { between, betweenFreedom: logs.length - 1, within, withinFreedom: all.length - logs.length, betweenWeight: all.length * (1 - evenness(visits)) };
};

/** Σn²/N² of visits n a worker, N in all: 1 over the number of workers where all have as many, and more where not. */
const evenness = (visits: readonly number[]): number => {
  const all = visits.reduce((sum, count) => sum + count, 0);
  return all > 0 ? visits.reduce((sum, count) => sum + (count / all) ** 2, 0) : 1;
};

export const pooledNoise = (noises: readonly Noise[]): Noise =>
  noises.reduce(
    (sum, one) => ({
      between: sum.between + one.between,
      betweenFreedom: sum.betweenFreedom + one.betweenFreedom,
      within: sum.within + one.within,
      withinFreedom: sum.withinFreedom + one.withinFreedom,
      betweenWeight: sum.betweenWeight + one.betweenWeight,
    }),
    { between: 0, betweenFreedom: 0, within: 0, withinFreedom: 0, betweenWeight: 0 },
  );

export interface Widening {
  /** what the deviations of a bootstrap over workers and their turns are to be multiplied by, for what drawing few units does not show */
  readonly shown: number;
  /** degrees of freedom of what then is their variance */
  readonly freedom: number;
}

/** How far the mean of visits is off, by the components of variance that `noise` tells. */
export interface MeanError {
  /** variance of the mean of all visits */
  readonly variance: number;
  /** of it what a bootstrap shows on average, which draws workers and then turns of each */
  readonly drawn: number;
  readonly freedom: number;
}

/**
 * Whether workers differ by more than their turns: their mean square is so much above that of turns as happens to a quarter of equal ones, the level at which pooling keeps an
 * interval honest (Bancroft 1964, Biometrics 20).
 */
export const workersDiffer = ({ between, betweenFreedom, within, withinFreedom }: Noise): boolean =>
  betweenFreedom > 0 && (withinFreedom < 1 || between / betweenFreedom > (within / withinFreedom) * (1 + 0.9 / Math.sqrt(betweenFreedom)));

/** Of `visits[w]` visits of worker w. Workers with more visits weigh more, so the mean square between them, over all visits, is not the variance of the mean unless all have as many. */
export const meanErrorOf = (visits: readonly number[], noise: Noise): MeanError => {
  const { between, betweenFreedom, within, withinFreedom, betweenWeight } = noise;
  const all = visits.reduce((sum, count) => sum + count, 0);
  const ofTurns = withinFreedom > 0 ? within / withinFreedom : 0;
  const differ = workersDiffer(noise);
  const freedom = differ ? betweenFreedom : betweenFreedom + withinFreedom;
  const turn = differ ? ofTurns : (between + within) / Math.max(1, freedom);
  const worker = differ ? Math.max(0, between - betweenFreedom * ofTurns) / betweenWeight : 0;
  const even = evenness(visits);
  // Of one worker's mean about that of all: its own variance less what it has in common with their mean.
  const shown = visits.reduce((sum, count) => {
    const share = count / all;
    return sum + share ** 2 * (worker * (1 - 2 * share + even) + turn * (1 / count - 1 / all));
  }, 0);
  return { variance: worker * even + turn / all, drawn: shown + (turn * (all - visits.length)) / all ** 2, freedom };
};

/**
 * Drawing u units with replacement shows (u − 1)/u of their variance; drawing workers and then turns of each shows what turns do twice where workers do not
 * differ. Both are put right by the components of variance.
 */
export const wideningOf = (visits: readonly number[], noise: Noise): Widening => {
  if (visits.reduce((sum, count) => sum + count, 0) < 2) return { shown: 1, freedom: 0 };
  const { variance, drawn, freedom } = meanErrorOf(visits, noise);
  return { shown: drawn > 0 ? Math.sqrt(variance / drawn) : 1, freedom };
};

/** What multiplies deviations so that their central 95 % is an interval of Student's t. */
export const studentWidening = ({ shown, freedom }: Widening): number => shown * studentRatio(freedom);

/**
 * Standard deviations of cells that are alike, each known by `freedom` degrees of freedom, drawn towards what they have in common as far as they do not differ by
 * more than chance: empirical Bayes on their logarithms (Smyth 2004, Stat. Appl. Genet. Mol. Biol. 3, art. 3). Returns them with the degrees of freedom that each then has.
 */
export const sharedDeviations = (deviations: readonly number[], freedom: number): { readonly deviations: readonly number[]; readonly freedom: number } => {
  const known = deviations.filter((value) => value > 0);
  if (known.length < 3 || freedom < 1) return { deviations, freedom };
  const logs = known.map((value) => 2 * Math.log(value));
  const centre = mean(logs);
  const chance = trigamma(freedom / 2);
  const excess = logs.reduce((sum, value) => sum + (value - centre) ** 2, 0) / (logs.length - 1) - chance;
  const prior = excess > 0 ? 2 * trigammaInverse(excess) : Number.POSITIVE_INFINITY;
  const most = known.length * freedom;
  const common = known.reduce((sum, value) => sum + value ** 2, 0) / known.length;
  const weight = Math.min(prior, most) / (Math.min(prior, most) + freedom);
  const weightOfCommon = Number.isFinite(prior) ? weight : 1;
  return {
    deviations: deviations.map((value) => Math.sqrt(weightOfCommon * common + (1 - weightOfCommon) * value ** 2)),
    freedom: Math.min(most, prior + freedom),
  };
};

/** ψ′(x) for x ≥ ½, by its recurrence and the first terms of its asymptotic series. */
const trigamma = (x: number): number => {
  let sum = 0;
  let at = x;
  for (; at < 6; at++) sum += 1 / at ** 2;
  return sum + 1 / at + 1 / (2 * at ** 2) + 1 / (6 * at ** 3) - 1 / (30 * at ** 5);
};

/** x with ψ′(x) = y > 0, by bisection of its logarithm. */
const trigammaInverse = (y: number): number => {
  let [low, high] = [Math.log(0.25), Math.log(1e4)];
  for (let step = 0; step < 40; step++) {
    const middle = (low + high) / 2;
    if (trigamma(Math.exp(middle)) > y) low = middle;
    else high = middle;
  }
  return Math.exp(low);
};
