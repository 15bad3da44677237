import { z } from "zod";
import type { GrowthClass } from "../../kernels/mechanism.ts";
import { claimIds } from "../experiment/claims.ts";
import { phases } from "../experiment/phases.ts";
import { runtimeNames } from "../experiment/runtimes.ts";
import {
  type Crossover,
  claimVerdicts,
  type Estimate,
  type Finding,
  type Fit,
  type JointCrossing,
  type JointFit,
  type JudgedClaim,
  type PeerRatio,
  type Served,
  type SizeFit,
  type Summary,
  type WouldCross,
} from "./derived.ts";
import { amount, count, maybe, ms, name, namedValues, real, size, text } from "./scalars.ts";

/** What follows from what was measured, as it stands in run.json: analysis makes it anew, and an index shows it as it is. */

export const growthClass = z.enum(["O(1)", "O(log n)", "O(n)", "O(n log n)", "O(n²)", "O(n³)"] satisfies GrowthClass[]);
const decided = z.union([growthClass, z.literal("undecided")]);

export const estimate: z.ZodType<Estimate> = z.object({ value: real, low: real, high: real });

export const summary: z.ZodType<Summary> = z.object({
  medianMs: ms,
  lowMs: ms,
  highMs: ms,
  samples: count,
  wallMs: ms,
  tokensPerSecond: amount,
  gflops: amount,
  executedGflops: maybe(amount),
  gbps: amount,
  ceilingShare: maybe(amount),
  binding: maybe(z.enum(["compute", "memory"])),
  stages: z.object({ times: z.array(z.object({ stage: name, ms: estimate, share: estimate })), sumOverWhole: estimate }).exactOptional(),
  offload: z.object({ outMs: estimate, stepMs: estimate, pastCache: z.literal(true).exactOptional() }).exactOptional(),
});

const estimateAt = z.object({ value: real, low: real, high: real, x: amount });
const points = z.array(z.object({ x: amount, y: amount, low: amount, high: amount }));

export const fit: z.ZodType<Fit> = z.object({
  label: name,
  mechanism: name,
  form: name,
  metric: z.enum(["time", "stateBytes"]),
  variable: z.enum(["n", "dModel", "headDim"]),
  series: namedValues,
  points,
  coefficients: maybe(z.object({ t0: estimate, a: estimate, b: estimate })),
  exponent: maybe(estimate),
  slopes: z.array(estimateAt).exactOptional(),
  class: decided,
  candidates: z.array(growthClass),
  note: maybe(text),
  projections: z.array(estimateAt).exactOptional(),
  measureUpTo: maybe(amount),
  claim: growthClass,
  verdict: z.enum(["agrees", "contradicted", "undecided"]),
});

export const sizeFit: z.ZodType<SizeFit> = z.object({
  label: name,
  form: name,
  metric: z.enum(["time", "stateBytes"]),
  variable: z.enum(["dModel", "headDim"]),
  series: namedValues,
  points,
  exponent: maybe(estimate),
  class: decided,
  work: maybe(growthClass),
});

const power = z.union([z.literal(0), z.literal(1), z.literal(2)]);

export const jointFit: z.ZodType<JointFit> = z.object({
  label: name,
  form: name,
  variable: z.enum(["dModel", "headDim"]),
  series: namedValues,
  cells: count,
  terms: z.array(z.object({ n: power, size: power, coefficient: estimate })),
  rms: amount,
  worst: z.object({ n: size, size, off: real }),
});

export const jointCrossing: z.ZodType<JointCrossing> = z.object({
  between: z.tuple([name, name]),
  variable: z.enum(["dModel", "headDim"]),
  series: namedValues,
  points: z.array(z.object({ size, n: maybe(estimate) })),
});

const crossing = z.enum(["crosses", "already", "none", "many", "undecided"]);
const wouldCross: z.ZodType<WouldCross> = z.object({ outcome: crossing, n: maybe(amount) });

const crossingFields = {
  outcome: crossing,
  n: maybe(estimate),
  atLatest: maybe(amount),
  crossings: z.array(amount),
  range: maybe(z.tuple([amount, amount])),
  note: maybe(text),
};

export const crossover: z.ZodType<Crossover> = z.object({
  between: z.tuple([name, name]),
  metric: z.enum(["time", "wallTime", "stateBytes"]),
  series: namedValues,
  ...crossingFields,
  advantages: z.array(z.object({ ratio: amount, n: estimate })).exactOptional(),
  ratios: z.array(z.object({ n: amount, value: real, low: real, high: real })).exactOptional(),
  equalShare: wouldCross.exactOptional(),
  predicted: wouldCross.exactOptional(),
  mixer: z.object(crossingFields).exactOptional(),
});

/** A pair of which either may be absent: null in the file, as lists have no gaps in JSON. */
const wallMsOfTwo = z.tuple([ms.nullish(), ms.nullish()]) as unknown as z.ZodType<PeerRatio["wallMs"]>;

export const peerRatio: z.ZodType<PeerRatio> = z.object({
  runtime: z.enum(runtimeNames as [(typeof runtimeNames)[number]]),
  cells: z.tuple([name, name]),
  labels: z.tuple([name, name]),
  phase: z.enum([...phases, "probe"]),
  n: size,
  series: namedValues,
  wallMs: wallMsOfTwo,
  ratio: maybe(estimate),
  note: maybe(text),
});

export const served: z.ZodType<Served> = z.object({
  label: name,
  form: name,
  series: namedValues,
  n: size,
  fixedBytes: amount,
  textBytes: amount,
  exactBytes: z.boolean(),
  batch: count,
  from: z.enum(["measured", "projected"]),
  stepMs: maybe(estimate),
  tokensPerSecond: maybe(estimate),
  largest: z.object({ n: size, batch: size }),
  room: z.object({ bytes: amount, memoryBatch: count, limit: text.exactOptional() }).exactOptional(),
  note: maybe(text),
});

export const finding: z.ZodType<Finding> = z.object({
  kind: z.enum(["outcome", "headline", "peerRatio", "text", "time", "growth", "memory", "crossover", "tuning", "warning", "expectation"]),
  text,
  verdict: z.enum(["pass", "fail", "undecided"]).exactOptional(),
});

/** Goes into a link as it is. */
const pagePlace = z.string().regex(/^[a-z][a-z0-9-]{0,63}$/);

export const judgedClaim: z.ZodType<JudgedClaim> = z.object({
  id: z.enum(claimIds),
  verdict: z.enum(claimVerdicts),
  measured: text,
  correction: text.exactOptional(),
  numbers: z.record(name, amount).exactOptional(),
  evidence: pagePlace,
});
