import { type CellComparison, type CellMetric, cellMetrics, type Limits, type MetricComparison, type Verdict } from "../../record/comparison.ts";
import type { CellRecord, ClockSource, RunRecord } from "../../record/run.ts";
import { timesOf } from "../resampling.ts";
import { median } from "../statistics.ts";
import { difference, type Level, levelsOf, pairedLogs, visitLogs, withoutShared } from "./change.ts";
import { type TimeChange, timeVerdicts } from "./timeComparison.ts";

/** The same cell in both runs; undefined where one has not got it. */
interface Pair {
  readonly id: string;
  readonly base: CellRecord | undefined;
  readonly head: CellRecord | undefined;
}

/** An error four times as large has lost two bits: another order of summation does not do that. */
const lostBits = 4;

/** Every cell that either run has, head's first, with all its metrics. `paired`: both were measured in the same turns. Composed cells are left out, and peers: neither is this code's. */
export const cellComparisons = (base: RunRecord, head: RunRecord, limits: Limits, paired: boolean, timesGate: boolean): readonly CellComparison[] => {
  const own = ({ cells }: RunRecord): readonly CellRecord[] => cells.filter(({ composedOf, runtime }) => composedOf === undefined && runtime === undefined);
  const [before, after] = [own(base), own(head)];
  const pairs: readonly Pair[] = [
    ...after.map((cell) => ({ id: cell.id, head: cell, base: before.find(({ id }) => id === cell.id) })),
    ...before.filter(({ id }) => !after.some((cell) => cell.id === id)).map((cell) => ({ id: cell.id, head: undefined, base: cell })),
  ];
  const { source, stepNs } = head.environment.clock;
  const time = timesBy(pairs, source, stepNs / 1e6, limits, paired, timesGate);
  const wallTime = source === "wall" ? time : timesBy(pairs, "wall", 0, limits, paired, false);
  return pairs.map((pair) => {
    const { label, form, n } = (pair.head ?? pair.base) as CellRecord;
    const each = (metric: CellMetric): MetricComparison =>
      (metric === "time" ? time : metric === "wallTime" ? wallTime : undefined)?.get(pair.id) ?? oneSided(pair, metric, source) ?? counted(pair, metric);
    return { cell: pair.id, label, form, n, metrics: Object.fromEntries(cellMetrics.map((metric) => [metric, each(metric)])) as CellComparison["metrics"] };
  });
};

const isOk = (cell: CellRecord | undefined): cell is CellRecord => cell?.outcome.status === "ok";

/** Verdicts by id of the cells that both runs have times of. */
const timesBy = (
  pairs: readonly Pair[],
  source: ClockSource,
  stepMs: number,
  limits: Limits,
  paired: boolean,
  gates: boolean,
): ReadonlyMap<string, MetricComparison> => {
  const both = pairs.flatMap(({ id, base, head }) =>
    isOk(base) && isOk(head) && base.visits.length > 0 && head.visits.length > 0 ? [{ id, base, head }] : [],
  );
  // Turn 0 chose the repetitions of a pass; those of one sample say little.
  const later = ({ visits }: CellRecord): CellRecord["visits"] => (visits.some(({ turn }) => turn > 0) ? visits.filter(({ turn }) => turn > 0) : visits);
  const base = both.map((pair) => visitLogs(later(pair.base), source));
  const head = both.map((pair) => visitLogs(later(pair.head), source));
  const beside = both.map((pair) => pairedLogs(later(pair.base), later(pair.head), source));
  const changes = paired ? levelsOf(beside) : differences(levelsOf(base), levelsOf(head));
  const [alone, own, its] = [withoutShared(beside), withoutShared(base), withoutShared(head)];
  const apart = paired ? alone && levelsOf(alone) : own && its && differences(levelsOf(own), levelsOf(its));
  const common = apart && median(apart.map(({ value }) => value));
  const msOf = (cell: CellRecord): number => median(later(cell).flatMap((visit) => [...timesOf(visit, source)]));
  const compared = both.flatMap(({ id, base, head }, i): { id: string; change: TimeChange }[] => {
    const change = changes[i];
    const k = Math.max(1, median(head.visits.map((visit) => visit.k)));
    const own = apart?.[i];
    const beside = own && common !== undefined ? { ...own, value: own.value - common } : undefined;
    return change && Number.isFinite(change.value)
      ? [{ id, change: { baseMs: msOf(base), headMs: msOf(head), change, apart: beside, stepMs: stepMs / k } }]
      : [];
  });
  const verdicts = timeVerdicts(
    compared.map(({ change }) => change),
    limits,
    gates,
  );
  return new Map(compared.flatMap(({ id }, i) => (verdicts[i] ? [[id, verdicts[i]] as const] : [])));
};

const differences = (base: readonly Level[], head: readonly Level[]): readonly Level[] =>
  base.map((level, i) => difference(level, head[i] ?? { value: Number.NaN, error: Number.POSITIVE_INFINITY, freedom: 0, processes: 0 }));

/** What only one of the two runs measured, and why as far as that is known. A cell that fails where it did not is the worst regression there is. */
const oneSided = ({ base, head }: Pair, metric: CellMetric, source: ClockSource): MetricComparison | undefined => {
  if (isOk(base) && isOk(head)) return undefined;
  const verdict: Verdict = isOk(head) ? "NEW" : isOk(base) ? "GONE" : "SAME";
  const failed = verdict === "GONE" && head?.outcome.status === "failed";
  const other = isOk(head) ? base : head;
  const why =
    other && other.outcome.status !== "ok"
      ? other.outcome.status === "pending"
        ? "not reached"
        : `${other.outcome.code}: ${other.outcome.reason}`
      : "not in its plan";
  return {
    verdict,
    base: isOk(base) ? measuredOf(base, metric, source) : undefined,
    head: isOk(head) ? measuredOf(head, metric, source) : undefined,
    ratio: undefined,
    gates: failed,
    note: isOk(base) ? `head: ${why}` : isOk(head) ? `base: ${why}` : `neither has it: ${why}`,
  };
};

const measuredOf = ({ visits, stateBytes, peakBytes, prepared }: CellRecord, metric: CellMetric, source: ClockSource): number | undefined => {
  if (metric === "stateBytes") return stateBytes;
  if (metric === "peakBytes") return peakBytes;
  if (metric === "error") return prepared?.maxError;
  const times = visits.flatMap((visit) => [...timesOf(visit, metric === "time" ? source : "wall")]);
  return times.length > 0 ? median(times) : undefined;
};

/** Bytes and errors have no noise: they are the same or not. Another order of summation changes an error a little, so only bits that are lost gate. */
const counted = ({ base, head }: Pair, metric: CellMetric): MetricComparison => {
  const [before, after] = [base && measuredOf(base, metric, "gpu"), head && measuredOf(head, metric, "gpu")];
  if (before === undefined || after === undefined)
    return { verdict: before === after ? "SAME" : "UNDECIDED", base: before, head: after, ratio: undefined, gates: false, note: "not known of both" };
  const verdict: Verdict = after > before ? "SLOWER" : after < before ? "FASTER" : "SAME";
  const factor = before > 0 ? after / before : undefined;
  const ratio = factor === undefined ? undefined : { value: factor, low: factor, high: factor };
  return { verdict, base: before, head: after, ratio, gates: metric !== "error" || (factor ?? Number.POSITIVE_INFINITY) > lostBits, note: undefined };
};
