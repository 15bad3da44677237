import { z } from "zod";
import type { FeedForward, ModelShape } from "../../kernels/mechanism.ts";
import { phases } from "../experiment/phases.ts";
import { runtimeNames } from "../experiment/runtimes.ts";
import { encodingNames } from "../tokenizer/encodingNames.ts";
import { estimate, growthClass, summary } from "./derivedSchema.ts";
import type {
  AddedCell,
  Ceilings,
  CellRecord,
  Outcome,
  Prepared,
  Room,
  SentinelTurn,
  Sharpness,
  Tokenization,
  Tuning,
  Visit,
  Writing,
  WrittenText,
} from "./run.ts";
import { amount, count, maybe, ms, msList, name, namedValues, parameterValue, real, size, text } from "./scalars.ts";

/** What was measured, as it stands in run.json and in the journal. */

export const runtime = z.enum(runtimeNames as [(typeof runtimeNames)[number]]);

export const phase = z.enum([...phases, "probe"]);

export const visitFields = {
  worker: count,
  turn: count,
  k: z.int().min(1),
  gpuMs: msList,
  wallMs: msList,
  stages: z.record(name, ms).exactOptional(),
  offload: z.object({ outMs: ms, stepMs: ms, pastCache: z.literal(true).exactOptional() }).exactOptional(),
};
const visit: z.ZodType<Visit> = z.object(visitFields);

const tiles = z.record(name, parameterValue);

export const prepared: z.ZodType<Prepared> = z.object({
  tiles,
  kernelHash: name,
  compileMs: ms,
  maxError: amount,
  tolerance: amount,
  verifiedRows: count,
  bytesByRole: maybe(z.object({ input: amount, output: amount, state: amount, scratch: amount, harness: amount })),
  copies: count,
  flops: z.object({ useful: amount, executed: maybe(amount) }),
  leastBytes: amount,
  stages: z.record(name, z.object({ flops: z.object({ useful: amount, executed: amount }), leastBytes: amount })).exactOptional(),
});

export const outcome: z.ZodType<Outcome> = z.discriminatedUnion("status", [
  z.object({ status: z.literal("pending") }),
  z.object({ status: z.literal("ok") }),
  z.object({ status: z.enum(["skipped", "failed", "censored"]), code: name, reason: text }),
]);

export const addedFields = { id: name, n: size, like: name };
export const addedCell: z.ZodType<AddedCell> = z.object(addedFields);

export const sentinelFields = {
  turn: count,
  worker: count,
  beforeMs: ms,
  afterMs: ms,
  jumped: z.boolean(),
  discarded: z.boolean(),
};
export const sentinelTurn: z.ZodType<SentinelTurn> = z.object(sentinelFields);

export const tuning: z.ZodType<Tuning> = z.object({
  cell: name,
  against: maybe(name),
  variants: z.array(z.object({ tiles, medianMs: maybe(ms), rounds: count, failure: text.exactOptional() })),
  note: text.exactOptional(),
  chosen: count,
  cells: z.array(name),
});

export const tokenization: z.ZodType<Tokenization> = z.object({
  encoding: z.enum(encodingNames),
  text,
  characters: count,
  ids: z.array(count),
  restores: z.boolean(),
  msPerToken: estimate,
});

export const room: z.ZodType<Room> = z.object({
  like: name,
  n: size,
  batch: count,
  bytes: amount,
  fixedBytes: amount,
  textBytes: amount,
  exactBytes: z.boolean(),
  memoryBatch: count,
  limit: text.exactOptional(),
});

export const writtenText: z.ZodType<WrittenText> = z.object({
  cell: name,
  outcome,
  tokens: z.array(count),
  near: z.array(count),
  ended: z.enum(["stop", "length"]).exactOptional(),
  words: text.exactOptional(),
  msPerToken: ms.exactOptional(),
  verified: z.object({ kernelHash: name, maxError: amount, tolerance: amount }).exactOptional(),
});

export const writing: z.ZodType<Writing> = z.object({ prompt: z.array(count), texts: z.array(writtenText) });

export const sharpness: z.ZodType<Sharpness> = z.object({
  cell: name,
  heads: count,
  points: z.array(z.object({ times: amount, off: amount, weight: amount, kernelOff: amount.exactOptional() })),
});

export const ceilings: z.ZodType<Ceilings> = z.object({
  readGbps: amount,
  readGbpsFrom: z.object({ hot: amount, cold: amount }).exactOptional(),
  copyGbps: amount,
  fmaGflops: amount,
  emptyDispatchMs: ms,
  cacheKneeBytes: maybe(amount),
});

/** Goes into styles as it is: a colour and nothing else. */
const colour = z.string().regex(/^(#[0-9a-fA-F]{3,8}|[a-zA-Z]{3,30})$/);

const feedForward: z.ZodType<FeedForward> = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("gelu"), hidden: size }),
  z.object({ kind: z.literal("gated"), hidden: size }),
  z.object({
    kind: z.literal("experts"),
    hidden: size,
    experts: size,
    active: size,
    shared: size.exactOptional(),
    sharedGate: z.literal(true).exactOptional(),
    router: z.literal("sigmoid").exactOptional(),
    routedScale: amount.exactOptional(),
  }),
]);

/** What an experiment's model and a cell's have in common. */
export const modelFields = {
  layers: size,
  width: size,
  vocab: size,
  feedForward,
  firstDense: z.object({ layers: size, hidden: size }).exactOptional(),
  outputGate: z.enum(["all", "linear"]).exactOptional(),
  rotary: z.boolean(),
  tied: z.boolean(),
};

/** What a model's layers have of their own, by the name of their mixer. */
export const mixers = z.record(
  name,
  z.object({
    heads: size.exactOptional(),
    kvHeads: size.exactOptional(),
    headDim: size.exactOptional(),
    keyHeads: size.exactOptional(),
    parameters: namedValues.exactOptional(),
  }),
);

const model: z.ZodType<ModelShape> = z.object({
  ...modelFields,
  recomputes: z.boolean(),
  text: z.object({ prompt: z.array(count), stop: count.exactOptional(), temperature: amount, seed: count }).exactOptional(),
  pattern: z.array(name).exactOptional(),
  mixers: mixers.exactOptional(),
});

export const lossFields = { worker: count, turn: count, reason: text };

const dtype = z.enum(["f32", "f16"]);

export const cellRecord: z.ZodType<CellRecord> = z.object({
  id: name.min(1),
  mechanism: name,
  label: name,
  form: name,
  runtime: runtime.exactOptional(),
  cache: z.enum(["hot", "cold"]).exactOptional(),
  phase,
  n: size,
  batch: size,
  heads: size,
  kvHeads: size,
  headDim: size,
  headDimV: size,
  dModel: size,
  dtype,
  kvDtype: dtype,
  stateDtype: dtype,
  scale: real.exactOptional(),
  model: model.exactOptional(),
  parameters: namedValues,
  family: z.enum(["softmax", "linear", "instrument"]),
  stateName: name.exactOptional(),
  look: z.object({
    colour: z.object({ light: colour, dark: colour }),
    mark: z.enum(["circle", "square", "diamond", "triangle-up", "triangle-down", "cross", "triangle-right", "triangle-left"]),
    dash: z.array(z.number().min(0).max(1000)).max(16),
  }),
  outcome,
  prepared: maybe(prepared),
  stateBytes: maybe(amount),
  peakBytes: maybe(amount),
  claim: z.object({ time: growthClass, stateBytes: growthClass }),
  shard: count.exactOptional(),
  composedOf: z.record(name, amount).exactOptional(),
  losses: z.array(z.object(lossFields)).exactOptional(),
  visits: z.array(visit),
  summary: maybe(summary),
});
