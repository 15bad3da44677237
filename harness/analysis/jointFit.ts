import type { Estimate, JointCrossing, JointFit, JointTerm, SeriesKey } from "../record/derived.ts";
import type { SpreadOf } from "./drift.ts";
import { groupBy } from "./grouping.ts";
import { dot, nnlsNormal, weightedGram } from "./nnls.ts";
import type { Spread } from "./resampling.ts";
import { type Meeting, meet, type Series, sameShape } from "./series.ts";
import { sizeVariables } from "./sizeFits.ts";
import { percentileInterval } from "./statistics.ts";

/** Fewer values of either show no law over both. */
const leastSizes = 3;
const leastLengths = 4;
/** Root mean square of relative errors above which a law is told, and nothing taken from it. */
export const worstJoint = 0.15;

/** Of a term of a law over n and a size. */
export type Power = Pick<JointTerm, "n" | "size">;

/**
 * Powers of n and of a size whose sum a time can be. More heads of one width do the same work each. Wider heads do that of QKᵀ and PV in proportion to their width, and that of a state in proportion to
 * its square. What a launch costs, or a row of scores, depends on no width.
 */
const powersOf = (variable: JointFit["variable"]): readonly Power[] =>
  ([0, 1, 2] as const).flatMap((n) => (variable === "dModel" || n === 2 ? ([0, 1] as const) : ([0, 1, 2] as const)).map((size) => ({ n, size })));

/** A cell as a point of the surface. */
interface Point {
  readonly n: number;
  readonly size: number;
  readonly spread: Spread;
}

/** t = c[0] + c[1]·n + c[2]·n², ms, at one size. */
type Quadratic = readonly [number, number, number];

/** A law over n and a size, and what it could as well have been. */
export interface Surface {
  readonly arm: Meeting;
  readonly fit: JointFit;
  /** ascending values that it was fitted to */
  readonly lengths: readonly number[];
  readonly sizes: readonly number[];
  /** of the fit, then of each replicate */
  readonly quadraticsAt: (size: number) => readonly Quadratic[];
}

/** One law over n and a size for all curves of an arm that differ in it alone, fitted to all their cells at once: non-negative, by relative error. None where values of either are few. */
export const surfacesOf = (series: readonly Series[], spreadOf: SpreadOf): readonly Surface[] =>
  sizeVariables.flatMap((variable) =>
    [...groupBy(series, (one) => JSON.stringify([one.label, one.form, one.cache, restOf(one, variable)])).values()].flatMap((curves) => {
      const cells = curves.flatMap((curve) => curve.cells);
      const points = cells.flatMap((cell): Point[] => {
        const spread = spreadOf(cell.id);
        return spread ? [{ n: cell.n, size: cell[variable], spread }] : [];
      });
      const lengths = ascending(points.map(({ n }) => n));
      const sizes = ascending(points.map(({ size }) => size));
      // No interval holds how much the machines of two shards differ.
      const isWhole = new Set(cells.map(({ shard }) => shard)).size <= 1;
      const [first] = curves;
      if (!first || !isWhole || sizes.length < leastSizes || lengths.length < leastLengths) return [];
      const { label, form } = first;
      const { quadraticsAt, ...fitted } = surfaceOf(points, variable);
      return [{ arm: first, fit: { label, form, variable, series: restOf(first, variable), cells: points.length, ...fitted }, lengths, sizes, quadraticsAt }];
    }),
  );

/** What stays along the surface: of more heads their width, of wider ones their number. */
const restOf = ({ key }: Series, variable: JointFit["variable"]): SeriesKey =>
  Object.fromEntries(Object.entries(key).filter(([name]) => name !== "dModel" && name !== (variable === "dModel" ? "heads" : "headDim")));

const ascending = (values: readonly number[]): readonly number[] => [...new Set(values)].sort((one, other) => one - other);

const surfaceOf = (points: readonly Point[], variable: JointFit["variable"]): Pick<JointFit, "terms" | "rms" | "worst"> & Pick<Surface, "quadraticsAt"> => {
  const powers = powersOf(variable);
  const fitTo = surfaceFitter(points, powers);
  const ys = points.map(({ spread }) => spread.estimate);
  const coefficients = fitTo(ys);
  const count = Math.min(...points.map(({ spread }) => spread.replicates.length));
  const drawn = new Float64Array(points.length);
  const replicates = Array.from({ length: count }, (_, r) => {
    for (let i = 0; i < drawn.length; i++) drawn[i] = points[i]?.spread.replicates[r] ?? 0;
    return fitTo(drawn);
  });
  const terms = powers.flatMap((power, i) => {
    const value = coefficients[i] ?? 0;
    const others = replicates.map((one) => one[i] ?? 0);
    return value > 0 ? [{ ...power, coefficient: percentileInterval(value, others) }] : [];
  });
  const errors = points.map(({ n, size }, i) => ({ n, size, off: jointTime(terms, n, size) / (ys[i] ?? 1) - 1 }));
  return {
    terms,
    rms: Math.sqrt(errors.reduce((sum, { off }) => sum + off ** 2, 0) / errors.length),
    worst: errors.reduce((worst, one) => (Math.abs(one.off) > Math.abs(worst.off) ? one : worst)),
    quadraticsAt: (size) =>
      [coefficients, ...replicates].map((one) => {
        const sums: [number, number, number] = [0, 0, 0];
        for (const [i, power] of powers.entries()) sums[power.n] += (one[i] ?? 0) * size ** power.size;
        return sums;
      }),
  };
};

/** ms by a joint law. */
export const jointTime = (terms: JointFit["terms"], n: number, size: number): number =>
  terms.reduce((sum, term) => sum + term.coefficient.value * n ** term.n * size ** term.size, 0);

/** Fits any ys > 0 at these points, coefficients not negative, by relative error; they come in the order of `powers`. Columns are scaled to 1 at the largest n and size, so that the normal equations stay well conditioned. */
export const surfaceFitter = (points: readonly Pick<Point, "n" | "size">[], powers: readonly Power[]): ((ys: ArrayLike<number>) => readonly number[]) => {
  const [n, size] = [Math.max(...points.map((point) => point.n)), Math.max(...points.map((point) => point.size))];
  const columns = powers.map((power) => Float64Array.from(points, (point) => (point.n / n) ** power.n * (point.size / size) ** power.size));
  const gramOf = weightedGram(columns);
  return (ys) => {
    const inverse = new Float64Array(ys.length);
    const squared = new Float64Array(ys.length);
    for (let i = 0; i < ys.length; i++) {
      inverse[i] = 1 / (ys[i] ?? 1);
      squared[i] = (inverse[i] ?? 0) ** 2;
    }
    const { coefficients } = nnlsNormal({ gram: gramOf(squared), right: columns.map((column) => dot(column, inverse)), square: ys.length });
    return coefficients.map((value, i) => value / (n ** (powers[i]?.n ?? 0) * size ** (powers[i]?.size ?? 0)));
  };
};

/** n* of every pair by its joint laws, at the sizes of both and within the n of both. Only laws that follow their points (`worstJoint`) say any. */
export const jointCrossings = (surfaces: readonly Surface[]): readonly JointCrossing[] => {
  const told = surfaces.filter(({ fit }) => fit.rms <= worstJoint);
  return told.flatMap((above) =>
    told
      .filter((below) => meet(above.arm, below.arm) && below.fit.variable === above.fit.variable && sameShape(above.fit.series, below.fit.series))
      .map((below): JointCrossing => {
        const lengths = above.lengths.filter((n) => below.lengths.includes(n));
        const sizes = above.sizes.filter((size) => below.sizes.includes(size));
        return {
          between: [above.fit.label, below.fit.label],
          variable: above.fit.variable,
          series: { ...below.fit.series, ...above.fit.series },
          points: sizes.map((size) => ({ size, n: crossingAt(above.quadraticsAt(size), below.quadraticsAt(size), lengths) })),
        };
      }),
  );
};

const crossingAt = (above: readonly Quadratic[], below: readonly Quadratic[], lengths: readonly number[]): Estimate | undefined => {
  const [from, to] = [lengths[0] ?? 0, lengths.at(-1) ?? 0];
  const roots = above.map((one, r) => risesAt(one, below[r] ?? one, from, to));
  const [value = from, ...replicates] = roots;
  return value > from && value < to ? percentileInterval(value, replicates) : undefined;
};

/** The n between from and to at which the first quadratic rises above the second; from where it lies above there already, to where it does not rise. */
const risesAt = (above: Quadratic, below: Quadratic, from: number, to: number): number => {
  const [c0, c1, c2] = [above[0] - below[0], above[1] - below[1], above[2] - below[2]];
  const at = (n: number): number => c0 + n * (c1 + n * c2);
  if (at(from) >= 0) return from;
  if (at(to) < 0) return to;
  // A sign that changes once is one root, and this form of it loses no digits (Press et al. 2007, §5.6).
  const q = -(c1 + (c1 < 0 ? -1 : 1) * Math.sqrt(Math.max(0, c1 * c1 - 4 * c0 * c2))) / 2;
  return [q / c2, c0 / q].find((n) => n >= from && n <= to) ?? to;
};
