import type { Dtype, Shape } from "../mechanism.ts";
import { scaleOf } from "../scale.ts";
import { inputTokens, outputTokens } from "../stream.ts";
import type { Rule } from "./rule.ts";

/** A shape in the words of the recurrence: S is keys × values per head. */
export interface Sizes {
  readonly rule: Rule;
  readonly phase: Shape["phase"];
  /** of q, k, v and o; gates, states and what steps hand on are of f32 */
  readonly dtype: Dtype;
  readonly n: number;
  readonly batch: number;
  readonly heads: number;
  /** tokens of the output: n, or 1 in decode */
  readonly tokens: number;
  /** tokens of q, k and v */
  readonly inputTokens: number;
  readonly keys: number;
  readonly values: number;
  /** tokens a chunk, and how many chunks there are */
  readonly chunk: number;
  readonly chunks: number;
  readonly featureMap: string;
  readonly normalized: boolean;
  /** prefill goes on from a state (and z) that is given */
  readonly continued: boolean;
  /** decay "head": which presets of γ_h */
  readonly slopes: string;
  readonly scale: number;
}

/** The sizes of a shape, its parameters read. */
export const sizesOf = (shape: Shape, rule: Rule): Sizes => {
  const { phase, dtype, n, batch, heads, headDim, headDimV, parameters } = shape;
  const tokens = outputTokens(shape);
  const chunk = Number(parameters.chunk);
  return {
    rule,
    phase,
    dtype,
    n,
    batch,
    heads,
    tokens,
    inputTokens: inputTokens(shape),
    keys: headDim,
    values: headDimV,
    chunk,
    chunks: Math.ceil(tokens / chunk),
    featureMap: String(parameters.featureMap ?? "identity"),
    normalized: parameters.normalized === true,
    continued: phase === "prefill" && parameters.initialState === true,
    slopes: String(parameters.slopes ?? "retnet"),
    scale: scaleOf(shape),
  };
};

/** Longer than any text (n ≤ 2²⁷). */
const wholeText = 2 ** 27;

/** The parallel form is the chunk form with the whole text as one chunk. */
export const asOneChunk = (sizes: Sizes): Sizes => ({ ...sizes, chunk: wholeText, chunks: 1 });

/** Log decays of a token and head: one, or one a key channel. */
export const gatesPerToken = ({ rule, keys }: Sizes): number => (rule.decay === "channel" ? keys : 1);

/** Elements of g: decay and its log of each head, the log of a head and token, or of a head, token and key channel; none without decay. */
export const gateCount = ({ rule, batch, heads, inputTokens: tokens, keys }: Sizes): number => {
  const perToken = batch * tokens * heads;
  return { none: 0, head: 2 * heads, token: perToken, channel: perToken * keys }[rule.decay];
};

/** Elements of beta: one a head and token under the delta rule. */
export const betaCount = ({ rule, batch, heads, inputTokens: tokens }: Sizes): number => (rule.delta ? batch * tokens * heads : 0);
