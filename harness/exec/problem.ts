import type { Form, ParameterValue } from "../../kernels/mechanism.ts";
import type { NamedTensors } from "./tensor.ts";

/** The phases that take tensors of one's own. */
export const execPhases = ["prefill", "decode"] as const;

export type ExecPhase = (typeof execPhases)[number];

/**
 * A mechanism, what is asked of it, and the tensors to compute it on: q, k, v and caches of one dtype, the others of either. Semantics of the ONNX operator LinearAttention: the state is read
 * after token t is in, o_t = scale · Sᵀ q_t.
 *
 * In: `q` [batch, n, heads, headDim], `k` [batch, n, kvHeads, headDim], `v` [batch, n, kvHeads, headDimV], n = 1 in decode; `g`, log decay ≤ 0,
 * [batch, n, heads] or [batch, n, heads, headDim] and `beta` [batch, n, heads] where the mechanism has them; and what an earlier call handed back, or
 * nothing: `state` [batch, heads, headDim, headDimV] and, normalized, `z` [batch, heads, headDim], or `kCache` and `vCache` [batch, context, kvHeads, …].
 * Out: `o` [batch, n, heads, headDimV] and what the next call takes: `state` and `z`, or `kCache` and `vCache`.
 * Tokens of a cache are in the order of time. With a window they are the first `sinks`, then the newest `window` up to now: of fewer than both together a cache holds all of a text, so that nothing
 * is left out for the newest token; of as many the oldest behind the sinks is.
 */
export interface ExecProblem {
  readonly mechanism: string;
  readonly phase: ExecPhase;
  /** the phase's default unless given */
  readonly form?: Form | undefined;
  /** 1/√headDim unless given */
  readonly scale?: number | undefined;
  /** the mechanism's own, by name; defaults for the rest */
  readonly parameters?: Readonly<Record<string, ParameterValue>> | undefined;
  readonly tensors: NamedTensors;
}

/** A problem that cannot be computed as it is given: a sentence on what was given and what is accepted. */
export class Unexecutable extends Error {}
