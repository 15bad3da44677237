import type { Tensors } from "../mechanism.ts";
import { normals, uniformStream } from "../random.ts";
import { drawnAs } from "../storage.ts";
import { featureMapOf } from "./featureMap.ts";
import { betaCount, gateCount, gatesPerToken, type Sizes } from "./sizes.ts";

/**
 * q, k, v ~ N(0, 1), [batch, token, head, channel]; generate draws a stream of 64 tokens. Under the delta rule k is normalised to length 1 (else S
 * explodes) and β ~ U(0, 1), [batch, token, head]. g, log decay: −softplus of N(0, 1), one in fifteen a fall of 16 to 2,048, and in every other head an eighth of the
 * former without falls; or the fixed slopes of the heads. q, k and v are what dtype holds.
 * Decode, and a prefill that goes on, also draw what n tokens leave behind, at a cost that does not depend on n: `state` [batch, head, key, value] and `z` [batch, head, key].
 */
export const inputs = (sizes: Sizes, seed: number): Tensors => {
  const { rule, dtype, batch, heads, inputTokens, keys, values, phase, normalized, continued } = sizes;
  const rows = batch * inputTokens * heads;
  const k = normals(rows * keys, seed, "k");
  const tensors = {
    q: drawnAs(dtype, normals(rows * keys, seed, "q")),
    k: drawnAs(dtype, rule.delta ? unitRows(k, keys) : k),
    v: drawnAs(dtype, normals(rows * values, seed, "v")),
    ...(rule.decay === "none" ? {} : { g: gates(sizes, seed) }),
    ...(rule.delta ? { beta: uniforms(betaCount(sizes), seed, "beta") } : {}),
  };
  if (phase !== "decode" && !continued) return tensors;
  const spreads = Array.from({ length: heads }, (_, head) => stateSpread(sizes, head));
  const state = normals(batch * heads * keys * values, seed, "state").map((x, i) => x * (spreads[Math.floor(i / (keys * values)) % heads] ?? Number.NaN));
  return normalized ? { ...tensors, state, z: denominators(sizes, seed) } : { ...tensors, state };
};

/** Rows of `width` values, each divided by its length. */
const unitRows = (values: Float32Array, width: number): Float32Array => {
  for (let at = 0; at < values.length; at += width) {
    const row = values.subarray(at, at + width);
    const length = Math.hypot(...row);
    for (let i = 0; i < width; i++) row[i] = (row[i] ?? 0) / length;
  }
  return values;
};

const uniforms = (count: number, seed: number, name: string): Float32Array => {
  const uniform = uniformStream(seed, name);
  return Float32Array.from({ length: count }, uniform);
};

const gates = (sizes: Sizes, seed: number): Float32Array =>
  sizes.rule.decay === "head"
    ? Float32Array.from(Array.from({ length: sizes.heads }, (_, head) => decayAndLog(Math.fround(Math.exp(slopeOf(sizes, head))))).flat())
    : normals(gateCount(sizes), seed, "g").map((x, i) => gateOf(x, slowness(Math.floor(i / gatesPerToken(sizes)) % sizes.heads)));

/**
 * A gate drawn as x. Where heads forget at once anyway, some forget all: logs of hundreds, which a kernel may subtract from each other as long as it keeps what lies between two of them, and whose exponential it may not take the wrong way
 * round. Where they are slow there is none, so that chunks still feel what came before them.
 */
const gateOf = (x: number, slow: number): number =>
  slow === 1 && x > leastFall ? -Math.min(2048, 16 * Math.exp(6 * (x - leastFall))) : -Math.log1p(Math.exp(x)) / slow;

/** One N(0, 1) in fifteen is larger. */
const leastFall = 1.5;

/**
 * What gates of a head are divided by. At 1 a token is forgotten within a few, and what a kernel does wrong with older ones is below rounding; at 8 a chunk
 * still feels what came before it.
 */
const slowness = (head: number): number => (head % 2 === 1 ? 8 : 1);

/** γ as the kernels know it, and its log: of a γ near 1 an exponential in f32 is off by as much as a thousand tokens make visible. */
const decayAndLog = (decay: number): readonly number[] => [decay, Math.log(decay)];

/**
 * log γ_h: retnet, γ_h = 1 − 2^(−5−h) (Sun et al. 2023, arXiv 2307.08621, §3.1); lightning, −2^(−8(h+1)/heads), the slopes of a first layer (Qin et al.
 * 2024, arXiv 2401.04658, after Press et al. 2022's ALiBi).
 */
const slopeOf = ({ slopes, heads }: Sizes, head: number): number =>
  slopes === "lightning" ? -(2 ** ((-8 * (head + 1)) / heads)) : Math.log1p(-(2 ** (-5 - head)));

/**
 * Size of an element after n tokens: √n products φ(k)v of variance E[φ²] where nothing decays, as many as a decay of about one half leaves where it
 * does (or its eighth root), and about 1 under the delta rule, which keeps Sᵀk near v.
 */
const stateSpread = ({ rule, n, featureMap }: Sizes, head: number): number => {
  if (rule.delta) return 1;
  const lasting = rule.decay === "none" ? n : Math.min(n, rule.decay === "head" ? 64 : 2 * slowness(head));
  return Math.sqrt(lasting * featureMapOf(featureMap).meanSquare);
};

/** A sum of n φ(k), kept positive as the sum is. */
const denominators = ({ n, batch, heads, keys, featureMap }: Sizes, seed: number): Float32Array => {
  const { mean } = featureMapOf(featureMap);
  return uniforms(batch * heads * keys, seed, "z").map((x) => n * mean * (1 + (0.9 * (2 * x - 1)) / Math.sqrt(n)));
};
