/** What becomes of a projection's sum: in WGSL, as an expression of `sum`, and the same in float64. */
export interface Finish {
  readonly wgsl: string;
  readonly of: (sum: number) => number;
}

/** log(1 + eˣ), without overflow. */
const softplus = (x: number): number => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));

export const finishes = {
  plain: { wgsl: "sum", of: (sum) => sum },
  /** beta of the delta rules, in (0, 1) */
  sigmoid: { wgsl: "1.0 / (1.0 + exp(-sum))", of: (sum) => 1 / (1 + Math.exp(-sum)) },
  /** log decay, below 0 */
  logDecay: { wgsl: "-(max(sum, 0.0) + log(1.0 + exp(-abs(sum))))", of: (sum) => -softplus(sum) },
  /** GPT-2's activation, by its tangent (Hendrycks and Gimpel 2016, arXiv 1606.08415); from 15 on that is 1 in f32, while devices that take it from exponentials make NaN of 89 */
  gelu: {
    wgsl: "0.5 * sum * (1.0 + tanh(clamp(0.7978845608 * (sum + 0.044715 * sum * sum * sum), -15.0, 15.0)))",
    of: (sum) => 0.5 * sum * (1 + Math.tanh(0.7978845608 * (sum + 0.044715 * sum ** 3))),
  },
} as const satisfies Readonly<Record<string, Finish>>;

export type FinishName = keyof typeof finishes;
