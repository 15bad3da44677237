import type { GrowthClass } from "../../kernels/mechanism.ts";
import { en } from "../messages/en.ts";
import type { Advantage, Crossover, Estimate } from "../record/derived.ts";
import type { Measurement } from "../record/measurements.ts";
import { type Crossing, crossingOf } from "./crossing.ts";
import { bendsOf, leastResidual } from "./freeCurves.ts";
import { type Growth, growthOf, ofAnyone } from "./growth.ts";
import type { Sampled } from "./laws.ts";
import { sharedDeviations } from "./noise.ts";
import { normals, seedFor } from "./random.ts";
import { replicateCount } from "./resampling.ts";
import { nearestCurve } from "./smoothCurve.ts";
import { chiSquare99, deviation, mean, median, studentRatio } from "./statistics.ts";

export interface CurveFit {
  readonly name: string;
  readonly class: GrowthClass | "undecided";
  /** local slope of log y over log x at the largest x; undefined where x are too few or too near */
  readonly exponent: Estimate | undefined;
  /** y = t0 + a·x + b·x², each ≥ 0; undefined with fewer than three x */
  readonly coefficients: Growth["coefficients"];
  /** classes that are left */
  readonly candidates: readonly GrowthClass[];
  readonly note: string | undefined;
  readonly measureUpTo: number | undefined;
  /** medians by ascending x */
  readonly points: readonly { readonly x: number; readonly y: number; readonly samples: number }[];
}

export interface CurveCrossing {
  /** the second is the one that grows more slowly */
  readonly between: readonly [string, string];
  readonly outcome: Crossover["outcome"];
  readonly n: Estimate | undefined;
  readonly crossings: readonly number[];
  readonly note: string | undefined;
  readonly advantages: readonly Advantage[];
}

export interface CurveFits {
  readonly groups: readonly CurveFit[];
  readonly crossings: readonly CurveCrossing[];
}

/** Of so few degrees of freedom a scatter tells nothing by itself: it is held against 5 % as if these were known of two more. */
const doubtfulFreedom = 3;
const usualNoise = 0.05;
const usualFreedom = 2;
/** standard deviation of the log by which processes differ at most */
const mostBetween = 0.1;
/** standard error of a median over that of a mean, of many normal values */
const medianError = 1.2533;

/**
 * The growth of each group and where any two cross, as of a run (growth.ts, crossing.ts). How far a median is off is told by the samples at one x, pooled over the group
 * as far as x differ by no more than chance; where each x has one, by how far they scatter about the nearest law. Pure; the same every time.
 */
export const fitCurves = (measurements: readonly Measurement[], variable = "n"): CurveFits => {
  const names = [...new Set(measurements.map(({ group }) => group))];
  const curves = names.map((name) => {
    const groups = samplesByX(measurements.filter(({ group }) => group === name));
    const points = groups.map(({ x, samples }) => ({ x, y: median(samples), samples: samples.length }));
    return { name, points, sampled: sampledCurve(name, groups) };
  });
  return {
    groups: curves.map(({ name, points, sampled }) => {
      const { from: _, slopes: __, at: ___, ...growth } = growthOf(sampled, variable, ofAnyone);
      return { name, ...growth, note: growth.note && en.growthNote(growth.note), points };
    }),
    crossings: curves.flatMap((one, i) => curves.slice(i + 1).flatMap((other) => crossingBetween(one, other, variable))),
  };
};

interface Samples {
  readonly x: number;
  readonly samples: readonly number[];
}

const samplesByX = (measurements: readonly Measurement[]): readonly Samples[] => {
  const byX = new Map<number, number[]>();
  for (const { x, y } of measurements) {
    const known = byX.get(x);
    if (known) known.push(y);
    else byX.set(x, [y]);
  }
  return [...byX].map(([x, samples]) => ({ x, samples })).sort((one, other) => one.x - other.x);
};

/** Medians and replicates of a group's curve. */
const sampledCurve = (name: string, groups: readonly Samples[]): Sampled => {
  const xs = groups.map(({ x }) => x);
  const ys = groups.map(({ samples }) => median(samples));
  const deviations = deviationsOf(groups, xs, ys);
  const normal = normals(seedFor(1, name));
  return { xs, ys, replicates: Array.from({ length: replicateCount }, () => ys.map((y, i) => y * Math.exp((deviations[i] ?? 0) * normal()))) };
};

/**
 * Standard deviation of the log of each median, widened by Student's t for the degrees of freedom it is known by: by the samples of one x, or, where each x has one, by how far
 * they scatter about the nearest law.
 */
const deviationsOf = (groups: readonly Samples[], xs: readonly number[], ys: readonly number[]): readonly number[] => {
  const residual = leastResidual(xs, ys);
  const within = withinDeviations(groups);
  if (within) return withProcesses(within, residual);
  const { squares, freedom } =
    residual.freedom >= doubtfulFreedom ? residual : { squares: residual.squares + usualFreedom * usualNoise ** 2, freedom: residual.freedom + usualFreedom };
  return ys.map(() => Math.sqrt(squares / freedom) * studentRatio(freedom));
};

/**
 * Samples of one x may come of one process, whose own offset they cannot show: where the medians scatter about the nearest law by more than chance makes of what the samples show, the rest is added to
 * each (a random effect of x; Searle, Casella and McCulloch 1992), as far as processes differ: what is off by more is a step of the curve.
 */
const withProcesses = (within: readonly number[], { squares, freedom }: ReturnType<typeof leastResidual>): readonly number[] => {
  if (freedom < doubtfulFreedom) return within;
  const shown = mean(within.map((value) => value ** 2));
  const about = squares / freedom;
  if (squares <= shown * chiSquare99(freedom)) return within;
  const between = Math.min(mostBetween ** 2, Math.max(0, about - shown));
  return within.map((value) => Math.hypot(value, Math.sqrt(between) * studentRatio(freedom)));
};

/** By the samples of each x alone, pooled as far as x differ by chance; undefined where these are too few. */
const withinDeviations = (all: readonly Samples[]): readonly number[] | undefined => {
  // A row that was copied, or a time that a coarse clock gives again, says nothing new.
  const groups = all.map(({ x, samples }) => ({ x, samples: [...new Set(samples)] }));
  const several = groups.filter(({ samples }) => samples.length > 1);
  const freedom = several.reduce((sum, { samples }) => sum + samples.length - 1, 0);
  if (freedom < doubtfulFreedom) return undefined;
  const own = several.map(({ samples }) => deviation(samples.map(Math.log), 1));
  const shared = sharedDeviations(own, freedom / several.length);
  const typical = Math.sqrt(shared.deviations.reduce((sum, value) => sum + value ** 2, 0) / shared.deviations.length);
  return groups.map((group) => {
    const { length } = group.samples;
    const single = several.includes(group) ? (shared.deviations[several.indexOf(group)] ?? typical) : typical;
    return (single * studentRatio(Math.round(shared.freedom)) * (length > 2 ? medianError : 1)) / Math.sqrt(length);
  });
};

interface NamedCurve {
  readonly name: string;
  readonly sampled: Sampled;
}

/** With fewer x no law may stand in for what was not measured. */
const leastForLaw = 5;

const crossingBetween = (one: NamedCurve, other: NamedCurve, variable: string): readonly CurveCrossing[] => {
  const [first, second] = onSharedXs(one.sampled, other.sampled);
  // The second grows more slowly: its share of the other falls over the range.
  const turned = first.xs.length > 1 && ratioAt(first, second, first.xs.length - 1) < ratioAt(first, second, 0);
  const [upper, lower] = turned ? [second, first] : [first, second];
  const between = turned ? ([other.name, one.name] as const) : ([one.name, other.name] as const);
  const { outcome, n, crossings, note, advantages }: Crossing = crossingOf({ upper, lower }, { x: variable, lower: between[1] });
  return [{ between, outcome, n, crossings, note: note && en.crossingNote(note), advantages }];
};

const ratioAt = (upper: Sampled, lower: Sampled, i: number): number => (upper.ys[i] ?? 1) / (lower.ys[i] ?? 1);

/** Both at the x that both have, where these are all that either has in the range that both span; else by smooth laws at all x of that range. */
const onSharedXs = (one: Sampled, other: Sampled): readonly [Sampled, Sampled] => {
  const shared = one.xs.filter((x) => other.xs.includes(x));
  const [low, high] = [Math.max(one.xs[0] ?? 1, other.xs[0] ?? 1), Math.min(one.xs.at(-1) ?? 1, other.xs.at(-1) ?? 1)];
  const all = [...new Set([...one.xs, ...other.xs])].filter((x) => x >= low && x <= high).sort((a, b) => a - b);
  if (shared.length === all.length || one.xs.length < leastForLaw || other.xs.length < leastForLaw) return [at(one, shared), at(other, shared)];
  return [along(one, all), along(other, all)];
};

const at = ({ xs, ys, replicates }: Sampled, wanted: readonly number[]): Sampled => {
  const places = wanted.map((x) => xs.indexOf(x));
  const pick = (values: readonly number[]): readonly number[] => places.map((i) => values[i] ?? Number.NaN);
  return { xs: wanted, ys: pick(ys), replicates: replicates.map(pick) };
};

const along = (sampled: Sampled, xs: readonly number[]): Sampled => {
  const curve = nearestCurve(sampled, bendsOf(sampled.xs, sampled.ys));
  const logs = xs.map(curve.logAt);
  return {
    xs,
    ys: logs.map((log) => Math.exp(log())),
    replicates: sampled.replicates.map((_, r) => logs.map((log) => Math.exp(log(r)))),
  };
};
