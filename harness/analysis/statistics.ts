import type { Estimate } from "../record/derived.ts";

/** The middle of `values`, or NaN of none. Reorders nothing. */
export const median = (values: ArrayLike<number>): number => medianInPlace(new Float64Array(values), values.length);

/** The median of the first `count` of `buffer`, which is reordered: quickselect (Hoare 1961), as resampling takes millions of these. */
export const medianInPlace = (buffer: Float64Array, count: number): number => {
  if (count === 0) return Number.NaN;
  const half = count >> 1;
  const upper = select(buffer, count, half);
  if (count % 2 === 1) return upper;
  let lower = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < half; i++) lower = Math.max(lower, buffer[i] ?? lower);
  return (lower + upper) / 2;
};

/** The k-th smallest of the first `count`; all before index k are then no larger than it. */
const select = (buffer: Float64Array, count: number, k: number): number => {
  const at = (i: number): number => buffer[i] ?? Number.NaN;
  let left = 0;
  let right = count - 1;
  while (left < right) {
    const pivot = at((left + right) >> 1);
    let i = left;
    let j = right;
    while (i <= j) {
      while (at(i) < pivot) i++;
      while (at(j) > pivot) j--;
      if (i > j) break;
      const held = at(i);
      buffer[i++] = at(j);
      buffer[j--] = held;
    }
    if (k <= j) right = j;
    else if (k >= i) left = i;
    else break;
  }
  return at(k);
};

/** The arithmetic mean; 0 of none. */
export const mean = (values: ArrayLike<number>): number => {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i] ?? 0;
  return sum / Math.max(1, values.length);
};

/** Standard deviation about the mean, of values known by one degree of freedom less than there are (`spare` 1), or of all there is (0). */
export const deviation = (values: ArrayLike<number>, spare: 0 | 1): number => {
  const centre = mean(values);
  let squares = 0;
  for (let i = 0; i < values.length; i++) squares += ((values[i] ?? 0) - centre) ** 2;
  return Math.sqrt(squares / (values.length - spare));
};

/**
 * Standard deviation of values of which up to half may be others: the distance that a quarter of all pairs lie within, Q_n of Rousseeuw and Croux 1993 with their factor for few values. Where two
 * halves lie apart it is at most three times that of a half, and a median of deviations has no bound. From 6 values on.
 */
export const pairwiseScale = (values: readonly number[]): number => {
  const apart = values.flatMap((one, i) => values.slice(i + 1).map((other) => Math.abs(one - other))).sort((one, other) => one - other);
  const half = Math.floor(values.length / 2) + 1;
  const few = values.length % 2 === 0 ? values.length / (values.length + 3.8) : values.length / (values.length + 1.4);
  return few * 2.2219 * (apart[(half * (half - 1)) / 2 - 1] ?? Number.NaN);
};

/** The p-quantile (0..1) of ascending values, linear between neighbours (Hyndman and Fan's type 7). NaN of none. */
export const quantileSorted = (ascending: ArrayLike<number>, p: number): number => {
  if (ascending.length === 0) return Number.NaN;
  const position = p * (ascending.length - 1);
  const below = ascending[Math.floor(position)] ?? Number.NaN;
  const above = ascending[Math.ceil(position)] ?? Number.NaN;
  return below + (above - below) * (position - Math.floor(position));
};

/** An estimate with the central 95 % of its replicates, which is stretched where needed to hold the estimate itself. */
export const percentileInterval = (value: number, replicates: ArrayLike<number>): Estimate => {
  const { length } = replicates;
  if (length === 0) return { value, low: value, high: value };
  const buffer = new Float64Array(replicates);
  return { value, low: Math.min(value, quantileInPlace(buffer, 0.025)), high: Math.max(value, quantileInPlace(buffer, 0.975)) };
};

/** As `quantileSorted` of the values in ascending order, NaN last, of which only the two neighbours are put into place: analysis takes tens of thousands of these, of a thousand values each. */
const quantileInPlace = (buffer: Float64Array, p: number): number => {
  // No pivot orders NaN.
  if (buffer.some(Number.isNaN)) return quantileSorted(buffer.sort(), p);
  const position = p * (buffer.length - 1);
  const floor = Math.floor(position);
  const below = select(buffer, buffer.length, floor);
  if (floor === position) return below;
  let above = Number.POSITIVE_INFINITY;
  for (let i = floor + 1; i < buffer.length; i++) above = Math.min(above, buffer[i] ?? Number.NaN);
  return below + (above - below) * (position - floor);
};

// Two-sided 95 % points of Student's t for 1..10 degrees of freedom.
const studentTable = [12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228];
const normal975 = 1.96;

/** Student's two-sided 95 % point over the normal's. Above 10 degrees of freedom by the first term of its expansion in 1/freedom. */
export const studentRatio = (freedom: number): number => {
  if (freedom < 1) return 1;
  const student = studentTable[freedom - 1] ?? normal975 + (normal975 ** 3 + normal975) / (4 * freedom);
  return student / normal975;
};

/** The 99 % point of χ², by Wilson and Hilferty (1931). */
export const chiSquare99 = (freedom: number): number => freedom * (1 - 2 / (9 * freedom) + 2.326 * Math.sqrt(2 / (9 * freedom))) ** 3;
