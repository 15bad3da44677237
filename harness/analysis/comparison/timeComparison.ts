import type { Messages } from "../../messages/messages.ts";
import type { Limits, MetricComparison, Verdict } from "../../record/comparison.ts";
import type { Level } from "./change.ts";
import { discoveryLimit } from "./falseDiscovery.ts";
import { studentQuantile, studentTail } from "./studentTail.ts";

/** A cell's times in both runs, and the log of head's over base's. */
export interface TimeChange {
  /** ms of one repetition; head's over base's is the change */
  readonly baseMs: number;
  readonly headMs: number;
  readonly change: Level;
  /** the same beyond what all cells of the two runs have in common; undefined where cells or turns are too few to tell */
  readonly apart: Level | undefined;
  /** smallest step of the clock over the repetitions of a pass, ms; of the two runs the larger */
  readonly stepMs: number;
}

/** Times differ from process to process, and fewer than these do not show by how much. */
export const leastProcesses = 3;
/** A change smaller than so many steps of the clock is not told. */
const leastSteps = 3;
const alpha = 0.05;
/** Nobody measures so many times as long. */
const mostTurns = 30;

/** Ratios nearer to 1 are not told of any machine. */
export const leastFloor = 0.01;

const floorOf = ({ noiseFloor }: Limits): number => Math.log1p(noiseFloor);

/** How likely so large a change is where times differ by no more than `floor`, a log: two-sided, of Student's t. */
const chanceOf = ({ value, error, freedom }: Level, floor: number): number => {
  const beyond = Math.abs(value) - floor;
  if (!(freedom > 0) || !Number.isFinite(error)) return 1;
  if (error === 0) return beyond > 0 ? 0 : 1;
  return beyond > 0 ? studentTail(beyond / error, freedom) : 1;
};

/** The two ways to see one change: as it is, and beside the other cells. */
interface Look {
  readonly level: Level;
  /** log of a ratio up to which nothing is told */
  readonly floor: number;
  /** log of a ratio by which the machine may have moved it, beyond its own error */
  readonly shift: number;
  /** of both looks, so that looking twice finds no more by chance */
  readonly p: number;
  readonly isApart: boolean;
}

/**
 * Beside the other cells a change is seen through what slows a process as a whole, which three processes tell little of. It counts where the cell itself, too, changed that way by the threshold: where most
 * cells became slower, those that did not are no faster.
 */
const lookOf = ({ change, apart }: TimeChange, limits: Limits, paired: boolean): Look => {
  const floor = floorOf(limits);
  const whole = { level: change, floor, shift: paired ? 0 : floor, p: chanceOf(change, floor), isApart: false };
  if (!apart) return whole;
  const agrees = Math.sign(apart.value) === Math.sign(change.value) && Math.abs(change.value) >= Math.log1p(limits.threshold);
  // What the machine did to all cells is not in it.
  const least = Math.log1p(leastFloor);
  const beside = { level: apart, floor: least, shift: 0, p: agrees ? chanceOf(apart, least) : 1, isApart: true };
  const better = beside.p < whole.p ? beside : whole;
  return { ...better, p: Math.min(1, 2 * better.p) };
};

/**
 * Verdicts of all cells of one clock, together: SLOWER or FASTER where the interval of the ratio is clear of 1 ± noiseFloor, the change is among those that false-discovery control over the whole
 * grid allows to tell, and it is at least the threshold and three steps of the clock; SAME where the interval lies within the threshold; else UNDECIDED. `paired`: of runs measured beside each other;
 * of runs apart every interval has room for what the machine may have done in between. Notes are in the language of `t`.
 */
export const timeVerdicts = (changes: readonly TimeChange[], limits: Limits, paired: boolean, gates: boolean, t: Messages): readonly MetricComparison[] => {
  const looks = changes.map((one) => lookOf(one, limits, paired));
  const limit = discoveryLimit(
    looks.map(({ p }) => p),
    limits.falseDiscovery,
  );
  const worth = Math.log1p(limits.threshold);
  return changes.map((one, i) => {
    const { baseMs, headMs, change, stepMs } = one;
    const { level, floor, shift, p, isApart } = looks[i] as Look;
    const isClear = Math.abs(level.value) - halfOf(level) > floor && Math.abs(level.value) >= worth;
    const machine = paired ? 0 : floorOf(limits);
    const half = halfOf(change) + machine;
    const enough = change.processes >= leastProcesses;
    const told = enough && isClear && p <= limit && Math.abs(headMs - baseMs) >= leastSteps * stepMs;
    const isSame = enough && Math.abs(change.value) + half <= worth && !isCoarse(one, limits);
    const verdict: Verdict = told ? (level.value > 0 ? "SLOWER" : "FASTER") : isSame ? "SAME" : "UNDECIDED";
    return {
      verdict,
      base: baseMs,
      head: headMs,
      ratio: told ? ratioOf(level, halfOf(level) + shift) : ratioOf(change, half),
      p,
      // Of fewer processes nothing is told, nor below three steps of the clock.
      findable: foundFrom(enough ? (leastSteps * stepMs) / baseMs : undefined, [
        findable(change, floorOf(limits), limits, changes.length),
        one.apart && findable(one.apart, Math.log1p(leastFloor), limits, changes.length),
      ]),
      gates,
      note:
        told && isApart
          ? t.comparison.notes.besideOthers(Math.exp(change.value - level.value))
          : verdict === "UNDECIDED"
            ? undecidedNote(one, half, machine, limits, t)
            : undefined,
    };
  });
};

/** A change by the threshold would be less than three steps of the clock: nobody would have seen it. */
const isCoarse = ({ stepMs, baseMs }: TimeChange, { threshold }: Limits): boolean => leastSteps * stepMs > threshold * baseMs;

/** Half of the 95 % interval of a log. */
const halfOf = ({ error, freedom }: Level): number =>
  freedom > 0 && Number.isFinite(error) ? studentQuantile(alpha, freedom) * error : Number.POSITIVE_INFINITY;

const ratioOf = ({ value }: Level, half: number): MetricComparison["ratio"] =>
  Number.isFinite(half) ? { value: Math.exp(value), low: Math.exp(value - half), high: Math.exp(value + half) } : undefined;

/** The smallest change, as a share, whose verdict would be SLOWER in 95 of 100 comparisons: with room for chance beyond the threshold, and beyond the p of a lone change among `tests`. */
const findable = ({ error, freedom }: Level, floor: number, { threshold, falseDiscovery }: Limits, tests: number): number | undefined => {
  if (!(freedom > 0) || !Number.isFinite(error)) return undefined;
  const luck = studentQuantile(2 * alpha, freedom) * error;
  const needed = studentQuantile(falseDiscovery / tests / 2, freedom) * error;
  return Math.expm1(luck + Math.max(Math.log1p(threshold), floor + needed));
};

/** The least of two looks, and `steps` at the least; undefined where either is. */
const foundFrom = (steps: number | undefined, looks: readonly (number | undefined)[]): number | undefined => {
  const known = looks.filter((value) => value !== undefined);
  return known.length > 0 && steps !== undefined ? Math.max(steps, Math.min(...known)) : undefined;
};

/** `half` of the interval, of which `machine` is what the machine may have done between two runs. */
const undecidedNote = (one: TimeChange, half: number, machine: number, limits: Limits, { comparison: { notes } }: Messages): string => {
  const { change, baseMs, headMs, stepMs } = one;
  const { threshold } = limits;
  if (!Number.isFinite(half)) return notes.fewVisits;
  if (change.processes < leastProcesses) return notes.fewProcesses(change.processes, leastProcesses);
  if (Math.abs(headMs - baseMs) < leastSteps * stepMs && Math.abs(change.value) >= Math.log1p(threshold)) return notes.steps;
  if (isCoarse(one, limits)) return notes.coarse((leastSteps * stepMs) / baseMs);
  if (machine >= Math.log1p(threshold)) return notes.machine(Math.expm1(machine));
  const rest = Math.abs(Math.abs(change.value) - Math.log1p(threshold));
  // An interval falls with the root of what is measured, as far as that is what makes it wide.
  const times = Math.max(1.1, (half / rest) ** 2);
  return notes.wide(Math.expm1(half), rest, times > mostTurns ? undefined : times);
};
