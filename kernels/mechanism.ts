/**
 * The contract between a mechanism and whatever runs it. A mechanism is data: it says which buffers to allocate, which WGSL to
 * dispatch, and what must come out in float64. Nothing here or below kernels/ touches a GPU device, and this file imports nothing.
 *
 * Words: a *mechanism* is a token mixer, a *form* the algorithm computing it, a *phase* what is asked of it (DESIGN §2).
 */

// ----- Shapes -----

/**
 * `prefill`: n tokens at once, causal. `decode`: one token with n of context. `generate`: n tokens one by one from none. `tokenLoop`: one token's whole way through a model, with n of context.
 * `offload`: the state of n tokens comes onto the device, from elsewhere or computed anew. `probe`: an instrument, n is its size.
 */
export type Phase = "prefill" | "decode" | "generate" | "tokenLoop" | "offload" | "probe";

/** How a mechanism is computed: naive, tiled, split, recurrent, chunk, … Free text, since mechanisms from outside may bring their own. */
export type Form = string;

export type Dtype = "f32" | "f16";

export type ParameterValue = number | string | boolean;

/** Everything that fixes one problem. `dModel` = heads × headDim, the attention width. */
export interface Shape {
  readonly phase: Phase;
  readonly n: number;
  readonly batch: number;
  readonly heads: number;
  readonly kvHeads: number;
  readonly headDim: number;
  readonly headDimV: number;
  readonly dModel: number;
  /** how q, k, v and o lie in memory; arithmetic is in f32 */
  readonly dtype: Dtype;
  /** of the KV cache; a mechanism without one leaves it aside */
  readonly kvDtype: Dtype;
  /** of the recurrent state */
  readonly stateDtype: Dtype;
  /** what q·k, or the readout of the state, is multiplied by; 1/√headDim where absent */
  readonly scale?: number;
  /** The mechanism's own parameters (chunk, featureMap, …), complete with defaults. */
  readonly parameters: Readonly<Record<string, ParameterValue>>;
  /** in generate: so many tokens of q, k, v and o go round, as in a model whose next token comes of the last; 64 of q, k and v and all of o where absent */
  readonly stream?: number;
  /** phase tokenLoop, and generate where a whole model writes: what lies around the mixers */
  readonly model?: ModelShape;
}

/** What a layer does to each token by itself, after mixing. */
export type FeedForward =
  /** up, GELU, down: GPT-2's */
  | { readonly kind: "gelu"; readonly hidden: number }
  /** SwiGLU: down · (silu(gate) · up) */
  | { readonly kind: "gated"; readonly hidden: number }
  /** gated ones, of which a router chooses some for each token */
  | {
      readonly kind: "experts";
      readonly hidden: number;
      readonly experts: number;
      readonly active: number;
      /** hidden channels of one more that every token goes through; there is none where absent */
      readonly shared?: number;
      /** what that one makes is weighed by the sigmoid of a projection of the token */
      readonly sharedGate?: true;
      /** how much each chosen one counts: its score's sigmoid over the sum of theirs, as in Kimi Linear; a softmax over the chosen where absent */
      readonly router?: "sigmoid";
      /** what the chosen ones make together is taken so many times; once where absent */
      readonly routedScale?: number;
    };

/** How a model writes a text: what it begins with, how each next token is chosen, and after which it ends. */
export interface TextShape {
  /** numbers of the tokens that it begins with, one at least */
  readonly prompt: readonly number[];
  /** the text ends once this token is written; undefined: at its longest alone */
  readonly stop?: number;
  /** the next token is drawn from the softmax of scores over this; 0: it is the likeliest one */
  readonly temperature: number;
  /** of the draws */
  readonly seed: number;
}

/** What layers that mix by one mechanism have of their own: heads, or parameters in the place of defaults. */
export type LayerMixer = Partial<MixerSizes> & { readonly parameters?: Readonly<Record<string, ParameterValue>> };

/** Heads of layers that mix by one mechanism. */
export interface MixerSizes {
  readonly heads: number;
  /** of keys and values; a mechanism that cannot group has one a head */
  readonly kvHeads: number;
  /** of q, k and v alike */
  readonly headDim: number;
  /** q and k are made for so many heads, and each serves heads / keyHeads of values and states, as in Qwen3-Next; of all heads where absent */
  readonly keyHeads?: number;
}

/** What lies around the mixers of a whole model: nothing of it depends on how tokens are mixed. */
export interface ModelShape {
  readonly layers: number;
  /** of the residual stream; need not be heads × headDim */
  readonly width: number;
  readonly vocab: number;
  readonly feedForward: FeedForward;
  /** the first layers have one gated network of so many hidden channels in the place of experts */
  readonly firstDense?: { readonly layers: number; readonly hidden: number };
  /** Which layers weigh what their mixer leaves by the sigmoid of a projection of the token, channel by channel, behind the norm where there is one; none where absent. */
  readonly outputGate?: "all" | "linear";
  /** softmax layers turn q and k by their position */
  readonly rotary: boolean;
  /** the classifier's matrix is the embedding table */
  readonly tied: boolean;
  /** Nothing is kept between tokens: all of a text goes through the model for the sake of its newest token. */
  readonly recomputes: boolean;
  /** beside `recomputes`: n tokens go through for what all layers keep of them, and none is chosen behind them */
  readonly remakes?: true;
  /** in generate: the text that is written, of n tokens at most */
  readonly text?: TextShape;
  /** mixers of the layers, in turn, by name; all are the arm's own where absent */
  readonly pattern?: readonly string[];
  /** by the name of a pattern's mixer, where its layers have heads other than the shape's own, or parameters other than the defaults */
  readonly mixers?: Readonly<Record<string, LayerMixer>>;
}

/** One declared parameter: the source of its YAML schema, default and help text. */
export type Parameter =
  | {
      readonly kind: "integer";
      readonly minimum: number;
      readonly maximum: number;
      readonly multipleOf?: number;
      readonly default: number;
      readonly about: string;
    }
  | { readonly kind: "boolean"; readonly default: boolean; readonly about: string }
  | { readonly kind: "choice"; readonly values: readonly string[]; readonly default: string; readonly about: string };

// ----- What a device offers -----

/** The device facts that a plan may depend on. Bytes, counts and invocations as WebGPU's limits of the same name. */
export interface Capabilities {
  readonly subgroups: boolean;
  /** 0 without subgroups */
  readonly subgroupMinSize: number;
  readonly subgroupMaxSize: number;
  readonly f16: boolean;
  /** true on CPU emulations (SwiftShader, lavapipe, WARP), where loads cost more than arithmetic and threads are few */
  readonly software: boolean;
  readonly maxComputeWorkgroupStorageSize: number;
  readonly maxComputeInvocationsPerWorkgroup: number;
  readonly maxComputeWorkgroupsPerDimension: number;
  readonly maxStorageBufferBindingSize: number;
  readonly maxBufferSize: number;
  readonly maxStorageBuffersPerShaderStage: number;
  /** f32 operations a second that it was measured to do at best, a multiply-add counting 2; absent where nobody measured, and on CPU emulations */
  readonly flopsPerSecond?: number;
}

// ----- Plans -----

/** Who a byte belongs to. Claims are on `state`; `harness` is for copies that only measuring needs. */
export type Role = "input" | "output" | "state" | "scratch" | "harness";

export type BytesByRole = Readonly<Record<Role, number>>;

export type ElementType = "f32" | "f16" | "u32";

/**
 * What a buffer holds before the first dispatch: a tensor of `inputs()`, zeros, or NaN poison (u32: 0xffffffff).
 * Outputs and scratch are `poison`, so that an element nobody wrote is seen.
 */
export type Init = { readonly tensor: string } | "zero" | "poison";

/**
 * One allocation. `dims` are named, slowest first, e.g. [["token", 128], ["head", 8], ["channel", 64]]; their product × element size is its size.
 * `capacity` is the one name with a meaning: tokens of a cache, the last of which the steps append, so that n of them are given.
 */
export interface PlanBuffer {
  readonly name: string;
  readonly role: Exclude<Role, "harness">;
  readonly dtype: ElementType;
  readonly dims: readonly (readonly [name: string, size: number])[];
  readonly init: Init;
  /** The steps change it from one repetition to the next (a recurrent state in decode): set back to `init` before every visit. */
  readonly drifts?: true;
  /** Its tensor belongs to the mechanism (the decays of its heads), not to a problem: whoever brings tensors of their own takes this one from `inputs()`. */
  readonly fixed?: true;
  /** of a cache with a `capacity` whose rows are not in the order of their tokens */
  readonly ring?: Ring;
}

/**
 * Where a cache's tokens are when the steps are over: the first `sinks` rows stay, and those behind them are a ring, in which the oldest token stands behind the newest one's row. While the ring is not full
 * `newest` is the last row. In decode a full ring takes the newest token over the oldest, so that as many rows are given as it has.
 */
export interface Ring {
  readonly sinks: number;
  readonly newest: number;
}

/** One dispatch. The module is: `enable` lines, `const NAME = value;` lines, then `wgsl`. Bindings are @group(0), numbered in order. */
export interface Step {
  readonly label: string;
  readonly wgsl: string;
  readonly entryPoint: string;
  readonly enables: readonly string[];
  readonly constants: Readonly<Record<string, number | boolean>>;
  readonly bindings: readonly string[];
  readonly workgroups: readonly [x: number, y: number, z: number];
  /** part of a whole model that it belongs to, timed by itself */
  readonly stage?: string;
  /** operations of its longest workgroup, where all of them together may be too long for one dispatch (parts.ts) */
  readonly groupFlops?: number;
}

/**
 * `setup` runs untimed before each visit, `steps` are one repetition: a whole prefill, one decode step, a whole generated text. Buffers of u32 that a generated text works in (scratch) count its
 * tokens: set to m they go on behind m tokens.
 */
export interface Plan {
  readonly buffers: readonly PlanBuffer[];
  readonly setup: readonly Step[];
  readonly steps: readonly Step[];
  /** of a text that a model writes: how many steps there are up to each written token, ascending. Where one is the last of its text, the rest of the steps change nothing that is read. */
  readonly tokenEnds?: readonly number[];
  /** Of a repetition that is too long to be given to a GPU at once: how many steps there are up to the end of each of its parts, ascending, the last one all. Each is a submit of its own. */
  readonly submits?: readonly number[];
}

/** Tile sizes and path of one variant, e.g. { rows: 32, keys: 16 }. */
export type Tiles = Readonly<Record<string, number | boolean | string>>;

/** Why a shape does not fit; the cell becomes `skipped` with this code. */
export interface Refusal {
  readonly code: "overLimit" | "badShape" | "noFeature";
  readonly reason: string;
}

// ----- Truth -----

/** Host values by tensor name: q, k, v, … as flat arrays in the layout of the buffer that takes them. */
export type Tensors = Readonly<Record<string, Float32Array | Uint32Array>>;

/** What a reference reads: `inputs()`, or in the place of some of them what the float64 of a whole model computed, which no one rounded. */
export type ReferenceTensors = Readonly<Record<string, Float32Array | Float64Array | Uint32Array>>;

/** Where the reference is asked for: one head of one batch entry; `tokens` are rows of the output, ascending (decode: [0]). */
export interface ReferenceAt {
  readonly batch: number;
  readonly head: number;
  readonly tokens: readonly number[];
}

/** A run of neighbouring elements of a buffer and what they must be. `offset` counts elements; f32 where a value is copied, not computed. */
export interface ExpectedRow {
  readonly buffer: string;
  readonly offset: number;
  readonly values: Float64Array | Float32Array;
  /**
   * RMS that the row would have if the signs of its terms were random: what rounding is relative to where they happen to cancel, as in a product q·k near
   * zero. Errors are relative to this or to the row's own RMS, whichever is larger.
   */
  readonly size?: number;
}

// ----- Cost -----

/** A multiply-add counts 2. `useful`: the causal half only, no padding; `executed`: what the kernels really do. */
export interface Flops {
  readonly useful: number;
  readonly executed: number;
}

/** What one part of a repetition costs: a stage of a whole model. Beside the mixers' a stage's executed FLOPs are those of its weights and rows: what tiles compute at their edges for nothing is not counted. */
export interface StageCost {
  readonly flops: Flops;
  readonly leastBytes: number;
}

export type GrowthClass = "O(1)" | "O(log n)" | "O(n)" | "O(n log n)" | "O(n²)" | "O(n³)";

/** How the mechanism's papers say a repetition grows with n. */
export interface Claim {
  readonly time: GrowthClass;
  readonly stateBytes: GrowthClass;
}

/** How a mechanism looks everywhere: the same colour, mark and dash in every chart of every report. */
export interface Look {
  readonly colour: { readonly light: string; readonly dark: string };
  readonly mark: "circle" | "square" | "diamond" | "triangle-up" | "triangle-down" | "cross" | "triangle-right" | "triangle-left";
  /** SVG dash lengths in px; [] is a solid line. */
  readonly dash: readonly number[];
}

// ----- The mechanism -----

export interface Mechanism {
  /** YAML value and legend entry, camelCase */
  readonly name: string;
  readonly title: string;
  /** Which arms are compared: crossovers pair a `softmax` family arm with a `linear` family arm. `instrument`: ceilings and the like. */
  readonly family: "softmax" | "linear" | "instrument";
  /** position in legends and lists, ascending */
  readonly order: number;
  readonly look: Look;
  /** what decode carries, a noun in the singular: KV cache (family softmax) or recurrent state (linear) unless given */
  readonly stateName?: string;
  /** one line, plain text: the recurrence or definition */
  readonly definition: string;
  /** paper or file that defines it */
  readonly source: string;
  readonly parameters: Readonly<Record<string, Parameter>>;
  /** Values of parameters that go together, each set beside the defaults: what kernels are tested at instead of the ends of these parameters. */
  readonly examples?: readonly Readonly<Record<string, ParameterValue>>[];
  /** forms by phase; the first is the default. A phase that is absent cannot be run. */
  readonly forms: Readonly<Partial<Record<Phase, readonly Form[]>>>;
  /** May kvHeads be smaller than heads? */
  readonly groupedHeads: boolean;

  /** A reason why this shape cannot run here, or undefined. Called before anything else. */
  refusal(shape: Shape, form: Form, capabilities: Capabilities): Refusal | undefined;
  /** Candidate variants, the default for this device first. */
  tiles(shape: Shape, form: Form, capabilities: Capabilities): readonly Tiles[];
  plan(shape: Shape, form: Form, capabilities: Capabilities, tiles: Tiles): Plan;
  /** Host tensors drawn from the seed: same shape and seed, same values, on every machine. */
  inputs(shape: Shape, seed: number): Tensors;
  /** float64, plainly written from the definition, independent of any form. Covers the output rows asked for and the whole state of that head. */
  reference(shape: Shape, inputs: ReferenceTensors, at: ReferenceAt): readonly ExpectedRow[];
  /**
   * What a correct kernel may have computed as well, where rounding decides a choice that all later numbers come of: all of `reference`'s rows, of one way after the other, the likeliest first. Asked for where
   * the output is not `reference`'s.
   */
  alternatives?(shape: Shape, inputs: Tensors): Iterable<readonly ExpectedRow[]>;
  /** of one repetition */
  flops(shape: Shape, form: Form, tiles: Tiles): Flops;
  /** bytes that any implementation must move in one repetition */
  leastBytes(shape: Shape, form: Form): number;
  /** of steps that have stages, by stage in the order in which a token meets them; their sums are `flops` and `leastBytes` */
  stages?(shape: Shape, form: Form, tiles: Tiles): Readonly<Record<string, StageCost>>;
  /** closed form of what `plan` allocates, written from the shape and not from the plan's buffers: the two must agree to the byte */
  bytesByRole(shape: Shape, form: Form, tiles: Tiles): BytesByRole;
  /** of generate: bytes of scratch that count the tokens of a text, which each layer of a model has for itself; none unless given */
  countersBytes?(shape: Shape, form: Form, tiles: Tiles): number;
  /** Without a shape, as it is with default parameters. */
  claim(phase: Phase, form: Form, shape?: Shape): Claim;
  /**
   * Roundings of full size that reach an output beyond those of a sum of n + headDim terms, as of keys that are projections themselves; 0 unless given.
   * Widens what verification allows (kernels/README.md).
   */
  rounding?(shape: Shape): number;
  /** Tokens that are computed together, so that time rises in steps of so many n; 1 unless given. */
  tileTokens?(shape: Shape, form: Form, tiles: Tiles): number;
}

/** Identity, for inference: a family's definition file default-exports an array of these. */
export const defineMechanism = (mechanism: Mechanism): Mechanism => mechanism;
