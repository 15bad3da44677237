import type { ExpectedRow, ReferenceAt, Tensors } from "../mechanism.ts";
import { tensorOf } from "../tensors.ts";
import { featureMapOf } from "./featureMap.ts";
import type { Sizes } from "./sizes.ts";

/**
 * The recurrence in float64, token by token: S ← D S, S += φ(k)vᵀ or S += β k (v − Sᵀk)ᵀ, z += φ(k), o = scale · Sᵀφ(q), or Sᵀφ(q) / (z·φ(q)) when
 * normalized (no epsilon: φ > 0). Rows of `o` at the tokens asked for, then the state after the last token, a row per key, and z.
 * Sources: Katharopoulos et al. 2020, eq. 16–20; Sun et al. 2023 (retention); Yang et al. 2024, arXiv 2312.06635 (gla), 2406.06484 (delta), 2412.06464
 * (gated delta). The readout follows the write, as in the ONNX operator LinearAttention.
 */
export const reference = (sizes: Sizes, inputs: Tensors, { batch, head, tokens: asked }: ReferenceAt): readonly ExpectedRow[] => {
  const { rule, phase, heads, tokens, inputTokens, keys, values, featureMap, normalized, continued, scale } = sizes;
  const { featured } = featureMapOf(featureMap);
  const line = (token: number): number => (batch * inputTokens + (token % inputTokens)) * heads + head;
  const row = (name: string, token: number, width: number): ArrayLike<number> =>
    tensorOf(inputs, name).subarray(line(token) * width, (line(token) + 1) * width);
  const own = batch * heads + head;
  const begun = phase === "decode" || continued;
  const state = begun ? Float64Array.from(tensorOf(inputs, "state").subarray(own * keys * values, (own + 1) * keys * values)) : new Float64Array(keys * values);
  const z = begun && normalized ? Float64Array.from(tensorOf(inputs, "z").subarray(own * keys, (own + 1) * keys)) : new Float64Array(keys);
  const decayOf = decays(sizes, inputs, head, line);

  const rows: ExpectedRow[] = [];
  const wanted = new Set(asked);
  const written = new Float64Array(values);
  for (let token = 0; token < tokens; token++) {
    const k = Float64Array.from(row("k", token, keys), featured);
    const v = row("v", token, values);
    for (let i = 0; decayOf && i < keys; i++) {
      const decay = decayOf(token, i);
      for (let j = 0; j < values; j++) state[i * values + j] = (state[i * values + j] ?? 0) * decay;
    }
    const beta = rule.delta ? (tensorOf(inputs, "beta")[line(token)] ?? Number.NaN) : 1;
    for (let j = 0; j < values; j++) written[j] = beta * ((v[j] ?? 0) - (rule.delta ? column(state, k, j, values) : 0));
    for (let i = 0; i < keys; i++) {
      const key = k[i] ?? 0;
      z[i] = (z[i] ?? 0) + key;
      for (let j = 0; j < values; j++) state[i * values + j] = (state[i * values + j] ?? 0) + key * (written[j] ?? 0);
    }
    if (!wanted.has(token)) continue;
    const q = Float64Array.from(row("q", token, keys), featured);
    const denominator = q.reduce((sum, x, i) => sum + x * (z[i] ?? 0), 0);
    const out = Float64Array.from({ length: values }, (_, j) => (normalized ? column(state, q, j, values) / denominator : column(state, q, j, values) * scale));
    const size = spread(state, q, values) * (normalized ? 1 / Math.abs(denominator) : Math.abs(scale));
    rows.push({ buffer: "o", offset: ((batch * tokens + token) * heads + head) * values, values: out, size });
  }
  for (let i = 0; i < keys; i++) rows.push({ buffer: "state", offset: (own * keys + i) * values, values: state.slice(i * values, (i + 1) * values) });
  if (normalized) rows.push({ buffer: "z", offset: own * keys, values: z });
  return rows;
};

/** (Sᵀx)_j */
const column = (state: Float64Array, x: Float64Array, j: number, values: number): number => {
  let sum = 0;
  for (let i = 0; i < x.length; i++) sum += (x[i] ?? 0) * (state[i * values + j] ?? 0);
  return sum;
};

/** RMS over j of (Sᵀx)_j if its terms had random signs. */
const spread = (state: Float64Array, x: Float64Array, values: number): number => {
  let sum = 0;
  for (let i = 0; i < x.length; i++) {
    let line = 0;
    for (let j = 0; j < values; j++) line += (state[i * values + j] ?? 0) ** 2;
    sum += (x[i] ?? 0) ** 2 * line;
  }
  return Math.sqrt(sum / values);
};

/** Decay of a token and key channel, γ_h or e^{g}; undefined without decay. */
const decays = (
  { rule, keys }: Sizes,
  inputs: Tensors,
  head: number,
  line: (token: number) => number,
): ((token: number, key: number) => number) | undefined => {
  if (rule.decay === "none") return undefined;
  const g = tensorOf(inputs, "g");
  if (rule.decay === "head") return () => g[2 * head] ?? Number.NaN;
  const at = (token: number, key: number): number => (rule.decay === "token" ? line(token) : line(token) * keys + key);
  return (token, key) => Math.exp(g[at(token, key)] ?? Number.NaN);
};
