import type { ModelShape } from "../mechanism.ts";
/** A published model's shape, its mixers left open: heads and widths of attention stand beside it, as an experiment's sizes. */
export interface Preset {
  readonly title: string;
  readonly source: string;
  readonly model: Omit<ModelShape, "recomputes">;
  readonly heads: number;
  readonly kvHeads: number;
  readonly headDim: number;
}

/** Shapes as their authors published them; what is not part of this model (short convolutions, shared experts, biases, latent attention) is left out, and `source` says so. */
export const presets = {
  gpt2Small: {
    title: "GPT-2 small",
    source: "openai/gpt2 config.json; RMSNorm in the place of LayerNorm, no biases, rotary in the place of learned positions",
    model: { layers: 12, width: 768, vocab: 50257, feedForward: { kind: "gelu", hidden: 3072 }, rotary: true, tied: true },
    heads: 12,
    kvHeads: 12,
    headDim: 64,
  },
  qwen25: {
    title: "Qwen2.5-0.5B",
    source: "Qwen/Qwen2.5-0.5B config.json; no biases",
    model: { layers: 24, width: 896, vocab: 151936, feedForward: { kind: "gated", hidden: 4864 }, rotary: true, tied: true },
    heads: 14,
    kvHeads: 2,
    headDim: 64,
  },
  llama3: {
    title: "Llama-3-8B",
    source: "meta-llama/Meta-Llama-3-8B config.json",
    model: { layers: 32, width: 4096, vocab: 128256, feedForward: { kind: "gated", hidden: 14336 }, rotary: true, tied: false },
    heads: 32,
    kvHeads: 8,
    headDim: 128,
  },
} as const satisfies Readonly<Record<string, Preset>>;
