import type { GrowthClass } from "../../kernels/mechanism.ts";
import type { Estimate } from "../record/derived.ts";
import { type Sampled, termsOf } from "./laws.ts";
import { smoothCurve } from "./smoothCurve.ts";
import { percentileInterval } from "./statistics.ts";

/** Slopes of log y over log x of one curve, with 95 % intervals. */
export interface Slopes {
  /** the local one at each x: how the curve grows there, whatever its law */
  readonly local: readonly Estimate[];
  /** from the middle of the range, on the log scale, to its end */
  readonly upperHalf: Estimate;
}

type Law = GrowthClass | "undecided";

/** No curve of anything is steeper: where a fit of any sign says so, it is off. */
const steepestOfAll = 6;

/** Slopes that a law without negative coefficients may have. */
const steepest = (law: Law): number => (law === "undecided" ? steepestOfAll : law === "O(n³)" ? 3 : law === "O(log n)" ? 1 : 2);

/**
 * Slopes of a curve whose law this is. Intervals are those of fits of any sign, as far as laws without negative coefficients have such slopes. Where points lie off the
 * curve by more than their noise, deviations grow by as much (Birge 1932).
 */
export const slopesOf = (sampled: Sampled, law: Law): Slopes => {
  const { xs, replicates } = sampled;
  const curve = smoothCurve(sampled, termsOf(law));
  const birge = curve.noise > 0 ? Math.hypot(1, curve.misfit / curve.noise) : 1;
  const clipped = (slope: number): number => Math.min(steepest(law), Math.max(0, slope));
  const estimate = (slopeOf: (replicate?: number) => number): Estimate => {
    const middle = slopeOf();
    const { low, high } = percentileInterval(
      middle,
      replicates.map((_, r) => middle + birge * (slopeOf(r) - middle)),
    );
    return { value: clipped(middle), low: clipped(low), high: clipped(high) };
  };
  const [first, last] = [xs[0] ?? 1, xs.at(-1) ?? 1];
  const middle = Math.sqrt(first * last);
  const [atLast, atMiddle] = [curve.logAt(last), curve.logAt(middle)];
  return {
    local: xs.map((x) => estimate(curve.slopeAt(x))),
    upperHalf: estimate((r) => (atLast(r) - atMiddle(r)) / Math.log(last / middle)),
  };
};
