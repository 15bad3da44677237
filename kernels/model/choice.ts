import type { TextShape } from "../mechanism.ts";
import { hash32 } from "../random.ts";

/** Uniform in (0, 1) for each token that may come behind `position`, the same on every machine and in sample.wgsl: 23 bits and a half. */
export const drawnFor = ({ seed }: Pick<TextShape, "seed">, position: number, token: number): number => {
  const key = hash32(position ^ hash32(seed));
  return ((hash32(hash32(token ^ key) + key) >>> 9) + 0.5) / 0x80_0000;
};

/** What is compared where the next token is chosen: scores, or over a temperature with Gumbel noise on top, whose largest is a draw from their softmax (Maddison, Tarlow and Minka 2014, arXiv 1411.0030). */
const preferences = (scores: Float64Array, position: number, text: Pick<TextShape, "temperature" | "seed">): Float64Array =>
  text.temperature === 0 ? scores : scores.map((score, token) => score / text.temperature - Math.log(-Math.log1p(-drawnFor(text, position, token))));

/** The token behind `position`, and by how much it is preferred to the next best, in units of scores. */
export interface Choice {
  readonly token: number;
  readonly lead: number;
}

/** `scores`: of every token, in float64. */
export const chosen = (scores: Float64Array, position: number, text: Pick<TextShape, "temperature" | "seed">): Choice => {
  const preferred = preferences(scores, position, text);
  let token = 0;
  for (let other = 1; other < preferred.length; other++) if ((preferred[other] ?? 0) > (preferred[token] ?? 0)) token = other;
  const best = preferred[token] ?? 0;
  let second = Number.NEGATIVE_INFINITY;
  for (const [other, value] of preferred.entries()) if (other !== token && value > second) second = value;
  return { token, lead: (best - second) * (text.temperature || 1) };
};
