import type { Crossover, Estimate, Fit, SeriesKey } from "../record/derived.ts";

/** How many times as fast the second arm of a pair is as the first, at one n. */
export interface SpeedUp {
  readonly n: number;
  /** time of the first arm over that of the second, with its 95 % interval: both arms' in quadrature of logs */
  readonly times: Estimate;
}

/** The curve of one arm at the shape of a pair, whose key has the sizes of both. */
const curveOf = (fits: readonly Fit[], label: string, series: SeriesKey): Fit | undefined =>
  fits.find(
    (fit) =>
      fit.label === label && fit.metric === "time" && fit.variable === "n" && Object.entries(fit.series).every(([name, value]) => series[name] === value),
  );

/**
 * At the largest n that both arms were measured at, or at the smallest, of the points that laws are fitted to: what the whole machine drifted is in neither. Undefined where the two share
 * none.
 */
export const speedUpOf = (
  fits: readonly Fit[],
  { between, series }: Pick<Crossover, "between" | "series">,
  at: "largest" | "smallest" = "largest",
): SpeedUp | undefined => {
  const [upper, lower] = between.map((label) => curveOf(fits, label, series)?.points ?? []);
  const shared = (upper ?? []).filter(({ x, y }) => y > 0 && lower?.some((point) => point.x === x && point.y > 0));
  const slow = shared.at(at === "largest" ? -1 : 0);
  const fast = lower?.find(({ x }) => x === slow?.x);
  if (!slow || !fast) return undefined;
  const value = slow.y / fast.y;
  const under = Math.hypot(Math.log(slow.y / slow.low), Math.log(fast.high / fast.y));
  const over = Math.hypot(Math.log(slow.high / slow.y), Math.log(fast.y / fast.low));
  return { n: slow.x, times: { value, low: value * Math.exp(-under), high: value * Math.exp(over) } };
};
