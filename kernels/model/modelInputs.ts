import type { Tensors } from "../mechanism.ts";
import { uniformStream } from "../random.ts";
import { layerTensors, widthsOf } from "./layer.ts";
import { type ModelPlanning, turnedChannels } from "./modelPlan.ts";
import { placesOf, type TextPlanning } from "./textPlan.ts";
import { weightsOf, weightTensors } from "./weights.ts";

/**
 * Weights, the numbers of `tokens` tokens of each text and where they stand, and what each layer's mixer carries. Positions are those of the last tokens of a text of n + 1: a token that comes alone
 * stands behind its context.
 */
export const modelInputs = ({ model, mixers, batch, making }: ModelPlanning, tokens: number, seed: number): Tensors => {
  const uniform = uniformStream(seed, "tokens");
  const [first] = mixers;
  const context = first?.shape.phase === "decode" ? first.shape.n : 0;
  const rows = batch * tokens;
  const turned = turnedChannels(model, mixers);
  return {
    ...weightTensors(weightsOf(model, mixers.map(widthsOf)), making.dtype, seed),
    tokens: Uint32Array.from({ length: rows }, () => Math.floor(uniform() * model.vocab)),
    ...(turned > 0
      ? {
          turns: turnsOf(
            Array.from({ length: rows }, (_, row) => context + (row % tokens)),
            turned,
          ),
        }
      : {}),
    ...(tokens > 1 && !model.remakes ? { lastRows: Uint32Array.from({ length: batch }, (_, text) => (text + 1) * tokens - 1) } : {}),
    ...Object.assign({}, ...mixers.map((mixer, layer) => layerTensors(mixer, layer, seed))),
  };
};

/** Weights, the tokens that each text begins with, and the turns of all its places. */
export const textInputs = (planning: TextPlanning, seed: number): Tensors => {
  const { written, prompt, text } = planning;
  const { model, mixers, batch, making } = written;
  const turned = turnedChannels(model, mixers);
  return {
    ...weightTensors(weightsOf(model, mixers.map(widthsOf)), making.dtype, seed),
    prompt: Uint32Array.from({ length: batch * text.prompt.length }, (_, i) => text.prompt[i % text.prompt.length] ?? 0),
    ...(turned > 0
      ? {
          turns: turnsOf(
            Array.from({ length: placesOf(planning) }, (_, place) => place),
            turned,
          ),
        }
      : {}),
    ...Object.assign({}, ...[...(prompt?.mixers ?? []), ...mixers].map((mixer, i) => layerTensors(mixer, i % mixers.length, seed))),
  };
};

const rotaryBase = 10_000;

/** [place, pair of channels] of cosine and sine of position · base^(−2i / headDim). */
export const turnsOf = (positions: readonly number[], headDim: number): Float32Array =>
  Float32Array.from(
    positions.flatMap((position) =>
      Array.from({ length: headDim / 2 }, (_, i) => position * rotaryBase ** ((-2 * i) / headDim)).flatMap((angle) => [Math.cos(angle), Math.sin(angle)]),
    ),
  );
