import type { ParameterValue } from "../../kernels/mechanism.ts";
import { cellField } from "../experiment/expression/predicate.ts";
import { areRivals } from "../experiment/rivals.ts";
import type { SeriesKey } from "../record/derived.ts";
import type { CellRecord } from "../record/run.ts";
import { groupBy } from "./grouping.ts";

/** The cells of one arm at one shape that differ in n alone, n ascending, outcome ok. */
export interface Series {
  readonly label: string;
  readonly mechanism: string;
  readonly form: string;
  readonly family: CellRecord["family"];
  readonly phase: CellRecord["phase"];
  /** equal for arms that keep states of one kind: everything but form and the sizes of the key that all arms have */
  readonly problem: string;
  readonly key: SeriesKey;
  /** of its arm, where that says so itself */
  readonly cache: CellRecord["cache"];
  readonly cells: readonly CellRecord[];
  /** every n of the curve, whatever came of its cells; ascending */
  readonly plannedNs: readonly number[];
}

const always = ["dModel", "heads", "headDim"] as const;
const shared = ["batch", "dtype"] as const;
// Sizes that one family has and the other has not, or that follow from the others: part of a key only where they vary by themselves.
const own = ["headDimV", "kvHeads", "kvDtype", "stateDtype"] as const;

/**
 * Curves of a run, in the order of their first cells. A key holds dModel, heads and headDim, batch and dtype if they vary in the run, and of
 * the other sizes and parameters those that vary within the arm and do not follow from the rest.
 */
export const seriesOf = (cells: readonly CellRecord[]): readonly Series[] => {
  // A peer is compared with ours of its own mechanism, by the wall clock, and with nothing else.
  const usable = cells.filter((cell) => cell.family !== "instrument" && cell.phase !== "probe" && cell.runtime === undefined);
  const varying = shared.filter((name) => new Set(usable.map((cell) => cell[name])).size > 1);
  return [...groupBy(usable, (cell) => JSON.stringify([cell.label, cell.mechanism, cell.form])).values()].flatMap((arm) =>
    armSeries(arm, [...always, ...varying]),
  );
};

const armSeries = (arm: readonly CellRecord[], base: readonly string[]): readonly Series[] => {
  const names = [...base];
  const candidates = new Set<string>([...own, ...arm.flatMap((cell) => Object.keys(cell.parameters))]);
  for (const name of candidates) {
    const groups = groupBy(arm, (cell) => JSON.stringify([cell.n, ...names.map((known) => cellField(cell, known))]));
    if ([...groups.values()].some((group) => new Set(group.map((cell) => cellField(cell, name))).size > 1)) names.push(name);
  }
  return [...groupBy(arm, (cell) => JSON.stringify(names.map((name) => cellField(cell, name)))).values()].flatMap((group) => {
    const [first] = group;
    if (!first) return [];
    return [
      {
        label: first.label,
        mechanism: first.mechanism,
        form: first.form,
        family: first.family,
        phase: first.phase,
        problem: JSON.stringify([...own.map((name) => first[name]), first.parameters, first.model?.pattern, first.model?.mixers]),
        cache: first.cache,
        key: Object.fromEntries(names.flatMap((name) => keyEntry(name, cellField(first, name)))),
        cells: group.filter((cell) => cell.outcome.status === "ok").sort((a, b) => a.n - b.n),
        plannedNs: [...new Set(group.map((cell) => cell.n))].sort((a, b) => a - b),
      },
    ];
  });
};

const keyEntry = (name: string, value: ParameterValue | undefined): readonly (readonly [string, ParameterValue])[] =>
  value === undefined ? [] : [[name, value]];

/** Two curves of which the second is below the first from some n on, or so it is asked: n* is that n. */
export interface Pair {
  readonly upper: Series;
  readonly lower: Series;
  readonly key: SeriesKey;
}

/** Every curve with every rival (experiment/rivals.ts) of equal dModel, heads, headDim, batch and dtype, both from a hot cache or both from a cold one. What only one of them varies (kvHeads, chunk) stands in the pair's key. */
export const pairsOf = (series: readonly Series[]): readonly Pair[] =>
  series.flatMap((upper) =>
    series.filter((lower) => meet(upper, lower) && sameShape(upper.key, lower.key)).map((lower) => ({ upper, lower, key: { ...lower.key, ...upper.key } })),
  );

/** May two arms be a pair, at equal shape? A state comes back as it went, so there all else is equal too. */
export const meet = (upper: Meeting, lower: Meeting): boolean =>
  areRivals(upper, lower) && upper.cache === lower.cache && (upper.phase !== "offload" || upper.problem === lower.problem);

export type Meeting = Pick<Series, "mechanism" | "form" | "family" | "phase" | "problem" | "cache">;

export const sameShape = (one: SeriesKey, other: SeriesKey): boolean => [...always, ...shared].every((name) => one[name] === other[name]);

/**
 * How one curve's shape is told from the others' in words: "dModel 512 (headDim 64, kvHeads 2)"; empty where all are alike. `heads` follows from
 * dModel and headDim, so it is left out where they say it.
 */
export const describeKey = (key: SeriesKey, all: readonly SeriesKey[]): string => {
  const [first, ...rest] = Object.keys(key)
    .filter((name) => name !== "heads" && new Set(all.filter((other) => name in other).map((other) => other[name])).size > 1)
    .map((name) => `${name} ${key[name]}`);
  if (first === undefined) return "";
  return rest.length > 0 ? `${first} (${rest.join(", ")})` : first;
};
