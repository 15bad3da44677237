import type { ExpectedRow, ReferenceAt, Shape, Tensors } from "../mechanism.ts";
import { tensorOf } from "../tensors.ts";
import { featureMapOf } from "./featureMap.ts";
import { sizesOf } from "./sizes.ts";

/**
 * The recurrence in float64, token by token: S += φ(k)vᵀ, z += φ(k), o = scale · Sᵀφ(q), or Sᵀφ(q) / (z·φ(q)) when normalized (no epsilon:
 * φ > 0). Rows of `o` at the tokens asked for, then the state after the last token, a row per key, and z.
 * Source: Katharopoulos et al. 2020, eq. 16–20.
 */
export const reference = (shape: Shape, inputs: Tensors, { batch, head, tokens: asked }: ReferenceAt): readonly ExpectedRow[] => {
  const { heads, tokens, inputTokens, keys, values, featureMap, normalized, scale } = sizesOf(shape);
  const { featured } = featureMapOf(featureMap);
  const row = (name: string, token: number, width: number): ArrayLike<number> => {
    const at = ((batch * inputTokens + (token % inputTokens)) * heads + head) * width;
    return tensorOf(inputs, name).subarray(at, at + width);
  };
  const own = batch * heads + head;
  const decodes = shape.phase === "decode";
  const state = decodes
    ? Float64Array.from(tensorOf(inputs, "state").subarray(own * keys * values, (own + 1) * keys * values))
    : new Float64Array(keys * values);
  const z = decodes && normalized ? Float64Array.from(tensorOf(inputs, "z").subarray(own * keys, (own + 1) * keys)) : new Float64Array(keys);

  const rows: ExpectedRow[] = [];
  const wanted = new Set(asked);
  for (let token = 0; token < tokens; token++) {
    const k = Float64Array.from(row("k", token, keys), featured);
    const v = row("v", token, values);
    for (let i = 0; i < keys; i++) {
      const key = k[i] ?? 0;
      z[i] = (z[i] ?? 0) + key;
      for (let j = 0; j < values; j++) state[i * values + j] = (state[i * values + j] ?? 0) + key * (v[j] ?? 0);
    }
    if (!wanted.has(token)) continue;
    const q = Float64Array.from(row("q", token, keys), featured);
    const denominator = q.reduce((sum, x, i) => sum + x * (z[i] ?? 0), 0);
    const out = new Float64Array(values);
    for (let j = 0; j < values; j++) {
      let sum = 0;
      for (let i = 0; i < keys; i++) sum += (q[i] ?? 0) * (state[i * values + j] ?? 0);
      out[j] = normalized ? sum / denominator : sum * scale;
    }
    rows.push({ buffer: "o", offset: ((batch * tokens + token) * heads + head) * values, values: out });
  }
  for (let i = 0; i < keys; i++) rows.push({ buffer: "state", offset: (own * keys + i) * values, values: state.slice(i * values, (i + 1) * values) });
  if (normalized) rows.push({ buffer: "z", offset: own * keys, values: z });
  return rows;
};
