import type { MixerSizes, ModelShape, ParameterValue } from "../mechanism.ts";

/** A published model's shape; heads and widths of attention stand beside it, as an experiment's sizes. */
export interface Preset {
  readonly title: string;
  readonly source: string;
  readonly model: Omit<ModelShape, "recomputes" | "text">;
  readonly heads: number;
  readonly kvHeads: number;
  readonly headDim: number;
  /** heads of the layers of its pattern by their mixer, where they are not all alike */
  readonly mixers?: Readonly<Record<string, MixerSizes>>;
  /** mixer of the last layer, whatever its place in the pattern */
  readonly last?: string;
  /** of the mechanisms of its pattern, where its authors' are not the defaults */
  readonly parameters?: Readonly<Record<string, ParameterValue>>;
}

/** What the layers of a hybrid of so many mix by, in turn: of all of them where its last one is out of turn. Undefined of a preset whose layers are all softmax. */
export const patternOfPreset = (name: PresetName, layers: number): readonly string[] | undefined => {
  const { model, last }: Preset = presets[name];
  const { pattern } = model;
  if (!pattern || last === undefined || pattern[(layers - 1) % pattern.length] === last) return pattern;
  return Array.from({ length: layers }, (_, layer) => (layer === layers - 1 ? last : (pattern[layer % pattern.length] ?? last)));
};

/** Parameters that go with this pattern. */
export const parametersOfPreset = (name: PresetName): Readonly<Record<string, ParameterValue>> => (presets[name] as Preset).parameters ?? {};

const turnOf = (linear: string, count: number): readonly string[] => [...Array.from({ length: count }, () => linear), "softmax"];

/**
 * Shapes as their authors published them, with the mixers of hybrids as `pattern`. What is not part of this model (short convolutions and the SiLU behind them,
 * biases, norms of softmax layers' queries and keys, latent attention, layers that foretell further tokens) is left out; what stands for something else, `source` says. Every RMSNorm adds 1e-6 under
 * its root.
 */
export const presets = {
  "gpt2-small": {
    title: "GPT-2 small",
    source: "openai-community/gpt2 config.json; RMSNorm in the place of LayerNorm, rotary positions in the place of learned ones",
    model: { layers: 12, width: 768, vocab: 50257, feedForward: { kind: "gelu", hidden: 3072 }, rotary: true, tied: true },
    heads: 12,
    kvHeads: 12,
    headDim: 64,
  },
  "qwen2.5-0.5b": {
    title: "Qwen2.5-0.5B",
    source: "Qwen/Qwen2.5-0.5B config.json; rotary base 10,000 in the place of 1,000,000",
    model: { layers: 24, width: 896, vocab: 151936, feedForward: { kind: "gated", hidden: 4864 }, rotary: true, tied: true },
    heads: 14,
    kvHeads: 2,
    headDim: 64,
  },
  "llama3-8b": {
    title: "Llama-3-8B",
    source: "meta-llama/Meta-Llama-3-8B config.json; rotary base 10,000 in the place of 500,000",
    model: { layers: 32, width: 4096, vocab: 128256, feedForward: { kind: "gated", hidden: 14336 }, rotary: true, tied: false },
    heads: 32,
    kvHeads: 8,
    headDim: 128,
  },
  "qwen3-next": {
    title: "Qwen3-Next-80B-A3B",
    source:
      "Qwen/Qwen3-Next-80B-A3B-Instruct config.json; output gates by a sigmoid in linear layers too, in the place of a SiLU; log decays −softplus of a projection, without the rate of each head and the bias that it has beside; rotary base 10,000 in the place of 10,000,000, over whole heads in the place of a quarter of their channels; arms of other layers than its own have 32 heads of 128, whose cache and states are as large",
    model: {
      layers: 48,
      width: 2048,
      vocab: 151936,
      feedForward: { kind: "experts", hidden: 512, experts: 512, active: 10, shared: 512, sharedGate: true },
      outputGate: "all",
      rotary: true,
      tied: false,
      pattern: turnOf("gatedDeltaNet", 3),
    },
    heads: 32,
    kvHeads: 4,
    headDim: 128,
    mixers: { gatedDeltaNet: { heads: 32, kvHeads: 32, keyHeads: 16, headDim: 128 }, softmax: { heads: 16, kvHeads: 2, headDim: 256 } },
  },
  "kimi-linear": {
    title: "Kimi-Linear-48B-A3B",
    source:
      "moonshotai/Kimi-Linear-48B-A3B-Instruct config.json, arXiv 2510.26692; 2 heads of keys and values for its latent attention, 512 channels of the 576 it keeps, queries and keys of 128 channels in the place of 192, and neither its projections to and from what it keeps nor the norm of that; log decays −softplus of a projection, without the rate of each head and the bias that it has beside; its decay gate and its output gate one matrix each (width × channels) in the place of two of low rank, 17 million weights a layer more; its router adds no bias to scores where it chooses",
    model: {
      layers: 27,
      width: 2304,
      vocab: 163840,
      feedForward: { kind: "experts", hidden: 1024, experts: 256, active: 8, shared: 1024, router: "sigmoid", routedScale: 2.446 },
      firstDense: { layers: 1, hidden: 9216 },
      outputGate: "linear",
      rotary: false,
      tied: false,
      pattern: turnOf("kda", 3),
    },
    last: "softmax",
    heads: 32,
    kvHeads: 2,
    headDim: 128,
  },
  "minimax-01": {
    title: "MiniMax-Text-01",
    source:
      "MiniMaxAI/MiniMax-Text-01 config.json, arXiv 2501.08313; its linear layers are retention with slopes lightning, those of a first layer in all of them (published: times 1 − layer / 79 + 0.00001, layers from 0); no SiLU of their queries, keys and values; each head normalised by itself behind them, by weights that all heads share, in the place of one RMSNorm over all 8,192 channels; layers add what they make to what came into their norm (published: to what came out of it, times 3.5566); rotary base 10,000 in the place of 10,000,000, over whole heads in the place of half of their channels",
    model: {
      layers: 80,
      width: 6144,
      vocab: 200064,
      feedForward: { kind: "experts", hidden: 9216, experts: 32, active: 2 },
      outputGate: "linear",
      rotary: true,
      tied: false,
      pattern: turnOf("retention", 7),
    },
    heads: 64,
    kvHeads: 8,
    headDim: 128,
    parameters: { slopes: "lightning" },
  },
} as const satisfies Readonly<Record<string, Preset>>;

export type PresetName = keyof typeof presets;

export const presetNames = Object.keys(presets) as readonly PresetName[];

/** Experts of a scaled model over those that a token uses. */
const leastShare = 4;

/** Sizes that vectors of four and rows of GPUs divide. */
const multiple = 16;

const wholeNumber = (size: number, scale: number): number => Math.max(1, Math.round(size * scale));
const wide = (size: number, scale: number): number => Math.max(multiple, multiple * Math.round((size * scale) / multiple));

/** The largest whole number up to `wanted` that divides `count`. */
const divisorUpTo = (count: number, wanted: number): number => Array.from({ length: wanted }, (_, i) => wanted - i).find((one) => count % one === 0) ?? 1;

/**
 * A preset shrunk by `scale` (up to 1), as it is at 1. Layers, heads, experts and vocabulary are their numbers times scale, rounded; width and hidden channels are the nearest multiple of 16. As they
 * were stay headDim, which kernels and mixers' n* depend on; how many experts are active, so that feeding forward keeps its part of a token, and four times as many at the least, so that a token leaves most of
 * them alone as it does at full size; and the pattern, once at least. kvHeads and keyHeads are the most
 * up to their number times scale that divide heads.
 */
export const scaled = (preset: Preset, scale: number): Preset => {
  if (scale === 1) return preset;
  const { model } = preset;
  const { feedForward } = model;
  const { heads, kvHeads } = scaledHeads(preset, scale);
  const hidden = wide(feedForward.hidden, scale);
  return {
    ...preset,
    model: {
      ...model,
      layers: Math.max(model.pattern?.length ?? 1, wholeNumber(model.layers, scale)),
      width: wide(model.width, scale),
      vocab: wholeNumber(model.vocab, scale),
      feedForward:
        feedForward.kind === "experts"
          ? {
              ...feedForward,
              hidden,
              ...(feedForward.shared ? { shared: wide(feedForward.shared, scale) } : {}),
              experts: Math.min(feedForward.experts, Math.max(leastShare * feedForward.active, wholeNumber(feedForward.experts, scale))),
            }
          : { ...feedForward, hidden },
      ...(model.firstDense ? { firstDense: { ...model.firstDense, hidden: wide(model.firstDense.hidden, scale) } } : {}),
    },
    heads,
    kvHeads,
    ...(preset.mixers ? { mixers: Object.fromEntries(Object.entries(preset.mixers).map(([name, sizes]) => [name, scaledHeads(sizes, scale)])) } : {}),
  };
};

const scaledHeads = <T extends Pick<MixerSizes, "heads" | "kvHeads" | "keyHeads">>(sizes: T, scale: number): T => {
  const heads = wholeNumber(sizes.heads, scale);
  const most = (count: number): number => divisorUpTo(heads, wholeNumber(count, scale));
  return { ...sizes, heads, kvHeads: most(sizes.kvHeads), ...(sizes.keyHeads === undefined ? {} : { keyHeads: most(sizes.keyHeads) }) };
};
