import type { GrowthClass } from "../../kernels/mechanism.ts";
import type { ClaimId } from "../experiment/claims.ts";
import type { Cell } from "../experiment/experiment.ts";
import type { RuntimeName } from "../experiment/runtimes.ts";
import type { OffloadTimes, Room } from "./run.ts";

/** What follows from what was measured, as it stands in run.json: analysis makes it anew. Checked by derivedSchema.ts. Times are ms, sizes bytes, n tokens. */

export interface Estimate {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** What the samples say, computed by analysis from `visits`: by the run's clock, for a peer by the wall clock. */
export interface Summary {
  readonly medianMs: number;
  /** 95 % bootstrap interval of the median */
  readonly lowMs: number;
  readonly highMs: number;
  readonly samples: number;
  readonly wallMs: number;
  readonly tokensPerSecond: number;
  /** useful GFLOP/s */
  readonly gflops: number;
  readonly executedGflops: number | undefined;
  /** leastBytes / time */
  readonly gbps: number;
  /** share (0..1) of the ceiling that binds this cell; undefined without ceilings */
  readonly ceilingShare: number | undefined;
  readonly binding: "compute" | "memory" | undefined;
  /** of a whole model whose stages were timed */
  readonly stages?: StageSummary;
  /** of phase offload, where a tier keeps the state: medians over visits; bringing it back is the cell's own time */
  readonly offload?: Readonly<Record<"outMs" | "stepMs", Estimate>> & Pick<OffloadTimes, "pastCache">;
}

/** Where the time of one repetition goes: within the visits that timed stages, and then of the cell's whole time. */
export interface StageSummary {
  /** as a token meets them; `share`: of the stages' sum; `ms`: that share of the whole's median times `sumOverWhole` */
  readonly times: readonly { readonly stage: string; readonly ms: Estimate; readonly share: Estimate }[];
  /** the stages' sum over the time of the whole: each is timed in passes of its own, which take a little themselves */
  readonly sumOverWhole: Estimate;
}

/** The sizes that all points of one curve share, e.g. { dModel: 512, heads: 8, headDim: 64, batch: 1 }: everything that varies in the run but n. */
export type SeriesKey = Readonly<Record<string, number | string | boolean>>;

/** One curve: an arm at one shape, its growth with `variable`. */
export interface Fit {
  readonly label: string;
  readonly mechanism: string;
  readonly form: string;
  readonly metric: "time" | "stateBytes";
  readonly variable: "n" | "dModel" | "headDim";
  readonly series: SeriesKey;
  /** ascending values of the variable that the fit used */
  readonly points: readonly { readonly x: number; readonly y: number; readonly low: number; readonly high: number }[];
  /** y = t0 + a·x + b·x², ms or bytes, each ≥ 0; undefined with fewer than 3 points */
  readonly coefficients: { readonly t0: Estimate; readonly a: Estimate; readonly b: Estimate } | undefined;
  /** local slope of log y over log x at the largest x, of the fitted curve; undefined where the points do not determine it */
  readonly exponent: Estimate | undefined;
  /** the local slope of log y over log x at every point, of times; absent where the points do not determine it, and in runs of before */
  readonly slopes?: readonly (Estimate & { readonly x: number })[];
  readonly class: GrowthClass | "undecided";
  /** the classes that the points leave: the class itself where it is decided, none where nothing is known */
  readonly candidates: readonly GrowthClass[];
  /** why undecided, and what to measure */
  readonly note: string | undefined;
  /** y of the fitted curve at lengths beyond those measured, of times whose law is decided: an extrapolation, with its interval */
  readonly projections?: readonly (Estimate & { readonly x: number })[];
  /** smallest x that would decide, when undecided and computable */
  readonly measureUpTo: number | undefined;
  readonly claim: GrowthClass;
  readonly verdict: "agrees" | "contradicted" | "undecided";
}

/** Growth with a size other than n, all else alike: dModel by more heads, or headDim. At the largest n that the most values were measured at. */
export interface SizeFit {
  readonly label: string;
  readonly form: string;
  readonly metric: "time" | "stateBytes";
  readonly variable: "dModel" | "headDim";
  /** what stays: n, and heads or headDim; kvHeads or headDimV too where it does not follow the variable */
  readonly series: SeriesKey;
  readonly points: Fit["points"];
  /** local slope of log y over log x at the largest x */
  readonly exponent: Estimate | undefined;
  /** as for n: named from 7 values on, of bytes wherever it is exact */
  readonly class: GrowthClass | "undecided";
  /** how the FLOPs of the definition grow along it; undefined where no closed form of up to a square passes through them */
  readonly work: GrowthClass | undefined;
}

/** coefficient · n^i · size^j of a time, ms */
export interface JointTerm {
  readonly n: 0 | 1 | 2;
  readonly size: 0 | 1 | 2;
  readonly coefficient: Estimate;
}

/** One law of an arm's times over n and a size at once: t(n, dModel) by more heads, or t(n, headDim). */
export interface JointFit {
  readonly label: string;
  readonly form: string;
  readonly variable: SizeFit["variable"];
  /** what stays */
  readonly series: SeriesKey;
  /** that it was fitted to */
  readonly cells: number;
  /** those above 0 */
  readonly terms: readonly JointTerm[];
  /** root mean square of the law over the measured time, less 1 */
  readonly rms: number;
  /** where it is furthest off, and by how much of the measured time */
  readonly worst: { readonly n: number; readonly size: number; readonly off: number };
}

/** n* of a pair by its joint laws, at every value of the size: undefined where one is faster all over the n of both. */
export interface JointCrossing {
  readonly between: readonly [string, string];
  readonly variable: SizeFit["variable"];
  readonly series: SeriesKey;
  readonly points: readonly { readonly size: number; readonly n: Estimate | undefined }[];
}

/** Where the linear arm overtakes the softmax arm in one series; in phase offload, where a state that comes back overtakes the same one computed anew. */
export interface Crossover {
  /** labels: [softmax family, linear family], or [computed anew, brought back] */
  readonly between: readonly [string, string];
  readonly metric: "time" | "wallTime" | "stateBytes";
  readonly series: SeriesKey;
  readonly outcome: "crosses" | "already" | "none" | "many" | "undecided";
  /** n* and its 95 % interval, in tokens; set for "crosses" */
  readonly n: Estimate | undefined;
  /** the smallest measured n from which on the linear arm is clearly ahead, for "undecided" where only what lies below is open */
  readonly atLatest: number | undefined;
  /** every crossing found, for "many" */
  readonly crossings: readonly number[];
  /** the range of n that both arms have */
  readonly range: readonly [number, number] | undefined;
  readonly note: string | undefined;
  /** from which n on the linear arm is so many times as fast, within the measured range; of "crosses" alone, absent in runs of before */
  readonly advantages?: readonly Advantage[];
  /** of "time": the ratio of both at each n that both have; absent in runs of before */
  readonly ratios?: readonly RatioAt[];
  /** of "time": where it would cross if both arms used this device as well as the better of them does at its best */
  readonly equalShare?: WouldCross;
  /** of "time": where the least times cross that this run's ceilings allow for the arms' executed FLOPs and bytes */
  readonly predicted?: WouldCross;
  /** of "time" and whole models whose stages were timed: the same by the time of attention alone, of all layers */
  readonly mixer?: MixerCrossing;
}

/** Time of the first arm of a pair over that of the second, with its 95 % interval by paired draws: what the whole machine did in a turn is in neither. */
export interface RatioAt extends Estimate {
  readonly n: number;
}

export type MixerCrossing = Pick<Crossover, "outcome" | "n" | "atLatest" | "crossings" | "range" | "note">;

/** A crossing that is computed, not measured. */
export interface WouldCross {
  readonly outcome: Crossover["outcome"];
  readonly n: number | undefined;
}

export interface Advantage {
  readonly ratio: number;
  readonly n: Estimate;
}

/** Ours beside a peer at one shape. Wall time stands against wall time, in the turns that both were visited in. */
export interface PeerRatio {
  readonly runtime: RuntimeName;
  /** ids of the cells: ours, the peer's */
  readonly cells: readonly [ours: string, peer: string];
  readonly labels: readonly [ours: string, peer: string];
  readonly phase: Cell["phase"];
  readonly n: number;
  /** sizes that differ in the run but n */
  readonly series: SeriesKey;
  /** medians of wall ms; undefined where a cell has none */
  readonly wallMs: readonly [ours: number | undefined, peer: number | undefined];
  /** time of ours over the peer's; undefined where there is nothing to compare */
  readonly ratio: Estimate | undefined;
  /** why there is no ratio */
  readonly note: string | undefined;
}

/** The most texts of n tokens each that an arm has room for within experiment.serving.memoryBytes, and how fast they go on together. */
export interface Served {
  readonly label: string;
  readonly form: string;
  /** sizes that stay: those of a curve without its batch */
  readonly series: SeriesKey;
  readonly n: number;
  /** whatever the batch: weights, and what else does not grow with it */
  readonly fixedBytes: number;
  /** of one text: its state, and its part of all that is computed */
  readonly textBytes: number;
  /** false: both follow the counted bytes only about, which step with n or batch */
  readonly exactBytes: boolean;
  /** 0: not even one text has room */
  readonly batch: number;
  /** projected: by the law of times over batch, or over n and batch; its intervals are then that law's alone, which say nothing of a device beyond `largest` */
  readonly from: "measured" | "projected";
  /** of one token of each text; undefined where none has room, or no law tells */
  readonly stepMs: Estimate | undefined;
  /** of all texts together */
  readonly tokensPerSecond: Estimate | undefined;
  /** that were measured */
  readonly largest: { readonly n: number; readonly batch: number };
  /** bytes of all these texts, what the memory alone has room for, and what of the device ends it before: of a run whose room was counted and not only followed by a line */
  readonly room?: Pick<Room, "bytes" | "memoryBatch" | "limit">;
  /** why there is no time */
  readonly note: string | undefined;
}

export const claimVerdicts = ["holds", "holdsWithCorrection", "doesNotHoldHere", "undecided"] as const;
export type ClaimVerdict = (typeof claimVerdicts)[number];

/** What a run says of a claim. */
export interface JudgedClaim {
  readonly id: ClaimId;
  readonly verdict: ClaimVerdict;
  /** a sentence with the numbers; of an undecided one, also what would decide */
  readonly measured: string;
  /** what is to be said differently */
  readonly correction?: string;
  /** what its sentences rest on that stands nowhere else in the record, by name: lengths in tokens and shares (0..1), counted from a published model's shape */
  readonly numbers?: Readonly<Record<string, number>>;
  /** id of the chart, table or section of the report that shows it */
  readonly evidence: string;
}

/** One sentence of the answer, with the numbers in it. */
export interface Finding {
  readonly kind: "outcome" | "headline" | "peerRatio" | "text" | "time" | "growth" | "memory" | "crossover" | "tuning" | "warning" | "expectation";
  /** plain words, complete without the others */
  readonly text: string;
  /** for expectations */
  readonly verdict?: "pass" | "fail" | "undecided";
}
