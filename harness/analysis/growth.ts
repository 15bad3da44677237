import type { GrowthClass } from "../../kernels/mechanism.ts";
import type { Estimate } from "../record/run.ts";
import { formatCount } from "./format.ts";
import { nnls } from "./nnls.ts";
import { percentileInterval } from "./statistics.ts";

/** Values of one curve: ascending x, positive y, and replicates[r][i] of y[i]. */
export interface Sampled {
  readonly xs: readonly number[];
  readonly ys: readonly number[];
  readonly replicates: readonly (readonly number[])[];
}

export interface Growth {
  readonly coefficients: { readonly t0: Estimate; readonly a: Estimate; readonly b: Estimate } | undefined;
  readonly exponent: Estimate | undefined;
  readonly class: GrowthClass | "undecided";
  readonly note: string | undefined;
  readonly measureUpTo: number | undefined;
}

export const leastValues = 5;
export const leastSpan = 8;
/** O(1): all growth over the measured range, with its interval, stays below this */
const flatGrowth = 1.1;
/** difference of AICc that decides between two classes; Burnham and Anderson (2002, §2.6) see considerably less support from 4 to 7 on */
const margin = 6;
/** Kernels step with tiles and caches, so no law is trusted below 1 % of a time. */
const modelError = 0.01;
const worstFit = 0.07;
const agreeing = 0.95;

// Exponent, at the largest x, of what comes on top of the fixed cost: 1 is linear, 2 quadratic. 1.75: the quadratic part is three times the linear.
const linearAtMost = 1.2;
const quadraticAtLeast = 1.75;

/** Laws compared, each with an intercept. `named: false`: a rival that is never the answer, so that a curve need not be one of the named. */
const laws = [
  { class: "O(1)", named: true, terms: [] },
  { class: "O(log n)", named: false, terms: [Math.log2] },
  { class: "O(n)", named: true, terms: [(x: number) => x] },
  { class: "O(n log n)", named: true, terms: [(x: number) => x * Math.log2(x)] },
  { class: "O(n²)", named: true, terms: [(x: number) => x * x] },
  { class: "O(n²)", named: true, terms: [(x: number) => x, (x: number) => x * x] },
  { class: "O(n³)", named: false, terms: [(x: number) => x ** 3] },
] as const satisfies readonly { class: GrowthClass; named: boolean; terms: readonly ((x: number) => number)[] }[];

/** Columns of a fit by relative error: terms at x over y, scaled to 1 at the largest x so that the normal equations stay well conditioned. */
const fitTerms = (
  terms: readonly ((x: number) => number)[],
  xs: readonly number[],
  ys: readonly number[],
): { readonly coefficients: readonly number[]; readonly rss: number } => {
  const largest = xs.at(-1) ?? 1;
  const all = [() => 1, ...terms];
  const columns = all.map((term) => Float64Array.from(xs, (x, i) => term(x) / term(largest) / (ys[i] ?? 1)));
  const { coefficients, rss } = nnls(columns, new Float64Array(xs.length).fill(1));
  return { coefficients: coefficients.map((value, i) => value / (all[i]?.(largest) ?? 1)), rss };
};

const polynomial = [(x: number) => x, (x: number) => x * x];

interface Curve {
  readonly t0: number;
  readonly a: number;
  readonly b: number;
  readonly rss: number;
}

/** y = t0 + a·x + b·x², non-negative, by relative error. */
export const fitCurve = (xs: readonly number[], ys: readonly number[]): Curve => {
  const { coefficients, rss } = fitTerms(polynomial, xs, ys);
  return { t0: coefficients[0] ?? 0, a: coefficients[1] ?? 0, b: coefficients[2] ?? 0, rss };
};

const curveAt = ({ t0, a, b }: Curve, x: number): number => t0 + a * x + b * x * x;

const slopeAt = (curve: Curve, x: number): number => {
  const y = curveAt(curve, x);
  return y > 0 ? (curve.a * x + 2 * curve.b * x * x) / y : 0;
};

/** Exponent of what grows: between 1 and 2, and 1 where nothing does. */
const growingSlope = ({ a, b }: Curve, x: number): number => (b > 0 ? (a + 2 * b * x) / (a + b * x) : 1);

interface Score {
  readonly class: GrowthClass;
  readonly named: boolean;
  readonly criterion: number;
  /** −2 log likelihood, without the price of parameters */
  readonly deviance: number;
  readonly rms: number;
}

/** AICc of each class under normal relative errors: N ln(RSS/N) + 2k + 2k(k+1)/(N−k−1), k counting the variance; a class's best law stands for it. */
const scoresOf = (xs: readonly number[], ys: readonly number[]): readonly Score[] => {
  const count = xs.length;
  const best = new Map<GrowthClass, Score>();
  for (const law of laws) {
    const parameters = law.terms.length + 2;
    if (count - parameters - 1 < 1) continue;
    const { rss } = fitTerms(law.terms, xs, ys);
    const deviance = count * Math.log(rss / count + modelError ** 2);
    const criterion = deviance + 2 * parameters + (2 * parameters * (parameters + 1)) / (count - parameters - 1);
    const known = best.get(law.class);
    if (!known || criterion < known.criterion) best.set(law.class, { class: law.class, named: law.named, criterion, deviance, rms: Math.sqrt(rss / count) });
  }
  return [...best.values()].sort((one, other) => one.criterion - other.criterion);
};

/**
 * The law of one curve, or why it is not decided. Launch overhead hides growth at small n, so the fixed cost is always fitted and the
 * class comes of what lies above it: never of a slope in log-log.
 */
export const growthOf = ({ xs, ys, replicates }: Sampled, variable: string): Growth => {
  const smallest = xs[0];
  const largest = xs.at(-1);
  if (smallest === undefined || largest === undefined || xs.length < 3) return undecided(tooShort(xs, variable), spanWanted(xs));
  const curve = fitCurve(xs, ys);
  const curves = replicates.map((values) => fitCurve(xs, values));
  const estimate = (read: (curve: Curve) => number): Estimate => percentileInterval(read(curve), curves.map(read));
  const coefficients = { t0: estimate((c) => c.t0), a: estimate((c) => c.a), b: estimate((c) => c.b) };
  const exponent = xs.length >= 4 && largest >= 4 * smallest ? estimate((c) => slopeAt(c, largest)) : undefined;
  const known = { coefficients, exponent };
  if (xs.length < leastValues || largest < leastSpan * smallest) return { ...undecided(tooShort(xs, variable), spanWanted(xs)), ...known };

  const growth = estimate((c) => curveAt(c, largest) / curveAt(c, smallest));
  const scores = scoresOf(xs, ys);
  const noise = noiseOf(ys, replicates);
  const flat = scores.find((score) => score.class === "O(1)");
  if (growth.high <= flatGrowth && flat && flat.rms <= Math.max(worstFit, noise)) return { ...known, class: "O(1)", note: undefined, measureUpTo: undefined };

  const reason = whyUndecided(
    xs.length,
    scores,
    estimate((c) => growingSlope(c, largest)),
    curve,
    noise,
    sampleSupport(xs, replicates, scores[0]),
    growth,
  );
  const winner = scores[0];
  if (reason === undefined && winner) return { ...known, class: winner.class, note: undefined, measureUpTo: undefined };
  const measureUpTo = rangeWanted(curve, coefficients.b.high, largest);
  const advice = measureUpTo === undefined ? "more turns and workers would narrow the intervals" : `measure up to ${variable} = ${formatCount(measureUpTo)}`;
  return { ...known, class: "undecided", note: `${reason ?? "no law was fitted"}; ${advice}`, measureUpTo };
};

const undecided = (note: string, measureUpTo: number | undefined): Growth => ({
  coefficients: undefined,
  exponent: undefined,
  class: "undecided",
  note,
  measureUpTo,
});

const tooShort = (xs: readonly number[], variable: string): string => {
  const range =
    xs.length === 0
      ? "none was measured"
      : xs.length === 1
        ? `only ${formatCount(xs[0] ?? 0)} was measured`
        : `${xs.length} were measured, from ${formatCount(xs[0] ?? 0)} to ${formatCount(xs.at(-1) ?? 0)}`;
  return `a growth law needs at least ${leastValues} values of ${variable} over a range of ${leastSpan} times or more; ${range}`;
};

const spanWanted = (xs: readonly number[]): number | undefined => {
  const smallest = xs[0];
  const largest = xs.at(-1) ?? 0;
  return smallest === undefined || largest >= leastSpan * smallest ? undefined : leastSpan * smallest;
};

/** Half a typical 95 % interval, relative. */
const noiseOf = (ys: readonly number[], replicates: readonly (readonly number[])[]): number => {
  const widths = ys.map((y, i) => {
    const { low, high } = percentileInterval(
      y,
      replicates.map((values) => values[i] ?? y),
    );
    return (high - low) / (2 * y);
  });
  return widths.reduce((sum, width) => sum + width, 0) / widths.length;
};

/** Share of replicates in which the same class wins. 200 suffice to tell 95 % from 90. */
const sampleSupport = (xs: readonly number[], replicates: readonly (readonly number[])[], winner: Score | undefined): number => {
  const some = replicates.slice(0, 200);
  if (some.length === 0) return 1;
  return some.filter((values) => scoresOf(xs, values)[0]?.class === winner?.class).length / some.length;
};

const whyUndecided = (
  count: number,
  scores: readonly Score[],
  growing: Estimate,
  curve: Curve,
  noise: number,
  support: number,
  growth: Estimate,
): string | undefined => {
  const [winner, second] = scores;
  if (!winner) return "too few values";
  if (winner.class === "O(1)" || growth.low <= 1)
    return `growth over the range lies between ${growth.low.toFixed(2)} and ${growth.high.toFixed(2)} times, which is neither flat nor a law`;
  if (winner.rms > Math.max(worstFit, noise))
    return `no law follows these points: the nearest, ${winner.class}, misses them by ${(winner.rms * 100).toFixed(0)} %`;
  if (!winner.named) return `${winner.class} is nearest, which is not one of the laws that are told apart here`;
  if (second && second.criterion - winner.criterion < margin) return `the range does not tell ${winner.class} from ${second.class}`;
  if (support < agreeing) return `the samples do not settle on one law: ${winner.class} is nearest in ${(support * 100).toFixed(0)} % of resamples`;
  if (winner.class === "O(n)" && growing.high > linearAtMost) return "O(n) is nearest, but a quadratic part that takes over later is not excluded";
  if (winner.class === "O(n²)" && growing.low < quadraticAtLeast) return "linear and quadratic parts are of one size in this range";
  // The general curve has one parameter more, for which AICc punishes it; against O(n log n) it must lose on its misfit alone.
  const general = count * Math.log(curve.rss / count + modelError ** 2);
  if (winner.class === "O(n log n)" && general - winner.deviance < margin) return "O(n log n) and a mixture of O(n) and O(n²) fit alike";
  return undefined;
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
