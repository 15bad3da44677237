import type { Capabilities, Tensors, Tiles } from "../../kernels/mechanism.ts";
import type { AdapterFacts } from "../device/adapterFacts.ts";
import type { FailureRecord } from "../device/failure.ts";
import type { Toggles } from "../device/toggles.ts";
import type { Cell } from "../experiment/experiment.ts";
import type { Clock, OffloadTimes, Prepared } from "../record/run.ts";

/** Raised when a message changes its meaning; a parent refuses a worker of another protocol. */
export const protocol = 1;

export interface HelloRequest {
  /** substring of the adapter's name, or undefined for the best one of this environment */
  readonly match: string | undefined;
  /** `timing`: as production runtimes run. `checking`: validation and bounds checks on, for tests. */
  readonly mode: "timing" | "checking";
  /** What plans are made for in the place of what the device has: how tests hold the variants that only GPUs are given, and plans for limits that small shapes meet. */
  readonly planFor?: Partial<Capabilities>;
  /** by which all times are, where the GPU's own cannot tell them: its own where it has one unless given */
  readonly clock?: "wall";
  /** folders of mechanisms besides the built-in ones */
  readonly kernels: readonly string[];
  /** bytes of buffers that may stay allocated between visits */
  readonly memoryBudgetBytes: number;
}

export interface HelloReply {
  readonly protocol: number;
  readonly version: string;
  /** of the checkout it was built from; undefined for an installed package */
  readonly commit: string | undefined;
  readonly facts: AdapterFacts;
  readonly capabilities: Capabilities;
  readonly features: readonly string[];
  readonly limits: Readonly<Record<string, number>>;
  readonly toggles: Toggles;
  readonly clock: Clock;
}

export interface PrepareRequest {
  readonly cell: Cell;
  /** the variant, as an earlier worker of the run or tuning chose it; where not given the default, and a peer chooses by a look at its times */
  readonly tiles?: Tiles;
  readonly seed: number;
  /** bytes over which what is read rotates, so that no repetition finds it in a cache; 0: hot */
  readonly rotateBytes: number;
}

export interface PrepareReply extends Prepared {
  /** time of one repetition by the run's clock, from a first warm look: for choosing K, never reported */
  readonly estimateMs: number;
  /** wall ms of this preparation but for compiling: inputs, uploads, first passes, reference and comparison, which grow with n */
  readonly fillMs: number;
  /** wall ms of this preparation that the run's next worker is spared: of choosing, and of a reference that is kept; 0 where not given */
  readonly sparedMs?: number;
  /** repetitions that only come together, as a peer chains them in one graph: K is a multiple of it; 1 where not given */
  readonly together?: number;
}

export interface VisitRequest {
  readonly cell: string;
  readonly k: number;
  readonly samples: number;
}

export interface VisitReply {
  readonly gpuMs: readonly number[];
  readonly wallMs: readonly number[];
  /** GPU ms of one repetition by stage, beside the samples; absent without stages or without timestamps */
  readonly stages?: Readonly<Record<string, number>>;
  /** of phase offload */
  readonly offload?: OffloadTimes;
  readonly rssBytes: number;
}

/** Run a mechanism once on given tensors and return its output and state buffers: no timing, no reference. */
export interface ExecRequest {
  readonly cell: Cell;
  readonly tensors: Tensors;
}

export interface ExecReply {
  readonly buffers: Tensors;
}

/** Write one text, token after token, and hold every token against the float64 reference. */
export interface WriteRequest {
  /** of phase generate, with a model and its text */
  readonly cell: Cell;
  readonly seed: number;
}

export interface WriteReply {
  /** numbers of the tokens that were written, a stop token among them */
  readonly tokens: readonly number[];
  /** places among them at which rounding may choose another token: not held against the reference */
  readonly near: readonly number[];
  readonly tiles: Tiles;
  readonly kernelHash: string;
  /** wall ms of the whole loop, a submit a token, over its tokens; not given by workers of before */
  readonly msPerToken?: number;
  /** of the last token's scores, where the text is as long as it may be; else 0 */
  readonly maxError: number;
  readonly tolerance: number;
}

/** Each message and its answer. */
export interface Messages {
  readonly hello: { readonly request: HelloRequest; readonly reply: HelloReply };
  readonly prepare: { readonly request: PrepareRequest; readonly reply: PrepareReply };
  readonly visit: { readonly request: VisitRequest; readonly reply: VisitReply };
  readonly evict: { readonly request: { readonly cell: string }; readonly reply: null };
  readonly exec: { readonly request: ExecRequest; readonly reply: ExecReply };
  readonly write: { readonly request: WriteRequest; readonly reply: WriteReply };
  readonly bye: { readonly request: null; readonly reply: null };
}

export type MessageType = keyof Messages;

export interface Envelope {
  readonly id: number;
  readonly type: MessageType;
  readonly request: unknown;
}

export type Answer =
  | { readonly id: number; readonly ok: true; readonly reply: unknown }
  /** `refusal`: this cell cannot; `error`: a bug or a missing adapter, with its message */
  | { readonly id: number; readonly ok: false; readonly refusal: FailureRecord }
  | { readonly id: number; readonly ok: false; readonly error: { readonly name: string; readonly message: string; readonly stack: string | undefined } };

/** What the parent talks to: a child process with a device, a peer runtime, or a fake with planted costs. */
export interface Worker {
  /** Rejects with CellFailure (refusal, timeout, deviceLost, workerError) or NoAdapter. */
  ask<T extends MessageType>(type: T, request: Messages[T]["request"], timeoutMs: number): Promise<Messages[T]["reply"]>;
  /** false once it has ended, for whatever reason */
  readonly alive: boolean;
  close(): Promise<void>;
}
