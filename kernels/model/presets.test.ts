import { expect, test } from "vitest";
import { feedForwardTotals, mixerWeights } from "./modelShape.ts";
import { type Preset, presets, scaled } from "./presets.ts";

const all: readonly (readonly [string, Preset])[] = Object.entries(presets);

/** Weights in all and those that one token uses, of softmax layers alone; in 10⁹. */
const billions = ({ model, heads, kvHeads, headDim }: Preset): { readonly all: number; readonly active: number } => {
  const outputGate = model.outputGate === "all" ? heads * headDim : 0;
  const widths = { q: heads * headDim, k: kvHeads * headDim, v: kvHeads * headDim, sharing: 1, g: 0, beta: 0, o: heads * headDim, outputNorm: 0, outputGate };
  const tables = model.vocab * model.width * (model.tied ? 1 : 2);
  const fed = feedForwardTotals(model);
  const of = (feeding: number): number => (tables + model.layers * mixerWeights(model.width, widths) + feeding) / 1e9;
  return { all: of(fed.all), active: of(fed.active) };
};

test.each([
  ["gpt2-small", 0.124, 0.124, 0.02, 0.02],
  ["qwen2.5-0.5b", 0.494, 0.494, 0.01, 0.01],
  ["llama3-8b", 8.03, 8.03, 0.01, 0.01],
  // Where layers are linear they have more projections than these, and gates: little of all, more of what is active.
  ["qwen3-next", 80, 3, 0.05, 0.3],
  ["kimi-linear", 48, 3, 0.05, 0.3],
  ["minimax-01", 456, 45.9, 0.05, 0.2],
] as const)("%s has about as many weights as its authors say", (name, inAll, active, withinAll, withinActive) => {
  const found = billions(presets[name]);
  expect(Math.abs(found.all / inAll - 1)).toBeLessThan(withinAll);
  expect(Math.abs(found.active / active - 1)).toBeLessThan(withinActive);
});

test.each(all)("%s is itself at scale 1", (_, preset) => expect(scaled(preset, 1)).toEqual(preset));

test.each(all.flatMap(([name, preset]) => [0.75, 0.5, 0.3, 0.125, 0.05, 0.01, 0.001].map((scale) => [name, scale, preset] as const)))(
  "%s divides at scale %d",
  (_, scale, preset) => {
    const { model, heads, kvHeads, headDim } = scaled(preset, scale);
    expect(headDim).toBe(preset.headDim);
    expect(heads % kvHeads).toBe(0);
    expect(model.width % 16).toBe(0);
    expect(model.feedForward.hidden % 16).toBe(0);
    expect(model.layers).toBeGreaterThanOrEqual(model.pattern?.length ?? 1);
    expect(model.vocab).toBeGreaterThanOrEqual(1);
    if (model.feedForward.kind === "experts") expect(model.feedForward.experts).toBeGreaterThanOrEqual(4 * model.feedForward.active);
    expect(billions(scaled(preset, scale)).all).toBeLessThan(billions(preset).all);
  },
);

test("llama3-8b at an eighth", () =>
  expect(scaled(presets["llama3-8b"], 0.125)).toMatchObject({
    model: { layers: 4, width: 512, vocab: 16032, feedForward: { kind: "gated", hidden: 1792 } },
    heads: 4,
    kvHeads: 1,
    headDim: 128,
  }));

test("qwen3-next at a sixteenth keeps its turn of layers and its ten experts", () =>
  expect(scaled(presets["qwen3-next"], 0.0625)).toMatchObject({
    model: {
      layers: 4,
      width: 128,
      feedForward: { kind: "experts", hidden: 32, experts: 40, active: 10, shared: 32, sharedGate: true },
      pattern: ["gatedDeltaNet", "gatedDeltaNet", "gatedDeltaNet", "softmax"],
    },
    heads: 2,
    kvHeads: 1,
  }));
