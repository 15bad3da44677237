import type { Messages } from "../../messages/messages.ts";
import { type CellComparison, type CellMetric, cellMetrics, type Limits, type MetricComparison, type Verdict } from "../../record/comparison.ts";
import { calibratingTurns } from "../../record/merged.ts";
import type { CellRecord, ClockSource, DuetSide, RunRecord } from "../../record/run.ts";
import { describeKey, seriesOf } from "../series.ts";
import { mean, median } from "../statistics.ts";
import { besideOthers, difference, type Level, levelsOf, pairedLogs, pairedMiddle, visitLogs, withoutShared } from "./change.ts";
import { withScatter } from "./runsApart.ts";
import { type TimeChange, timeVerdicts } from "./timeComparison.ts";

/** The same cell in both runs; undefined where one has not got it. */
interface Pair {
  readonly id: string;
  readonly base: CellRecord | undefined;
  readonly head: CellRecord | undefined;
  /** around the n* of a run, which is nobody's plan */
  readonly isAdded: boolean;
}

/** An error four times as large has lost two bits: another order of summation does not do that, but where errors are as small as rounding one value, which may be none. */
const lostBits = 4;
const ofOneValue = 2 ** -22;

/** Every cell that either run has, head's first, with all its metrics. `paired`: both were measured in the same turns. Composed cells are left out, and peers: neither is this code's. Notes are in the language of `t`. */
export const cellComparisons = (
  base: RunRecord,
  head: RunRecord,
  limits: Limits,
  paired: boolean,
  timesGate: boolean,
  t: Messages,
): readonly CellComparison[] => {
  const { notes } = t.comparison;
  const own = ({ cells }: RunRecord): readonly CellRecord[] => cells.filter(({ composedOf, runtime }) => composedOf === undefined && runtime === undefined);
  const [before, after] = [own(base), own(head)];
  const unreached = ({ schedule: { stopped } }: RunRecord): string => (stopped === "noWorker" ? notes.noWorker : notes.notReached);
  const added = new Set([...(base.added ?? []), ...(head.added ?? [])].map(({ id }) => id));
  const isAdded = ({ id }: CellRecord): boolean => added.has(id);
  const pairs: readonly Pair[] = [
    ...after.map((cell) => ({ id: cell.id, head: cell, base: before.find(({ id }) => id === cell.id), isAdded: isAdded(cell) })),
    ...before.filter(({ id }) => !after.some((cell) => cell.id === id)).map((cell) => ({ id: cell.id, head: undefined, base: cell, isAdded: isAdded(cell) })),
  ];
  const shapes = shapesOf(pairs.flatMap(({ base, head }) => head ?? base ?? []));
  const { source } = head.environment.clock;
  const stepMs = { base: base.environment.clock.stepNs / 1e6, head: head.environment.clock.stepNs / 1e6 };
  const calibrating = { base: calibratingTurns(base), head: calibratingTurns(head) };
  const time = timesBy(pairs, source, stepMs, calibrating, limits, paired, timesGate, t);
  const wallTime = source === "wall" ? time : timesBy(pairs, "wall", { base: 0, head: 0 }, calibrating, limits, paired, false, t);
  const isOpenAxis = [base, head].some(({ experiment: { axes } }) => axes.n !== undefined && "until" in axes.n);
  return pairs.map((pair) => {
    const { label, form, n } = (pair.head ?? pair.base) as CellRecord;
    const each = (metric: CellMetric): MetricComparison =>
      oneSided(pair, metric, source, { base: unreached(base), head: unreached(head) }, isOpenAxis, t) ??
      (metric === "time" ? timed(pair, time, source, t) : metric === "wallTime" ? timed(pair, wallTime, "wall", t) : counted(pair, metric, t));
    return {
      cell: pair.id,
      label,
      form,
      n,
      shape: shapes.get(pair.id) ?? "",
      ...(isOtherKernel(pair) ? { otherKernel: true } : {}),
      ...(pair.head?.outcome.status === "failed" ? { failed: true } : {}),
      ...(pair.base?.outcome.status === "failed" ? { failedInBase: true } : {}),
      metrics: Object.fromEntries(cellMetrics.map((metric) => [metric, each(metric)])) as CellComparison["metrics"],
    };
  });
};

/** By id, how a cell's shape is told from the others'. */
const shapesOf = (cells: readonly CellRecord[]): ReadonlyMap<string, string> => {
  const series = seriesOf(cells.map((cell) => ({ ...cell, outcome: { status: "ok" } })));
  const keys = series.map(({ key }) => key);
  return new Map(series.flatMap((one) => one.cells.map(({ id }) => [id, describeKey(one.key, keys)] as const)));
};

const isOtherKernel = ({ base, head }: Pair): boolean =>
  base?.prepared !== undefined && head?.prepared !== undefined && base.prepared.kernelHash !== head.prepared.kernelHash;

const isOk = (cell: CellRecord | undefined): cell is CellRecord => cell?.outcome.status === "ok";

/** Verdicts by id of the cells that both runs have times of. `stepMs`: the smallest step of each run's clock; `calibrating`: turns of each that say little. */
const timesBy = (
  pairs: readonly Pair[],
  source: ClockSource,
  stepMs: { readonly base: number; readonly head: number },
  calibrating: Readonly<Record<DuetSide, ReadonlySet<number>>>,
  limits: Limits,
  paired: boolean,
  gates: boolean,
  t: Messages,
): ReadonlyMap<string, MetricComparison> => {
  const both = pairs.flatMap(({ id, base, head }) =>
    isOk(base) && isOk(head) && base.visits.length > 0 && head.visits.length > 0 ? [{ id, base, head }] : [],
  );
  // Visits of one sample, which chose the repetitions of a pass, say little.
  const later = ({ visits }: CellRecord, side: DuetSide): CellRecord["visits"] => {
    const counted = visits.filter(({ turn }) => !calibrating[side].has(turn));
    return counted.length > 0 ? counted : visits;
  };
  const base = both.map((pair) => visitLogs(later(pair.base, "base"), source));
  const head = both.map((pair) => visitLogs(later(pair.head, "head"), source));
  const beside = both.map((pair) => pairedLogs(later(pair.base, "base"), later(pair.head, "head"), source));
  const [before, after] = [levelsOf(base), levelsOf(head)];
  const changes = paired ? levelsOf(beside) : withScatter(differences(before, after));
  const [alone, own, its] = [withoutShared(beside), withoutShared(base), withoutShared(head)];
  const apart = paired ? alone && levelsOf(alone) : own && its && withScatter(differences(levelsOf(own), levelsOf(its)));
  const others = apart && besideOthers(apart);
  // What the change is a change of: head over base is its ratio, as it would not be of two medians.
  const timesAt = (
    i: number,
    { base, head }: { readonly base: CellRecord; readonly head: CellRecord },
    change: Level,
  ): Pick<TimeChange, "baseMs" | "headMs"> => {
    if (!paired) return { baseMs: Math.exp(before[i]?.value ?? Number.NaN), headMs: Math.exp(after[i]?.value ?? Number.NaN) };
    const middle = pairedMiddle(later(base, "base"), later(head, "head"), source);
    return { baseMs: Math.exp(middle - change.value / 2), headMs: Math.exp(middle + change.value / 2) };
  };
  const compared = both.flatMap(({ id, base, head }, i): { id: string; change: TimeChange }[] => {
    const change = changes[i];
    // A difference is known no better than the coarser of the two.
    const step = Math.max(stepMs.base / repetitionsOf(base), stepMs.head / repetitionsOf(head));
    return change && Number.isFinite(change.value) ? [{ id, change: { ...timesAt(i, { base, head }, change), change, apart: others?.[i], stepMs: step } }] : [];
  });
  const verdicts = timeVerdicts(
    compared.map(({ change }) => change),
    limits,
    paired,
    gates,
    t,
  );
  return new Map(compared.flatMap(({ id }, i) => (verdicts[i] ? [[id, verdicts[i]] as const] : [])));
};

const repetitionsOf = ({ visits }: CellRecord): number => Math.max(1, median(visits.map(({ k }) => k)));

const differences = (base: readonly Level[], head: readonly Level[]): readonly Level[] =>
  base.map((level, i) => difference(level, head[i] ?? { value: Number.NaN, error: Number.POSITIVE_INFINITY, freedom: 0, processes: 0 }));

/** What only one of the two runs measured, and why as far as that is known. A cell that fails where it did not, or no longer fits, is the worst regression there is. */
const oneSided = (
  { base, head, isAdded }: Pair,
  metric: CellMetric,
  source: ClockSource,
  unreached: Readonly<Record<DuetSide, string>>,
  isOpenAxis: boolean,
  t: Messages,
): MetricComparison | undefined => {
  const { notes } = t.comparison;
  if (isOk(base) && isOk(head)) return undefined;
  if (!isOk(base) && !isOk(head)) return neither({ base, head, isAdded }, unreached, isOpenAxis, t);
  const verdict: Verdict = isOk(head) ? "NEW" : "GONE";
  const isGone = verdict === "GONE";
  const isLate = (isGone && ranLate(head)) || (verdict === "NEW" && base !== undefined && (ranLate(base) || isUnlucky(base)));
  const isOpen = isLate && !isAdded;
  return {
    verdict,
    base: isOk(base) ? measuredOf(base, metric, source) : undefined,
    head: isOk(head) ? measuredOf(head, metric, source) : undefined,
    ratio: undefined,
    gates: isGone && !isLate,
    ...(isOpen ? { open: true as const } : {}),
    note: isGone ? notes.of("head", whyNot(head, unreached.head, t)) : notes.of("base", whyNot(base, unreached.base, t)),
  };
};

const whyNot = (cell: CellRecord | undefined, unreached: string, { comparison: { notes } }: Messages): string => {
  if (cell === undefined || cell.outcome.status === "ok") return notes.notPlanned;
  return cell.outcome.status === "pending" ? unreached : notes.outcome(cell.outcome.code, cell.outcome.reason);
};

/**
 * What neither run measured. The same where it fits neither, or lies beyond the end of an open axis: that is known. Where it failed in both, or either had no time for it or lost it to its machine, nobody
 * knows whether it became worse; where head is wrong in a way that base was not, it did.
 */
const neither = (
  { base, head, isAdded }: Omit<Pair, "id">,
  unreached: Readonly<Record<DuetSide, string>>,
  isOpenAxis: boolean,
  t: Messages,
): MetricComparison => {
  const { notes } = t.comparison;
  const isWorse = base !== undefined && wrongCode(head) !== undefined && wrongCode(base) !== wrongCode(head);
  const isUnknown = (cell: CellRecord | undefined): boolean =>
    cell !== undefined && (cell.outcome.status === "failed" || (ranLate(cell) && !(isOpenAxis && cell.outcome.status === "censored")));
  const isOpen = !isWorse && !isAdded && (isUnknown(base) || isUnknown(head));
  // What ended a curve of head is nothing that a duet asks base for.
  const ofBase = base === undefined && head?.outcome.status === "censored" ? notes.notAsked : whyNot(base, unreached.base, t);
  const ofHead = whyNot(head, unreached.head, t);
  return {
    verdict: isWorse ? "GONE" : isOpen ? "UNDECIDED" : "SAME",
    base: undefined,
    head: undefined,
    ratio: undefined,
    gates: isWorse,
    ...(isOpen ? { open: true as const } : {}),
    note: isWorse ? notes.failedOtherwise(ofHead) : ofBase === ofHead ? notes.neitherHas(ofHead) : notes.ofBoth(ofBase, ofHead),
  };
};

/** Whether a cell was not measured for want of time, and not of anything that it needs: its run ended before, or an axis that goes as far as the device does. */
const ranLate = (cell: CellRecord | undefined): boolean =>
  cell === undefined || cell.outcome.status === "pending" || (cell.outcome.status === "censored" && cell.outcome.code === "timeCap");

/** What a machine does to a cell: nothing is known of what base would have measured. */
const machineCodes = new Set(["deviceLost", "timerError", "diskFull", "diskError"]);
const isUnlucky = ({ outcome }: CellRecord): boolean => outcome.status === "failed" && machineCodes.has(outcome.code);

/** What is wrong with a kernel, whatever time there was. */
const wrongCodes = new Set(["wrongOutput", "compileError", "ledgerMismatch"]);
const wrongCode = (cell: CellRecord | undefined): string | undefined =>
  cell?.outcome.status === "failed" && wrongCodes.has(cell.outcome.code) ? cell.outcome.code : undefined;

const measuredOf = ({ visits, stateBytes, peakBytes, prepared }: CellRecord, metric: CellMetric, source: ClockSource): number | undefined => {
  if (metric === "stateBytes") return stateBytes;
  if (metric === "peakBytes") return peakBytes;
  if (metric === "error") return prepared?.maxError;
  const logs = visitLogs(visits, metric === "time" ? source : "wall");
  return logs.length > 0 ? Math.exp(mean(logs.map(({ value }) => value))) : undefined;
};

/** Times have noise: what has no verdict among all cells of its clock has none, and is never held against the other as a count is. */
const timed = ({ id, base, head }: Pair, verdicts: ReadonlyMap<string, MetricComparison>, source: ClockSource, t: Messages): MetricComparison =>
  verdicts.get(id) ?? {
    verdict: "UNDECIDED",
    base: base && measuredOf(base, "time", source),
    head: head && measuredOf(head, "time", source),
    ratio: undefined,
    gates: false,
    note: t.comparison.notes.notTimed,
  };

/** Bytes and errors have no noise: they are the same or not. Another order of summation changes an error a little, so only bits that are lost gate. */
const counted = ({ base, head }: Pair, metric: CellMetric, t: Messages): MetricComparison => {
  const [before, after] = [base && measuredOf(base, metric, "gpu"), head && measuredOf(head, metric, "gpu")];
  if (before === undefined || after === undefined)
    return { verdict: before === after ? "SAME" : "UNDECIDED", base: before, head: after, ratio: undefined, gates: false, note: t.comparison.notes.notKnown };
  const verdict: Verdict = after > before ? "SLOWER" : after < before ? "FASTER" : "SAME";
  const factor = before > 0 ? after / before : undefined;
  const ratio = factor === undefined ? undefined : { value: factor, low: factor, high: factor };
  return { verdict, base: before, head: after, ratio, gates: metric !== "error" || after > lostBits * Math.max(before, ofOneValue), note: undefined };
};
