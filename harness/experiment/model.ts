import type { FeedForward, Mechanism, ModelShape, ParameterValue } from "../../kernels/mechanism.ts";
import { keepsNothing } from "../../kernels/model/forms.ts";
import { type Preset, parametersOfPreset, presetNames, presets, scaled } from "../../kernels/model/presets.ts";
import type { Arm, ExperimentModel, PlannedCell } from "./experiment.ts";
import { type ModelFile, presetPattern } from "./modelSchema.ts";
import { accepts, range } from "./parameterRange.ts";
import { type ExperimentPhase, modelPhases } from "./phases.ts";
import { type Draft, nearest, show } from "./problem.ts";
import type { ExperimentFile } from "./schema.ts";

/** The model of a checked file, all of its sizes said, and the sizes of attention that it brings along. */
export interface ResolvedModel {
  readonly model: ExperimentModel;
  readonly sizes: Readonly<Record<string, number>>;
  /** heads of a preset's layers by their mixer, where they are not all alike and the file says nothing of heads */
  readonly mixers?: Preset["mixers"];
}

/** `given`: sizes that the file fixes or sweeps. Those stand; of the others a preset has its own, and a model that is spelled out is as wide in attention as between layers. */
export const modelOf = (file: ModelFile, given: ReadonlySet<string>): ResolvedModel => {
  const preset = "preset" in file ? scaled(presets[file.preset], file.scale ?? 1) : undefined;
  const { model: of } = preset ?? {};
  const feedForward = feedForwardOf(file, of?.feedForward);
  const model: ExperimentModel = {
    ...("preset" in file ? { preset: file.preset, scale: file.scale ?? 1 } : {}),
    layers: file.layers ?? of?.layers ?? 0,
    width: file.width ?? of?.width ?? 0,
    vocab: file.vocab ?? of?.vocab ?? 0,
    feedForward,
    ...firstDenseOf(file, feedForward, file.layers ?? of?.layers ?? 0, of?.firstDense),
    ...outputGateOf(file, of?.outputGate),
    rotary: file.rotary ?? of?.rotary ?? true,
    tied: file.tied ?? of?.tied ?? false,
  };
  const own: Readonly<Record<string, number>> = preset ? { heads: preset.heads, kvHeads: preset.kvHeads, headDim: preset.headDim } : { dModel: model.width };
  const mixers = headSizes.some((name) => given.has(name)) ? undefined : preset?.mixers;
  return {
    model,
    sizes: Object.fromEntries(Object.entries(own).filter(([name]) => !given.has(name) && !settles(given, name))),
    ...(mixers ? { mixers } : {}),
  };
};

/** Sizes that say what heads all layers have. */
export const headSizes = ["dModel", "heads", "kvHeads", "headDim", "headDimV"] as const;

/** Do the given sizes of attention settle this one? Any two of dModel, heads and headDim give the third. */
const settles = (given: ReadonlySet<string>, name: string): boolean => {
  if (name === "heads") return given.has("dModel");
  if (name === "headDim") return given.has("dModel") && given.has("heads");
  return name === "dModel" && given.has("heads") && given.has("headDim");
};

const feedForwardOf = (file: ModelFile, of: FeedForward | undefined): FeedForward => {
  const hidden = file.feedForward ?? of?.hidden ?? 0;
  const own = of?.kind === "experts" ? of : undefined;
  const ownExperts = own && file.activation === undefined ? { experts: own.experts, active: own.active } : undefined;
  const experts = file.experts ? { experts: file.experts.count, active: file.experts.active } : ownExperts;
  if (experts) {
    const shared = file.experts?.shared ?? own?.shared ?? 0;
    const isGated = shared > 0 && (file.experts?.sharedGate ?? own?.sharedGate ?? false);
    const router = file.experts?.router ?? own?.router;
    const routedScale = file.experts?.routedScale ?? own?.routedScale ?? 1;
    return {
      kind: "experts",
      hidden,
      ...experts,
      ...(shared > 0 ? { shared } : {}),
      ...(isGated ? { sharedGate: true } : {}),
      ...(router === "sigmoid" ? { router } : {}),
      ...(routedScale === 1 ? {} : { routedScale }),
    };
  }
  return { kind: file.activation ?? (of?.kind === "gelu" ? "gelu" : "gated"), hidden };
};

const outputGateOf = ({ outputGate: given }: ModelFile, of: ModelShape["outputGate"]): Pick<ModelShape, "outputGate"> => {
  const outputGate = given === "none" ? undefined : (given ?? of);
  return outputGate ? { outputGate } : {};
};

/** A preset's own where layers with experts are left behind them. */
const firstDenseOf = (file: ModelFile, { kind }: FeedForward, layers: number, of: ModelShape["firstDense"]): Pick<ModelShape, "firstDense"> => {
  const firstDense = file.firstDense ? { layers: file.firstDense.layers, hidden: file.firstDense.feedForward } : of && of.layers < layers ? of : undefined;
  return kind === "experts" && firstDense && firstDense.layers > 0 ? { firstDense } : {};
};

/** The model as a cell of an arm has it. */
export const cellModel = ({ preset: _, scale: __, ...model }: ExperimentModel, { form, pattern, mixers }: Arm): ModelShape => ({
  ...model,
  recomputes: form === keepsNothing,
  ...(pattern === undefined ? {} : { pattern }),
  ...(mixers === undefined ? {} : { mixers }),
});

/** What is wrong with the model of a file, or with there being one or none. */
export const modelDrafts = ({ model: file }: ExperimentFile, phases: readonly ExperimentPhase[]): readonly Draft[] => {
  const looped = phases.includes("tokenLoop");
  if (file === undefined)
    return looped
      ? [
          {
            path: ["model"],
            on: "key",
            message: "missing: phase tokenLoop is a token's way through a model",
            accepted: "model: { preset: llama3-8b, scale: 0.125 }",
          },
        ]
      : [];
  if (!phases.some((phase) => modelPhases.has(phase)))
    return [
      {
        path: ["model"],
        on: "key",
        message: "a model without a phase that has one",
        given: `phase ${phases.join(", ")}`,
        accepted: "model beside phase tokenLoop or offload",
      },
    ];
  const { experts, activation } = file;
  const drafts: Draft[] = [];
  if (experts && experts.active > experts.count)
    drafts.push({
      path: ["model", "experts", "active"],
      on: "value",
      message: "more than there are",
      given: show(experts.active),
      accepted: `at most count, ${experts.count}`,
    });
  if (file.firstDense && !experts && (!("preset" in file) || presets[file.preset].model.feedForward.kind !== "experts"))
    drafts.push({
      path: ["model", "firstDense"],
      on: "key",
      message: "without experts, in whose place these layers have one network",
      accepted: "experts: { count: …, active: … } beside it, or no firstDense",
    });
  const layers = file.layers ?? ("preset" in file ? scaled(presets[file.preset], file.scale ?? 1).model.layers : 0);
  if (file.firstDense && file.firstDense.layers >= layers)
    drafts.push({
      path: ["model", "firstDense", "layers"],
      on: "value",
      message: "leaves no layer with experts",
      given: show(file.firstDense.layers),
      accepted: `at most ${layers - 1}, as the model has ${layers}`,
    });
  const ownShared = "preset" in file ? presets[file.preset].model.feedForward : undefined;
  if (experts?.sharedGate && (experts.shared ?? (ownShared && "shared" in ownShared ? ownShared.shared : 0)) === 0)
    drafts.push({
      path: ["model", "experts", "sharedGate"],
      on: "value",
      message: "weighs an expert that this model has not",
      given: "true",
      accepted: "shared: its hidden channels beside it, or no sharedGate",
    });
  if (experts && activation === "gelu")
    drafts.push({ path: ["model", "activation"], on: "value", message: "experts are gated", given: "gelu", accepted: "gated, or no experts" });
  return drafts;
};

/** What is wrong with the patterns of entries: where there is no model, unknown mechanisms, not their own among them, more layers in turn than the model has. */
export const patternDrafts = (
  entries: readonly { readonly arm: Arm; readonly index: number }[],
  model: ExperimentModel | undefined,
  mechanisms: ReadonlyMap<string, Mechanism>,
): readonly Draft[] =>
  entries.flatMap(({ arm: { mechanism, pattern, mixers = {} }, index }): readonly Draft[] => {
    if (pattern === undefined) return [];
    const path = ["mechanisms", index, "pattern"];
    if (!model) return [{ path, ...withoutModel }];
    const known = [...mechanisms.values()].flatMap(({ name, forms }) => (forms.tokenLoop ? [name] : []));
    const unknown = [...new Set(pattern)].filter((name) => !known.includes(name));
    if (unknown.length > 0)
      return unknown.map((name) => ({
        path: [...path, name],
        on: "key",
        message: "no mechanism that a model is built of",
        given: name,
        accepted: known.join(", "),
        suggestion: nearest(name, known),
      }));
    if (!pattern.includes(mechanism))
      return [
        {
          path,
          on: "value",
          message: `has no layer of ${mechanism}, which this entry uses`,
          given: [...new Set(pattern)].join(", "),
          accepted: `${mechanism} among them`,
        },
      ];
    if (pattern.length > model.layers)
      return [
        {
          path,
          on: "value",
          message: "has more layers than the model",
          given: `${pattern.length} layers in turn`,
          accepted: `up to ${model.layers}, or model.layers: ${pattern.length}`,
        },
      ];
    return Object.entries(mixers).flatMap(([name, { parameters = {} }]) => layerParameterDrafts([...path, name], name, parameters, mechanism, mechanisms));
  });

/** What is wrong with the parameters that a pattern's layers of `name` are given: `own`, the entry's mechanism, has its beside `use`. */
const layerParameterDrafts = (
  path: readonly PropertyKey[],
  name: string,
  parameters: Readonly<Record<string, ParameterValue>>,
  own: string,
  mechanisms: ReadonlyMap<string, Mechanism>,
): readonly Draft[] => {
  const known = mechanisms.get(name)?.parameters ?? {};
  return Object.entries(parameters).flatMap(([key, value]): readonly Draft[] => {
    if (name === own)
      return [
        { path: [...path, key], on: "key", message: `stands beside use: ${own}, whose layers these are`, given: key, accepted: `${key} beside use: ${own}` },
      ];
    const parameter = known[key];
    if (parameter === undefined)
      return [
        {
          path: [...path, key],
          on: "key",
          message: `${name} has no such parameter`,
          given: key,
          accepted: Object.keys(known).join(", ") || "none",
          suggestion: nearest(key, Object.keys(known)),
        },
      ];
    return accepts(parameter, value)
      ? []
      : [{ path: [...path, key], on: "value", message: `no ${key} of ${name}`, given: show(value), accepted: range(parameter) }];
  });
};

/** Are the layers of this entry those of model.preset? */
export const followsPreset = (entry: ExperimentFile["mechanisms"][number]): boolean =>
  typeof entry === "object" && "pattern" in entry && entry.pattern === presetPattern;

/** What is wrong with entries whose layers are to be those of a preset: there is none here, or one without a pattern. */
export const presetPatternDrafts = (
  entries: readonly { readonly entry: ExperimentFile["mechanisms"][number]; readonly index: number }[],
  model: ExperimentModel | undefined,
  mechanisms: ReadonlyMap<string, Mechanism>,
): readonly Draft[] =>
  entries.flatMap(({ entry, index }): readonly Draft[] => {
    if (!followsPreset(entry)) return [];
    const path = ["mechanisms", index, "pattern"];
    if (!model) return [{ path, ...withoutModel }];
    const hybrids = presetNames.filter((name) => "pattern" in presets[name].model).join(", ");
    if (model.preset === undefined)
      return [{ path, on: "value", message: "the model is none of a preset's", given: presetPattern, accepted: `model: { preset: … } of ${hybrids}` }];
    const { model: published } = presets[model.preset];
    if (!("pattern" in published))
      return [{ path, on: "value", message: `all layers of ${model.preset} are softmax`, given: presetPattern, accepted: `model.preset ${hybrids}` }];
    const parameters = Object.keys(parametersOfPreset(model.preset));
    const mechanism = typeof entry === "object" && "use" in entry ? mechanisms.get(String(entry.use)) : undefined;
    const [linear] = published.pattern;
    // Those of the entry's own mechanism can be set, and the others have their defaults.
    return mechanism && parameters.some((name) => !(name in mechanism.parameters))
      ? [
          {
            path: ["mechanisms", index, "use"],
            on: "value",
            message: `has no ${parameters.join(", ")}, which other layers of ${model.preset} are given`,
            given: mechanism.name,
            accepted: `use: ${linear} beside pattern: preset`,
          },
        ]
      : [];
  });

const withoutModel = {
  on: "key",
  message: "layers of a model, in a phase that has none",
  accepted: "pattern beside a model, in phases tokenLoop and offload; in others { compose: { … } }",
} as const;

/** Sizes that no cell of a model can have are one mistake, not one a cell: told where the file gives the size that does not fit, else at its model. */
export const disagreement = (planned: readonly PlannedCell[], file: SizesOfFile): Draft | undefined => {
  const [first] = planned;
  if (first?.cell.model === undefined || first.skip?.code !== "badShape") return undefined;
  const { reason } = first.skip;
  // Mechanisms that refuse one size do not say it in the same words.
  if (!planned.every(({ skip }) => skip?.code === "badShape")) return undefined;
  const message = `sizes disagree: ${reason}`;
  const accepted = "sizes under model, fixed and axes that go together";
  const { heads, kvHeads } = first.cell;
  const groups = heads % kvHeads === 0 ? undefined : pathOfSize("kvHeads", file);
  if (groups) {
    const divisors = Array.from({ length: heads }, (_, i) => i + 1).filter((size) => heads % size === 0);
    return { path: groups, on: "value", message, given: String(kvHeads), accepted: divisors.join(", ") };
  }
  // "headDim 12: softmax takes multiples of 4 from 16 to 256"
  const [, name, given, wanted] = /^(\w+) (\d+): (.+)/.exec(reason) ?? [];
  const path = name === undefined ? undefined : pathOfSize(name, file);
  return path && wanted !== undefined ? { path, on: "value", message: wanted, given, accepted } : { path: ["model"], on: "value", message, accepted };
};

type SizesOfFile = Pick<ExperimentFile, "fixed" | "axes" | "mechanisms">;

/** Where a file gives this size, the place that counts; undefined where it is a preset's, or follows from others. */
const pathOfSize = (name: string, { fixed, axes, mechanisms }: SizesOfFile): readonly (string | number)[] | undefined => {
  const entry = mechanisms.findIndex((one) => typeof one === "object" && name in one);
  if (entry >= 0) return ["mechanisms", entry, name];
  if (axes && name in axes) return ["axes", name];
  return fixed && name in fixed ? ["fixed", name] : undefined;
};
