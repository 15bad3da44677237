import { en } from "../messages/en.ts";
import type { Messages } from "../messages/messages.ts";
import type { Crossover } from "../record/derived.ts";
import type { CellRecord } from "../record/run.ts";
import { type Crossing, crossingOf, found } from "./crossing.ts";
import type { SpreadOf } from "./drift.ts";
import type { Sampled } from "./laws.ts";
import { pointsOf } from "./logRatio.ts";
import { type Spread, sampledOf } from "./resampling.ts";
import type { Pair } from "./series.ts";

/** Both arms' cells at the n that both have times at. */
export const sharedCells = ({ upper, lower }: Pair, spreadOf: SpreadOf): readonly { readonly upper: Timed; readonly lower: Timed }[] =>
  upper.cells.flatMap((cell) => {
    const other = lower.cells.find((candidate) => candidate.n === cell.n);
    const [one, two] = [spreadOf(cell.id), other && spreadOf(other.id)];
    return other && one && two ? [{ upper: { cell, spread: one }, lower: { cell: other, spread: two } }] : [];
  });

export interface Timed {
  readonly cell: CellRecord;
  readonly spread: Spread;
}

/** n* of a pair in time, by the clock that `spreadOf` is of; its note in the language of `t`. */
export const timeCrossover = (pair: Pair, spreadOf: SpreadOf, metric: "time" | "wallTime" = "time", t: Messages = en): Crossover => {
  const shared = sharedCells(pair, spreadOf);
  const xs = shared.map(({ upper }) => upper.cell.n);
  const curveOf = (arm: "upper" | "lower"): Sampled =>
    sampledOf(
      xs,
      shared.map((one) => one[arm].spread),
    );
  const pairing = { upper: curveOf("upper"), lower: curveOf("lower") };
  return {
    ...described(pair, metric, xs),
    ...told(crossingOf(pairing, { x: "n", lower: pair.lower.phase === "offload" ? pair.lower.label : undefined }), t),
    ...(metric === "time"
      ? { ratios: pointsOf(pairing).map(({ n, log, low, high }) => ({ n, value: Math.exp(log), low: Math.exp(low), high: Math.exp(high) })) }
      : {}),
  };
};

const told = (crossing: Crossing, t: Messages) => ({ ...crossing, note: crossing.note && t.crossingNote(crossing.note) });

const described = (pair: Pair, metric: Crossover["metric"], ns: readonly number[]): Pick<Crossover, "between" | "metric" | "series" | "range"> => {
  const [first, last] = [ns[0], ns.at(-1)];
  return {
    between: [pair.upper.label, pair.lower.label],
    metric,
    series: pair.key,
    range: first === undefined || last === undefined ? undefined : [first, last],
  };
};

/** n* of a pair in stateBytes: exact, as bytes run straight between measured n. */
export const bytesCrossover = (pair: Pair, t: Messages = en): Crossover => {
  const points = pair.upper.cells.flatMap((cell) => {
    const other = pair.lower.cells.find((candidate) => candidate.n === cell.n);
    return cell.stateBytes !== undefined && other?.stateBytes !== undefined ? [{ n: cell.n, difference: cell.stateBytes - other.stateBytes }] : [];
  });
  return {
    ...described(
      pair,
      "stateBytes",
      points.map((point) => point.n),
    ),
    ...told(decideBytes(points), t),
  };
};

const decideBytes = (points: readonly { readonly n: number; readonly difference: number }[]): Crossing => {
  const [first, last] = [points[0], points.at(-1)];
  if (!first || !last || points.length < 2) return found("undecided", { note: { kind: "shareFewer" } });
  const crossings = points.slice(1).flatMap((right, i) => {
    const left = points[i];
    if (!left || Math.sign(left.difference) === Math.sign(right.difference) || left.difference === 0) return [];
    return [left.n + ((right.n - left.n) * left.difference) / (left.difference - right.difference)];
  });
  const [crossing] = crossings;
  if (crossing === undefined) return found(first.difference > 0 ? "already" : first.difference < 0 || last.difference <= 0 ? "none" : "already");
  if (crossings.length > 1) return found("many", { crossings, note: undefined });
  if (first.difference > 0) return found("many", { crossings, note: { kind: "smallerUpTo", at: crossing } });
  return found("crosses", { n: { value: crossing, low: crossing, high: crossing }, crossings });
};
