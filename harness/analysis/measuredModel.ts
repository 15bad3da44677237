import { type Preset, presets } from "../../kernels/model/presets.ts";
import type { ExperimentModel } from "../experiment/experiment.ts";
import type { ModelBeside, SizeBeside } from "../messages/en.ts";
import type { Messages } from "../messages/messages.ts";
import type { RunRecord } from "../record/run.ts";
import { evenWithWeights } from "./claims/weights.ts";

type Measured = Pick<RunRecord, "cells"> & { readonly experiment: Pick<RunRecord["experiment"], "model"> };

/** The model of a run beside the published one whose plan it has; undefined where it has no model, or one of nobody's plan. */
export const modelBeside = ({ experiment: { model }, cells }: Measured): ModelBeside | undefined => {
  if (model?.preset === undefined) return undefined;
  const preset: Preset = presets[model.preset];
  const { title, model: published } = preset;
  const even = evenOf(model, preset, cells);
  const experts = expertsOf(model.feedForward, published.feedForward);
  return {
    title,
    width: { own: model.width, published: published.width },
    layers: { own: model.layers, published: published.layers },
    vocab: { own: model.vocab, published: published.vocab },
    hidden: { own: model.feedForward.hidden, published: published.feedForward.hidden },
    ...(experts ? { experts } : {}),
    ...(even ? { even } : {}),
  };
};

const expertsOf = (own: ExperimentModel["feedForward"], published: ExperimentModel["feedForward"]): SizeBeside | undefined =>
  own.kind === "experts" && published.kind === "experts" ? { own: own.experts, published: published.experts } : undefined;

/** n at which softmax attention takes as many multiply-adds of a token as all weights do, in either; undefined where cells have heads of several sizes. */
const evenOf = (model: ExperimentModel, preset: Preset, cells: RunRecord["cells"]): SizeBeside | undefined => {
  const [cell] = cells;
  const isAlike = cells.every(({ heads, kvHeads, headDim }) => cell && [heads, kvHeads, headDim].join() === [cell.heads, cell.kvHeads, cell.headDim].join());
  if (!cell || !isAlike) return undefined;
  const { heads, kvHeads, headDim } = cell;
  return { own: Math.round(evenWithWeights({ ...preset, model, heads, kvHeads, headDim })), published: Math.round(evenWithWeights(preset)) };
};

/** Has the model the published one's every size? */
export const isWhole = ({ width, layers, vocab, hidden, experts }: ModelBeside): boolean =>
  [width, layers, vocab, hidden, experts].every((size) => size === undefined || size.own === size.published);

/** "Measured: not Llama-3-8B itself but a model of its plan: 1/64 as wide, 4 of 32 layers, random weights."; undefined where a run has no model. */
export const measuredModel = (record: Measured, t: Messages): string | undefined => {
  const { model } = record.experiment;
  if (model === undefined) return undefined;
  const beside = modelBeside(record);
  if (beside === undefined) return t.measuredModel.own(model);
  return isWhole(beside) ? t.measuredModel.whole(beside.title) : t.measuredModel.shrunk(beside);
};
