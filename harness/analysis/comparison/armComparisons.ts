import type { GrowthClass } from "../../../kernels/mechanism.ts";
import type { Messages } from "../../messages/messages.ts";
import type { ArmComparison, Limits, Verdict } from "../../record/comparison.ts";
import type { Crossover, Estimate, Fit } from "../../record/derived.ts";
import type { RunRecord } from "../../record/run.ts";
import { formatCount } from "../format.ts";
import { discoveryLimit } from "./falseDiscovery.ts";
import { studentTail } from "./studentTail.ts";

/** A slope that differs by less is no other order of growth, whatever its interval. */
const leastSlope = 0.1;
const normal975 = 1.96;
/** n* that differ by less are one */
const leastShift = 0.1;

const ascending: readonly GrowthClass[] = ["O(1)", "O(log n)", "O(n)", "O(n log n)", "O(n²)", "O(n³)"];

/**
 * Every curve and pair of arms of either run: exponent, class, n*. Growth carries over to other devices, so it gates on a CPU emulation too; n* moves with either arm, so it says what became of the
 * answer and never gates. Fits and crossovers are those of the records, which must have been analysed by one attnbench. What is told of them is in the language of `t`.
 */
export const armComparisons = (base: RunRecord, head: RunRecord, limits: Limits, gates: boolean, t: Messages): readonly ArmComparison[] => {
  const fits = matched(base.fits.filter(isOfN), head.fits.filter(isOfN), (fit) => JSON.stringify([fit.label, fit.form, fit.metric, fit.series]));
  const slopes = fits.map(({ base: before, head: after }) => shiftOf(before?.exponent, after?.exponent));
  const known = slopes.flatMap((one) => (one === undefined ? [] : [one.p]));
  const limit = discoveryLimit(known, limits.falseDiscovery);
  const crossovers = matched(base.crossovers.filter(isOfTime), head.crossovers.filter(isOfTime), ({ between, metric, series }) =>
    JSON.stringify([between, metric, series]),
  );
  return [
    ...fits.flatMap((pair, i) => {
      const exponent = exponentComparison(pair, slopes[i], limit, gates, t);
      return [exponent, classComparison(pair, exponent.verdict, gates, t)];
    }),
    ...crossovers.map((pair) => crossoverComparison(pair, t)),
  ];
};

const isOfN = ({ variable }: Fit): boolean => variable === "n";
const isOfTime = ({ metric }: Crossover): boolean => metric === "time";

interface Matched<T> {
  readonly base: T | undefined;
  readonly head: T | undefined;
}

const matched = <T>(base: readonly T[], head: readonly T[], keyOf: (one: T) => string): readonly Matched<T>[] => {
  const before = new Map(base.map((one) => [keyOf(one), one]));
  const after = new Set(head.map(keyOf));
  return [
    ...head.map((one) => ({ base: before.get(keyOf(one)), head: one })),
    ...base.filter((one) => !after.has(keyOf(one))).map((one) => ({ base: one, head: undefined })),
  ];
};

interface Shift {
  /** head less base, with its 95 % interval */
  readonly value: number;
  readonly low: number;
  readonly high: number;
  readonly p: number;
}

/** Intervals of the two add in squares, each by the half that faces the other. */
const shiftOf = (base: Estimate | undefined, head: Estimate | undefined): Shift | undefined => {
  if (!base || !head) return undefined;
  const value = head.value - base.value;
  const below = Math.hypot(head.value - head.low, base.high - base.value);
  const above = Math.hypot(head.high - head.value, base.value - base.low);
  const facing = value > 0 ? below : above;
  const p = facing > 0 ? studentTail((normal975 * Math.abs(value)) / facing, Number.POSITIVE_INFINITY) : value === 0 ? 1 : 0;
  return { value, low: value - below, high: value + above, p };
};

const whose = ({ base, head }: Matched<Fit>, gates: boolean): Pick<ArmComparison, "labels" | "of" | "series" | "gates"> => {
  const { label, metric, series } = (head ?? base) as Fit;
  return { labels: [label], of: metric, series, gates };
};

const oneSided = ({ base, head }: Matched<unknown>): Verdict | undefined => (base === undefined ? "NEW" : head === undefined ? "GONE" : undefined);

const exponentComparison = (
  pair: Matched<Fit>,
  shift: Shift | undefined,
  limit: number,
  gates: boolean,
  { comparison: { notes } }: Messages,
): ArmComparison => {
  const verdict: Verdict =
    oneSided(pair) ??
    (shift === undefined
      ? "UNDECIDED"
      : shift.p <= limit && Math.abs(shift.value) >= leastSlope
        ? shift.value > 0
          ? "SLOWER"
          : "FASTER"
        : shift.low >= -leastSlope && shift.high <= leastSlope
          ? "SAME"
          : "UNDECIDED");
  const told = (fit: Fit | undefined): string | undefined =>
    fit?.exponent &&
    (fit.exponent.low === fit.exponent.high
      ? fit.exponent.value.toFixed(2)
      : `${fit.exponent.value.toFixed(2)} [${fit.exponent.low.toFixed(2)}, ${fit.exponent.high.toFixed(2)}]`);
  // That is the experiment's, and not what came between the runs: it does not keep a gate from being passed.
  const neither = pair.base?.exponent === undefined && pair.head?.exponent === undefined;
  return {
    ...whose(pair, gates && !neither),
    metric: "exponent",
    verdict,
    base: told(pair.base),
    head: told(pair.head),
    note: neither ? notes.neitherTells : undefined,
  };
};

/** A law may change its name by noise where two follow the points: it has changed where the slope has. Of bytes, laws are exact. */
const classComparison = (pair: Matched<Fit>, ofExponent: Verdict, gates: boolean, { comparison: { notes, law } }: Messages): ArmComparison => {
  const [before, after] = [pair.base?.class, pair.head?.class];
  const open = before === "undecided" || after === "undecided" || before === undefined || after === undefined;
  const steeper = open ? 0 : ascending.indexOf(after) - ascending.indexOf(before);
  const exact = (pair.head ?? pair.base)?.metric === "stateBytes";
  const changed = steeper > 0 ? "SLOWER" : "FASTER";
  const verdict: Verdict = oneSided(pair) ?? (before === after && !open ? "SAME" : !open && (exact || ofExponent === changed) ? changed : "UNDECIDED");
  const note = verdict === "UNDECIDED" && !open ? notes.sameSlopes : undefined;
  const neither = before === after && open;
  return {
    ...whose(pair, gates && !neither),
    metric: "class",
    verdict,
    base: before && law(before),
    head: after && law(after),
    note: neither ? notes.neitherTells : note,
  };
};

const crossoverComparison = ({ base, head }: Matched<Crossover>, t: Messages): ArmComparison => {
  const { between, series } = (head ?? base) as Crossover;
  const shift = base?.n && head?.n ? shiftOf(logs(base.n), logs(head.n)) : undefined;
  const verdict: Verdict =
    oneSided({ base, head }) ??
    (shift === undefined
      ? outcomeVerdict(base as Crossover, head as Crossover)
      : (shift.low > 0 || shift.high < 0) && Math.abs(shift.value) >= Math.log1p(leastShift)
        ? shift.value > 0
          ? "SLOWER"
          : "FASTER"
        : Math.max(-shift.low, shift.high) <= Math.log1p(leastShift)
          ? "SAME"
          : "UNDECIDED");
  return {
    labels: between,
    metric: "crossover",
    of: "time",
    series,
    verdict,
    base: toldCrossing(base, t),
    head: toldCrossing(head, t),
    gates: false,
    note: undefined,
  };
};

/** Where at least one of the two has no n*: one that lies beyond the range is still known to lie there, before it or after it. */
const outcomeVerdict = (base: Crossover, head: Crossover): Verdict => {
  if (base.outcome === head.outcome) return base.outcome === "undecided" ? "UNDECIDED" : "SAME";
  const [before, after] = [whereabouts(base), whereabouts(head)];
  if (!before || !after) return "UNDECIDED";
  const isApart = Math.max(after.value / before.value, before.value / after.value) >= 1 + leastShift;
  if (isApart && after.low > before.high) return "SLOWER";
  return isApart && after.high < before.low ? "FASTER" : "UNDECIDED";
};

/** n* as far as its outcome tells it: its estimate, or what lies below or above the range; undefined where there may be several, or any. */
const whereabouts = ({ outcome, n, range }: Crossover): Estimate | undefined => {
  if (n || !range) return n;
  const [least, most] = range;
  if (outcome === "already") return { value: least, low: 0, high: least };
  return outcome === "none" ? { value: most, low: most, high: Number.POSITIVE_INFINITY } : undefined;
};

const logs = ({ value, low, high }: Estimate): Estimate => ({ value: Math.log(value), low: Math.log(low), high: Math.log(high) });

const toldCrossing = (crossover: Crossover | undefined, { comparison: { outcomes } }: Messages): string | undefined =>
  crossover &&
  (crossover.n ? `n* = ${formatCount(crossover.n.value)} [${formatCount(crossover.n.low)}, ${formatCount(crossover.n.high)}]` : outcomes[crossover.outcome]);
