import type { GrowthClass } from "../../../kernels/mechanism.ts";
import { formatCount } from "../../analysis/format.ts";
import { groupBy } from "../../analysis/grouping.ts";
import type { GapStatus } from "../../messages/en.ts";
import type { Messages } from "../../messages/messages.ts";
import type { Estimate, Fit } from "../../record/derived.ts";
import type { CellRecord, RunRecord } from "../../record/run.ts";
import { type ArmLook, armLooks } from "./arms.ts";
import { crossoversOf, type Facet, fitOf, plannedXs, type Variable, variableOf } from "./facets.ts";

/** One measured or counted value with its interval; `run` is false where it is known without having been run. */
export interface GrowthPoint {
  readonly x: number;
  readonly y: number;
  readonly low: number;
  readonly high: number;
  readonly run: boolean;
  /** timings behind it, where it is a time */
  readonly samples?: number;
}

/** One arm in one facet. */
export interface Series {
  readonly look: ArmLook;
  readonly points: readonly GrowthPoint[];
  readonly gaps: readonly { readonly x: number; readonly status: GapStatus; readonly reason: string }[];
  readonly fit: Fit | undefined;
  readonly claim: GrowthClass;
}

/** What a time or memory chart shows. */
export interface Growth {
  readonly metric: Fit["metric"];
  readonly variable: Variable;
  /** of the answer's arms alone */
  readonly isAnswer: boolean;
  readonly series: readonly Series[];
  /** every planned x of the facet, measured or not, ascending */
  readonly ticks: readonly number[];
  /** those that stand somewhere */
  readonly crossovers: readonly DrawnCrossing[];
  /** how many pairs of arms are compared, whether they cross or not */
  readonly pairs: number;
  /** n* that are computed and not measured, of times: within the n of the facet */
  readonly computed: readonly ComputedCrossing[];
}

/** Where a pair crosses; `latest`: by then it has, and nobody knows since when. */
export interface DrawnCrossing {
  readonly between: readonly [string, string];
  readonly n: Estimate;
  readonly latest: boolean;
}

/** n* of a pair if both arms used as large a share of the device's ceiling, or by their FLOPs and bytes alone. */
export interface ComputedCrossing {
  readonly between: readonly [string, string];
  readonly kind: "equalShare" | "predicted";
  readonly n: number;
}

/** The value of a cell for one metric, with its interval; undefined where there is none or none that a log axis can take. */
export const measuredValue = (cell: CellRecord, metric: Fit["metric"]): Omit<GrowthPoint, "x"> | undefined => {
  if (metric === "stateBytes") {
    const y = cell.stateBytes;
    return y === undefined || !(y > 0) ? undefined : { y, low: y, high: y, run: cell.outcome.status === "ok" };
  }
  const summary = cell.summary;
  if (cell.outcome.status !== "ok" || summary === undefined || !(summary.medianMs > 0)) return undefined;
  const y = summary.medianMs;
  return { y, low: summary.lowMs > 0 ? summary.lowMs : y, high: summary.highMs > 0 ? summary.highMs : y, run: true, samples: summary.samples };
};

/** The series of one facet, in the order of the arms. */
export const growthOf = (record: RunRecord, facet: Facet, metric: Fit["metric"]): Growth => {
  const variable = facet.variable ?? variableOf(record);
  const series = armLooks(record).flatMap((look): Series[] => {
    const cells = facet.cells.filter((cell) => cell.label === look.label).sort((one, other) => one[variable] - other[variable]);
    const [first] = cells;
    if (first === undefined) return [];
    const points: GrowthPoint[] = [];
    const gaps: { x: number; status: GapStatus; reason: string }[] = [];
    for (const cell of cells) {
      const value = measuredValue(cell, metric);
      if (value !== undefined) points.push({ x: cell[variable], ...value });
      // Nothing kept has no place on a logarithmic axis, and is no failure.
      else if (metric === "time" || cell.stateBytes !== 0)
        gaps.push({
          x: cell[variable],
          status: cell.outcome.status === "ok" ? "failed" : cell.outcome.status,
          reason: "reason" in cell.outcome ? cell.outcome.reason : "",
        });
    }
    if (points.length === 0 && gaps.length === 0) return [];
    return [{ look, points, gaps, fit: fitOf(record, facet, look.label, metric), claim: first.claim[metric] }];
  });
  const ticks = plannedXs(record, facet.cells, variable);
  const { answer } = facet;
  const crossovers = crossoversOf(record, facet, metric).filter(({ between }) => answer === undefined || between.every((label) => answer.includes(label)));
  const drawn = crossovers.flatMap(({ outcome, n, atLatest, between }): DrawnCrossing[] => {
    if (outcome === "crosses") return n ? [{ between, n, latest: false }] : [];
    // Beside the answer, which says so.
    return answer === undefined || atLatest === undefined ? [] : [{ between, n: { value: atLatest, low: atLatest, high: atLatest }, latest: true }];
  });
  const computed = (answer === undefined ? crossovers : []).flatMap((crossover) =>
    (["equalShare", "predicted"] as const).flatMap((kind): ComputedCrossing[] => {
      const n = crossover[kind]?.n;
      return n === undefined || !(n >= (ticks[0] ?? 1) && n <= (ticks.at(-1) ?? 0)) ? [] : [{ between: crossover.between, kind, n }];
    }),
  );
  const pairs = new Set(crossovers.map(({ between }) => JSON.stringify(between))).size;
  return { metric, variable, isAnswer: answer !== undefined, series, ticks, crossovers: drawn, pairs, computed };
};

/** How a class grows, up to a constant factor. */
export const growthFunction = (growth: GrowthClass): ((n: number) => number) => {
  switch (growth) {
    case "O(1)":
      return () => 1;
    case "O(log n)":
      return (n) => Math.log2(n + 1);
    case "O(n)":
      return (n) => n;
    case "O(n log n)":
      return (n) => n * Math.log2(n + 1);
    case "O(n²)":
      return (n) => n ** 2;
    case "O(n³)":
      return (n) => n ** 3;
    default:
      return growth satisfies never;
  }
};

/** The fitted curve between the first and the last point it used, `steps` + 1 values spaced evenly on a log axis; empty without coefficients. */
export const fittedCurve = (fit: Fit | undefined, steps = 48): readonly { readonly x: number; readonly y: number }[] => {
  const first = fit?.points[0]?.x;
  const last = fit?.points.at(-1)?.x;
  if (fit?.coefficients === undefined || first === undefined || last === undefined || !(first > 0) || last <= first) return [];
  const { t0, a, b } = fit.coefficients;
  return Array.from({ length: steps + 1 }, (_, i) => first * (last / first) ** (i / steps))
    .map((x) => ({ x, y: t0.value + a.value * x + b.value * x * x }))
    .filter(({ y }) => y > 0 && Number.isFinite(y));
};

/** A point this far off its curve, as a share, is on a step that the curve runs through: twice what laws may be off by on average (analysis/growth.ts). */
const farthestOff = 0.15;

/** Less likely than this, intervals do not miss a curve by chance alone. */
const leastChance = 0.01;

/** How likely it is that `missed` or more of `all` intervals of 95 % miss what they are intervals of. */
const chanceOf = (missed: number, all: number): number => {
  let [exactly, fewer] = [0.95 ** all, 0];
  for (let count = 0; count < missed; count++) {
    fewer += exactly;
    exactly *= ((all - count) / (count + 1)) * (0.05 / 0.95);
  }
  return 1 - fewer;
};

/**
 * By how much the points of a fit lie off its curve at most: 0.4 where one takes 1.4 times as long, or the curve does. 0 where all are as near as a curve is told by. They are not where one is too
 * far off beyond its 95 % interval, nor where noise is wide but more intervals miss the curve, at points too far off, than do so by chance: many points at nearly one n pull a curve to themselves.
 */
export const offCurve = (fit: Fit | undefined): number => {
  if (fit?.coefficients === undefined) return 0;
  const { t0, a, b } = fit.coefficients;
  const off = fit.points.flatMap(({ x, y: value, low, high }) => {
    const y = t0.value + a.value * x + b.value * x * x;
    return y > 0 && high > 0 && value > 0 ? [{ beyond: Math.max(low / y, y / high) - 1, by: Math.max(value / y, y / value) - 1 }] : [];
  });
  const most = Math.max(0, ...off.map(({ beyond }) => beyond));
  if (most > farthestOff) return most;
  const missed = off.filter(({ beyond, by }) => beyond > 0 && by > farthestOff);
  return chanceOf(missed.length, off.length) < leastChance ? Math.max(...missed.map(({ by }) => by)) : 0;
};

/** The fitted curve of a series as charts draw it: none that runs past its points, whose slope is none of theirs. */
export const drawnCurve = (fit: Fit | undefined, steps?: number): ReturnType<typeof fittedCurve> => (offCurve(fit) > 0 ? [] : fittedCurve(fit, steps));

/** Points that no curve is drawn through, in pieces: up to where it begins and from where it ends, as laws are fitted to the lengths that they hold over, often without the shortest; all of them where they lie off it. */
export const beyondCurve = ({ fit, points }: Pick<Series, "fit" | "points">): readonly (readonly GrowthPoint[])[] => {
  if (offCurve(fit) > 0) return [points];
  const curve = fittedCurve(fit, 1);
  const [first, last] = [curve[0]?.x, curve.at(-1)?.x];
  if (first === undefined || last === undefined) return [];
  const pieces = [points.filter(({ x }) => x <= first), points.filter(({ x }) => x >= last)];
  return pieces.filter((piece) => piece.length > 1);
};

/** What the marks at the upper edge mean, for those that occur; empty when none does. */
export const gapLegend = (growths: readonly Growth[], t: Messages): string => {
  const statuses = new Set(growths.flatMap((growth) => growth.series.flatMap((series) => series.gaps.map((gap) => gap.status))));
  return statuses.size === 0 ? "" : t.figures.gaps([...statuses]);
};

/** A label's second line: the slope of a fitted curve at its right end; "" where none is drawn. */
export const slopeLabel = (fit: Fit | undefined, t: Messages): string =>
  fit?.exponent === undefined || offCurve(fit) > 0 ? "" : t.charts.slope(fit.exponent.value);

/** Crossings of several pairs that stand at the same n, by that n: a memory's size is the same for all mechanisms of one state. */
export const sharedCrossings = (crossovers: readonly DrawnCrossing[]): readonly (readonly [DrawnCrossing, ...DrawnCrossing[]])[] =>
  [...groupBy(crossovers, ({ n, latest }) => `${n.value} ${n.low} ${n.high} ${latest}`).values()].flatMap(([first, ...more]) =>
    first === undefined ? [] : [[first, ...more] as const],
  );

/** "n* 310 (280–345)" */
export const crossingText = ({ n }: DrawnCrossing): string =>
  `n* ${formatCount(n.value)}${n.low < n.high ? ` (${formatCount(n.low)}–${formatCount(n.high)})` : ""}`;

/** "KV cache / linear": which arm is overtaken by which. */
export const pairText = ([above, below]: readonly [string, string]): string => `${above} / ${below}`;

/**
 * The pairs that one n* of a chart is of, from the longest words to the shortest; none where the chart has but two arms. Where each of some arms is overtaken by each of some others these are
 * named once; where names have no room, it is said how many pairs there are.
 */
export const pairsTexts = (shared: readonly DrawnCrossing[], { series, pairs }: Pick<Growth, "series" | "pairs">, t: Messages): readonly string[] => {
  if (series.length <= 2) return [];
  const named = shared.map(({ between }) => pairText(between));
  const [above, below] = ([0, 1] as const).map((side) => [...new Set(shared.map(({ between }) => between[side]))]);
  const product = above && below && above.length * below.length === new Set(named).size ? [pairText([above.join(", "), below.join(", ")])] : [];
  return [...(product.length > 0 ? product : [named.join(", ")]), ...(shared.length > 1 ? [t.charts.pairs(shared.length, shared.length === pairs)] : [])];
};
