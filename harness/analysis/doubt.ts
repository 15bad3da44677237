import type { GrowthClass } from "../../kernels/mechanism.ts";
import type { Estimate } from "../record/derived.ts";
import { formatList } from "./format.ts";
import { levellingOff, type PowerLaw, powerLaw } from "./freeCurves.ts";
import { type Curve, cubicMixture, devianceOf, modelError, orders, type Score } from "./laws.ts";
import { median } from "./statistics.ts";

/** What stands in the way of naming the nearest law. */

/** O(1): all growth over the measured range, with its interval, stays below this */
const flatGrowth = 1.1;
/** difference of AICc that decides between two classes; Burnham and Anderson (2002, §2.6) see considerably less support from 4 to 7 on */
const margin = 6;
/** how far the power of x that follows the points as well may lie from that of a law that is told: a little of a lower term makes as much of it */
const nearPower = 0.15;
/** so many values must have risen clearly above the smallest one's: what grows at the last one or two is any law's */
const leastRisen = 3;
/** share of resamples in which the same class must win */
const agreeing = 0.95;
// Exponent, at the largest x, of what comes on top of the fixed cost: 1 is linear, 2 quadratic. 1.75: the quadratic part is three times the linear.
const linearAtMost = 1.2;
const quadraticAtLeast = 1.75;
const quadraticAtMost = 2.2;

/**
 * Flat is what grows by less than `flatGrowth`, whatever a criterion makes of few points. A mixture of linear and quadratic parts is no rival where its own exponent tells which part it is made of: the interval of the exponent decides
 * between the two then, as it bounds what the other part may be, and not a criterion that counts parameters.
 */
export const isExcluded = (score: Score, growth: Estimate, growing: Estimate): boolean =>
  (score.class === "O(1)" && growth.low > flatGrowth) ||
  (score.class === "O(n²)" && growing.high <= linearAtMost) ||
  (score.class === "O(n)" && growing.low >= quadraticAtLeast);

/** What a decision rests on. */
export interface Evidence {
  readonly xs: readonly number[];
  readonly ys: readonly number[];
  /** classes that an answer may name */
  readonly named: readonly GrowthClass[];
  /** see Telling */
  readonly nearPower: number;
  readonly curve: Curve;
  /** best first */
  readonly scores: readonly Score[];
  readonly allowedMisfit: number;
  /** by how much points lie off every law, beyond their noise; 0 where noise explains it */
  readonly off: number;
  /** fitted y at the largest x over that at the smallest */
  readonly growth: Estimate;
  /** exponent at the largest x of what comes on top of t0 */
  readonly growing: Estimate;
  /** share of resamples in which each class wins */
  readonly support: ReadonlyMap<GrowthClass, number>;
}

export interface Doubt {
  readonly reason: string;
  /** classes that are left */
  readonly candidates: readonly GrowthClass[];
  /** the nearest law does not follow the points */
  readonly misfit: boolean;
  /** y gets smaller as x grows */
  readonly falls?: true;
  /** the points follow a power of x that is none of the laws, and none of these as well */
  readonly power?: PowerLaw;
}

export const isFlat = ({ growth, scores, allowedMisfit }: Evidence): boolean => {
  const flat = scores.find((score) => score.class === "O(1)");
  return growth.high <= flatGrowth && flat !== undefined && flat.rms <= allowedMisfit;
};

/** Why the best law cannot be named, and which are left. Undefined if it can. */
export const doubtOf = (evidence: Evidence): Doubt | undefined => {
  const { scores, xs, ys } = evidence;
  const [winner, ...others] = scores;
  if (!winner) return unknown("too few values");
  if (falls(xs, ys)) return { ...unknown("they fall as a whole, which no law of growth does"), falls: true };
  const power = powerLaw(xs, ys);
  const leastDeviance = Math.min(...scores.map(({ deviance }) => deviance));
  if (power.deviance + margin < leastDeviance && (hasLog(winner) || isOffOrder(power, winner, evidence.nearPower)))
    return { ...unknown(`they grow like a power of ${told(power)}, which is none of the laws`), power };
  return (
    unfollowed(winner, evidence) ??
    rivalled(winner, others, evidence) ??
    unsettled(winner, evidence) ??
    mixed(winner, evidence) ??
    barelyRisen(ys) ??
    nowhereSteep(winner, evidence) ??
    levelling(winner, evidence) ??
    (isOffOrder(power, winner, nearPower) && power.deviance < winner.deviance + margin
      ? unknown(`a power of ${told(power)} follows them as well as ${winner.class}`)
      : undefined)
  );
};

const unknown = (reason: string, misfit = false): Doubt => ({ reason, candidates: [], misfit });

/** Of laws that the points do not follow, none is left to be named: where a cache ends, a line looks like n log n. */
const among = (candidates: readonly GrowthClass[], reason: string, off: number): Doubt =>
  off > modelError
    ? unknown(`these points step off every law by ${(off * 100).toFixed(0)} %, more than their noise: ${reason}`, true)
    : { reason, candidates, misfit: false };

/** Spearman's rank correlation below −0.7, and the last third a tenth below the first. */
const falls = (xs: readonly number[], ys: readonly number[]): boolean => {
  const third = Math.ceil(xs.length / 3);
  const ranks = ys.map((y) => ys.filter((other) => other < y).length);
  const middle = (xs.length - 1) / 2;
  const covariance = ranks.reduce((sum, rank, i) => sum + (rank - middle) * (i - middle), 0);
  const most = ranks.reduce((sum, _, i) => sum + (i - middle) ** 2, 0);
  return covariance < -0.7 * most && median(ys.slice(-third)) * flatGrowth < median(ys.slice(0, third));
};

const told = ({ value, low, high }: PowerLaw): string => `${value.toFixed(2)} (95 % interval ${low.toFixed(2)} to ${high.toFixed(2)})`;

/** Is the power that the points follow none that this law comes near to? Laws with logarithms have no power of their own, and a knee has two. */
const isOffOrder = ({ low, high }: PowerLaw, winner: Score, near: number): boolean => {
  const { class: law, hasKnee } = winner;
  return !hasLog(winner) && !hasKnee && (low > orders[law] + near || high < orders[law] - near);
};

const hasLog = ({ class: law }: Score): boolean => law === "O(n log n)" || law === "O(log n)";

const unfollowed = (winner: Score, { named, allowedMisfit, growth }: Evidence): Doubt | undefined => {
  if (winner.rms > allowedMisfit)
    return unknown(`no law follows these points: the nearest, ${winner.class}, misses them by ${(winner.rms * 100).toFixed(0)} %`, true);
  if (winner.class === "O(1)" || growth.low <= 1)
    return unknown(`the growth over the range, ${growth.low.toFixed(2)} to ${growth.high.toFixed(2)} times, is neither clearly flat nor clearly more`);
  return named.includes(winner.class) ? undefined : unknown(`${winner.class} is nearest, which is not one of the laws that are told apart here`, true);
};

const rivalled = (winner: Score, others: readonly Score[], { named, off, support }: Evidence): Doubt | undefined => {
  const near = others.filter((other) => other.criterion - winner.criterion < margin || (support.get(other.class) ?? 0) > 1 - agreeing);
  if (near.length === 0) return undefined;
  const classes = [winner, ...near].map((score) => score.class).sort(bySize);
  const reason = `the range does not tell ${formatList(classes)} apart`;
  return classes.every((one) => named.includes(one)) ? among(classes, reason, off) : unknown(reason);
};

const unsettled = (winner: Score, { support }: Evidence): Doubt | undefined => {
  const agreement = support.get(winner.class) ?? 0;
  return support.size > 0 && agreement < agreeing
    ? unknown(`the samples do not settle on one law: ${winner.class} is nearest in ${(agreement * 100).toFixed(0)} % of resamples`)
    : undefined;
};

const mixed = (winner: Score, { xs, ys, curve, off, growing }: Evidence): Doubt | undefined => {
  if (winner.class === "O(n)" && growing.high > linearAtMost)
    return among(["O(n)", "O(n²)"], "O(n) is nearest, but a quadratic part that takes over later is not excluded", off);
  if (winner.class === "O(n²)" && growing.low < quadraticAtLeast)
    return among(["O(n)", "O(n²)"], "linear and quadratic parts are of one size in this range", off);
  if (winner.class === "O(n²)") {
    const { deviance, slope } = cubicMixture(xs, ys);
    if (deviance + margin < winner.deviance && slope > quadraticAtMost)
      return unknown("O(n²) is nearest of the laws, but they grow faster than that in the end");
  }
  // The general curve has one parameter more, for which AICc punishes it; against O(n log n) it must lose on its misfit alone.
  return winner.class === "O(n log n)" && devianceOf(curve.rss, xs.length) - winner.deviance < margin
    ? among(["O(n log n)", "O(n²)"], "O(n log n) and a mixture of O(n) and O(n²) fit alike", off)
    : undefined;
};

/** A law is that of several values: what the last one or two of them show may be any. */
const barelyRisen = (ys: readonly number[]): Doubt | undefined => {
  const lower = [...ys].sort((one, other) => one - other).slice(0, Math.ceil(ys.length / 2));
  const risen = ys.filter((y) => y > flatGrowth * median(lower)).length;
  return risen < leastRisen ? unknown(`only the ${risen === 1 ? "largest value shows" : `${risen} largest values show`} any growth`) : undefined;
};

/** Over so many times x a law above a line must have shown itself: a step, of a cache that ends or a device that fills up, is over within a doubling. */
const steepOver = 4;

/**
 * Nothing linear grows by more than x does, whatever its fixed cost. But a device that is not full yet takes one time for any small x, and with the step where it fills up, or a cache ends, a line bends
 * as a parabola does. So what is told to grow faster than a line must somewhere have done so, unless it is followed as closely as no step is.
 */
const nowhereSteep = (winner: Score, { xs, ys, off }: Evidence): Doubt | undefined => {
  if (orders[winner.class] < 2 || winner.rms <= modelError) return undefined;
  const isSteep = xs.some((x, i) => xs.some((further, j) => further >= steepOver * x && (ys[j] ?? 0) / (ys[i] ?? 1) > further / x));
  return isSteep
    ? undefined
    : among(["O(n)", winner.class], `${winner.class} is nearest, but nowhere do they grow by more than a line does over ${steepOver} times the length`, off);
};

const levelling = (winner: Score, { xs, ys }: Evidence): Doubt | undefined =>
  winner.class === "O(log n)" && levellingOff(xs, ys).deviance < winner.deviance + margin
    ? unknown("growth that levels off follows them as well as O(log n)")
    : undefined;

const sizes: readonly GrowthClass[] = ["O(1)", "O(log n)", "O(n)", "O(n log n)", "O(n²)", "O(n³)"];
const bySize = (one: GrowthClass, other: GrowthClass): number => sizes.indexOf(one) - sizes.indexOf(other);
