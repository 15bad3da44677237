import { foldedPlan } from "../foldedGrid.ts";
import { leastDevice } from "../leastDevice.ts";
import type { Capabilities, Claim, ExpectedRow, Form, GrowthClass, Mechanism, ModelShape, Shape, StageCost, Tensors, TextShape, Tiles } from "../mechanism.ts";
import { badShape, limitRefusal, noFeature, storageRefusal } from "../refusal.ts";
import { tolerance } from "../tolerance.ts";
import { keepsCache, keepsNothing, keepsState } from "./forms.ts";
import { mixerOf } from "./layer.ts";
import { modelBytesByRole, modelCost, stageCosts, textBytesByRole, textCost } from "./modelCost.ts";
import { modelInputs, textInputs } from "./modelInputs.ts";
import { type ModelPlanning, modelBuffers, modelPlan } from "./modelPlan.ts";
import { modelAlternatives, modelReference } from "./reference.ts";
import { spansOf, type TextPlanning, textBuffers, textPlan, textRefusal } from "./textPlan.ts";
import { textReference } from "./textReference.ts";

/**
 * Mechanisms that a model can be built of, each with phase tokenLoop beside its own: one token's whole way, with n tokens before it. Its forms say what is kept between tokens: keys and values
 * (`cached`), a state (`recurrent`), or nothing (`recompute`). Layers of a pattern are looked up among `mechanisms`. One that brings a phase tokenLoop of its own keeps it.
 */
export const withTokenLoop = (mechanisms: readonly Mechanism[]): readonly Mechanism[] =>
  mechanisms.map((mechanism) => (!mechanism.forms.tokenLoop && formsOf(mechanism).length > 0 ? extended(mechanism, mechanisms) : mechanism));

const formsOf = ({ family, forms }: Mechanism): readonly Form[] =>
  forms.decode && forms.prefill && family !== "instrument" ? [family === "softmax" ? keepsCache : keepsState, keepsNothing] : [];

const extended = (own: Mechanism, all: readonly Mechanism[]): Mechanism => {
  /**
   * `tiles` of all mixers, each with its mechanism's name before its names, and `prefix` before that. Without a device the plans are any device's: of them only what flows in and out is asked.
   * `mixed`: how many tokens a mixer takes, and in which phase.
   */
  const planningWith = (shape: Shape, mixed: Mixed, tiles?: Tiles, capabilities?: Capabilities, prefix = ""): ModelPlanning => {
    const model = modelOf(shape);
    const mixers = layersOf(model, own, all).map((mechanism) => {
      const problem = mixerShape(shape, mechanism, own, mixed);
      const form = formOf(mechanism, problem);
      const chosen = tiles && tilesOf(mechanism, tiles, prefix);
      const made = mixerOf(
        mechanism,
        problem,
        form,
        capabilities ?? leastDevice,
        (capabilities && chosen) ?? mechanism.tiles(problem, form, leastDevice)[0] ?? {},
        { ...model, keeps: problem.phase !== "prefill" || model.remakes === true },
      );
      return { ...made, tiles: chosen ?? made.tiles };
    });
    const { software, subgroupMinSize, subgroupMaxSize, maxComputeWorkgroupsPerDimension: most } = capabilities ?? leastDevice;
    const lanes = subgroupMinSize === subgroupMaxSize ? subgroupMinSize : 0;
    const rows = shape.batch * (mixed.phase === "prefill" ? mixed.n : 1);
    return { model, mixers, batch: shape.batch, making: { dtype: shape.dtype, rows, software, lanes, most } };
  };
  const planningOf = (shape: Shape, tiles?: Tiles, capabilities?: Capabilities): ModelPlanning => planningWith(shape, mixedBy(shape), tiles, capabilities);
  const textPlanningOf = (shape: Shape, text: TextShape, tiles?: Tiles, capabilities?: Capabilities): TextPlanning => {
    const written = planningWith(shape, mixedBy(shape), tiles, capabilities);
    const places = shape.n - 1;
    const fewer = modelOf(shape).recomputes ? spansOf(text.prompt.length, places).slice(0, -1) : [];
    return {
      text,
      length: shape.n,
      written,
      spans: modelOf(shape).recomputes ? [...fewer.map((n) => planningWith(shape, { phase: "prefill", n }, tiles, capabilities)), written] : [],
      prompt: modelOf(shape).recomputes ? undefined : planningWith(shape, { phase: "prefill", n: text.prompt.length }, tiles, capabilities, promptPrefix),
    };
  };
  /** float64 results are dear, and verification asks head by head for what a model has once. */
  const known = new WeakMap<Tensors, readonly ExpectedRow[]>();
  const referenceOf = (shape: Shape, tensors: Tensors): readonly ExpectedRow[] => {
    const { text } = modelOf(shape);
    const rows = known.get(tensors) ?? (text ? textTruth(shape, text, tensors) : modelReference(planningOf(shape), tensors));
    known.set(tensors, rows);
    return rows;
  };
  const costOf = (shape: Shape, tiles?: Tiles): StageCost => {
    const { text } = modelOf(shape);
    return text ? textCost(textPlanningOf(shape, text, tiles)) : modelCost(planningOf(shape, tiles));
  };
  const textTruth = (shape: Shape, text: TextShape, tensors: Tensors): readonly ExpectedRow[] => {
    const whole = planningWith(shape, { phase: "prefill", n: shape.n - 1 });
    // Both scores may be off.
    return textReference({ text, length: shape.n, written: whole, spans: [whole], prompt: undefined }, tensors, 2 * tolerance(shape, modelRounding(shape)));
  };
  return {
    ...own,
    forms: { ...own.forms, tokenLoop: formsOf(own) },
    refusal(shape, form, capabilities) {
      if (!shape.model) return own.refusal(shape, form, capabilities);
      const fault = faultOf(shape.model, shape, all);
      if (fault !== undefined) return badShape(fault);
      // Weights are stored so; what flows through the mixers is f32.
      const storage = storageRefusal(["dtype"], shape, capabilities);
      if (storage) return storage;
      const { text } = shape.model;
      const textFault = text && textFaultOf(shape, text);
      if (textFault !== undefined) return badShape(textFault);
      const mechanisms = [...new Set(layersOf(shape.model, own, all))];
      if (text && shape.kvDtype === "f16" && mechanisms.some(({ family }) => family === "softmax"))
        return badShape("kvDtype f16: a text is held against float64, token by token, which keeps no cache: kvDtype f32");
      const mute = text && mechanisms.find(({ forms }) => !forms.generate);
      if (mute) return noFeature(`${mute.name} has no phase generate, by which a text is written`);
      const ways = [mixedBy(shape), ...(text && !shape.model.recomputes ? [{ phase: "prefill", n: text.prompt.length } as const] : [])];
      const mixerRefusal = ways
        .flatMap((mixed) =>
          mechanisms.map((mechanism) => {
            const problem = mixerShape(shape, mechanism, own, mixed);
            return mechanism.refusal(problem, formOf(mechanism, problem), capabilities);
          }),
        )
        .find((refusal) => refusal !== undefined);
      if (mixerRefusal) return mixerRefusal;
      // Before anyone draws weights that no buffer takes.
      if (!text) return limitRefusal("the model", modelBuffers(planningOf(shape), false), capabilities);
      const planning = textPlanningOf(shape, text);
      return textRefusal(planning) ?? limitRefusal("the model", textBuffers(planning), capabilities);
    },
    tiles: (shape, form, capabilities) => {
      if (!shape.model) return own.tiles(shape, form, capabilities);
      const { text } = shape.model;
      const variantsOf = (mixed: Mixed, prefix = ""): readonly (readonly Tiles[])[] =>
        [...new Set(layersOf(modelOf(shape), own, all))].map((mechanism) => {
          const problem = mixerShape(shape, mechanism, own, mixed);
          return mechanism.tiles(problem, formOf(mechanism, problem), capabilities).map((tiles) => named(mechanism, tiles, prefix));
        });
      // Variants of the first mixer, beside the others' defaults.
      const [variants = [], ...rest] = [
        ...variantsOf(mixedBy(shape)),
        ...(text && !shape.model.recomputes ? variantsOf({ phase: "prefill", n: text.prompt.length }, promptPrefix) : []),
      ];
      return variants.map((tiles) => Object.assign({}, tiles, ...rest.map(([usual = {}]) => usual)) as Tiles);
    },
    plan: (shape, form, capabilities, tiles) => {
      if (!shape.model) return own.plan(shape, form, capabilities, tiles);
      const { text } = shape.model;
      const plan = text ? textPlan(textPlanningOf(shape, text, tiles, capabilities)) : modelPlan(planningOf(shape, tiles, capabilities));
      // Rows of a long prompt, or of many, may be more than workgroups in a row.
      return foldedPlan(plan, capabilities.maxComputeWorkgroupsPerDimension);
    },
    inputs: (shape, seed) => {
      if (!shape.model) return own.inputs(shape, seed);
      const { text } = shape.model;
      return text ? textInputs(textPlanningOf(shape, text), seed) : modelInputs(planningOf(shape), tokensOf(shape), seed);
    },
    // No model lies within another one: what this one reads is a device's.
    reference: (shape, tensors: Tensors, at) => (shape.model ? referenceOf(shape, tensors) : own.reference(shape, tensors, at)),
    // A text's reference leaves open what rounding may choose.
    alternatives: (shape, tensors) =>
      shape.model
        ? shape.model.text
          ? []
          : modelAlternatives(planningOf(shape), tensors, 2 * tolerance(shape, modelRounding(shape)))
        : (own.alternatives?.(shape, tensors) ?? []),
    flops: (shape, form, tiles) => (shape.model ? costOf(shape, tiles).flops : own.flops(shape, form, tiles)),
    leastBytes: (shape, form) => (shape.model ? costOf(shape).leastBytes : own.leastBytes(shape, form)),
    stages: (shape, _, tiles) => (shape.phase === "tokenLoop" ? stageCosts(planningOf(shape, tiles)) : {}),
    bytesByRole: (shape, form, tiles) => {
      if (!shape.model) return own.bytesByRole(shape, form, tiles);
      const { text } = shape.model;
      return text ? textBytesByRole(textPlanningOf(shape, text, tiles)) : modelBytesByRole(planningOf(shape, tiles));
    },
    claim: (phase, form, shape) => {
      if (phase !== "tokenLoop") return own.claim(phase, form, shape);
      return largest(
        (shape?.model ? layersOf(shape.model, own, all) : [own]).map((mechanism) =>
          layerClaim(mechanism, form, shape && mixerShape(shape, mechanism, own, mixedBy(shape))),
        ),
      );
    },
    rounding: (shape) => {
      if (!shape.model) return own.rounding?.(shape) ?? 0;
      return modelRounding(shape) + (roundsCache(shape.model, shape, layersOf(shape.model, own, all)) ? halfStep : 0);
    },
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

const named = ({ name }: Mechanism, tiles: Tiles, prefix: string): Tiles =>
  Object.fromEntries(Object.entries(tiles).map(([key, value]) => [`${prefix}${name}.${key}`, value]));

const tilesOf = ({ name }: Mechanism, tiles: Tiles, prefix: string): Tiles => {
  const begin = `${prefix}${name}.`;
  return Object.fromEntries(Object.entries(tiles).flatMap(([key, value]) => (key.startsWith(begin) ? [[key.slice(begin.length), value] as const] : [])));
};

/** Before the variants of mixers that a prompt goes through at once. */
const promptPrefix = "prompt.";

const modelOf = ({ model }: Shape): ModelShape => {
  if (!model) throw new Error("phase tokenLoop needs a model");
  return model;
};

/** Tokens of each text that go through together: the newest, or with all before it. */
const tokensOf = (shape: Shape): number => {
  const { recomputes, remakes } = modelOf(shape);
  return recomputes ? shape.n + (remakes ? 0 : 1) : 1;
};

/** How mixers take tokens: which phase of theirs, and n of it. */
type Mixed = Pick<Shape, "n"> & { readonly phase: "prefill" | "decode" | "generate" };

const mixedBy = (shape: Shape): Mixed => {
  const { recomputes, remakes, text } = modelOf(shape);
  // The last token of a text goes through nothing.
  if (text) return { phase: recomputes ? "prefill" : "generate", n: shape.n - 1 };
  // The newest token is one more than its context.
  return recomputes ? { phase: "prefill", n: shape.n + (remakes ? 0 : 1) } : { phase: "decode", n: shape.n };
};

/** What no text can be, whatever the device. */
const textFaultOf = ({ batch, n, model }: Shape, { prompt, stop }: TextShape): string | undefined => {
  const vocab = model?.vocab ?? 0;
  if (batch !== 1) return `batch ${batch}: a text is written by itself, batch 1`;
  if (prompt.length === 0 || n <= prompt.length) return `a text of ${n} tokens, ${prompt.length} of them given: at least one is given and one written`;
  const strange = [...prompt, ...(stop === undefined ? [] : [stop])].find((token) => !(Number.isInteger(token) && token >= 0 && token < vocab));
  return strange === undefined ? undefined : `token ${strange}: the model has ${vocab}, from 0 to ${vocab - 1}`;
};

const formOf = (mechanism: Mechanism, { phase }: Shape): Form => mechanism.forms[phase]?.[0] ?? "";

/** The mixer of each layer. Throws where a name of the pattern is unknown; `faultOf` says it first. */
const layersOf = ({ layers, pattern = [] }: ModelShape, own: Mechanism, all: readonly Mechanism[]): readonly Mechanism[] =>
  Array.from({ length: layers }, (_, layer) => {
    const name = pattern[layer % pattern.length] ?? own.name;
    const found = name === own.name ? own : all.find((one) => one.name === name);
    if (!found) throw new Error(`no mechanism ${name}`);
    return found;
  });

const faultOf = (model: ModelShape, shape: Shape, all: readonly Mechanism[]): string | undefined => {
  const { layers, width, vocab, feedForward, firstDense, pattern = [] } = model;
  const unknown = pattern.find((name) => !all.some((mechanism) => mechanism.name === name && formsOf(mechanism).length > 0));
  if (unknown !== undefined) return `layers of ${unknown}: a model is built of mechanisms with prefill and decode`;
  if (!(layers >= 1 && vocab >= 1)) return `a model has at least one layer and one token, not ${layers} and ${vocab}`;
  const shared = feedForward.kind === "experts" ? (feedForward.shared ?? 0) : 0;
  const uneven = [width, feedForward.hidden, shared, firstDense?.hidden ?? 0].find((size) => size % 4 !== 0);
  if (uneven !== undefined) return `width and hidden channels must be multiples of 4, not ${uneven}`;
  const unlike = mixerFaultOf(model, shape, all);
  if (unlike !== undefined) return unlike;
  if (feedForward.kind === "experts" && !(feedForward.active >= 1 && feedForward.active <= Math.min(64, feedForward.experts)))
    return `${feedForward.active} of ${feedForward.experts} experts: from 1 to 64, and no more than there are`;
  return undefined;
};

/** What no layers can be whose mixers have heads of their own. */
const mixerFaultOf = (
  { mixers = {}, pattern = [], rotary }: ModelShape,
  { heads: usual, kvHeads: usualKv, headDim }: Shape,
  all: readonly Mechanism[],
): string | undefined => {
  const turning = pattern.filter((name) => all.some((mechanism) => mechanism.name === name && mechanism.family === "softmax"));
  const channels = [...new Set(turning.map((name) => mixers[name]?.headDim ?? headDim))];
  if (rotary && channels.length > 1) return `heads of ${channels.join(" and ")} channels turn by their position: one table is of one of them`;
  const odd = rotary ? [...channels, headDim].find((one) => one % 2 !== 0) : undefined;
  if (odd !== undefined) return `headDim ${odd} must be even for rotary positions`;
  const uneven = Object.entries(mixers).find(([, { heads = usual, kvHeads = usualKv, keyHeads = heads }]) => heads % kvHeads !== 0 || heads % keyHeads !== 0);
  return uneven && `heads of ${uneven[0]} do not divide: ${JSON.stringify(uneven[1])}`;
};

/** A mixer's own problem in a layer. Parameters are the arm's for its own mixer, and for others of a pattern defaults where the model says nothing of them. */
const mixerShape = (shape: Shape, mechanism: Mechanism, arm: Mechanism, { phase, n }: Mixed): Shape => {
  const { model, ...rest } = shape;
  const own = model?.mixers?.[mechanism.name] ?? {};
  const { heads = shape.heads, kvHeads = shape.kvHeads, headDim } = own;
  const defaults = Object.fromEntries(Object.entries(mechanism.parameters).map(([name, parameter]) => [name, parameter.default]));
  return {
    ...rest,
    heads,
    ...(headDim === undefined ? {} : { headDim, headDimV: headDim, dModel: heads * headDim }),
    phase,
    // What a token's projections left is its only row.
    ...(phase === "generate" ? { stream: 1 } : {}),
    n,
    dtype: "f32",
    // Of a prefill keys and values are the cache, as the projections leave them.
    kvDtype: phase === "prefill" ? "f32" : shape.kvDtype,
    kvHeads: mechanism.groupedHeads ? kvHeads : heads,
    parameters: { ...(mechanism === arm ? shape.parameters : defaults), ...own.parameters },
  };
};

/** Do layers put what a token's projections leave into a cache of f16? */
const roundsCache = ({ recomputes }: ModelShape, { kvDtype }: Shape, mixers: readonly Mechanism[]): boolean =>
  kvDtype === "f16" && !recomputes && mixers.some(({ family }) => family === "softmax");

/**
 * A key or value that lies between two numbers of f16 may be rounded to the other one than float64's is: by 2⁻⁷ of its row's size at most, where it is eight times as large as that and the step is 2⁻⁷ of it. In roundings of
 * f32 as tolerance() counts them, 2⁻²⁰ each.
 */
const halfStep = 2 ** 13;

/** Roundings beyond those of a sum of n + headDim: each layer's projections add theirs to the stream, as squares. */
const modelRounding = (shape: Shape): number => {
  const { layers, width, feedForward, firstDense, mixers = {} } = modelOf(shape);
  const mixed = Math.max(shape.heads * shape.headDimV, ...Object.values(mixers).map(({ heads = shape.heads, headDim = shape.headDimV }) => heads * headDim));
  const shared = feedForward.kind === "experts" ? (feedForward.shared ?? 0) : 0;
  const hidden = Math.max(feedForward.hidden + shared, firstDense?.hidden ?? 0);
  return Math.sqrt(4 * layers * (2 * width + hidden + mixed) + width);
};
