import { leastDevice } from "../leastDevice.ts";
import type { Capabilities, Claim, ExpectedRow, Form, GrowthClass, Mechanism, ModelShape, Shape, Tensors, Tiles } from "../mechanism.ts";
import { badShape, limitRefusal, overLimit, storageRefusal } from "../refusal.ts";
import { keepsCache, keepsNothing, keepsState } from "./forms.ts";
import { mixerOf } from "./layer.ts";
import { modelBytesByRole, modelCost, stageCosts } from "./modelCost.ts";
import { modelInputs, textInputs } from "./modelInputs.ts";
import { type ModelPlanning, modelBuffers, modelPlan } from "./modelPlan.ts";
import { modelReference } from "./reference.ts";
import { textPlan } from "./textPlan.ts";

/**
 * Mechanisms that a model can be built of, each with phase tokenLoop beside its own: one token's whole way, with n tokens before it. Its forms say what is kept between tokens: keys and values
 * (`cached`), a state (`recurrent`), or nothing (`recompute`). Layers of a pattern are looked up among `mechanisms`. One that brings a phase tokenLoop of its own keeps it.
 */
export const withTokenLoop = (mechanisms: readonly Mechanism[]): readonly Mechanism[] =>
  mechanisms.map((mechanism) => (!mechanism.forms.tokenLoop && formsOf(mechanism).length > 0 ? extended(mechanism, mechanisms) : mechanism));

const formsOf = ({ family, forms }: Mechanism): readonly Form[] =>
  forms.decode && forms.prefill && family !== "instrument" ? [family === "softmax" ? keepsCache : keepsState, keepsNothing] : [];

const extended = (own: Mechanism, all: readonly Mechanism[]): Mechanism => {
  /** `tiles` of all mixers, each with its mechanism's name before its names. Without a device the plans are any device's: of them only what flows in and out is asked. */
  const planningOf = (shape: Shape, tiles?: Tiles, capabilities?: Capabilities): ModelPlanning => {
    const model = modelOf(shape);
    const mixers = layersOf(model, own, all).map((mechanism) => {
      const mixed = mixerShape(shape, mechanism, own);
      const form = formOf(mechanism, mixed);
      const chosen = tiles && tilesOf(mechanism, tiles);
      const made = mixerOf(mechanism, mixed, form, capabilities ?? leastDevice, (capabilities && chosen) ?? mechanism.tiles(mixed, form, leastDevice)[0] ?? {});
      return { ...made, tiles: chosen ?? made.tiles };
    });
    const { software, maxComputeWorkgroupsPerDimension: most } = capabilities ?? leastDevice;
    return { model, mixers, batch: shape.batch, making: { dtype: shape.dtype, rows: shape.batch * tokensOf(shape), software, most } };
  };
  /** float64 results are dear, and verification asks head by head for what a model has once. */
  const known = new WeakMap<Tensors, readonly ExpectedRow[]>();
  const referenceOf = (shape: Shape, tensors: Tensors): readonly ExpectedRow[] => {
    const rows = known.get(tensors) ?? modelReference(planningOf(shape), tensors);
    known.set(tensors, rows);
    return rows;
  };
  return {
    ...own,
    forms: { ...own.forms, tokenLoop: formsOf(own) },
    refusal(shape, form, capabilities) {
      if (!shape.model) return own.refusal(shape, form, capabilities);
      const fault = faultOf(shape.model, shape.headDim, all);
      if (fault !== undefined) return badShape(fault);
      // Weights are stored so; what flows through the mixers is f32.
      const storage = storageRefusal(["dtype"], shape, capabilities);
      if (storage) return storage;
      const mixerRefusal = [...new Set(layersOf(shape.model, own, all))]
        .map((mechanism) => mechanism.refusal(mixerShape(shape, mechanism, own), formOf(mechanism, mixerShape(shape, mechanism, own)), capabilities))
        .find((refusal) => refusal !== undefined);
      const rows = shape.batch * tokensOf(shape);
      const { maxComputeWorkgroupsPerDimension: most } = capabilities;
      if (rows > most) return overLimit(`${rows} tokens go through at once, maxComputeWorkgroupsPerDimension of this device is ${most}`);
      // Before anyone draws weights that no buffer takes.
      return mixerRefusal ?? limitRefusal("the model", shape, modelBuffers(planningOf(shape), false), capabilities);
    },
    tiles: (shape, form, capabilities) => {
      if (!shape.model) return own.tiles(shape, form, capabilities);
      const others = [...new Set(layersOf(shape.model, own, all))].map((mechanism) => {
        const mixed = mixerShape(shape, mechanism, own);
        return mechanism.tiles(mixed, formOf(mechanism, mixed), capabilities).map((tiles) => named(mechanism, tiles));
      });
      // Variants of the first mixer, beside the others' defaults.
      const [variants = [], ...rest] = others;
      return variants.map((tiles) => Object.assign({}, tiles, ...rest.map(([usual = {}]) => usual)) as Tiles);
    },
    plan: (shape, form, capabilities, tiles) => {
      if (!shape.model) return own.plan(shape, form, capabilities, tiles);
      const planning = planningOf(shape, tiles, capabilities);
      return shape.phase === "generate" ? textPlan(planning, promptOf(shape), shape.n) : modelPlan(planning);
    },
    inputs: (shape, seed) => {
      if (!shape.model) return own.inputs(shape, seed);
      const planning = planningOf(shape);
      return shape.phase === "generate" ? textInputs(planning, promptOf(shape), shape.n, seed) : modelInputs(planning, tokensOf(shape), seed);
    },
    reference: (shape, tensors, at) => (shape.model ? referenceOf(shape, tensors) : own.reference(shape, tensors, at)),
    flops: (shape, form, tiles) => (shape.model ? modelCost(planningOf(shape, tiles)).flops : own.flops(shape, form, tiles)),
    leastBytes: (shape, form) => (shape.model ? modelCost(planningOf(shape)).leastBytes : own.leastBytes(shape, form)),
    stages: (shape, _, tiles) => (shape.phase === "tokenLoop" ? stageCosts(planningOf(shape, tiles)) : {}),
    bytesByRole: (shape, form, tiles) => (shape.model ? modelBytesByRole(planningOf(shape, tiles)) : own.bytesByRole(shape, form, tiles)),
    claim: (phase, form, shape) => {
      if (phase !== "tokenLoop") return own.claim(phase, form, shape);
      return largest(
        (shape?.model ? layersOf(shape.model, own, all) : [own]).map((mechanism) => layerClaim(mechanism, form, shape && mixerShape(shape, mechanism, own))),
      );
    },
    rounding: (shape) => (shape.model ? modelRounding(shape) : (own.rounding?.(shape) ?? 0)),
    ...(own.tileTokens ? { tileTokens: (shape, form, tiles) => (shape.model ? 1 : (own.tileTokens?.(shape, form, tiles) ?? 1)) } : {}),
  };
};

/** Of one layer: without anything kept, all tokens before go through it too. */
const layerClaim = (mechanism: Mechanism, form: Form, shape: Shape | undefined): Claim => {
  const phase = form === keepsNothing ? "prefill" : "decode";
  const claim = mechanism.claim(phase, mechanism.forms[phase]?.[0] ?? "", shape);
  return form === keepsNothing ? { ...claim, stateBytes: "O(1)" } : claim;
};

const ascending: readonly GrowthClass[] = ["O(1)", "O(log n)", "O(n)", "O(n log n)", "O(n²)", "O(n³)"];

/** Layers add up, so that the steepest one tells how all of them grow. */
const largest = (claims: readonly Claim[]): Claim => {
  const steepest = (metric: keyof Claim): GrowthClass => ascending[Math.max(0, ...claims.map((claim) => ascending.indexOf(claim[metric])))] ?? "O(1)";
  return { time: steepest("time"), stateBytes: steepest("stateBytes") };
};

const named = ({ name }: Mechanism, tiles: Tiles): Tiles => Object.fromEntries(Object.entries(tiles).map(([key, value]) => [`${name}.${key}`, value]));

const tilesOf = ({ name }: Mechanism, tiles: Tiles): Tiles =>
  Object.fromEntries(Object.entries(tiles).flatMap(([key, value]) => (key.startsWith(`${name}.`) ? [[key.slice(name.length + 1), value] as const] : [])));

const modelOf = ({ model }: Shape): ModelShape => {
  if (!model) throw new Error("phase tokenLoop needs a model");
  return model;
};

const promptOf = (shape: Shape): number => Math.min(modelOf(shape).prompt ?? 1, shape.n);

/** Tokens of each text that go through together: the newest, or with all before it. */
const tokensOf = (shape: Shape): number => (modelOf(shape).recomputes ? shape.n + 1 : 1);

const formOf = (mechanism: Mechanism, { phase }: Shape): Form => mechanism.forms[phase]?.[0] ?? "";

/** The mixer of each layer. Throws where a name of the pattern is unknown; `faultOf` says it first. */
const layersOf = ({ layers, pattern = [] }: ModelShape, own: Mechanism, all: readonly Mechanism[]): readonly Mechanism[] =>
  Array.from({ length: layers }, (_, layer) => {
    const name = pattern[layer % pattern.length] ?? own.name;
    const found = name === own.name ? own : all.find((one) => one.name === name);
    if (!found) throw new Error(`no mechanism ${name}`);
    return found;
  });

const faultOf = ({ layers, width, vocab, feedForward, pattern = [], rotary }: ModelShape, headDim: number, all: readonly Mechanism[]): string | undefined => {
  const unknown = pattern.find((name) => !all.some((mechanism) => mechanism.name === name && formsOf(mechanism).length > 0));
  if (unknown !== undefined) return `layers of ${unknown}: a model is built of mechanisms with prefill and decode`;
  if (!(layers >= 1 && vocab >= 1)) return `a model has at least one layer and one token, not ${layers} and ${vocab}`;
  if (width % 4 !== 0 || feedForward.hidden % 4 !== 0) return `width ${width} and hidden ${feedForward.hidden} must be multiples of 4`;
  if (rotary && headDim % 2 !== 0) return `headDim ${headDim} must be even for rotary positions`;
  if (feedForward.kind === "experts" && !(feedForward.active >= 1 && feedForward.active <= Math.min(64, feedForward.experts)))
    return `${feedForward.active} of ${feedForward.experts} experts: from 1 to 64, and no more than there are`;
  return undefined;
};

/** A mixer's own problem in a layer. Parameters are the arm's for its own mixer, and defaults for others of a pattern. */
const mixerShape = (shape: Shape, mechanism: Mechanism, own: Mechanism): Shape => {
  const { model, ...rest } = shape;
  const defaults = Object.fromEntries(Object.entries(mechanism.parameters).map(([name, parameter]) => [name, parameter.default]));
  return {
    ...rest,
    phase: shape.phase === "generate" ? "generate" : model?.recomputes ? "prefill" : "decode",
    // What a token's projections left is its only row.
    ...(shape.phase === "generate" ? { stream: 1 } : {}),
    // The newest token is one more than its context.
    n: model?.recomputes ? shape.n + 1 : shape.n,
    dtype: "f32",
    kvHeads: mechanism.groupedHeads ? shape.kvHeads : shape.heads,
    parameters: mechanism === own ? shape.parameters : defaults,
  };
};

/** Roundings beyond those of a sum of n + headDim: each layer's projections add theirs to the stream, as squares. */
const modelRounding = (shape: Shape): number => {
  const { layers, width, feedForward } = modelOf(shape);
  return Math.sqrt(4 * layers * (2 * width + feedForward.hidden + shape.heads * shape.headDimV) + width);
};
