import { formatCount } from "../analysis/format.ts";
import type { TallyNumbers } from "../messages/en.ts";
import type { Messages } from "../messages/messages.ts";
import type { Crossover, WouldCross } from "../record/derived.ts";
import type { CellRecord } from "../record/run.ts";
import { bracketed } from "./interval.ts";

/** How many cells ended in each way; `composed`, of hybrids, which nobody measured, are in none of the others. */
export const tallyOf = (cells: readonly CellRecord[]): TallyNumbers => {
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

/** Why cells were not measured, most frequent first: "stopped at a time limit: 3; too large for this device: 1". Nothing where all were. */
export const reasonsOf = (cells: readonly CellRecord[], t: Pick<Messages, "whyCounted">): string => {
  const codes = new Map<string, number>();
  for (const { outcome } of cells) if ("code" in outcome) codes.set(outcome.code, (codes.get(outcome.code) ?? 0) + 1);
  return t.whyCounted([...codes].sort((one, other) => other[1] - one[1]).map(([code, count]) => ({ code, count })));
};

/** "n* 1,940 [1,710, 2,230]", "n* ≤ 4,096" where it is not known more narrowly, or why there is none. */
export const crossoverText = (
  { outcome, n, atLatest, crossings, between }: Pick<Crossover, "outcome" | "n" | "atLatest" | "crossings" | "between">,
  { tables }: Pick<Messages, "tables">,
): string => {
  switch (outcome) {
    case "crosses":
      return n === undefined ? tables.crosses : `n* ${bracketed(n, formatCount)}`;
    case "many":
      return tables.manyCrossings(crossings);
    case "already":
      return tables.lower(between[1]);
    case "none":
      return tables.noCrossing;
    case "undecided":
      return atLatest === undefined ? tables.undecided : tables.atLatest(atLatest);
    default:
      return outcome satisfies never;
  }
};

/** A crossing that is computed of what the kernels have to do: "n* 210", or on which side all of the range lies. */
export const wouldCrossText = (would: WouldCross | undefined, { tables }: Pick<Messages, "tables">): string | undefined =>
  would && (would.n === undefined ? tables.would[would.outcome] : `n* ${formatCount(would.n)}`);

/** From which n on the second arm is so many times as fast: "1.1×: 330, 2×: 653". */
export const advantagesText = ({ advantages = [] }: Crossover): string | undefined =>
  advantages.length > 0 ? advantages.map(({ ratio, n }) => `${ratio}×: ${formatCount(n.value)}`).join(", ") : undefined;

/** Sizes that a series is named by: "dModel 512, heads 8". */
export const seriesText = (series: Readonly<Record<string, number | string | boolean>>): string =>
  Object.entries(series)
    .map(([name, value]) => `${name} ${typeof value === "number" ? formatCount(value) : value}`)
    .join(", ");
