import type { CellRecord, ClockSource, RunRecord, Visit } from "../record/run.ts";
import { normals, seedFor, uniformAt, uniforms } from "./random.ts";
import { median, medianInPlace, studentRatio } from "./statistics.ts";

/** A median and what it could as well have been: index r of all spreads of one run comes of the same draw of workers and turns, so ratios and fits over cells stay paired. */
export interface Spread {
  readonly estimate: number;
  readonly replicates: Float64Array;
}

/** What all cells of a run share when they are resampled. `slots` is [most workers, most turns of a worker] of any cell. */
export interface Draws {
  readonly seed: number;
  readonly count: number;
  readonly slots: readonly [workers: number, turns: number];
  readonly source: ClockSource;
  /** smallest step of the clock, ms */
  readonly stepMs: number;
}

export const replicateCount = 1000;

// Of a single timing nothing says how far it is off: its 95 % interval is a factor 2 either way. Of a single visit, nothing says how turns
// differ; ±10 % is what they differ by on a busy machine. Given as standard deviations of the logarithm.
const singleSampleSpread = Math.LN2 / 1.96;
const singleVisitSpread = 0.1 / 1.96;

// Workers count as differing when their mean square is this many times that of turns. F > 1.5 has a chance of about 25 % for equal
// workers at any number of them: the level at which pooling keeps an interval honest (Bancroft 1964, Biometrics 20).
const workersDiffer = 1.5;

/** Whose clock a cell's times are by: a peer has no GPU times. */
export const sourceOf = ({ runtime }: Pick<CellRecord, "runtime">, { source }: Pick<Draws, "source">): ClockSource => (runtime === undefined ? source : "wall");

export const timesOf = (visit: Visit, source: ClockSource): readonly number[] => (source === "gpu" ? visit.gpuMs : visit.wallMs);

export const drawsOf = (record: Pick<RunRecord, "cells" | "environment" | "experiment">, count = replicateCount): Draws => {
  const groups = record.cells.map((cell) => [...byWorker(cell.visits).values()]);
  const workers = Math.max(1, ...groups.map((group) => group.length));
  const turns = Math.max(1, ...groups.map((group) => Math.max(0, ...group.map((visits) => visits.length))));
  const { source, stepNs } = record.environment.clock;
  return { seed: record.experiment.measure.seed, count, slots: [workers, turns], source, stepMs: stepNs / 1e6 };
};

/**
 * The median of all samples and its replicates: workers drawn with replacement, turns of each, samples of each visit (hierarchical
 * bootstrap; Davison and Hinkley 1997, §3.8). Replicates are then spread about the estimate, on the log scale, for the few units they were
 * drawn from: the workers where those differ, else the visits. Undefined without a positive median.
 */
export const resample = (visits: readonly Visit[], draws: Draws, id: string): Spread | undefined => {
  const used = visits.filter((visit) => timesOf(visit, draws.source).length > 0);
  const groups = [...byWorker(used).values()].map((group) => group.map((visit) => Float64Array.from(timesOf(visit, draws.source))));
  const all = groups.flat();
  const samples = all.reduce((sum, times) => sum + times.length, 0);
  const estimate = median(all.flatMap((times) => [...times]));
  if (!(estimate > 0 && Number.isFinite(estimate))) return undefined;

  const widen = all.length > 1 ? wideningOf(groups) : studentRatio(samples - 1);
  const floor = unseenSpread(used, samples, estimate, draws);
  const normal = normals(seedFor(draws.seed, `${id}/unseen`));
  const uniform = uniforms(seedFor(draws.seed, `${id}/samples`));
  const buffer = new Float64Array(groups.length * Math.max(...groups.map((group) => group.length)) * Math.max(...all.map((times) => times.length)));
  const replicates = Float64Array.from({ length: draws.count }, (_, replicate) => {
    const drawn = Math.max(resampledMedian(groups, replicate, draws, uniform, buffer), estimate / 1000);
    return estimate * Math.exp(widen * Math.log(drawn / estimate) + (floor > 0 ? floor * normal() : 0));
  });
  return { estimate, replicates };
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

const resampledMedian = (
  groups: readonly (readonly Float64Array[])[],
  replicate: number,
  draws: Draws,
  uniform: () => number,
  buffer: Float64Array,
): number => {
  const [workerSlots, turnSlots] = draws.slots;
  let count = 0;
  for (let slot = 0; slot < groups.length; slot++) {
    const base = (replicate * workerSlots + slot) * (turnSlots + 1);
    const group = groups[Math.floor(uniformAt(draws.seed, base) * groups.length)] ?? [];
    for (let turn = 0; turn < group.length; turn++) {
      const times = group[Math.floor(uniformAt(draws.seed, base + 1 + turn) * group.length)] ?? new Float64Array();
      for (let i = 0; i < times.length; i++) buffer[count++] = times[Math.floor(uniform() * times.length)] ?? Number.NaN;
    }
  }
  return medianInPlace(buffer, count);
};

/**
 * How much wider than its bootstrap an interval must be for having few units. Units are the workers where they differ by more than their
 * turns explain, else all visits alike. Drawing u units shows (u−1)/u of their variance; where workers do not differ, drawing workers and
 * then turns shows that of the turns twice, which is taken back.
 */
const wideningOf = (groups: readonly (readonly Float64Array[])[]): number => {
  const logs = groups.map((group) => group.map((times) => Math.log(Math.max(median(times), Number.MIN_VALUE))));
  const workers = logs.length;
  const visits = logs.flat().length;
  const grand = mean(logs.flat());
  let between = 0;
  let within = 0;
  for (const group of logs) {
    const centre = mean(group);
    between += group.length * (centre - grand) ** 2;
    for (const value of group) within += (value - centre) ** 2;
  }
  const shownOfWorkers = (workers - 1) / workers;
  const differ = workers > 1 && visits > workers && between / (workers - 1) > (workersDiffer * within) / (visits - workers);
  if (differ) return studentRatio(workers - 1) / Math.sqrt(shownOfWorkers);
  return studentRatio(visits - 1) / Math.sqrt(shownOfWorkers + 1 - workers / visits);
};

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Standard deviation of the log that the samples cannot show: of one timing, of one visit, and below the clock's step. */
const unseenSpread = (visits: readonly Visit[], samples: number, estimate: number, draws: Draws): number => {
  const repetitions = Math.max(1, median(visits.map((visit) => visit.k)));
  const step = draws.stepMs / repetitions / estimate / (2 * 1.96);
  const few = samples === 1 ? singleSampleSpread : visits.length === 1 ? singleVisitSpread : 0;
  return Math.min(2, Math.hypot(step, few));
};
