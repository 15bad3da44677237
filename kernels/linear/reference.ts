import type { ExpectedRow, ReferenceAt, ReferenceTensors } from "../mechanism.ts";
import { tensorOf } from "../tensors.ts";
import { featureMapOf, leastDenominator } from "./featureMap.ts";
import type { Sizes } from "./sizes.ts";

/**
 * The recurrence in float64, token by token: S ← D S, S += φ(k)vᵀ or S += β k (v − Sᵀk)ᵀ, z += φ(k), o = scale · Sᵀφ(q), or Sᵀφ(q) / (z·φ(q)) when
 * normalized (1e-10 more below: φ > 0, but not in f32). Rows of `o` at the tokens asked for, then the state after the last token, a row per key, and z.
 * Sources: Katharopoulos et al. 2020, eq. 16–20; Sun et al. 2023 (retention); Yang et al. 2024, arXiv 2312.06635 (gla), 2406.06484 (delta), 2412.06464
 * (gated delta). The readout follows the write, as in the ONNX operator LinearAttention.
 */
export const reference = (sizes: Sizes, inputs: ReferenceTensors, { batch, head, tokens: asked }: ReferenceAt): readonly ExpectedRow[] => {
  const { rule, phase, heads, tokens, inputTokens, keys, values, featureMap, normalized, continued, scale } = sizes;
  const { featured } = featureMapOf(featureMap);
  const line = (token: number): number => (batch * inputTokens + (token % inputTokens)) * heads + head;
  // Buffers of a token, filled anew for each: Float64Array.from with a function takes longer than the update of a state.
  const row = (name: string, width: number, map: (x: number) => number): ((token: number) => Float64Array) => {
    const tensor = tensorOf(inputs, name);
    const values = new Float64Array(width);
    return (token) => {
      const first = line(token) * width;
      for (let i = 0; i < width; i++) values[i] = map(tensor[first + i] ?? Number.NaN);
      return values;
    };
  };
  const [keysAt, queryAt, valuesAt] = [row("k", keys, featured), row("q", keys, featured), row("v", values, (x) => x)];
  const own = batch * heads + head;
  const begun = phase === "decode" || continued;
  const state = begun ? Float64Array.from(tensorOf(inputs, "state").subarray(own * keys * values, (own + 1) * keys * values)) : new Float64Array(keys * values);
  const z = begun && normalized ? Float64Array.from(tensorOf(inputs, "z").subarray(own * keys, (own + 1) * keys)) : new Float64Array(keys);
  const decayOf = decays(sizes, inputs, head, line);

  const rows: ExpectedRow[] = [];
  const wanted = new Set(asked);
  for (let token = 0; token < tokens; token++) {
    const k = keysAt(token);
    const v = valuesAt(token);
    const decay = decayOf?.(token);
    const written = rule.delta ? erased(state, decay ? decay.map((x, i) => x * (k[i] ?? Number.NaN)) : k, v) : v;
    const beta = rule.delta ? (tensorOf(inputs, "beta")[line(token)] ?? Number.NaN) : 1;
    write(state, decay, beta === 1 ? k : k.map((x) => beta * x), written);
    for (let i = 0; i < keys; i++) z[i] = (z[i] ?? 0) + (k[i] ?? 0);
    if (!wanted.has(token)) continue;
    const q = queryAt(token);
    const factor = normalized ? 1 / q.reduce((sum, x, i) => sum + x * (z[i] ?? 0), leastDenominator) : scale;
    const out = readOut(state, q, values).map((x) => x * factor);
    rows.push({ buffer: "o", offset: ((batch * tokens + token) * heads + head) * values, values: out, size: spread(state, q, values) * Math.abs(factor) });
  }
  for (let i = 0; i < keys; i++) rows.push({ buffer: "state", offset: (own * keys + i) * values, values: state.slice(i * values, (i + 1) * values) });
  if (normalized) rows.push({ buffer: "z", offset: own * keys, values: z });
  return rows;
};

/** S ← D S + k vᵀ, D the decay of each key channel, none where undefined. The loop that a reference spends its time in: n × keys × values. */
const write = (state: Float64Array, decay: Float64Array | undefined, k: Float64Array, v: Float64Array): void => {
  const values = v.length;
  for (let i = 0; i < k.length; i++) {
    const at = i * values;
    const kept = decay ? (decay[i] as number) : 1;
    const key = k[i] as number;
    for (let j = 0; j < values; j++) state[at + j] = kept * (state[at + j] as number) + key * (v[j] as number);
  }
};

/** v − Sᵀx */
const erased = (state: Float64Array, x: Float64Array, v: Float64Array): Float64Array => {
  const read = readOut(state, x, v.length);
  return v.map((value, j) => value - (read[j] as number));
};

/** Sᵀx, of `values` elements */
const readOut = (state: Float64Array, x: Float64Array, values: number): Float64Array => {
  const sums = new Float64Array(values);
  for (let i = 0; i < x.length; i++) {
    const at = i * values;
    const factor = x[i] as number;
    for (let j = 0; j < values; j++) sums[j] = (sums[j] as number) + factor * (state[at + j] as number);
  }
  return sums;
};

/** RMS over j of (Sᵀx)_j if its terms had random signs. */
const spread = (state: Float64Array, x: Float64Array, values: number): number => {
  let sum = 0;
  for (let i = 0; i < x.length; i++) {
    let line = 0;
    for (let j = 0; j < values; j++) line += (state[i * values + j] as number) ** 2;
    sum += (x[i] as number) ** 2 * line;
  }
  return Math.sqrt(sum / values);
};

/** Decays of a token's key channels [key], γ_h or e^{g}; undefined without decay. */
const decays = (
  { rule, keys }: Sizes,
  inputs: ReferenceTensors,
  head: number,
  line: (token: number) => number,
): ((token: number) => Float64Array) | undefined => {
  if (rule.decay === "none") return undefined;
  const g = tensorOf(inputs, "g");
  const alike = (decay: number): Float64Array => new Float64Array(keys).fill(decay);
  if (rule.decay === "head") {
    const decay = alike(g[2 * head] ?? Number.NaN);
    return () => decay;
  }
  return rule.decay === "token"
    ? (token) => alike(Math.exp(g[line(token)] ?? Number.NaN))
    : (token) => Float64Array.from(g.subarray(line(token) * keys, (line(token) + 1) * keys), Math.exp);
};
