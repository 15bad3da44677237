import type { GrowthClass } from "../../kernels/mechanism.ts";
import type { Estimate } from "../record/derived.ts";
import { levellingOff, type PowerLaw, powerLaw } from "./freeCurves.ts";
import { type Curve, cubicMixture, devianceOf, modelError, orders, type Score } from "./laws.ts";
import type { GrowthReason } from "./notes.ts";
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
  readonly reason: GrowthReason;
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
  if (!winner) return unknown({ kind: "tooFew" });
  if (falls(xs, ys)) return { ...unknown({ kind: "falls" }), falls: true };
  const power = powerLaw(xs, ys);
  const leastDeviance = Math.min(...scores.map(({ deviance }) => deviance));
  if (power.deviance + margin < leastDeviance && (hasLog(winner) || isOffOrder(power, winner, evidence.nearPower)))
    return { ...unknown({ kind: "power", power: told(power) }), power };
  return (
    unfollowed(winner, evidence) ??
    rivalled(winner, others, evidence) ??
    unsettled(winner, evidence) ??
    mixed(winner, evidence) ??
    barelyRisen(ys) ??
    nowhereSteep(winner, evidence) ??
    levelling(winner, evidence) ??
    (isOffOrder(power, winner, nearPower) && power.deviance < winner.deviance + margin
      ? unknown({ kind: "powerToo", power: told(power), law: winner.class })
      : undefined)
  );
};

const unknown = (reason: GrowthReason, misfit = false): Doubt => ({ reason, candidates: [], misfit });

/** Of laws that the points do not follow, none is left to be named: where a cache ends, a line looks like n log n. */
const among = (candidates: readonly GrowthClass[], reason: GrowthReason, off: number): Doubt =>
  off > modelError ? unknown({ kind: "steps", off, reason }, true) : { reason, candidates, misfit: false };

/** Spearman's rank correlation below −0.7, and the last third a tenth below the first. */
const falls = (xs: readonly number[], ys: readonly number[]): boolean => {
  const third = Math.ceil(xs.length / 3);
  const ranks = ys.map((y) => ys.filter((other) => other < y).length);
  const middle = (xs.length - 1) / 2;
  const covariance = ranks.reduce((sum, rank, i) => sum + (rank - middle) * (i - middle), 0);
  const most = ranks.reduce((sum, _, i) => sum + (i - middle) ** 2, 0);
  return covariance < -0.7 * most && median(ys.slice(-third)) * flatGrowth < median(ys.slice(0, third));
};

const told = ({ value, low, high }: PowerLaw): Estimate => ({ value, low, high });

/** Is the power that the points follow none that this law comes near to? Laws with logarithms have no power of their own, and a knee has two. */
const isOffOrder = ({ low, high }: PowerLaw, winner: Score, near: number): boolean => {
  const { class: law, hasKnee } = winner;
  return !hasLog(winner) && !hasKnee && (low > orders[law] + near || high < orders[law] - near);
};

const hasLog = ({ class: law }: Score): boolean => law === "O(n log n)" || law === "O(log n)";

const unfollowed = (winner: Score, { named, allowedMisfit, growth }: Evidence): Doubt | undefined => {
  if (winner.rms > allowedMisfit) return unknown({ kind: "misfit", law: winner.class, off: winner.rms }, true);
  if (winner.class === "O(1)" || growth.low <= 1) return unknown({ kind: "neitherFlat", low: growth.low, high: growth.high });
  return named.includes(winner.class) ? undefined : unknown({ kind: "otherLaw", law: winner.class }, true);
};

const rivalled = (winner: Score, others: readonly Score[], { named, off, support }: Evidence): Doubt | undefined => {
  const near = others.filter((other) => other.criterion - winner.criterion < margin || (support.get(other.class) ?? 0) > 1 - agreeing);
  if (near.length === 0) return undefined;
  const classes = [winner, ...near].map((score) => score.class).sort(bySize);
  const reason: GrowthReason = { kind: "rivals", laws: classes };
  return classes.every((one) => named.includes(one)) ? among(classes, reason, off) : unknown(reason);
};

const unsettled = (winner: Score, { support }: Evidence): Doubt | undefined => {
  const agreement = support.get(winner.class) ?? 0;
  return support.size > 0 && agreement < agreeing ? unknown({ kind: "unsettled", law: winner.class, share: agreement }) : undefined;
};

const mixed = (winner: Score, { xs, ys, curve, off, growing }: Evidence): Doubt | undefined => {
  if (winner.class === "O(n)" && growing.high > linearAtMost) return among(["O(n)", "O(n²)"], { kind: "laterSquare" }, off);
  if (winner.class === "O(n²)" && growing.low < quadraticAtLeast) return among(["O(n)", "O(n²)"], { kind: "oneSize" }, off);
  if (winner.class === "O(n²)") {
    const { deviance, slope } = cubicMixture(xs, ys);
    if (deviance + margin < winner.deviance && slope > quadraticAtMost) return unknown({ kind: "fasterThanSquare" });
  }
  // The general curve has one parameter more, for which AICc punishes it; against O(n log n) it must lose on its misfit alone.
  return winner.class === "O(n log n)" && devianceOf(curve.rss, xs.length) - winner.deviance < margin
    ? among(["O(n log n)", "O(n²)"], { kind: "logOrMixture" }, off)
    : undefined;
};

/** A law is that of several values: what the last one or two of them show may be any. */
const barelyRisen = (ys: readonly number[]): Doubt | undefined => {
  const lower = [...ys].sort((one, other) => one - other).slice(0, Math.ceil(ys.length / 2));
  const risen = ys.filter((y) => y > flatGrowth * median(lower)).length;
  return risen < leastRisen ? unknown({ kind: "barelyRisen", risen }) : undefined;
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
  return isSteep ? undefined : among(["O(n)", winner.class], { kind: "nowhereSteep", law: winner.class, times: steepOver }, off);
};

const levelling = (winner: Score, { xs, ys }: Evidence): Doubt | undefined =>
  winner.class === "O(log n)" && levellingOff(xs, ys).deviance < winner.deviance + margin ? unknown({ kind: "levelsOff" }) : undefined;

const sizes: readonly GrowthClass[] = ["O(1)", "O(log n)", "O(n)", "O(n log n)", "O(n²)", "O(n³)"];
/** Ascending. */
export const bySize = (one: GrowthClass, other: GrowthClass): number => sizes.indexOf(one) - sizes.indexOf(other);
