import type { CellRecord, ClockSource, RunRecord, Visit } from "../record/run.ts";
import type { Sampled } from "./laws.ts";
import { type Noise, noiseOf, studentWidening, wideningOf } from "./noise.ts";
import { normals, seedFor, uniformAt, uniforms } from "./random.ts";
import { median, medianInPlace, studentRatio } from "./statistics.ts";

/** A median and what it could as well have been: index r of all spreads of one run comes of the same draw of workers and turns, so ratios and fits over cells stay paired. */
export interface Spread {
  readonly estimate: number;
  readonly replicates: Float64Array;
}

/** The curve that spreads at ascending x make. */
export const sampledOf = (xs: readonly number[], spreads: readonly Spread[]): Sampled => ({
  xs,
  ys: spreads.map(({ estimate }) => estimate),
  replicates: Array.from({ length: spreads[0]?.replicates.length ?? 0 }, (_, r) => spreads.map(({ estimate, replicates }) => replicates[r] ?? estimate)),
});

/** What all cells of a run share when they are resampled. `slots` is [most workers, most turns of a worker] of any cell. */
export interface Draws {
  readonly seed: number;
  readonly count: number;
  readonly slots: readonly [workers: number, turns: number];
  readonly source: ClockSource;
  /** smallest step of the clock, ms */
  readonly stepMs: number;
  /** draws that were made, by all that they depend on, the latest last: most cells of a run have as many workers and turns. Undefined: none is wanted again */
  readonly made: Map<string, Uint16Array> | undefined;
}

export const replicateCount = 1000;

// Of a single timing nothing says how far it is off: its 95 % interval is a factor 2 either way. Of a single visit, nothing says how turns
// differ; ±10 % is what they differ by on a busy machine. Given as standard deviations of the logarithm.
const singleSampleSpread = Math.LN2 / 1.96;
const singleVisitSpread = 0.1 / 1.96;

/** Whose clock a cell's times are by: a peer has no GPU times. */
export const sourceOf = ({ runtime }: Pick<CellRecord, "runtime">, { source }: Pick<Draws, "source">): ClockSource => (runtime === undefined ? source : "wall");

export const timesOf = (visit: Visit, source: ClockSource): readonly number[] => (source === "gpu" ? visit.gpuMs : visit.wallMs);

export const drawsOf = (record: Pick<RunRecord, "cells" | "environment" | "experiment">, count = replicateCount): Draws => {
  const groups = record.cells.map((cell) => [...byWorker(cell.visits).values()]);
  const workers = Math.max(1, ...groups.map((group) => group.length));
  const turns = Math.max(1, ...groups.map((group) => Math.max(0, ...group.map((visits) => visits.length))));
  const { source, stepNs } = record.environment.clock;
  return { seed: record.experiment.measure.seed, count, slots: [workers, turns], source, stepMs: stepNs / 1e6, made: new Map() };
};

/** A median, how it comes out of other draws of the same visits, and what these draws cannot show. */
export interface Bootstrap {
  readonly estimate: number;
  /** log of each draw's median over the estimate */
  readonly deviations: Float64Array;
  /** visits of each worker */
  readonly visits: readonly number[];
  readonly noise: Noise;
  /** standard deviation of the logarithm that no draw shows */
  readonly unseen: number;
  /** a stream of N(0, 1) for it */
  readonly normal: () => number;
}

/**
 * The median of all samples and its bootstrap: workers drawn with replacement, then turns of each (hierarchical; Davison and Hinkley 1997, §3.8). A visit is drawn
 * whole, since its samples' noise already shows in how visits differ; a single visit's samples are drawn instead. Undefined without a positive median.
 */
export const bootstrapOf = (visits: readonly Visit[], draws: Draws, id: string): Bootstrap | undefined => {
  const used = visits.filter((visit) => timesOf(visit, draws.source).length > 0);
  const groups = [...byWorker(used).values()].map((group) => group.map((visit) => Float64Array.from(timesOf(visit, draws.source))));
  const all = groups.flat();
  const samples = all.reduce((sum, times) => sum + times.length, 0);
  const estimate = median(all.flatMap((times) => [...times]));
  if (!(estimate > 0 && Number.isFinite(estimate))) return undefined;
  const [only] = all;
  const uniform = uniforms(seedFor(draws.seed, `${id}/samples`));
  const drawn =
    all.length === 1 && only ? Float64Array.from({ length: draws.count }, () => resampledVisit(only, uniform)) : weightedMedians(all, groups, draws);
  return {
    estimate,
    deviations: drawn.map((value) => Math.log(Math.max(value, estimate / 1000) / estimate)),
    visits: groups.map((group) => group.length),
    noise: noiseOf(groups.map((group) => group.map((times) => Math.log(Math.max(median(times), Number.MIN_VALUE))))),
    unseen: unseenSpread(used, samples, estimate, draws),
    normal: normals(seedFor(draws.seed, `${id}/unseen`)),
  };
};

export const visitCount = ({ visits }: Pick<Bootstrap, "visits">): number => visits.reduce((sum, count) => sum + count, 0);

/** A factor of a million either way: one stalled visit among few processes is widened beyond any number that a record may hold. */
const mostOff = Math.log(1e6);

/** Replicates whose deviations are `widening` times those drawn, and what draws do not show on top. */
export const spreadOf = ({ estimate, deviations, unseen, normal }: Bootstrap, widening: number): Spread => ({
  estimate,
  replicates: deviations.map((deviation) => {
    const off = widening * deviation + (unseen > 0 ? unseen * normal() : 0);
    return estimate * Math.exp(Math.max(-mostOff, Math.min(mostOff, off)));
  }),
});

/** A cell by itself: its replicates are spread, on the log scale, for the few units they were drawn from. Undefined without a positive median. */
export const resample = (visits: readonly Visit[], draws: Draws, id: string): Spread | undefined => {
  const bootstrap = bootstrapOf(visits, draws, id);
  if (!bootstrap) return undefined;
  const samples = visits.reduce((sum, visit) => sum + timesOf(visit, draws.source).length, 0);
  return spreadOf(bootstrap, visitCount(bootstrap) > 1 ? studentWidening(wideningOf(bootstrap.visits, bootstrap.noise)) : studentRatio(samples - 1));
};

const byWorker = (visits: readonly Visit[]): Map<number, Visit[]> => {
  const groups = new Map<number, Visit[]>();
  for (const visit of [...visits].sort((a, b) => a.worker - b.worker || a.turn - b.turn)) {
    const group = groups.get(visit.worker);
    if (group) group.push(visit);
    else groups.set(visit.worker, [visit]);
  }
  return groups;
};

/** Draws workers, and turns of each, by their numbers as they come in groups of these `sizes`; index r of all that is drawn in one run comes of the same numbers. */
const drawerOf = (sizes: readonly number[], { seed, slots }: Draws): ((replicate: number, take: (index: number) => void) => void) => {
  // What is drawn beside cells may have more of either than any cell has.
  const [workerSlots, turnSlots] = [Math.max(slots[0], sizes.length), Math.max(slots[1], ...sizes)];
  const counts = Uint32Array.from(sizes);
  const starts = new Uint32Array(sizes.length);
  for (let worker = 1; worker < starts.length; worker++) starts[worker] = (starts[worker - 1] ?? 0) + (counts[worker - 1] ?? 0);
  return (replicate, take) => {
    for (let slot = 0; slot < counts.length; slot++) {
      const base = (replicate * workerSlots + slot) * (turnSlots + 1);
      const worker = Math.floor(uniformAt(seed, base) * counts.length);
      const [start, size] = [starts[worker] ?? 0, counts[worker] ?? 0];
      for (let turn = 0; turn < size; turn++) take(start + Math.floor(uniformAt(seed, base + 1 + turn) * size));
    }
  };
};

/** Draws of so many shapes are kept: thousands of cells that were visited by need have hundreds of shapes. */
const mostMade = 32;

/** Counts into `counts`, from `from` on, how often each visit is drawn, numbered as they come in `groups`. */
const counterOf = (groups: readonly (readonly unknown[])[], draws: Draws): ((counts: Uint16Array, from: number, replicate: number) => void) => {
  const draw = drawerOf(
    groups.map((group) => group.length),
    draws,
  );
  return (counts, from, replicate) =>
    draw(replicate, (visit) => {
      counts[from + visit] = (counts[from + visit] ?? 0) + 1;
    });
};

/** How often each visit is drawn, [replicate, visit]; made once for all cells that are alike. */
const sharedTimes = (groups: readonly (readonly unknown[])[], draws: Draws, shared: NonNullable<Draws["made"]>): Uint16Array => {
  const key = [draws.seed, draws.count, ...draws.slots, ...groups.map((group) => group.length)].join(" ");
  const known = shared.get(key);
  if (known) return known;
  const visits = groups.flat().length;
  const made = new Uint16Array(draws.count * visits);
  const count = counterOf(groups, draws);
  for (let replicate = 0; replicate < draws.count; replicate++) count(made, replicate * visits, replicate);
  const [oldest] = shared.keys();
  if (shared.size >= mostMade && oldest !== undefined) shared.delete(oldest);
  shared.set(key, made);
  return made;
};

/**
 * The median of all samples of visits of which each counts as often as it is drawn, in each replicate. Samples are sorted once; a draw begins in the middle of them, where it knows of each visit
 * how many of its samples lie below, and walks from there: a few samples, not half of all.
 */
const weightedMedians = (visits: readonly Float64Array[], groups: readonly (readonly unknown[])[], draws: Draws): Float64Array => {
  const samples = visits.flatMap((times, visit) => Array.from(times, (time) => ({ time, visit }))).sort((one, other) => one.time - other.time);
  const times = Float64Array.from(samples, ({ time }) => time);
  const owners = Uint32Array.from(samples, ({ visit }) => visit);
  const sizes = Uint32Array.from(visits, ({ length }) => length);
  const middle = times.length >> 1;
  const belowMiddle = new Uint32Array(visits.length);
  for (let i = 0; i < middle; i++) belowMiddle[owners[i] ?? 0] = (belowMiddle[owners[i] ?? 0] ?? 0) + 1;
  const medianOf = (weights: Uint16Array, from: number): number => {
    let total = 0;
    let before = 0;
    for (let visit = 0; visit < sizes.length; visit++) {
      const weight = weights[from + visit] ?? 0;
      total += weight * (sizes[visit] ?? 0);
      before += weight * (belowMiddle[visit] ?? 0);
    }
    // `before` counts what lies below sample i: down to the last i where that is less than half, then up past it.
    let i = middle;
    while (i > 0 && 2 * before >= total) before -= weights[from + (owners[--i] ?? 0)] ?? 0;
    for (; i < times.length; i++) {
      before += weights[from + (owners[i] ?? 0)] ?? 0;
      if (2 * before < total) continue;
      const lower = times[i] ?? Number.NaN;
      if (2 * before > total) return lower;
      // The middle lies between this sample and the next one that counts.
      let next = i + 1;
      while (next < times.length && weights[from + (owners[next] ?? 0)] === 0) next++;
      return (lower + (times[next] ?? lower)) / 2;
    }
    return Number.NaN;
  };
  const medians = new Float64Array(draws.count);
  if (draws.made) {
    const table = sharedTimes(groups, draws, draws.made);
    for (let replicate = 0; replicate < draws.count; replicate++) medians[replicate] = medianOf(table, replicate * visits.length);
    return medians;
  }
  // Tables of thousands of cells, each used once, would be most of what a large run leaves to collect.
  const [count, once] = [counterOf(groups, draws), new Uint16Array(visits.length)];
  for (let replicate = 0; replicate < draws.count; replicate++) {
    count(once.fill(0), 0, replicate);
    medians[replicate] = medianOf(once, 0);
  }
  return medians;
};

/** Deviations of the mean of `values[w][t]` from its own, as draws of workers and turns give it, widened for how few these are. */
export const meanDeviations = (values: readonly (readonly number[])[], draws: Draws): Float64Array => {
  const all = values.flat();
  const centre = all.reduce((sum, value) => sum + value, 0) / all.length;
  const widening = studentWidening(
    wideningOf(
      values.map((group) => group.length),
      noiseOf(values),
    ),
  );
  const draw = drawerOf(
    values.map((group) => group.length),
    draws,
  );
  return Float64Array.from({ length: draws.count }, (_, replicate) => {
    let sum = 0;
    let count = 0;
    draw(replicate, (index) => {
      sum += all[index] ?? 0;
      count++;
    });
    return widening * (sum / count - centre);
  });
};

const resampledVisit = (times: Float64Array, uniform: () => number): number => {
  const drawn = times.map(() => times[Math.floor(uniform() * times.length)] ?? Number.NaN);
  return medianInPlace(drawn, drawn.length);
};

/** Standard deviation of the log that the samples cannot show: of one timing, of one visit, and below the clock's step. */
const unseenSpread = (visits: readonly Visit[], samples: number, estimate: number, draws: Draws): number => {
  const repetitions = Math.max(1, median(visits.map((visit) => visit.k)));
  const step = draws.stepMs / repetitions / estimate / (2 * 1.96);
  const few = samples === 1 ? singleSampleSpread : visits.length === 1 ? singleVisitSpread : 0;
  return Math.min(2, Math.hypot(step, few));
};
