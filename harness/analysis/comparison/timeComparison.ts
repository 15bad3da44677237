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
  /** the same beyond what all cells of the two runs have in common; undefined where cells or turns are too few to tell */
  readonly apart: Level | undefined;
  /** smallest step of the clock over the repetitions of a pass, ms */
  readonly stepMs: number;
}

/** Times differ from process to process, and fewer than these do not show by how much. */
const leastProcesses = 3;
/** A change smaller than so many steps of the clock is not told. */
const leastSteps = 3;
const alpha = 0.05;

/** How likely so large a change is where times differ by no more than the noise floor: two-sided, of Student's t. */
const chanceOf = ({ value, error, freedom }: Level, { noiseFloor }: Limits): number => {
  const beyond = Math.abs(value) - Math.log1p(noiseFloor);
  if (!(freedom > 0) || !Number.isFinite(error)) return 1;
  if (error === 0) return beyond > 0 ? 0 : 1;
  return beyond > 0 ? studentTail(beyond / error, freedom) : 1;
};

/** The two ways to see one change: as it is, and beside the other cells. */
interface Look {
  readonly level: Level;
  /** of both looks, so that looking twice finds no more by chance */
  readonly p: number;
  readonly isApart: boolean;
}

/**
 * Beside the other cells a change is seen through what slows a process as a whole, which three processes tell little of. It counts where the cell itself, too, changed that way by the threshold: where most
 * cells became slower, those that did not are no faster.
 */
const lookOf = ({ change, apart }: TimeChange, limits: Limits): Look => {
  const whole = { level: change, p: chanceOf(change, limits), isApart: false };
  if (!apart) return whole;
  const agrees = Math.sign(apart.value) === Math.sign(change.value) && Math.abs(change.value) >= Math.log1p(limits.threshold);
  const beside = { level: apart, p: agrees ? chanceOf(apart, limits) : 1, isApart: true };
  const better = beside.p < whole.p ? beside : whole;
  return { ...better, p: Math.min(1, 2 * better.p) };
};

/**
 * Verdicts of all cells of one clock, together: SLOWER or FASTER where the interval of the ratio is clear of 1 ± noiseFloor, the change is among those that false-discovery control over the whole
 * grid allows to tell, and it is at least the threshold and three steps of the clock; SAME where the interval lies within the threshold; else UNDECIDED.
 */
export const timeVerdicts = (changes: readonly TimeChange[], limits: Limits, gates: boolean): readonly MetricComparison[] => {
  const looks = changes.map((one) => lookOf(one, limits));
  const limit = discoveryLimit(
    looks.map(({ p }) => p),
    limits.falseDiscovery,
  );
  const worth = Math.log1p(limits.threshold);
  return changes.map((one, i) => {
    const { baseMs, headMs, change, stepMs } = one;
    const { level, p, isApart } = looks[i] as Look;
    const isClear = Math.abs(level.value) - halfOf(level) > Math.log1p(limits.noiseFloor) && Math.abs(level.value) >= worth;
    const enough = change.processes >= leastProcesses;
    const told = enough && isClear && p <= limit && Math.abs(headMs - baseMs) >= leastSteps * stepMs;
    const verdict: Verdict = told ? (level.value > 0 ? "SLOWER" : "FASTER") : enough && Math.abs(change.value) + halfOf(change) <= worth ? "SAME" : "UNDECIDED";
    const shown = told ? level : change;
    return {
      verdict,
      base: baseMs,
      head: headMs,
      ratio: ratioOf(shown),
      p,
      findable: findable(one.apart && one.apart.error < change.error ? one.apart : change, limits, changes.length),
      gates,
      note: told && isApart ? "beside the other cells" : verdict === "UNDECIDED" ? undecidedNote(one, halfOf(change), limits) : undefined,
    };
  });
};

/** Half of the 95 % interval of a log. */
const halfOf = ({ error, freedom }: Level): number =>
  freedom > 0 && Number.isFinite(error) ? studentQuantile(alpha, freedom) * error : Number.POSITIVE_INFINITY;

const ratioOf = (level: Level): MetricComparison["ratio"] => {
  const half = halfOf(level);
  return Number.isFinite(half) ? { value: Math.exp(level.value), low: Math.exp(level.value - half), high: Math.exp(level.value + half) } : undefined;
};

/** The smallest change, as a share, whose verdict would be SLOWER in 95 of 100 comparisons: with room for chance beyond the threshold, and beyond the p of a lone change among `tests`. */
const findable = ({ error, freedom }: Level, { threshold, noiseFloor, falseDiscovery }: Limits, tests: number): number | undefined => {
  if (!(freedom > 0) || !Number.isFinite(error)) return undefined;
  const luck = studentQuantile(2 * alpha, freedom) * error;
  const needed = studentQuantile(falseDiscovery / tests / 2, freedom) * error;
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
