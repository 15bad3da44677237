import type { GrowthClass } from "../../kernels/mechanism.ts";
import { dot, nnlsNormal, weightedGram } from "./nnls.ts";

/** Kernels step with tiles and caches, so no law is trusted below 1 % of a time. */
export const modelError = 0.01;

/** Powers of n that classes grow with, logarithms left aside. */
export const orders: Readonly<Record<GrowthClass, number>> = { "O(1)": 0, "O(log n)": 0, "O(n)": 1, "O(n log n)": 1, "O(n²)": 2, "O(n³)": 3 };

/** Laws compared, each with an intercept. A rival need not be one of those that an answer may name: so a curve need not be one of them either. */
const laws = [
  { class: "O(1)", terms: [] },
  { class: "O(log n)", terms: [Math.log2] },
  { class: "O(n)", terms: [(x: number) => x] },
  { class: "O(n log n)", terms: [(x: number) => x * Math.log2(x)] },
  { class: "O(n²)", terms: [(x: number) => x * x] },
  { class: "O(n²)", terms: [(x: number) => x, (x: number) => x * x] },
  { class: "O(n³)", terms: [(x: number) => x ** 3] },
] as const satisfies readonly { class: GrowthClass; terms: readonly Term[] }[];

/** Fewer values cannot show both slopes of a knee and a point to spare. */
const leastForKnee = 8;

/**
 * A line that is steeper from some measured x on: where a cache ends, its time per x goes up, and a line looks like n log n. As a rival it costs the two numbers of its
 * knee, so it stands for O(n) only where nothing smooth comes near.
 */
const kneesOf = (xs: readonly number[]): readonly { readonly class: "O(n)"; readonly terms: readonly Term[]; readonly hidden: number }[] =>
  xs.length < leastForKnee
    ? []
    : xs.slice(2, -2).map((knee) => ({ class: "O(n)" as const, terms: [(x: number) => x, (x: number) => Math.max(0, x - knee)], hidden: 1 }));

export type Term = (x: number) => number;

/** Values of one curve: ascending x, positive y, and replicates[r][i] of y[i]. */
export interface Sampled {
  readonly xs: readonly number[];
  readonly ys: readonly number[];
  readonly replicates: readonly (readonly number[])[];
}

type TermFit = (ys: readonly number[]) => { readonly coefficients: readonly number[]; readonly rss: number };

/**
 * A fit of t0 and these terms by relative error, for any ys at xs. Terms are scaled to 1 at the largest x, so that the normal equations stay
 * well conditioned, and computed once: resampling fits the same xs a thousand times.
 */
const termFitter = (terms: readonly Term[], xs: readonly number[]): TermFit => {
  const scales = [1, ...terms.map((term) => term(xs.at(-1) ?? 1))];
  const bases = [Float64Array.from(xs, () => 1), ...terms.map((term, i) => Float64Array.from(xs, (x) => term(x) / (scales[i + 1] ?? 1)))];
  const gramOf = weightedGram(bases);
  const inverse = new Float64Array(xs.length);
  const squared = new Float64Array(xs.length);
  return (ys) => {
    for (let i = 0; i < inverse.length; i++) {
      const weight = 1 / (ys[i] ?? 1);
      inverse[i] = weight;
      squared[i] = weight * weight;
    }
    const { coefficients, rss } = nnlsNormal({
      gram: gramOf(squared),
      right: bases.map((basis) => dot(basis, inverse)),
      square: xs.length,
    });
    return { coefficients: coefficients.map((value, i) => value / (scales[i] ?? 1)), rss };
  };
};

/** What t0 + a·x + b·x² has beside its constant. */
export const curveTerms: readonly Term[] = [(x) => x, (x) => x * x];

/** Pairs of terms that bend as classes do that t0 + a·x + b·x² does not follow, with as many coefficients. */
const otherTerms: Readonly<Partial<Record<GrowthClass | "undecided", readonly Term[]>>> = {
  "O(n log n)": [(x) => x * Math.log2(x), (x) => x],
  "O(log n)": [Math.log2, (x) => x],
  "O(n³)": [(x) => x ** 3, (x) => x * x],
};

/** Terms for the slope of a curve of this class. */
export const termsOf = (growth: GrowthClass | "undecided"): readonly Term[] => otherTerms[growth] ?? curveTerms;

/** Of these, one or another follows any class. */
export const bends: readonly (readonly Term[])[] = [curveTerms, ...Object.values(otherTerms)];

/** y = t0 + a·x + b·x²; rss: sum of squared relative errors. */
export interface Curve {
  readonly t0: number;
  readonly a: number;
  readonly b: number;
  readonly rss: number;
}

/** Fits y = t0 + a·x + b·x², non-negative, by relative error, to any ys at xs. */
export const curveFitter = (xs: readonly number[]): ((ys: readonly number[]) => Curve) => {
  const fitTo = termFitter(curveTerms, xs);
  return (ys) => {
    const { coefficients, rss } = fitTo(ys);
    return { t0: coefficients[0] ?? 0, a: coefficients[1] ?? 0, b: coefficients[2] ?? 0, rss };
  };
};

export const curveAt = ({ t0, a, b }: Curve, x: number): number => t0 + a * x + b * x * x;

/** Local slope of log y over log x. */
export const slopeAt = (curve: Curve, x: number): number => {
  const y = curveAt(curve, x);
  return y > 0 ? (curve.a * x + 2 * curve.b * x * x) / y : 0;
};

/** Slope of what comes on top of t0: between 1 and 2, and 1 where nothing does. */
export const growingSlope = ({ a, b }: Curve, x: number): number => (b > 0 ? (a + 2 * b * x) / (a + b * x) : 1);

/** t0 + b·x² + c·x³, b and c ≥ 0: how well it follows the points, and the slope at the largest x of what comes on top of t0, between 2 and 3. */
export const cubicMixture = (xs: readonly number[], ys: readonly number[]): { readonly deviance: number; readonly slope: number } => {
  const { coefficients, rss } = termFitter([(x) => x * x, (x) => x ** 3], xs)(ys);
  const [, b = 0, c = 0] = coefficients;
  const last = xs.at(-1) ?? 1;
  return { deviance: devianceOf(rss, xs.length), slope: c > 0 ? (2 * b + 3 * c * last) / (b + c * last) : 2 };
};

/** How well a class explains a curve; scores are compared by `criterion`, the smaller the better. */
export interface Score {
  readonly class: GrowthClass;
  readonly criterion: number;
  /** −2 log likelihood, without the price of parameters */
  readonly deviance: number;
  readonly rms: number;
  /** coefficients of the law */
  readonly parameters: number;
  readonly hasKnee: boolean;
}

/** Deviance of N relative errors: N ln(RSS/N), with the model error in each. */
export const devianceOf = (rss: number, count: number): number => count * Math.log(rss / count + modelError ** 2);

/**
 * Scores of any ys at xs, best first: AICc of each class under normal relative errors, deviance + 2k + 2k(k+1)/(N−k−1), k counting the
 * variance; a class's best law stands for it. `knees: false` leaves out lines with a knee. Laws with too many parameters for N are left out.
 */
export const scorer = (xs: readonly number[]): ((ys: readonly number[], knees?: boolean) => readonly Score[]) => {
  const count = xs.length;
  const candidates = [...laws.map((law) => ({ ...law, hidden: 0 })), ...kneesOf(xs)].flatMap((law) => {
    const parameters = law.terms.length + law.hidden + 2;
    const spare = count - parameters - 1;
    return spare < 1
      ? []
      : [{ ...law, fitTo: termFitter(law.terms, xs), parameters: parameters - 1, price: 2 * parameters + (2 * parameters * (parameters + 1)) / spare }];
  });
  return (ys, knees = true) => {
    const best = new Map<GrowthClass, Score>();
    for (const { class: growth, fitTo, price, parameters, hidden } of candidates) {
      if (hidden > 0 && !knees) continue;
      const { rss } = fitTo(ys);
      const deviance = devianceOf(rss, count);
      const criterion = deviance + price;
      if (criterion < (best.get(growth)?.criterion ?? Number.POSITIVE_INFINITY))
        best.set(growth, { class: growth, criterion, deviance, rms: Math.sqrt(rss / count), parameters, hasKnee: hidden > 0 });
    }
    return [...best.values()].sort((one, other) => one.criterion - other.criterion);
  };
};
