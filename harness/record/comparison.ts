import type { Estimate, SeriesKey } from "./derived.ts";
import type { KernelFolder } from "./kernelFolder.ts";
import type { ClockSource } from "./run.ts";

/** comparison.json and `compare --json`: two runs of one experiment, held against each other. Adding an optional field keeps schemaVersion. */
export const comparisonVersion = 1;

/**
 * What became of one number from base to head. SLOWER is the worse way for every metric: more time, more bytes, a larger error, a steeper exponent, a later n*. NEW and GONE: only head, or
 * only base, has it.
 */
export type Verdict = "SAME" | "FASTER" | "SLOWER" | "UNDECIDED" | "NEW" | "GONE";

export const cellMetrics = ["time", "wallTime", "stateBytes", "peakBytes", "error"] as const;
export type CellMetric = (typeof cellMetrics)[number];

/** The rule that verdicts follow. All are shares: 0.05 is 5 %. */
export interface Limits {
  /** a change of time that is worth telling */
  readonly threshold: number;
  /** ratios this near to 1 are the machine's */
  readonly noiseFloor: number;
  /** of all changes of time that are told, so many are false on average (Benjamini and Hochberg 1995) */
  readonly falseDiscovery: number;
}

export interface MetricComparison {
  readonly verdict: Verdict;
  /** ms of one repetition (of each visit the lower quartile of its samples, and of these the mean of the logs: what `ratio` is of), bytes, or the largest error over the row's size */
  readonly base: number | undefined;
  readonly head: number | undefined;
  /** head over base; of times with its 95 % interval, of what is counted exact. Of a time that is told beside the other cells, over what those took too */
  readonly ratio: Estimate | undefined;
  /** of times: how likely so large a change is where nothing changed by more than the noise floor */
  readonly p?: number;
  /** of times: the smallest change, as a share, that would be found in 95 of 100 such comparisons */
  readonly findable?: number | undefined;
  /** whether SLOWER, or GONE, fails the gate: of what is gone, where head failed or does not fit */
  readonly gates: boolean;
  /** UNDECIDED as neither run measured it, GONE for want of time, or NEW as time or machine kept base from measuring it: nothing is known to be worse, and the gate is not passed */
  readonly open?: true;
  readonly note: string | undefined;
}

export interface CellComparison {
  /** id in both runs */
  readonly cell: string;
  readonly label: string;
  readonly form: string;
  readonly n: number;
  /** its other sizes as far as cells differ in them, in words: "dModel 512 (kvHeads 2)"; empty where all are alike */
  readonly shape: string;
  /** both were compiled, of unlike code */
  readonly otherKernel?: true;
  /** it failed in head, whatever it did in base */
  readonly failed?: true;
  readonly failedInBase?: true;
  readonly metrics: Readonly<Record<CellMetric, MetricComparison>>;
}

export interface ArmComparison {
  readonly labels: readonly string[];
  readonly metric: "exponent" | "class" | "crossover";
  /** of what: time, or stateBytes */
  readonly of: "time" | "stateBytes";
  readonly series: SeriesKey;
  readonly verdict: Verdict;
  /** as told: "1.98 [1.95, 2.01]", "O(n²)", "n* = 193 [163, 213]" */
  readonly base: string | undefined;
  readonly head: string | undefined;
  readonly gates: boolean;
  readonly note: string | undefined;
}

export interface ComparedRun {
  readonly run: string;
  readonly experiment: string;
  readonly commit: string | undefined;
  readonly dirty: boolean | undefined;
  readonly version: string;
  readonly adapter: string;
  readonly startedAt: string;
  /** as in its environment */
  readonly kernels?: readonly KernelFolder[];
}

export interface Comparison {
  readonly schemaVersion: typeof comparisonVersion;
  readonly base: ComparedRun;
  readonly head: ComparedRun;
  /** measured turn by turn beside each other (duet), so that what slows the machine slows both */
  readonly paired: boolean;
  readonly source: ClockSource;
  /** what else a reader must know of how they were measured, in sentences */
  readonly notes?: readonly string[];
  /** what sets the two apart, but for the code; where there is anything, nothing gates */
  readonly differences: readonly string[];
  /** times do not gate: a CPU emulation without --strict, or runs that differ */
  readonly timesAdvise: boolean;
  readonly limits: Limits;
  readonly cells: readonly CellComparison[];
  readonly arms: readonly ArmComparison[];
  /** the answer, sentence by sentence */
  readonly findings: readonly string[];
  /** undecided: nothing that gates became worse, as far as is known. nothing: no cell that both have has times. off: the runs differ in more than their code, so nothing gates */
  readonly gate: "pass" | "fail" | "undecided" | "nothing" | "off";
}
