import { median } from "../analysis/statistics.ts";
import type { Estimate } from "../record/derived.ts";
import type { RunRecord } from "../record/run.ts";
import { crossingsOf, exponentOf, type Truth } from "./truth.ts";

/** What one planted run said, held against what was planted. */
export interface Score {
  /** of each arm: does the interval of the exponent hold the truth; undefined where none was given */
  readonly exponents: readonly (boolean | undefined)[];
  readonly classes: readonly ("right" | "wrong" | "undecided")[];
  /** does the interval of n* hold the truth; undefined where no n* was given */
  readonly crossing: boolean | undefined;
  /** half the interval of n*, over n* */
  readonly width: number | undefined;
  /** log of n* over the truth */
  readonly error: number | undefined;
  /** "crosses" where it was planted to cross once, "many" where more often */
  readonly outcomeRight: boolean;
  readonly turns: number;
}

const holds = ({ low, high }: Estimate, truth: number): boolean => low <= truth && truth <= high;

export const scoreOf = (truth: Truth, { fits, crossovers, schedule }: RunRecord): Score => {
  const arms = fits.filter(({ metric }) => metric === "time").map((fit) => ({ fit, planted: fit.label === "linear" ? truth.linear : truth.softmax }));
  const found = crossovers.find(({ metric }) => metric === "time");
  const crossings = crossingsOf(truth);
  const [at] = crossings;
  const once = crossings.length === 1 && at !== undefined && found?.n !== undefined ? { n: found.n, at } : undefined;
  return {
    // The law as a whole: a curve that is told from some n on has the same slope at its end.
    exponents: arms.map(({ fit, planted }) => fit.exponent && holds(fit.exponent, exponentOf(planted, fit.points.at(-1)?.x ?? 1))),
    classes: arms.map(({ fit, planted }) => (fit.class === "undecided" ? "undecided" : fit.class === planted.class ? "right" : "wrong")),
    crossing: once && holds(once.n, once.at),
    width: once && (once.n.high - once.n.low) / 2 / once.n.value,
    error: once && Math.log(once.n.value / once.at),
    outcomeRight: found?.outcome === (crossings.length > 1 ? "many" : "crosses"),
    turns: schedule.turns,
  };
};

/** One line of the proof's table: shares of all seeds, 0..1. */
export interface Tally {
  readonly name: string;
  readonly seeds: number;
  /** intervals that hold the truth, of those given */
  readonly exponents: readonly number[];
  readonly crossing: number | undefined;
  /** median of half the interval of n* over n*, and root mean square of its error */
  readonly width: number | undefined;
  readonly error: number | undefined;
  readonly wrongClass: number;
  readonly undecided: number;
  readonly wrongOutcome: number;
  readonly turns: number;
}

const share = (values: readonly boolean[]): number => values.filter(Boolean).length / values.length;
/** Of scores from other processes, which come as JSON: there undefined in an array is null. */
const known = <T>(values: readonly (T | undefined | null)[]): readonly T[] => values.filter((value): value is T => value !== undefined && value !== null);

export const tallyOf = (name: string, scores: readonly Score[]): Tally => {
  const classes = scores.flatMap((score) => score.classes);
  const widths = known(scores.map(({ width }) => width));
  const errors = known(scores.map(({ error }) => error));
  return {
    name,
    seeds: scores.length,
    exponents: (scores[0]?.exponents ?? []).map((_, arm) => share(known(scores.map(({ exponents }) => exponents[arm])))),
    crossing: errors.length > 0 ? share(known(scores.map(({ crossing }) => crossing))) : undefined,
    width: widths.length > 0 ? median(widths) : undefined,
    error: errors.length > 0 ? Math.sqrt(errors.reduce((sum, value) => sum + value ** 2, 0) / errors.length) : undefined,
    wrongClass: share(classes.map((one) => one === "wrong")),
    undecided: share(classes.map((one) => one === "undecided")),
    wrongOutcome: share(scores.map(({ outcomeRight }) => !outcomeRight)),
    turns: median(scores.map(({ turns }) => turns)),
  };
};
