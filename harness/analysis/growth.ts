import type { GrowthClass } from "../../kernels/mechanism.ts";
import type { Estimate } from "../record/derived.ts";
import { doubtOf, type Evidence, isExcluded, isFlat } from "./doubt.ts";
import { grownAt, type PowerLaw, powerLaw } from "./freeCurves.ts";
import { bends, type Curve, curveAt, curveFitter, devianceOf, growingSlope, type Sampled, type Score, scorer, slopeAt } from "./laws.ts";
import type { GrowthNote } from "./notes.ts";
import { type Slopes, slopesOf } from "./slopes.ts";
import { nearestCurve } from "./smoothCurve.ts";
import { percentileInterval } from "./statistics.ts";

export interface Growth {
  readonly coefficients: { readonly t0: Estimate; readonly a: Estimate; readonly b: Estimate } | undefined;
  readonly exponent: Estimate | undefined;
  /** how the curve grows at each x and over the upper half of the range; undefined where x are too few or too near */
  readonly slopes: Slopes | undefined;
  readonly class: GrowthClass | "undecided";
  /** the classes that are left: the class itself where it is decided, none where nothing is known */
  readonly candidates: readonly GrowthClass[];
  readonly note: GrowthNote | undefined;
  readonly measureUpTo: number | undefined;
  /** index of the first value that the law holds from */
  readonly from: number;
  /** y of the curve at any x; undefined where none was fitted */
  readonly at: ((x: number) => Estimate) | undefined;
}

/** Fewer values of a curve show no law. */
export const leastValues = 7;
/** the same where a curve of that many values follows a law only from some value on */
const leastTail = 5;
const leastSpan = 8;
/** laws that t0 + a·x + b·x² has the slope of */
const curveFits: ReadonlySet<string> = new Set(["undecided", "O(1)", "O(n)", "O(n²)"]);
/** root mean square of relative errors above which a law does not follow its points, unless their intervals are as wide */
const worstFit = 0.07;

/** difference of deviance by which one curve follows points clearly better than another */
const clearly = 6;

/** What may be told of a curve. */
export interface Telling {
  readonly classes: readonly GrowthClass[];
  /** how far the power of x that follows the points clearly better than any law may lie from that of one that is told all the same */
  readonly nearPower: number;
}

/** Of kernels, whose order is known and whose times step with tiles and caches: a slope of 1.85 over the range is no objection to O(n²). */
export const ofKernels: Telling = { classes: ["O(1)", "O(n)", "O(n log n)", "O(n²)"], nearPower: 0.15 };
/** Of anyone's measurements, of which nothing is known. */
export const ofAnyone: Telling = { classes: ["O(1)", "O(log n)", "O(n)", "O(n log n)", "O(n²)", "O(n³)"], nearPower: 0.05 };

/**
 * The law of one curve, or why it is not decided. Launch overhead hides growth at small n, so the fixed cost is always fitted and the
 * class comes of what lies above it: never of a slope in log-log. Where no law follows all points (a device that is not full yet takes the
 * same time for any small n), one may follow those from some x on, and is then named with it.
 */
export const growthOf = (sampled: Sampled, variable: string, telling: Telling = ofKernels): Growth => {
  const whole = lawOf(sampled, variable, telling);
  if (!whole.misfit) return whole.growth;
  for (let from = 1; !tooShort(sampled.xs.slice(from), leastTail); from++) {
    const tail = { xs: sampled.xs.slice(from), ys: sampled.ys.slice(from), replicates: sampled.replicates.map((values) => values.slice(from)) };
    const { growth } = lawOf(tail, variable, telling, leastTail);
    if (growth.class === "O(n)" || growth.class === "O(n²)") return { ...growth, from, note: { kind: "from", variable, x: tail.xs[0] ?? 0 } };
  }
  return whole.growth;
};

const lawOf = (sampled: Sampled, variable: string, telling: Telling, least = leastValues): { readonly growth: Growth; readonly misfit: boolean } => {
  const { xs, ys, replicates } = sampled;
  const unknown: Growth = {
    coefficients: undefined,
    exponent: undefined,
    slopes: undefined,
    class: "undecided",
    candidates: [],
    note: undefined,
    measureUpTo: undefined,
    from: 0,
    at: undefined,
  };
  const [smallest, largest] = [xs[0] ?? 1, xs.at(-1) ?? 1];
  const short = { note: shortNote(xs, variable), measureUpTo: xs.length > 0 && largest < leastSpan * smallest ? leastSpan * smallest : undefined };
  if (xs.length < 3) return { growth: { ...unknown, ...short }, misfit: false };

  const fitCurve = curveFitter(xs);
  const curve = fitCurve(ys);
  const curves = replicates.map(fitCurve);
  const estimate = (read: (curve: Curve) => number): Estimate => percentileInterval(read(curve), curves.map(read));
  const coefficients = { t0: estimate((c) => c.t0), a: estimate((c) => c.a), b: estimate((c) => c.b) };
  const grown = (law: Growth["class"]): Pick<Growth, "exponent" | "slopes"> => {
    if (xs.length < 4 || largest < 4 * smallest) return { exponent: undefined, slopes: undefined };
    const { local, upperHalf } = slopesOf(sampled, law);
    // The fit without negative coefficients is the one that is drawn and told.
    const told = curveFits.has(law) ? local.map((slope, i) => holding(slope, slopeAt(curve, xs[i] ?? 1))) : local;
    return { exponent: told.at(-1), slopes: { local: told, upperHalf } };
  };
  const fitted = { ...unknown, coefficients, ...grown("undecided"), at: (x: number) => estimate((c) => curveAt(c, x)) };
  const decided = (law: GrowthClass): Growth => ({ ...fitted, ...(curveFits.has(law) ? {} : grown(law)), class: law, candidates: [law] });
  if (tooShort(xs, least)) return { growth: { ...fitted, ...short }, misfit: false };

  const growth = estimate((c) => curveAt(c, largest) / curveAt(c, smallest));
  const growing = estimate((c) => growingSlope(c, largest));
  const told = (score: Score): boolean => !isExcluded(score, growth, growing);
  const score = scorer(xs);
  const scores = score(ys).filter(told);
  // A knee that the points themselves do not show is not looked for in each of their resamples.
  const knees = scores.some(({ hasKnee }) => hasKnee);
  const scoresOf = (values: readonly number[]): readonly Score[] => score(values, knees).filter(told);
  const [winner] = scores;
  const evidence: Evidence = {
    xs,
    ys,
    named: telling.classes,
    nearPower: telling.nearPower,
    curve,
    scores,
    allowedMisfit: Math.max(worstFit, noiseOf(ys, replicates)),
    off: nearestCurve(sampled, bends).misfit,
    growth,
    growing,
    support: supportOf(scoresOf, replicates),
  };
  if (isFlat(evidence)) return { growth: decided("O(1)"), misfit: false };
  const doubt = doubtOf(evidence);
  if (winner && doubt === undefined) return { growth: decided(winner.class), misfit: false };
  const { reason, candidates, misfit } = doubt ?? ({ reason: { kind: "noLaw" }, candidates: [], misfit: false } as const);
  const open = { ...fitted, ...(fitted.slopes ? withPower(xs, fitted.slopes, devianceOf(curve.rss, xs.length), powerLaw(xs, ys)) : {}) };
  // Where a quadratic part is out of question, only the fixed cost can stand in the way of telling O(n) from O(n log n).
  const quadratic = candidates.length === 0 || candidates.includes("O(n²)");
  const measureUpTo = quadratic ? rangeWanted(curve, coefficients.b.high, largest) : rangeWanted({ ...curve, b: 0 }, 0, largest);
  if (doubt?.power) return { growth: { ...open, note: { kind: "doubt", reason } }, misfit };
  if (doubt?.falls) return { growth: { ...fitted, exponent: undefined, slopes: undefined, note: { kind: "doubt", reason } }, misfit };
  return { growth: { ...open, candidates, note: { kind: "advised", reason, variable, upTo: measureUpTo }, measureUpTo }, misfit };
};

/** An interval that was found about another value, with this one in it. */
const holding = ({ low, high }: Estimate, value: number): Estimate => ({ value, low: Math.min(value, low), high: Math.max(value, high) });

/**
 * The local exponents of a curve whose law is open: those of t0 + a·x^p where this follows the points clearly better than t0 + a·x + b·x² does, what either says where it follows as
 * well. Where the curve ends it is the exponent.
 */
const withPower = (xs: readonly number[], slopes: Slopes, deviance: number, power: PowerLaw): Pick<Growth, "exponent" | "slopes"> => {
  if (power.deviance > deviance + clearly) return { exponent: slopes.local.at(-1), slopes };
  const byPower = power.deviance + clearly < deviance;
  const local = slopes.local.map(({ value, low, high }, i): Estimate => {
    const grown = grownAt(power, (xs[i] ?? 1) / (xs.at(-1) ?? 1));
    const [least, most] = [power.low * grown, power.high * grown];
    return byPower ? { value: power.value * grown, low: least, high: most } : { value, low: Math.min(low, least), high: Math.max(high, most) };
  });
  return { exponent: local.at(-1), slopes: { ...slopes, local } };
};

const tooShort = (xs: readonly number[], least: number): boolean => xs.length < least || (xs.at(-1) ?? 0) < leastSpan * (xs[0] ?? 0);

const shortNote = (xs: readonly number[], variable: string): GrowthNote => ({
  kind: "short",
  variable,
  least: leastValues,
  span: leastSpan,
  values: xs.length,
  first: xs[0] ?? 0,
  last: xs.at(-1) ?? 0,
});

/** Half a typical 95 % interval, relative, of points against each other: what moves all alike says nothing of a law. */
const noiseOf = (ys: readonly number[], replicates: readonly (readonly number[])[]): number => {
  const levels = replicates.map((values) =>
    Math.exp(values.reduce((sum, value, i) => sum + Math.log(value / (ys[i] ?? value)), 0) / Math.max(1, values.length)),
  );
  const widths = ys.map((y, i) => {
    const column = replicates.map((values, r) => (values[i] ?? y) / (levels[r] ?? 1));
    const { low, high } = percentileInterval(y, column);
    return (high - low) / (2 * y);
  });
  return widths.reduce((sum, width) => sum + width, 0) / widths.length;
};

/** Share of replicates in which each class wins. 200 suffice to tell 95 % from 90. */
const supportOf = (scoresOf: (values: readonly number[]) => readonly Score[], replicates: readonly (readonly number[])[]): ReadonlyMap<GrowthClass, number> => {
  const some = replicates.slice(0, 200);
  const wins = new Map<GrowthClass, number>();
  for (const values of some) {
    const [best] = scoresOf(values);
    if (best) wins.set(best.class, (wins.get(best.class) ?? 0) + 1 / some.length);
  }
  return wins;
};

/** The x, as the next doubling of the range, from which the term that may take over is three times the rest. */
const rangeWanted = (curve: Curve, highestB: number, largest: number): number | undefined => {
  const b = curve.b > 0 ? curve.b : highestB;
  const linear = curve.a > 0 ? (3 * curve.t0) / curve.a : Number.POSITIVE_INFINITY;
  const quadratic = b > 0 ? (3 * curve.a + Math.sqrt(9 * curve.a ** 2 + 12 * b * curve.t0)) / (2 * b) : Number.POSITIVE_INFINITY;
  const wanted = curve.b > 0 ? quadratic : Math.min(linear > largest ? linear : Number.POSITIVE_INFINITY, quadratic);
  if (!(wanted > largest) || !(wanted < 2 ** 31)) return undefined;
  return largest * 2 ** Math.ceil(Math.log2(wanted / largest));
};
