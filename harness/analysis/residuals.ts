import type { Fit } from "../record/derived.ts";
import { curveAt } from "./laws.ts";
import { median } from "./statistics.ts";

/** How far one measured point lies from its fitted curve: y over the curve's y at x, less 1. */
export interface Residual {
  readonly x: number;
  readonly off: number;
}

export interface Residuals {
  /** one a point, ascending x */
  readonly points: readonly Residual[];
  /** of their sizes, whichever way they are off */
  readonly middle: number;
  readonly worst: Residual;
}

/** What the points of a curve lie off t0 + a·x + b·x², the curve that is drawn and told; undefined where none was fitted, or where it is 0 at a point. */
export const residualsOf = ({ points, coefficients }: Pick<Fit, "points" | "coefficients">): Residuals | undefined => {
  if (coefficients === undefined) return undefined;
  const curve = { t0: coefficients.t0.value, a: coefficients.a.value, b: coefficients.b.value, rss: 0 };
  const residuals = points.map(({ x, y }): Residual => ({ x, off: y / curveAt(curve, x) - 1 }));
  const [first] = residuals;
  if (first === undefined || residuals.some(({ off }) => !Number.isFinite(off))) return undefined;
  return {
    points: residuals,
    middle: median(residuals.map(({ off }) => Math.abs(off))),
    worst: residuals.reduce((worst, one) => (Math.abs(one.off) > Math.abs(worst.off) ? one : worst), first),
  };
};
