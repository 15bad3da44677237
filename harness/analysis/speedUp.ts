import type { Crossover, Estimate, Fit, SeriesKey } from "../record/derived.ts";

/** How many times as fast the second arm of a pair is as the first, at one n. */
export interface SpeedUp {
  readonly n: number;
  /** time of the first arm over that of the second, with its 95 % interval */
  readonly times: Estimate;
}

/** The curve of one arm at the shape of a pair, whose key has the sizes of both. */
const curveOf = (fits: readonly Fit[], label: string, series: SeriesKey): Fit | undefined =>
  fits.find(
    (fit) =>
      fit.label === label && fit.metric === "time" && fit.variable === "n" && Object.entries(fit.series).every(([name, value]) => series[name] === value),
  );

/**
 * At the largest n that both arms were measured at, or at the smallest: what the whole machine drifted is in neither. Of a run of before, which holds no ratios, by the points that laws are fitted to, with both arms' intervals
 * in quadrature of logs. Undefined where the two share no n.
 */
export const speedUpOf = (
  fits: readonly Fit[],
  { between, series, ratios = [] }: Pick<Crossover, "between" | "series" | "ratios">,
  at: "largest" | "smallest" = "largest",
): SpeedUp | undefined => {
  const paired = ratios.at(at === "largest" ? -1 : 0);
  if (paired) return { n: paired.n, times: { value: paired.value, low: paired.low, high: paired.high } };
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
