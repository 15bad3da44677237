import { formatCount } from "../analysis/format.ts";
import type { Crossover, Fit, WouldCross } from "../record/derived.ts";
import type { CellRecord } from "../record/run.ts";
import { bracketed } from "./interval.ts";

/** How many cells ended in each way. */
export interface Tally {
  readonly all: number;
  readonly ok: number;
  readonly failed: number;
  readonly skipped: number;
  readonly censored: number;
  readonly pending: number;
  /** of hybrids, which nobody measured: in none of the others */
  readonly composed: number;
}

export const tallyOf = (cells: readonly CellRecord[]): Tally => {
  const planned = cells.filter(({ composedOf }) => composedOf === undefined);
  const of = (status: CellRecord["outcome"]["status"]): number => planned.filter((cell) => cell.outcome.status === status).length;
  return {
    composed: cells.length - planned.length,
    all: planned.length,
    ok: of("ok"),
    failed: of("failed"),
    skipped: of("skipped"),
    censored: of("censored"),
    pending: of("pending"),
  };
};

/** "1 cell", "12 cells" */
export const counted = (value: number, one: string, many = `${one}s`): string => `${formatCount(value)} ${value === 1 ? one : many}`;

/** "40 of 42 cells measured, 1 failed, 1 skipped" */
export const tallySentence = (tally: Tally): string =>
  [
    `${tally.ok === 0 ? "none" : formatCount(tally.ok)} of ${counted(tally.all, "cell")} measured`,
    ...(["failed", "skipped", "censored", "pending"] as const).flatMap((status) =>
      tally[status] === 0 ? [] : [`${formatCount(tally[status])} ${status === "pending" ? "not reached" : status}`],
    ),
    ...(tally.composed > 0 ? [`${formatCount(tally.composed)} composed`] : []),
  ].join(", ");

/** The codes behind the cells that were not measured, most frequent first: "timeCap 3, overLimit 1". */
export const reasonsOf = (cells: readonly CellRecord[]): string => {
  const codes = new Map<string, number>();
  for (const { outcome } of cells) if ("code" in outcome) codes.set(outcome.code, (codes.get(outcome.code) ?? 0) + 1);
  return [...codes]
    .sort((one, other) => other[1] - one[1])
    .map(([code, number]) => `${code} ${number}`)
    .join(", ");
};

/** "n* 1,940 [1,710, 2,230]" or why there is none. */
export const crossoverText = ({ outcome, n, crossings, between }: Pick<Crossover, "outcome" | "n" | "crossings" | "between">): string => {
  switch (outcome) {
    case "crosses":
      return n === undefined ? "crosses" : `n* ${bracketed(n, formatCount)}`;
    case "many":
      return `crosses more than once: ${crossings.map(formatCount).join(", ")}`;
    case "already":
      return `${between[1]} is lower at every n measured`;
    case "none":
      return "no crossing in the range measured";
    case "undecided":
      return "undecided";
    default:
      return outcome satisfies never;
  }
};

export const metricWords: Readonly<Record<Crossover["metric"], string>> = { time: "time", wallTime: "wall time", stateBytes: "state bytes" };

/** A crossing that is computed of what the kernels have to do: "n* 210", or on which side all of the range lies. */
export const wouldCrossText = (would: WouldCross | undefined): string | undefined => {
  if (would === undefined) return undefined;
  const words = { crosses: "crosses", many: "crosses more than once", already: "lower at every n", none: "no crossing", undecided: "undecided" } as const;
  return would.n === undefined ? words[would.outcome] : `n* ${formatCount(would.n)}`;
};

/** From which n on the second arm is so many times as fast: "1.1×: 330, 2×: 653". */
export const advantagesText = ({ advantages = [] }: Crossover): string | undefined =>
  advantages.length > 0 ? advantages.map(({ ratio, n }) => `${ratio}×: ${formatCount(n.value)}`).join(", ") : undefined;

export const verdictWords: Readonly<Record<Fit["verdict"], string>> = {
  agrees: "agrees with the claim",
  contradicted: "contradicts the claim",
  undecided: "undecided",
};

/** Sizes that a series is named by: "dModel 512, heads 8". */
export const seriesText = (series: Readonly<Record<string, number | string | boolean>>): string =>
  Object.entries(series)
    .map(([name, value]) => `${name} ${typeof value === "number" ? formatCount(value) : value}`)
    .join(", ");
