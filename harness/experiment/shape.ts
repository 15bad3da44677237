import type { Dtype, Mechanism, ParameterValue, Shape } from "../../kernels/mechanism.ts";
import type { Arm, Experiment, Skip } from "./experiment.ts";
import { cellModel } from "./model.ts";
import { accepts, range } from "./parameterRange.ts";
import { type Runtime, runtimeRefusal, runtimes } from "./runtimes.ts";
import { defaultHeadDim, defaultHeads, dtypes } from "./sizes.ts";

type Settings = Readonly<Record<string, ParameterValue | undefined>>;

/**
 * The shape of one cell, from what the file fixes, what the axes say here and what the arm says for itself (the last wins), and a reason
 * why there can be no such shape. `groups`: may kvHeads be smaller than heads, as where one layer of a hybrid can? A shape with a reason keeps the sizes that were asked for.
 */
export const shapeOf = (
  mechanism: Mechanism,
  arm: Arm,
  { phase, fixed, model }: Pick<Experiment, "phase" | "fixed" | "model">,
  point: Readonly<Record<string, number>>,
  groups = mechanism.groupedHeads,
): { shape: Shape; skip: Skip | undefined } => {
  const ignored: Runtime["ignores"] = arm.runtime === undefined ? [] : runtimes[arm.runtime].ignores;
  const settings: Settings = { ...fixed, ...point, ...arm.overrides, ...Object.fromEntries(ignored.map((name) => [name, undefined])) };
  const width = widthOf(sizeIn(settings, "dModel"), sizeIn(settings, "heads"), sizeIn(settings, "headDim"));
  const kvHeads = kvHeadsOf(mechanism, groups, arm, settings, width.heads);
  const parameters = parametersOf(mechanism, settings);
  const dtype = dtypeIn(settings, "dtype") ?? "f32";
  const shape: Shape = {
    phase,
    n: sizeIn(settings, "n") ?? 0,
    batch: sizeIn(settings, "batch") ?? 1,
    heads: width.heads,
    kvHeads: kvHeads.kvHeads,
    headDim: width.headDim,
    headDimV: sizeIn(settings, "headDimV") ?? width.headDim,
    dModel: width.dModel,
    dtype,
    kvDtype: dtypeIn(settings, "kvDtype") ?? dtype,
    stateDtype: dtypeIn(settings, "stateDtype") ?? "f32",
    parameters: parameters.values,
    ...(model === undefined ? {} : { model: cellModel(model, arm) }),
  };
  if (mechanism.forms[phase] === undefined) return { shape, skip: { code: "noFeature", reason: `${mechanism.name} has no phase ${phase}` } };
  const reason = width.reason ?? kvHeads.reason ?? parameters.reason;
  if (reason !== undefined) return { shape, skip: { code: "badShape", reason } };
  const refused = arm.runtime && runtimeRefusal(arm.runtime, mechanism, shape);
  return { shape, skip: refused === undefined ? undefined : { code: "noFeature", reason: refused } };
};

const sizeIn = (settings: Settings, name: string): number | undefined => {
  const value = settings[name];
  return typeof value === "number" ? value : undefined;
};

const dtypeIn = (settings: Settings, name: string): Dtype | undefined => dtypes.find((dtype) => dtype === settings[name]);

interface Width {
  readonly dModel: number;
  readonly heads: number;
  readonly headDim: number;
  readonly reason?: string;
}

/** Any two of dModel, heads and headDim give the third; three must agree; headDim is 64 and heads 8 where nothing says otherwise. */
const widthOf = (dModel: number | undefined, heads: number | undefined, headDim: number | undefined): Width => {
  if (dModel === undefined) {
    const width = { heads: heads ?? defaultHeads, headDim: headDim ?? defaultHeadDim };
    return { ...width, dModel: width.heads * width.headDim };
  }
  if (heads !== undefined && headDim !== undefined) {
    const reason = heads * headDim === dModel ? {} : { reason: `heads ${heads} × headDim ${headDim} is ${heads * headDim}, not dModel ${dModel}` };
    return { dModel, heads, headDim, ...reason };
  }
  if (heads !== undefined) {
    const whole = dModel % heads === 0 ? {} : { reason: `dModel ${dModel} does not divide into ${heads} heads` };
    return { dModel, heads, headDim: Math.floor(dModel / heads), ...whole };
  }
  const dim = headDim ?? defaultHeadDim;
  const whole = dModel % dim === 0 ? {} : { reason: `dModel ${dModel} does not divide into heads of headDim ${dim}` };
  return { dModel, heads: Math.floor(dModel / dim), headDim: dim, ...whole };
};

const kvHeadsOf = (mechanism: Mechanism, groups: boolean, arm: Arm, settings: Settings, heads: number): { kvHeads: number; reason?: string } => {
  const asked = sizeIn(settings, "kvHeads");
  if (asked === undefined || asked === heads) return { kvHeads: heads };
  if (!groups) {
    // kvHeads for the whole file is meant for the arms that can group; on this very arm it is a mistake.
    return arm.overrides.kvHeads === undefined
      ? { kvHeads: heads }
      : { kvHeads: asked, reason: `${mechanism.name} takes kvHeads = heads (${heads}), not ${asked}: it has one state per head` };
  }
  return heads % asked === 0 ? { kvHeads: asked } : { kvHeads: asked, reason: `${heads} heads do not divide into ${asked} kvHeads` };
};

const parametersOf = (mechanism: Mechanism, settings: Settings): { values: Readonly<Record<string, ParameterValue>>; reason?: string } => {
  const values: Record<string, ParameterValue> = {};
  let reason: string | undefined;
  for (const [name, parameter] of Object.entries(mechanism.parameters)) {
    const value = settings[name] ?? parameter.default;
    values[name] = value;
    if (!accepts(parameter, value)) reason ??= `${mechanism.name} takes ${name} ${range(parameter)}, not ${String(value)}`;
  }
  return reason === undefined ? { values } : { values, reason };
};
