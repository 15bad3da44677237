import type { ClockSource, Visit } from "../../record/run.ts";
import { shiftsOf } from "../drift.ts";
import { groupBy } from "../grouping.ts";
import { noiseOf, pooledNoise, sharedDeviations, workersDiffer } from "../noise.ts";
import { timesOf } from "../resampling.ts";
import { mean, median, quantileSorted } from "../statistics.ts";

/** What is known of one cell's log time, or log ratio of times: a mean, its standard error, and the degrees of freedom this is known by (0: nothing tells). */
export interface Level {
  readonly value: number;
  readonly error: number;
  readonly freedom: number;
  /** it was measured in so many, or pairs of them */
  readonly processes: number;
}

/** One visit of a cell: the log of its time, or of the ratio of two. */
export interface VisitLog {
  /** the process that it was timed in, or the pair of them */
  readonly process: string;
  readonly turn: number;
  readonly value: number;
}

/**
 * The lower quartile of a visit's samples, not their median: whatever else a machine does only ever makes one slower. proof/realGate.ts holds the two against each other on changes that are known.
 */
const logOf = (visit: Visit, source: ClockSource): number => Math.log(quantileSorted(Float64Array.from(timesOf(visit, source)).sort(), 0.25));
const finite = ({ value }: VisitLog): boolean => Number.isFinite(value);

/** Of one run's cell. */
export const visitLogs = (visits: readonly Visit[], source: ClockSource): readonly VisitLog[] =>
  visits.map((visit) => ({ process: `${visit.worker}`, turn: visit.turn, value: logOf(visit, source) })).filter(finite);

/**
 * Of a cell of two runs that were measured beside each other: in each turn that visited both, the log of head's time over base's, so that what slows the machine for a while is not in it. A process
 * is here the pair that the two were timed in.
 */
export const pairedLogs = (base: readonly Visit[], head: readonly Visit[], source: ClockSource): readonly VisitLog[] =>
  head
    .flatMap((visit) => {
      const other = base.find(({ turn }) => turn === visit.turn);
      return other ? [{ process: `${other.worker} ${visit.worker}`, turn: visit.turn, value: logOf(visit, source) - logOf(other, source) }] : [];
    })
    .filter(finite);

/** Of the same turns, the log of the time that lies in the middle of base's and head's: a change from the one to the other goes half of its way to either side. NaN where there is none. */
export const pairedMiddle = (base: readonly Visit[], head: readonly Visit[], source: ClockSource): number => {
  const middles = head.flatMap((visit) => {
    const other = base.find(({ turn }) => turn === visit.turn);
    return other ? [(logOf(visit, source) + logOf(other, source)) / 2] : [];
  });
  return mean(middles.filter(Number.isFinite));
};

/** The same without what all cells of a turn have in common: a process that is slower as a whole, a machine that is. Undefined where cells or turns are too few to tell. */
export const withoutShared = (cells: readonly (readonly VisitLog[])[]): readonly (readonly VisitLog[])[] | undefined => {
  const shifts = shiftsOf(cells.map((logs) => new Map(logs.map(({ turn, value }) => [turn, value]))));
  if (shifts.size === 0) return undefined;
  // A shift takes its share of a cell's own noise with it: 1 of as many as there are cells.
  const taken = Math.sqrt(cells.length / (cells.length - 1));
  return cells.map((logs) => {
    const centre = median(logs.map(({ value }) => value));
    return logs.map((log) => ({ ...log, value: centre + taken * (log.value - (shifts.get(log.turn) ?? 0) - centre) }));
  });
};

/** `[w][t]` of its w-th process. */
type ByProcess = readonly (readonly number[])[];

const byProcess = (logs: readonly VisitLog[]): ByProcess =>
  [...groupBy(logs, ({ process }) => process).values()].map((group) => group.map(({ value }) => value));

/** Visits further off than this many standard deviations are drawn in to there: a stall of the machine is no property of a cell (Huber 1964). */
const furthest = 1.5;
/** a normal distribution's standard deviation over its median absolute deviation */
const ofMedianDeviation = 1.4826;

/**
 * The levels of all cells of a comparison together. Of each its visits tell the mean; how far that is off is told by the variance between processes and of turns within them, which cells have in
 * common as far as they do not differ by more than chance (noise.ts): three processes tell little of one cell, and much of twelve.
 */
export const levelsOf = (visits: readonly (readonly VisitLog[])[]): readonly Level[] => {
  const cells = visits.map(byProcess);
  const scale = ofMedianDeviation * median(cells.flatMap(deviationsOf));
  const drawnIn = cells.map((logs) => clipped(logs, scale));
  const left = keptShare(cells, drawnIn);
  const several = drawnIn.filter((logs) => logs.flat().length > 1);
  // Pooled, cells say whether processes differ; how much a cell's own visits scatter is its own matter.
  const differ = workersDiffer(pooledNoise(several.map(noiseOf)));
  const own = several.map((logs) => ownError(logs, differ));
  const freedom = mean(own.map((one) => one.freedom));
  const shared = sharedDeviations(
    own.map(({ perVisit }) => perVisit),
    freedom,
  );
  return drawnIn.map((logs) => {
    const at = several.indexOf(logs);
    const value = mean(logs.flat());
    if (at < 0) return { value, error: Number.POSITIVE_INFINITY, freedom: 0, processes: logs.length };
    return { value, error: ((shared.deviations[at] ?? 0) * (own[at]?.perMean ?? 1)) / left, freedom: Math.max(1, shared.freedom), processes: logs.length };
  });
};

const visitsOf = (logs: ByProcess): readonly number[] => logs.map((group) => group.length);

const deviationsOf = (logs: ByProcess): readonly number[] => {
  const all = logs.flat();
  const centre = median(all);
  // Of few values the median lies among them, and they seem nearer to it than they are.
  return all.length > 1 ? all.map((value) => Math.abs(value - centre) * Math.sqrt(all.length / (all.length - 1))) : [];
};

const clipped = (logs: ByProcess, common: number): ByProcess => {
  const centre = median(logs.flat());
  // Cells of one visit have no scale, and nothing to draw in.
  const reach = furthest * Math.max(common || 0, ofMedianDeviation * median(deviationsOf(logs)) || 0);
  return logs.map((group) => group.map((value) => Math.min(centre + reach, Math.max(centre - reach, value))));
};

/** Share of visits that were left where they are. What is drawn in does not follow the mean, so the mean's own error is that of the visits drawn in over this share (Huber 1964). */
const keptShare = (before: readonly ByProcess[], after: readonly ByProcess[]): number => {
  const kept = after.flatMap((logs, cell) => logs.flatMap((group, process) => group.map((value, i) => value === before[cell]?.[process]?.[i])));
  return Math.max(leastKept, kept.filter(Boolean).length / Math.max(1, kept.length));
};
/** fewer are never left of any cell whose scale is its own median deviation */
const leastKept = 0.5;

/**
 * One cell's scatter in a form that cells with other numbers of visits share: where processes differ, the deviation of a process's mean, else of a visit; and what multiplies
 * it to give the standard error of the cell's mean.
 */
const ownError = (logs: ByProcess, differ: boolean): { readonly perVisit: number; readonly perMean: number; readonly freedom: number } => {
  const { between, betweenFreedom, within, withinFreedom } = noiseOf(logs);
  const visits = visitsOf(logs);
  const all = visits.reduce((sum, count) => sum + count, 0);
  if (!differ || betweenFreedom === 0) {
    const freedom = betweenFreedom + withinFreedom;
    return { perVisit: Math.sqrt((between + within) / freedom), perMean: 1 / Math.sqrt(all), freedom };
  }
  // Over all visits, of the mean of processes with unequally many: as meanErrorOf has it, with the turns' part in its share.
  const uneven = visits.reduce((sum, count) => sum + (count / all) ** 2, 0) * visits.length;
  return { perVisit: Math.sqrt(between / betweenFreedom), perMean: Math.sqrt(uneven / all), freedom: betweenFreedom };
};

/** head less base of two runs that were measured by themselves: errors add, and so, by Welch and Satterthwaite, are they known. */
export const difference = (base: Level, head: Level): Level => {
  const error = Math.hypot(base.error, head.error);
  const freedom =
    base.freedom > 0 && head.freedom > 0 && error > 0
      ? error ** 4 / (base.error ** 4 / base.freedom + head.error ** 4 / head.freedom)
      : Math.min(base.freedom, head.freedom);
  return { value: head.value - base.value, error, freedom, processes: Math.min(base.processes, head.processes) };
};

/** The same with an error more, known by so many degrees of freedom: errors add in squares, and so, by Welch and Satterthwaite, are they known. */
export const withError = (level: Level, error: number, freedom: number): Level => {
  if (!(error > 0) || !Number.isFinite(level.error) || level.freedom <= 0) return level;
  const whole = Math.hypot(level.error, error);
  return { ...level, error: whole, freedom: whole ** 4 / (level.error ** 4 / level.freedom + error ** 4 / freedom) };
};

/** standard error of a median over that of a mean, of normal values */
const ofMedian = 1.2533;

/**
 * Levels beside each other: each less what is common to all, their median. That is known no better than they agree on it: where half of them changed it lies between two halves, and a cell that did not
 * change is far from it. So its own error, by the median deviation, is in each.
 */
export const besideOthers = (levels: readonly Level[]): readonly Level[] => {
  const common = median(levels.map(({ value }) => value));
  const deviation = ofMedianDeviation * median(levels.map(({ value }) => Math.abs(value - common)));
  return levels.map((level) => withError({ ...level, value: level.value - common }, (ofMedian * deviation) / Math.sqrt(levels.length), levels.length - 1));
};
