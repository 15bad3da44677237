import type { GrowthClass } from "../../../kernels/mechanism.ts";
import type { Estimate, Fit } from "../../record/derived.ts";
import type { Verdict } from "../every.ts";
import { orders } from "../laws.ts";

/** A slope so far from an order is no longer that order's (as for laws, fit.ts). */
const allowed = 0.2;

/** Is a slope that of an order, with its whole interval; undefined where the interval reaches beyond. */
export const hasOrder = (slope: Estimate | undefined, order: number): Verdict => {
  if (!slope) return undefined;
  if (slope.low >= order - allowed && slope.high <= order + allowed) return true;
  return slope.low > order + allowed || slope.high < order - allowed ? false : undefined;
};

/** Does a curve grow as a class: by its law where that is decided, else by its slope at the largest n. */
export const grows = (fit: Fit | undefined, as: GrowthClass): Verdict => {
  if (!fit) return undefined;
  return fit.class === as ? true : hasOrder(fit.exponent, orders[as]);
};

/** The mean slope between two values: log over log, with the widest interval that theirs leave. Undefined where one of them may be nothing. */
export const slopeBetween = (from: { readonly x: number; readonly y: Estimate }, to: { readonly x: number; readonly y: Estimate }): Estimate | undefined => {
  if (!(from.y.low > 0 && to.y.low > 0 && to.x > from.x)) return undefined;
  const span = Math.log(to.x / from.x);
  const slope = (above: number, below: number): number => Math.log(above / below) / span;
  return { value: slope(to.y.value, from.y.value), low: slope(to.y.low, from.y.high), high: slope(to.y.high, from.y.low) };
};

/** The one over the other, with the widest interval that theirs leave. */
export const ratioOf = (one: Estimate, other: Estimate): Estimate => ({
  value: one.value / other.value,
  low: one.low / other.high,
  high: other.low > 0 ? one.high / other.low : Number.POSITIVE_INFINITY,
});
