import type { Limits, MetricComparison, Verdict } from "../../record/comparison.ts";
import type { Level } from "./change.ts";
import { discoveryLimit } from "./falseDiscovery.ts";
import { studentQuantile, studentTail } from "./studentTail.ts";

/** A cell's times in both runs, and the log of head's over base's. */
export interface TimeChange {
  /** ms of one repetition */
  readonly baseMs: number;
  readonly headMs: number;
  readonly change: Level;
  /** smallest step of the clock over the repetitions of a pass, ms */
  readonly stepMs: number;
}

/** Times differ from process to process, and fewer than these do not show by how much. */
const leastProcesses = 3;
/** A change smaller than so many steps of the clock is not told. */
const leastSteps = 3;
const alpha = 0.05;

/** How likely so large a change is where times differ by no more than the noise floor: two-sided, of Student's t. */
export const chanceOf = ({ change: { value, error, freedom } }: TimeChange, { noiseFloor }: Limits): number => {
  const beyond = Math.abs(value) - Math.log1p(noiseFloor);
  if (!(freedom > 0) || !Number.isFinite(error)) return 1;
  if (error === 0) return beyond > 0 ? 0 : 1;
  return beyond > 0 ? studentTail(beyond / error, freedom) : 1;
};

/**
 * Verdicts of all cells of one clock, together: SLOWER or FASTER where the interval of the ratio is clear of 1 ± noiseFloor, the change is among those that false-discovery control over the whole
 * grid allows to tell, and it is at least the threshold and three steps of the clock; SAME where the interval lies within the threshold; else UNDECIDED.
 */
export const timeVerdicts = (changes: readonly TimeChange[], limits: Limits, gates: boolean): readonly MetricComparison[] => {
  const chances = changes.map((one) => chanceOf(one, limits));
  const limit = discoveryLimit(chances, limits.falseDiscovery);
  return changes.map((one, i) => {
    const { baseMs, headMs, change } = one;
    const { value, error, freedom } = change;
    const half = freedom > 0 ? studentQuantile(alpha, freedom) * error : Number.POSITIVE_INFINITY;
    const p = chances[i] ?? 1;
    const worth = Math.log1p(limits.threshold);
    const clear = Math.abs(value) - half > Math.log1p(limits.noiseFloor);
    const told = clear && change.processes >= leastProcesses && p <= limit && Math.abs(value) >= worth && Math.abs(headMs - baseMs) >= leastSteps * one.stepMs;
    const verdict: Verdict = told
      ? value > 0
        ? "SLOWER"
        : "FASTER"
      : Math.abs(value) + half <= worth && change.processes >= leastProcesses
        ? "SAME"
        : "UNDECIDED";
    return {
      verdict,
      base: baseMs,
      head: headMs,
      ratio: Number.isFinite(half) ? { value: Math.exp(value), low: Math.exp(value - half), high: Math.exp(value + half) } : undefined,
      p,
      findable: findable(change, limits, changes.length),
      gates,
      note: verdict === "UNDECIDED" ? undecidedNote(one, half, limits) : undefined,
    };
  });
};

/** The smallest change, as a share, whose verdict would be SLOWER in 95 of 100 comparisons: with room for chance beyond the threshold, and beyond the p of a lone change among `tests`. */
const findable = ({ error, freedom }: Level, { threshold, noiseFloor, falseDiscovery }: Limits, tests: number): number | undefined => {
  if (!(freedom > 0) || !Number.isFinite(error)) return undefined;
  const luck = studentQuantile(2 * alpha, freedom) * error;
  const needed = studentQuantile(falseDiscovery / tests, freedom) * error;
  return Math.expm1(luck + Math.max(Math.log1p(threshold), Math.log1p(noiseFloor) + needed));
};

const undecidedNote = ({ change, baseMs, headMs, stepMs }: TimeChange, half: number, { threshold }: Limits): string => {
  if (!Number.isFinite(half)) return "measured too few times to say anything: at least two visits of each are needed";
  if (change.processes < leastProcesses)
    return `measured in ${change.processes} ${change.processes === 1 ? "process" : "processes"}, and times differ from one to the next: at least ${leastProcesses} are needed`;
  if (Math.abs(headMs - baseMs) < leastSteps * stepMs && Math.abs(change.value) >= Math.log1p(threshold))
    return "the two differ by less than three steps of this clock";
  const rest = Math.abs(Math.abs(change.value) - Math.log1p(threshold));
  // An interval falls with the root of what is measured.
  const times = Math.min(99, Math.max(1.1, (half / Math.max(rest, half / 10)) ** 2));
  return `its interval reaches ±${(100 * Math.expm1(half)).toFixed(1)} %, and the change lies ${(100 * rest).toFixed(1)} % from the threshold: about ${times.toFixed(times < 10 ? 1 : 0)} times as many turns would decide`;
};
