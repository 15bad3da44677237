import type { BytesByRole, Claim, Flops, GrowthClass, Look, Mechanism, StageCost, Tiles } from "../../kernels/mechanism.ts";
import type { ClaimId } from "../experiment/claims.ts";
import type { Cell, Experiment } from "../experiment/experiment.ts";
import type { RuntimeName } from "../experiment/runtimes.ts";
import type { EncodingName } from "../tokenizer/encodingNames.ts";
import type { Merged, Shard } from "./merged.ts";

/**
 * run.json: the truth of one run. Analysis and report read this and nothing else. Times are ms, sizes bytes, n tokens.
 * Adding an optional field keeps schemaVersion; changing or removing one raises it.
 */
export const schemaVersion = 1;

export type RunState = "running" | "complete" | "interrupted" | "failed";

/** Which clock a run's times come from. One run never mixes two. */
export type ClockSource = "gpu" | "wall";

export interface RunRecord {
  readonly schemaVersion: typeof schemaVersion;
  /** folder name: UTC time and a short hash */
  readonly run: string;
  readonly state: RunState;
  readonly startedAt: string;
  readonly endedAt: string | undefined;
  /** the command that makes this run again */
  readonly command: string;
  readonly experiment: Experiment;
  readonly environment: Environment;
  readonly schedule: Schedule;
  readonly cells: readonly CellRecord[];
  readonly ceilings: Ceilings | undefined;
  /** why there are none */
  readonly ceilingsFailure: string | undefined;
  readonly fits: readonly Fit[];
  /** of experiments that sweep dModel or headDim over four values or more */
  readonly sizeFits?: readonly SizeFit[];
  /** of experiments with several n and several values of a size: one law over both for every arm */
  readonly jointFits?: readonly JointFit[];
  /** n* by these laws */
  readonly jointCrossings?: readonly JointCrossing[];
  readonly crossovers: readonly Crossover[];
  /** of experiments with arms of another runtime */
  readonly peerRatios?: readonly PeerRatio[];
  /** of experiments that ask for it: arm by arm, n ascending */
  readonly serving?: readonly Served[];
  /** of phase tokenLoop: a text's way into the model, measured before the turns by the command itself, on the CPU */
  readonly tokenizer?: readonly Tokenization[];
  /** of runs that are asked whether softmax picks a maximum: in float64, with the inputs of one of its cells */
  readonly sharpness?: Sharpness;
  /** cells that were not planned but added around an n*, each like another but for its n */
  readonly added?: readonly AddedCell[];
  /** how fast the device itself was in each turn after turn 0; absent in runs of before */
  readonly sentinel?: readonly SentinelTurn[];
  /** of runs with `--tune`, one an arm that was timed in turn 0 and has more than one variant */
  readonly tunings?: readonly Tuning[];
  /** of runs with `--shard`: which part of the experiment's cells this is */
  readonly shard?: Shard;
  /** of runs that `merge` put together from shards; ceilings, schedule and environment of each stand there */
  readonly merged?: Merged;
  readonly findings: readonly Finding[];
  /** of experiments that ask for them: those that this phase says something of */
  readonly claims?: readonly JudgedClaim[];
  /** of one side of a duet: both share its turns, and the id */
  readonly duet?: { readonly id: string; readonly side: DuetSide };
}

export const duetSides = ["base", "head"] as const;
export type DuetSide = (typeof duetSides)[number];

export interface Environment {
  readonly attnbench: { readonly version: string; readonly commit: string | undefined; readonly dirty: boolean | undefined };
  readonly adapter: {
    /** what the command asked for, and what it got: gpu, lavapipe, embedded, … */
    readonly asked: string;
    readonly choice: string;
    readonly vendor: string;
    readonly architecture: string;
    readonly device: string;
    readonly description: string;
    readonly backend: string;
  };
  /** software: a CPU emulation; growth laws and bytes carry over, times do not */
  readonly deviceClass: "hardware" | "software";
  readonly features: readonly string[];
  readonly limits: Readonly<Record<string, number>>;
  readonly toggles: { readonly enabled: readonly string[]; readonly disabled: readonly string[] };
  readonly clock: Clock;
  readonly node: string;
  readonly os: string;
  readonly cpu: { readonly model: string; readonly cores: number };
  readonly memoryBytes: number;
  readonly packages: Readonly<Record<string, string>>;
  /** other runtimes that answered: their version, and the adapter that was there for them */
  readonly peers?: Readonly<Partial<Record<RuntimeName, { readonly version: string; readonly adapter: string }>>>;
}

export interface Clock {
  readonly source: ClockSource;
  /** smallest difference seen between timestamps, measured */
  readonly stepNs: number;
}

export interface Schedule {
  readonly turns: number;
  /** processes that a cell was timed in; a peer's are counted apart, and the larger number stands */
  readonly workers: number;
  /** why measuring ended */
  readonly stopped: "precision" | "maxTime" | "interrupted" | "nothingLeft" | "noWorker" | undefined;
  /** cells whose interval is wider than asked when measuring ended */
  readonly unmet: readonly string[];
  /** everything that was known less narrowly than asked then: these cells' times, exponents, n*; absent in runs of before */
  readonly conditions?: readonly Unmet[];
  readonly wall: {
    readonly totalMs: number;
    /** starting workers, compiling, verifying */
    readonly prepareMs: number;
    /** the measuring loop without preparing: visits and all that is between them */
    readonly measureMs: number;
  };
  /** timed GPU ms / measureMs; with a wall clock, timed wall ms / measureMs */
  readonly efficiency: number | undefined;
  /** peak resident set of the worker and of the command itself */
  readonly peakRssBytes: { readonly worker: number; readonly parent: number };
}

/** A condition for the end of measuring that was not met. Half-widths of 95 % intervals: of times and n* relative. */
export interface Unmet {
  readonly kind: "time" | "exponent" | "crossover";
  /** labels of the arms */
  readonly of: readonly string[];
  /** id of the cell, or the sizes of the curves */
  readonly place: string;
  /** undefined where there are no times */
  readonly halfWidth: number | undefined;
  readonly asked: number;
  /** ids of the cells whose times would narrow it */
  readonly cells: readonly string[];
}

export interface AddedCell {
  readonly id: string;
  readonly n: number;
  /** id of the planned cell that it is like */
  readonly like: string;
}

/** The time of one fixed kernel (FMA on registers, no memory) before and after a turn, ms of one repetition. */
export interface SentinelTurn {
  readonly turn: number;
  readonly worker: number;
  readonly beforeMs: number;
  readonly afterMs: number;
  /** the two differ by more than a tenth: something else used this device */
  readonly jumped: boolean;
  /** its visits do not count: the turn was made again */
  readonly discarded: boolean;
}

export type Outcome =
  | { readonly status: "pending" }
  | { readonly status: "ok" }
  | { readonly status: "skipped" | "failed" | "censored"; readonly code: string; readonly reason: string };

/** One cell's samples within one turn. `gpuMs` is empty on a wall clock, and always for a peer, whose workers are numbered by themselves. Every value is per repetition (pass / k). */
export interface Visit {
  readonly worker: number;
  readonly turn: number;
  readonly k: number;
  readonly gpuMs: readonly number[];
  readonly wallMs: readonly number[];
  /** GPU ms of each stage of a whole model, timed beside the samples in passes of their own; absent without timestamps */
  readonly stages?: Readonly<Record<string, number>>;
  /** of phase offload, where a tier keeps the state: beside the samples, which are of bringing it back */
  readonly offload?: OffloadTimes;
}

/** Wall ms in one visit of a state that a tier keeps. */
export interface OffloadTimes {
  /** taking it off the device */
  readonly outMs: number;
  /** the decode step that goes on with it, once it is back */
  readonly stepMs: number;
}

/** What preparing a cell found out, from its first worker, whose shader cache was cold; maxError is the largest of all workers. */
export interface Prepared {
  readonly tiles: Tiles;
  readonly kernelHash: string;
  readonly compileMs: number;
  readonly maxError: number;
  readonly tolerance: number;
  readonly verifiedRows: number;
  /** undefined for a peer: what another runtime allocates is not seen */
  readonly bytesByRole: BytesByRole | undefined;
  /** rotating copies of what is read */
  readonly copies: number;
  /** executed: undefined for a peer, and where bytes move and nothing is computed */
  readonly flops: Pick<Flops, "useful"> & { readonly executed: number | undefined };
  readonly leastBytes: number;
  /** of a whole model: the same by stage, in the order in which a token meets them */
  readonly stages?: Readonly<Record<string, StageCost>>;
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
  readonly offload?: Readonly<Record<keyof OffloadTimes, Estimate>>;
}

/** Where the time of one repetition goes, by medians over visits. */
export interface StageSummary {
  /** as a token meets them; `share`: of the stages' sum */
  readonly times: readonly { readonly stage: string; readonly ms: Estimate; readonly share: Estimate }[];
  /** the stages' sum over the time of the whole: each is timed in passes of its own, which take a little themselves */
  readonly sumOverWhole: Estimate;
}

export interface CellRecord extends Cell {
  /** of its mechanism: analysis pairs softmax with linear arms without loading kernels */
  readonly family: Mechanism["family"];
  readonly stateName?: string;
  /** of its mechanism: colour, mark and dash in every chart */
  readonly look: Look;
  readonly outcome: Outcome;
  readonly prepared: Prepared | undefined;
  readonly stateBytes: number | undefined;
  readonly peakBytes: number | undefined;
  readonly claim: Claim;
  /** of a merged run: the shard that it was measured in */
  readonly shard?: number;
  /** of a hybrid, which nobody measured: how many layers of each cell, by id, its time and bytes are the mean of */
  readonly composedOf?: Readonly<Record<string, number>>;
  readonly visits: readonly Visit[];
  readonly summary: Summary | undefined;
}

/** Measured on this adapter in this run. */
export interface Ceilings {
  readonly readGbps: number;
  /** from a hot cache and from a cold one, where some cells are timed from either; readGbps is that of measure.cache */
  readonly readGbpsFrom?: { readonly hot: number; readonly cold: number };
  readonly copyGbps: number;
  readonly fmaGflops: number;
  /** one dispatch that does nothing, ms */
  readonly emptyDispatchMs: number;
  /** working set (bytes) above which reading gets slower; undefined: no knee seen */
  readonly cacheKneeBytes: number | undefined;
}

export interface Estimate {
  readonly value: number;
  readonly low: number;
  readonly high: number;
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
  /** what stays: n, and heads or headDim */
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
  /** of "time": where it would cross if both arms used this device as well as the better of them does at its best */
  readonly equalShare?: WouldCross;
  /** of "time": where the least times cross that this run's ceilings allow for the arms' executed FLOPs and bytes */
  readonly predicted?: WouldCross;
}

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
  /** projected: by the law of times over batch, or over n and batch */
  readonly from: "measured" | "projected";
  /** of one token of each text; undefined where none has room, or no law tells */
  readonly stepMs: Estimate | undefined;
  /** of all texts together */
  readonly tokensPerSecond: Estimate | undefined;
  /** that were measured */
  readonly largest: { readonly n: number; readonly batch: number };
  /** why there is no time */
  readonly note: string | undefined;
}

/** One text cut into tokens by one vocabulary. */
export interface Tokenization {
  readonly encoding: EncodingName;
  readonly text: string;
  /** Unicode code points */
  readonly characters: number;
  readonly ids: readonly number[];
  /** the ids, put together again, are the text */
  readonly restores: boolean;
  /** wall ms on the CPU: no part of any GPU time */
  readonly msPerToken: Estimate;
}

/** How near softmax attention comes to handing on the value of the nearest key alone, as its scores are multiplied: the head that is furthest from it. */
export interface Sharpness {
  /** id of the cell whose inputs these are */
  readonly cell: string;
  readonly heads: number;
  readonly points: readonly {
    /** what the usual scale is multiplied by */
    readonly times: number;
    /** distance of the output to that value over the value's length */
    readonly off: number;
    /** of the nearest key */
    readonly weight: number;
  }[];
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
  /** id of the chart, table or section of the report that shows it */
  readonly evidence: string;
}

/** What `--tune` found for one arm: its variants at one cell, the default first, in times of their own. */
export interface Tuning {
  /** id of the cell they were timed at */
  readonly cell: string;
  /** label of the arm of the other family that is about as fast there; undefined without one */
  readonly against: string | undefined;
  readonly variants: readonly {
    readonly tiles: Tiles;
    /** undefined where it failed, or was alone */
    readonly medianMs: number | undefined;
    readonly rounds: number;
    readonly failure?: string;
  }[];
  /** why they were not timed: the default stays */
  readonly note?: string;
  /** place among the variants */
  readonly chosen: number;
  /** ids of the cells that run with the chosen variant in the place of their default */
  readonly cells: readonly string[];
}

/** One sentence of the answer, with the numbers in it. */
export interface Finding {
  readonly kind: "outcome" | "peerRatio" | "time" | "growth" | "memory" | "crossover" | "tuning" | "warning" | "expectation";
  /** plain words, complete without the others */
  readonly text: string;
  /** for expectations */
  readonly verdict?: "pass" | "fail" | "undecided";
}
