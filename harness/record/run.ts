import type { BytesByRole, Claim, Flops, Look, Mechanism, StageCost, Tiles } from "../../kernels/mechanism.ts";
import type { Cell, Experiment } from "../experiment/experiment.ts";
import type { RuntimeName } from "../experiment/runtimes.ts";
import type { EncodingName } from "../tokenizer/encodingNames.ts";
import type { Crossover, Estimate, Finding, Fit, JointCrossing, JointFit, JudgedClaim, PeerRatio, Served, SizeFit, Summary } from "./derived.ts";
import type { KernelFolder } from "./kernelFolder.ts";
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
  /** of experiments that ask how many texts are served at once: what has room, computed before anything is measured; absent in runs of before */
  readonly room?: readonly Room[];
  /** of phase tokenLoop: a text's way into the model, measured before the turns by the command itself, on the CPU */
  readonly tokenizer?: readonly Tokenization[];
  /** of experiments with a text: what each arm wrote with the model */
  readonly writing?: Writing;
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
  /**
   * the code that all of this follows from, where another measured: of runs that were analysed anew. `tables: earlier`: that of the page or text that carries this record, while run.json and the CSV files
   * of the run's folder are of an analysis before
   */
  readonly analysedBy?: Environment["attnbench"] & { readonly tables?: "earlier" };
  readonly findings: readonly Finding[];
  /** of experiments that ask for them: those that this phase says something of */
  readonly claims?: readonly JudgedClaim[];
  /** of one side of a duet: both share its turns, and the id */
  readonly duet?: { readonly id: string; readonly side: DuetSide };
}

export const duetSides = ["base", "head"] as const;
export type DuetSide = (typeof duetSides)[number];

export interface Environment {
  readonly attnbench: {
    readonly version: string;
    readonly commit: string | undefined;
    readonly dirty: boolean | undefined;
    /** what its build's code held beyond the commit: 16 hex digits, or none; not known of runs of before and outside a checkout */
    readonly changes?: string;
  };
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
  /** what `--kernels` named, [] where it named none; absent in runs of before, and where a caller of the library did not say */
  readonly kernels?: readonly KernelFolder[];
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
  /** it came back from a disk, past the system's page cache */
  readonly pastCache?: true;
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

/** A worker that was lost under a visit, which another made again. */
export interface Loss {
  readonly worker: number;
  readonly turn: number;
  readonly reason: string;
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
  /** absent where there was none */
  readonly losses?: readonly Loss[];
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

/** Texts that arms wrote, all from one prompt. */
export interface Writing {
  /** numbers of its tokens */
  readonly prompt: readonly number[];
  readonly texts: readonly WrittenText[];
}

/** One text, each token of which float64 chooses too behind those before it. */
export interface WrittenText {
  /** id of the cell whose arm and sizes it has */
  readonly cell: string;
  readonly outcome: Outcome;
  /** numbers of the written tokens, a stop token among them; none where it failed */
  readonly tokens: readonly number[];
  /** places among them at which two tokens, or experts on the way there, were so near that rounding may choose either: not held against float64 */
  readonly near: readonly number[];
  /** what it ended by: its stop token, or as many tokens as were asked for */
  readonly ended?: "stop" | "length";
  /** the tokens put together, where there is a tokenizer */
  readonly words?: string;
  /** wall ms of its loop, a submit a token, over its tokens: measured once; absent in runs of before */
  readonly msPerToken?: number;
  /** maxError: of the last token's scores, 0 where the stop token came before */
  readonly verified?: { readonly kernelHash: string; readonly maxError: number; readonly tolerance: number };
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
    /** `off` of what the kernel of that cell computes on this run's device; absent where it was not asked, and in runs of before */
    readonly kernelOff?: number;
  }[];
}

/** The most texts of n tokens each that an arm has room for within experiment.serving.memoryBytes and this device's limits, by the closed form of what its kernels allocate. */
export interface Room {
  /** id of a cell that the texts are like, but for n and batch */
  readonly like: string;
  readonly n: number;
  /** 0: not even one */
  readonly batch: number;
  /** that so many allocate in all; 0 where none has room */
  readonly bytes: number;
  /** whatever the batch: weights, and what else does not grow with it */
  readonly fixedBytes: number;
  /** of one text: its state, and its part of all that is computed, on average over `batch` */
  readonly textBytes: number;
  /** false: bytes step with the batch, so that the two tell only about what other batches take */
  readonly exactBytes: boolean;
  /** that the memory alone has room for */
  readonly memoryBatch: number;
  /** what of the device one text more would exceed, in words; absent where the memory binds */
  readonly limit?: string;
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
