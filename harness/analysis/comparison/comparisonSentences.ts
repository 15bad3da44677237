import type { Obstacle } from "../../messages/en.ts";
import type { Messages } from "../../messages/messages.ts";
import type { ArmComparison, CellComparison, CellMetric, Comparison, MetricComparison, Verdict } from "../../record/comparison.ts";
import { kernelsText, sameKernels } from "../../record/kernelFolder.ts";
import { armName } from "../answer.ts";
import { median } from "../statistics.ts";
import { metricText } from "./metricText.ts";
import { leastProcesses } from "./timeComparison.ts";

/** So many of one kind are named; of more, the worst. */
const named = 6;

type Told = Omit<Comparison, "findings">;

/** What a reader of a pull request wants to know, worst first, each sentence complete by itself. `comparison` is in the language of `t`. */
export const comparisonSentences = (comparison: Told, t: Messages): readonly string[] => [
  ...apart(comparison.differences, t),
  headline(comparison, t),
  ...(comparison.notes ?? []),
  ...failures(comparison.cells, t),
  ...failedInBoth(comparison.cells, t),
  ...neitherMeasured(comparison.cells, t),
  ...changes(comparison, "SLOWER", t),
  ...armChanges(comparison.arms, "SLOWER", t),
  ...changes(comparison, "FASTER", t),
  ...armChanges(comparison.arms, "FASTER", t),
  ...undecided(comparison, t),
  ...undecidedArms(comparison.arms, t),
  ...oneSided(comparison.cells, "NEW", t),
  ...oneSided(comparison.cells, "GONE", t),
  ...otherKernels(comparison, t),
  ...smallest(comparison, t),
  ...advice(comparison, t),
];

/** Why a gate that did not fail was not passed either, in the sentence of the answer that says it the plainest; undefined where none does. */
export const openSentence = (comparison: Told, t: Messages): string | undefined => {
  const { cells, arms } = comparison;
  const fresh = oneSided(cells, "NEW", t);
  const sentences = [
    ...failedInBoth(cells, t),
    ...neitherMeasured(cells, t),
    ...undecided(comparison, t),
    ...oneSided(cells, "GONE", t),
    ...fresh.filter((text) => text.endsWith(t.comparison.again)),
    ...changes(comparison, "SLOWER", t),
    ...armChanges(arms, "SLOWER", t),
    ...undecidedArms(
      arms.filter(({ gates }) => gates),
      t,
    ),
    ...fresh,
  ];
  return sentences[0];
};

/** So many differences are told in a sentence; of more it names what they are of, and they stand in a list. */
const mostInSentence = 3;

/** The differences that the answer names and does not tell. */
export const listedDifferences = ({ differences }: Pick<Comparison, "differences">): readonly string[] =>
  differences.length > mostInSentence ? differences : [];

const apart = (differences: readonly string[], { comparison: words }: Messages): readonly string[] => {
  if (differences.length === 0) return [];
  if (differences.length <= mostInSentence) return [words.apart(differences)];
  return [words.apartIn([...new Set(differences.map((text) => text.split(/[.:：]/)[0] ?? text))])];
};

const headline = ({ cells, gate, paired, limits }: Told, { comparison: words }: Messages): string => {
  const counts = (["SLOWER", "FASTER", "UNDECIDED", "SAME", "NEW", "GONE"] as const).flatMap((verdict) => {
    const count = cells.filter(({ metrics: { time } }) => time.verdict === verdict && (time.base !== undefined || time.head !== undefined)).length;
    return count > 0 ? [{ verdict, count }] : [];
  });
  return words.answer(gate, cells.length, paired ? undefined : limits.noiseFloor, counts);
};

const place = ({ label, form, n, shape }: CellComparison, { comparison: words }: Messages): string => words.place(armName({ label, form }), n, shape);

const noteOf = ({ metrics: { time } }: CellComparison): string => time.note ?? "";

const failures = (cells: readonly CellComparison[], t: Messages): readonly string[] =>
  cells.flatMap((cell) => (cell.metrics.time.verdict === "GONE" && cell.metrics.time.gates ? [failureSentence(cell, t)] : []));

/** Where time or a machine kept a cell from being measured, and not its code or its plan. */
const withAgain = (text: string, t: Messages): string =>
  /\b(timeCap|deviceLost|timerError|diskFull|diskError)\b/.test(text) || text.includes(t.comparison.known.notReached)
    ? t.joinSentences([text, t.comparison.again])
    : text;

const isOfNeither = ({ metrics: { time } }: CellComparison): boolean => time.verdict === "UNDECIDED" && time.base === undefined && time.head === undefined;

const failedTwice = ({ failed, failedInBase }: CellComparison): boolean => failed === true && failedInBase === true;

/** No change, and no pass either: of such a cell nobody knows whether it became worse. */
const failedInBoth = (cells: readonly CellComparison[], t: Messages): readonly string[] => {
  const rows = cells.filter((cell) => isOfNeither(cell) && failedTwice(cell));
  const [first] = rows;
  return first ? [t.comparison.failedInBoth(place(first, t), rows.length - 1, noteOf(first))] : [];
};

const neitherMeasured = (cells: readonly CellComparison[], t: Messages): readonly string[] => {
  const rows = cells.filter((cell) => isOfNeither(cell) && !failedTwice(cell));
  const [first] = rows;
  return first ? [withAgain(t.comparison.neitherMeasured(place(first, t), rows.length - 1, noteOf(first)), t)] : [];
};

export const failureSentence = (cell: CellComparison, t: Messages): string =>
  t.comparison.lost(place(cell, t), cell.metrics.time.base !== undefined, noteOf(cell));

const valueText = (metric: CellMetric, value: number | undefined, other: number | undefined): string | undefined =>
  value === undefined ? undefined : metricText(metric, value, other);

/** Wall times say the same again where the device has a clock of its own, so they are told only where that clock saw nothing; and every change of a kernel moves its last bits. */
export const isTold = (cell: CellComparison, metric: CellMetric, source: Comparison["source"]): boolean =>
  metric === "wallTime" ? source === "gpu" && cell.metrics.time.verdict === "SAME" : metric !== "error" || cell.metrics.error.gates;

const changes = ({ cells, source }: Told, verdict: Verdict, t: Messages): readonly string[] => {
  const rows = cells.flatMap((cell) =>
    (Object.entries(cell.metrics) as [CellMetric, MetricComparison][]).flatMap(([metric, one]) =>
      one.verdict === verdict && isTold(cell, metric, source) ? [{ cell, metric, one, size: Math.abs(Math.log(one.ratio?.value ?? 1)) }] : [],
    ),
  );
  const worst = [...rows].sort((a, b) => b.size - a.size);
  const told = worst.slice(0, named).map(({ cell, metric }) => changeSentence(cell, metric, t));
  return worst.length > named ? [...told, t.comparison.moreAre(verdict, worst.length - named)] : told;
};

export const changeSentence = (cell: CellComparison, metric: CellMetric, t: Messages): string => {
  const { verdict, base, head, ratio, p, note } = cell.metrics[metric];
  return t.comparison.changed({
    verdict,
    place: place(cell, t),
    metric,
    factor: ratio?.value.toFixed(3),
    interval: ratio && p !== undefined ? `[${ratio.low.toFixed(3)}, ${ratio.high.toFixed(3)}]` : undefined,
    note,
    base: valueText(metric, base, head),
    head: valueText(metric, head, base),
  });
};

const armChanges = (arms: readonly ArmComparison[], verdict: Verdict, t: Messages): readonly string[] =>
  arms.filter((arm) => arm.verdict === verdict).map((arm) => armSentence(arm, t));

export const armSentence = (arm: ArmComparison, { comparison: words }: Messages): string => words.armChanged(arm.verdict, words.arm(arm), arm.gates);

/** What keeps a gate from being passed, and where an n* may have gone. */
const undecidedArms = (arms: readonly ArmComparison[], { comparison: words }: Messages): readonly string[] => {
  const open = arms.filter(({ verdict, gates, metric, base, head }) => verdict === "UNDECIDED" && (gates || (metric === "crossover" && base !== head)));
  const [first] = open;
  return first
    ? [
        words.armsUndecided(
          words.arm(first),
          open.length - 1,
          open.some(({ gates }) => gates),
        ),
      ]
    : [];
};

const undecided = ({ cells, paired }: Told, t: Messages): readonly string[] => {
  const open = cells.filter((cell) => cell.metrics.time.verdict === "UNDECIDED" && !isOfNeither(cell));
  const [first] = open;
  return first ? [t.comparison.undecided(place(first, t), open.length - 1, noteOf(first), obstacleIn(noteOf(first), t), paired)] : [];
};

const obstacleIn = (note: string, { comparison: { known } }: Messages): Obstacle => {
  if (note.includes(known.clock)) return "clock";
  return note.includes(known.noTurns) || note.includes(known.hardly) ? "machine" : "brevity";
};

const oneSided = (cells: readonly CellComparison[], verdict: "NEW" | "GONE", t: Messages): readonly string[] => {
  const rows = cells.filter(({ metrics: { time } }) => time.verdict === verdict && !time.gates);
  const [first] = rows;
  if (!first) return [];
  const text = t.comparison.oneSided(verdict, place(first, t), rows.length - 1, noteOf(first));
  return [first.metrics.time.open ? withAgain(text, t) : text];
};

/** What changed of the kernels: the code of one cell is known by its hash, that of `--kernels` by what the folders held. */
const otherKernels = ({ base, head, cells, paired }: Told, t: Messages): readonly string[] => {
  const words = t.comparison;
  const changed = cells.filter(({ otherKernel }) => otherKernel);
  const [first] = changed;
  const areBoth = cells.some(({ metrics: { time } }) => time.base !== undefined && time.head !== undefined);
  const ofCells = first ? [words.otherKernels(changed.length, cells.length, place(first, t))] : [];
  if (sameKernels(base.kernels, head.kernels))
    // Whoever changed them and reads this has measured something else than they meant to.
    return paired && base.kernels && head.kernels && head.kernels.length > 0 ? [words.sameFolders(kernelsText(head.kernels)), ...ofCells] : ofCells;
  return [words.otherFolders(kernelsText(base.kernels), kernelsText(head.kernels), !first && areBoth), ...ofCells];
};

const smallest = ({ cells, limits }: Told, { comparison: words }: Messages): readonly string[] => {
  const timed = cells.filter(({ metrics: { time } }) => time.base !== undefined && time.head !== undefined);
  const found = timed.flatMap(({ metrics: { time } }) => (time.findable === undefined ? [] : [time.findable]));
  const blind = timed.length - found.length;
  if (found.length > 0) return [words.findable(median(found), Math.max(...found), limits.threshold, blind, timed.length, leastProcesses)];
  return blind > 0 ? [words.blind(leastProcesses)] : [];
};

const advice = ({ cells, timesAdvise, differences }: Told, { comparison: words }: Messages): readonly string[] =>
  timesAdvise && differences.length === 0 && cells.some(({ metrics: { time } }) => time.verdict === "SLOWER" || time.verdict === "UNDECIDED")
    ? [words.advises]
    : [];
