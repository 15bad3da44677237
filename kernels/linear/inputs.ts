import type { Shape, Tensors } from "../mechanism.ts";
import { normals, uniformStream } from "../random.ts";
import { featureMapOf } from "./featureMap.ts";
import { sizesOf } from "./sizes.ts";

/**
 * q, k, v ~ N(0, 1), [batch, token, head, channel]; generate draws a stream of 64 tokens. Decode also draws what n tokens leave behind, at a
 * cost that does not depend on n: `state` [batch, head, key, value], a sum of n products φ(k)v of variance E[φ²], and `z` [batch, head, key],
 * a sum of n φ(k), kept positive as the sum is.
 */
export const inputs = (shape: Shape, seed: number): Tensors => {
  const { batch, heads, inputTokens, keys, values, featureMap, normalized } = sizesOf(shape);
  const rows = batch * inputTokens * heads;
  const tensors = { q: normals(rows * keys, seed, "q"), k: normals(rows * keys, seed, "k"), v: normals(rows * values, seed, "v") };
  if (shape.phase !== "decode") return tensors;
  const { mean, meanSquare } = featureMapOf(featureMap);
  const spread = Math.sqrt(shape.n * meanSquare);
  const state = normals(batch * heads * keys * values, seed, "state").map((x) => x * spread);
  if (!normalized) return { ...tensors, state };
  const uniform = uniformStream(seed, "z");
  const z = Float32Array.from({ length: batch * heads * keys }, () => shape.n * mean * (1 + (0.9 * (2 * uniform() - 1)) / Math.sqrt(shape.n)));
  return { ...tensors, state, z };
};
