import type { ArmComparison, CellComparison, CellMetric, Comparison, MetricComparison, Verdict } from "../../record/comparison.ts";
import { kernelsText, sameKernels } from "../../record/kernelFolder.ts";
import { armName } from "../answer.ts";
import { formatCount, formatList } from "../format.ts";
import { median } from "../statistics.ts";
import { metricText } from "./metricText.ts";
import { leastProcesses } from "./timeComparison.ts";

/** So many of one kind are named; of more, the worst. */
const named = 6;

const metricNames: Readonly<Record<CellMetric, string>> = {
  time: "time",
  wallTime: "wall time",
  stateBytes: "state bytes",
  peakBytes: "peak bytes",
  error: "error",
};

/** What a reader of a pull request wants to know, worst first, each sentence complete by itself. */
export const comparisonSentences = (comparison: Omit<Comparison, "findings">): readonly string[] => [
  ...apart(comparison.differences),
  headline(comparison),
  ...(comparison.notes ?? []),
  ...failures(comparison.cells),
  ...ofNeither(comparison.cells),
  ...changes(comparison, "SLOWER"),
  ...armChanges(comparison.arms, "SLOWER"),
  ...changes(comparison, "FASTER"),
  ...armChanges(comparison.arms, "FASTER"),
  ...undecided(comparison),
  ...undecidedArms(comparison.arms),
  ...oneSided(comparison.cells),
  ...otherKernels(comparison),
  ...smallest(comparison),
  ...advice(comparison),
];

/** So many differences are told in a sentence; of more it names what they are of, and they stand in a list. */
const mostInSentence = 3;

/** The differences that the answer names and does not tell. */
export const listedDifferences = ({ differences }: Pick<Comparison, "differences">): readonly string[] =>
  differences.length > mostInSentence ? differences : [];

const apart = (differences: readonly string[]): readonly string[] => {
  if (differences.length === 0) return [];
  const names = [...new Set(differences.map((text) => text.split(/[.:]/)[0] ?? text))];
  const told = differences.length > mostInSentence ? formatList(names) : differences.join("; ");
  return [`The runs differ in more than their code, so nothing is gated: ${told}.`];
};

const headline = ({ cells, gate, paired, limits }: Omit<Comparison, "findings">): string => {
  const counts = (["SLOWER", "FASTER", "UNDECIDED", "SAME", "NEW", "GONE"] as const).flatMap((verdict) => {
    const count = cells.filter(({ metrics: { time } }) => time.verdict === verdict && (time.base !== undefined || time.head !== undefined)).length;
    return count > 0 ? [`${count} ${verdict}`] : [];
  });
  const how = paired ? "measured turn by turn beside each other" : `of two runs apart (noise floor ±${(100 * limits.noiseFloor).toFixed(1)} %)`;
  const end: Record<Comparison["gate"], string> = {
    pass: "passed: nothing that gates became worse",
    fail: "FAILED",
    undecided: "undecided: nothing that gates is known to be worse, and not all is known",
    nothing: "empty: nothing was measured in both",
    off: "open to all: nothing gates",
  };
  return `Gate ${end[gate]}. Time of ${formatCount(cells.length)} cells, ${how}: ${formatList(counts) || "none"}.`;
};

const place = ({ label, form, n, shape }: CellComparison): string => `${armName({ label, form })} at n = ${formatCount(n)}${shape === "" ? "" : `, ${shape}`}`;

const failures = (cells: readonly CellComparison[]): readonly string[] =>
  cells.flatMap((cell) => (cell.metrics.time.verdict === "GONE" && cell.metrics.time.gates ? [failureSentence(cell)] : []));

const again = "What helps: the same once more, with a longer --budget where it had no time.";
/** Where time or a machine kept a cell from being measured, and not its code or its plan. */
const withAgain = (text: string): string => (/\b(not reached|timeCap|deviceLost|timerError|diskFull|diskError)\b/.test(text) ? `${text} ${again}` : text);

const isOfNeither = ({ metrics: { time } }: CellComparison): boolean => time.verdict === "UNDECIDED" && time.base === undefined && time.head === undefined;

/** No change, and no pass either: of such a cell nobody knows whether it became worse. */
const ofNeither = (cells: readonly CellComparison[]): readonly string[] => {
  const [failed, others] = [true, false].map((inBoth) => cells.filter((cell) => isOfNeither(cell) && (cell.failed && cell.failedInBase ? inBoth : !inBoth)));
  const told = (word: string, rows: readonly CellComparison[] = []): readonly string[] => {
    const [first] = rows;
    return first ? [`${word}: ${place(first)}${rows.length > 1 ? `, and ${formatCount(rows.length - 1)} more` : ""} (${first.metrics.time.note}).`] : [];
  };
  return [...told("FAILED in both", failed), ...told("UNDECIDED, as neither run measured it", others).map(withAgain)];
};

export const failureSentence = (cell: CellComparison): string =>
  `LOST in head, ${cell.metrics.time.base === undefined ? "and not so" : "measured"} in base: ${place(cell)} (${cell.metrics.time.note}).`;

const ratioText = ({ ratio, p }: MetricComparison): string =>
  ratio === undefined ? "?" : `${ratio.value.toFixed(3)} times${p === undefined ? "" : ` [${ratio.low.toFixed(3)}, ${ratio.high.toFixed(3)}]`}`;

const valueText = (metric: CellMetric, value: number | undefined, other: number | undefined): string =>
  value === undefined ? "none" : metricText(metric, value, other);

/** Wall times say the same again where the device has a clock of its own, so they are told only where that clock saw nothing; and every change of a kernel moves its last bits. */
export const isTold = (cell: CellComparison, metric: CellMetric, source: Comparison["source"]): boolean =>
  metric === "wallTime" ? source === "gpu" && cell.metrics.time.verdict === "SAME" : metric !== "error" || cell.metrics.error.gates;

const changes = ({ cells, source }: Omit<Comparison, "findings">, verdict: Verdict): readonly string[] => {
  const rows = cells.flatMap((cell) =>
    (Object.entries(cell.metrics) as [CellMetric, MetricComparison][]).flatMap(([metric, one]) =>
      one.verdict === verdict && isTold(cell, metric, source) ? [{ cell, metric, one, size: Math.abs(Math.log(one.ratio?.value ?? 1)) }] : [],
    ),
  );
  const worst = [...rows].sort((a, b) => b.size - a.size);
  const told = worst.slice(0, named).map(({ cell, metric }) => changeSentence(cell, metric));
  return worst.length > named ? [...told, `${worst.length - named} more are ${verdict}.`] : told;
};

export const changeSentence = (cell: CellComparison, metric: CellMetric): string => {
  const one = cell.metrics[metric];
  return `${one.verdict}: ${place(cell)}, ${metricNames[metric]} ${ratioText(one)} base's${one.note === undefined ? "" : ` ${one.note}`} (${valueText(metric, one.base, one.head)} → ${valueText(metric, one.head, one.base)}).`;
};

const armChanges = (arms: readonly ArmComparison[], verdict: Verdict): readonly string[] => arms.filter((arm) => arm.verdict === verdict).map(armSentence);

export const armSentence = (arm: ArmComparison): string => `${arm.verdict}: ${armText(arm)}${arm.gates ? "" : " (does not gate)"}.`;

const armText = ({ labels, metric, of, base, head }: ArmComparison): string =>
  `${metric === "crossover" ? `n* of ${formatList(labels)}` : `${metric} of ${labels[0]}'s ${of === "time" ? "time" : "state bytes"}`}, ${base ?? "not known"} → ${head ?? "not known"}`;

/** What keeps a gate from being passed, and where an n* may have gone. */
const undecidedArms = (arms: readonly ArmComparison[]): readonly string[] => {
  const open = arms.filter(({ verdict, gates, metric, base, head }) => verdict === "UNDECIDED" && (gates || (metric === "crossover" && base !== head)));
  const [first] = open;
  return first
    ? [
        `UNDECIDED of the arms: ${armText(first)}${open.length > 1 ? `, and ${formatCount(open.length - 1)} more` : ""}${open.some(({ gates }) => gates) ? "" : " (does not gate)"}.`,
      ]
    : [];
};

const undecided = ({ cells, paired }: Omit<Comparison, "findings">): readonly string[] => {
  const open = cells.filter((cell) => cell.metrics.time.verdict === "UNDECIDED" && !isOfNeither(cell));
  const [first] = open;
  if (!first) return [];
  const rest = open.length > 1 ? `, and ${open.length - 1} more` : "";
  const { note = "" } = first.metrics.time;
  const duet = "attnbench duet, which measures both beside each other";
  const remedy = note.includes("of this clock")
    ? "a device or longer cells (a larger n) that this clock tells apart"
    : note.includes("no number of turns") || note.includes("hardly decide")
      ? `${paired ? "" : `${duet}; `}a quieter machine`
      : `${paired ? "a longer --budget" : `longer runs (--budget), or ${duet}`}; a quieter machine`;
  return [`UNDECIDED: ${place(first)}${rest} (${note}). What helps: ${remedy}; or a larger --threshold.`];
};

const oneSided = (cells: readonly CellComparison[]): readonly string[] =>
  (["NEW", "GONE"] as const).flatMap((verdict) => {
    const rows = cells.filter(({ metrics: { time } }) => time.verdict === verdict && !time.gates);
    const [first] = rows;
    const text = first && `${verdict}: ${place(first)}${rows.length > 1 ? `, and ${rows.length - 1} more` : ""} (${first.metrics.time.note}).`;
    return text === undefined ? [] : [first?.metrics.time.open ? withAgain(text) : text];
  });

/** What changed of the kernels: the code of one cell is known by its hash, that of `--kernels` by what the folders held. */
const otherKernels = ({ base, head, cells, paired }: Omit<Comparison, "findings">): readonly string[] => {
  const changed = cells.filter(({ otherKernel }) => otherKernel);
  const [first] = changed;
  const areBoth = cells.some(({ metrics: { time } }) => time.base !== undefined && time.head !== undefined);
  const ofCells = first
    ? [
        `Another kernel in head than in base in ${formatCount(changed.length)} of ${formatCount(cells.length)} cells: ${place(first)}${changed.length > 1 ? `, and ${formatCount(changed.length - 1)} more` : ""}.`,
      ]
    : [];
  if (sameKernels(base.kernels, head.kernels))
    // Whoever changed them and reads this has measured something else than they meant to.
    return paired && base.kernels && head.kernels && head.kernels.length > 0
      ? [`--kernels held the same for base and head: ${kernelsText(head.kernels)}.`, ...ofCells]
      : ofCells;
  const folders = `--kernels held ${kernelsText(base.kernels)} for base and ${kernelsText(head.kernels)} for head`;
  return [`${folders}${first || !areBoth ? "" : ", which changed the kernel of no cell that both have"}.`, ...ofCells];
};

const smallest = ({ cells, limits }: Omit<Comparison, "findings">): readonly string[] => {
  const timed = cells.filter(({ metrics: { time } }) => time.base !== undefined && time.head !== undefined);
  const found = timed.flatMap(({ metrics: { time } }) => (time.findable === undefined ? [] : [time.findable]));
  const blind = timed.length - found.length;
  const why = `it takes ${leastProcesses} processes of each, and two visits`;
  if (blind > 0 && found.length === 0) return [`No slowdown of any cell would have been found, however large: ${why}.`];
  if (found.length === 0) return [];
  // A comparison that finds no tenfold change finds nothing that anyone would ask of it.
  const percent = (share: number): string => (share < 9 ? `${(100 * share).toFixed(1)} %` : "more than tenfold");
  return [
    `Smallest slowdown that would have been found in 95 of 100 such comparisons: ${percent(median(found))} in the typical cell, ${percent(Math.max(...found))} in the worst (threshold ${percent(limits.threshold)}).${blind > 0 ? ` In ${formatCount(blind)} of ${formatCount(timed.length)} none would have been, however large: ${why}.` : ""}`,
  ];
};

const advice = ({ cells, timesAdvise, differences }: Omit<Comparison, "findings">): readonly string[] =>
  timesAdvise && differences.length === 0 && cells.some(({ metrics: { time } }) => time.verdict === "SLOWER" || time.verdict === "UNDECIDED")
    ? ["Times on a CPU emulation advise and do not gate (--strict makes them): what is good for a GPU may slow an emulator."]
    : [];
