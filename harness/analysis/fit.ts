import type { GrowthClass } from "../../kernels/mechanism.ts";
import { en } from "../messages/en.ts";
import type { Messages } from "../messages/messages.ts";
import type { Fit } from "../record/derived.ts";
import type { SpreadOf } from "./drift.ts";
import { type Growth, growthOf } from "./growth.ts";
import { orders } from "./laws.ts";
import { sampledOf } from "./resampling.ts";
import type { Series } from "./series.ts";
import type { Slopes } from "./slopes.ts";
import { bytesGrowth } from "./stateBytes.ts";
import { percentileInterval } from "./statistics.ts";

/** The growth of time along one curve, its note in the language of `t`; undefined without a measured point. */
export const timeFit = (series: Series, spreadOf: SpreadOf, t: Messages = en): Fit | undefined => {
  const measured = series.cells.flatMap((cell) => {
    const spread = spreadOf(cell.id);
    return spread ? [{ cell, spread }] : [];
  });
  const [first] = measured;
  if (!first) return undefined;
  const sampled = sampledOf(
    measured.map(({ cell }) => cell.n),
    measured.map(({ spread }) => spread),
  );
  const points = measured.map(({ cell, spread }) => {
    const { value, low, high } = percentileInterval(spread.estimate, spread.replicates);
    return { x: cell.n, y: value, low, high };
  });
  return described(series, "time", points, growthOf(sampled, "n"), first.cell.claim.time, t);
};

/** The growth of stateBytes along one curve, its note in the language of `t`; undefined where no cell knows its bytes. */
export const bytesFit = (series: Series, t: Messages = en): Fit | undefined => {
  const known = series.cells.flatMap((cell) => (cell.stateBytes === undefined ? [] : [{ cell, bytes: cell.stateBytes }]));
  const [first] = known;
  if (!first) return undefined;
  const points = known.map(({ cell, bytes }) => ({ x: cell.n, y: bytes, low: bytes, high: bytes }));
  const growth = bytesGrowth(
    points.map((point) => point.x),
    points.map((point) => point.y),
  );
  return described(series, "stateBytes", points, growth, first.cell.claim.stateBytes, t);
};

const described = (
  series: Series,
  metric: Fit["metric"],
  points: Fit["points"],
  { from, slopes, at, ...growth }: Growth,
  claim: GrowthClass,
  t: Messages,
): Fit => {
  const followed = points.slice(from);
  return {
    label: series.label,
    mechanism: series.mechanism,
    form: series.form,
    metric,
    variable: "n",
    series: series.key,
    points: followed,
    ...growth,
    note: growth.note && t.growthNote(growth.note),
    ...(slopes ? { slopes: followed.map(({ x }, i) => ({ x, ...(slopes.local[i] ?? { value: 0, low: 0, high: 0 }) })) } : {}),
    ...projectionsOf(metric, growth.class, points.at(-1)?.x ?? 0, at),
    claim,
    verdict: growth.class === claim ? "agrees" : isContradicted(growth.class, claim, metric, slopes) ? "contradicted" : "undecided",
  };
};

/** Lengths that people ask for and few devices reach in a run: 128k and 1M tokens. */
const askedLengths = [2 ** 17, 2 ** 20];

/** Only a decided law of time is carried on, and only the one that the curve of t0, a and b follows. */
const projectionsOf = (metric: Fit["metric"], law: Growth["class"], largest: number, at: Growth["at"]): Pick<Fit, "projections"> => {
  const lengths = askedLengths.filter((x) => x > largest);
  if (metric !== "time" || !at || lengths.length === 0 || !["O(1)", "O(n)", "O(n²)"].includes(law)) return {};
  return { projections: lengths.map((x) => ({ x, ...at(x) })) };
};

/** a slope so much above the claimed order is no longer that order's */
const allowedSlope = 0.2;

/**
 * Bytes are exact, so another law contradicts. Times contradict where they grow faster than claimed: by a decided law, and by a slope over the upper half of the range that
 * is more than 0.2 above it with its whole interval. A law below the claim says that the range is too short to show it, as on a GPU that is not full yet.
 */
const isContradicted = (found: GrowthClass | "undecided", claim: GrowthClass, metric: Fit["metric"], slopes: Slopes | undefined): boolean => {
  if (found === "undecided" || found === claim) return false;
  if (metric === "stateBytes") return true;
  return slopes !== undefined && slopes.upperHalf.low > orders[claim] + allowedSlope;
};
