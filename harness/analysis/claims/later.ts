import type { Estimate } from "../../record/derived.ts";
import type { Verdict } from "../every.ts";
import type { ClaimCurve } from "./curve.ts";
import { hasOrder } from "./slope.ts";

/** A line, of one token, or a square, of a text. */
export type Order = 1 | 2;

/** Lengths of texts that models write, and that they are known to think in. */
export const usual = 1000;
export const long = 10_000;
export const longest = 100_000;

/** Does a parabola follow the points, by the law that is told or one of those that are left? */
export const isParabola = ({ time }: ClaimCurve): boolean =>
  time !== undefined && (time.class === "undecided" ? time.candidates : [time.class]).some((law) => law === "O(1)" || law === "O(n)" || law === "O(n²)");

/** Which part of a curve's time at n is the term of its parabola with n to the power `order`, with its interval. Undefined without coefficients. */
export const partOf = ({ time }: ClaimCurve, order: Order, n: number): Estimate | undefined => {
  if (!time?.coefficients) return undefined;
  const { t0, a, b } = time.coefficients;
  const at = (above: keyof Estimate, below: keyof Estimate): number => {
    const [line, square] = [a[order === 1 ? above : below] * n, b[order === 2 ? above : below] * n * n];
    const top = order === 1 ? line : square;
    return top > 0 ? top / (t0[below] + line + square) : 0;
  };
  return { value: at("value", "value"), low: at("low", "high"), high: at("high", "low") };
};

/** From which n on that term and those above it are half of the time. */
const halfFrom = ({ time }: ClaimCurve, order: Order): number => {
  const [t0 = 0, a = 0, b = 0] = time?.coefficients ? [time.coefficients.t0.value, time.coefficients.a.value, time.coefficients.b.value] : [];
  // b n² + a n = t0 of a line's terms, b n² = a n + t0 of a square's: in a form that b = 0 does not upset.
  return order === 1 ? (2 * t0) / (a + Math.sqrt(a * a + 4 * b * t0)) : (a + Math.sqrt(a * a + 4 * b * t0)) / (2 * b);
};

export interface Later {
  readonly held: Verdict;
  /** in two digits: a fitted value, of no use where `held` is not true */
  readonly from: number;
  /** the largest n measured */
  readonly upTo: number;
}

/**
 * Of a curve that is flatter than an order up to its largest n, as on a GPU that a short text does not fill: is the term of that order most of its time at the longest texts, by the parabola that follows it, and from
 * which n on? Held is false where it is not, and undefined where nothing tells, as where another law is told up to here. Undefined in all where the curve is not flatter.
 */
export const laterOf = (curve: ClaimCurve, order: Order): Later | undefined => {
  const { time } = curve;
  if (!time?.exponent || hasOrder(time.exponent, order) !== false || time.exponent.value > order) return undefined;
  const part = isParabola(curve) ? partOf(curve, order, longest) : undefined;
  const isMost = part && (part.low > 0.5 ? true : part.high < 0.5 ? false : undefined);
  const held = time.class === "undecided" ? isMost : part && isMost !== false ? undefined : false;
  return { held, from: Number(halfFrom(curve, order).toPrecision(2)), upTo: time.points.at(-1)?.x ?? 0 };
};
