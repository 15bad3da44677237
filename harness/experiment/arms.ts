import type { Form, Mechanism, ParameterValue } from "../../kernels/mechanism.ts";
import { parametersOfPreset, patternOfPreset } from "../../kernels/model/presets.ts";
import type { PlacedEntry } from "./entries.ts";
import type { Arm, Experiment, ExperimentModel } from "./experiment.ts";
import { followsPreset, headSizes, type ResolvedModel } from "./model.ts";
import { type Draft, nearest } from "./problem.ts";
import { type RuntimeName, runtimeNames, runtimes, takenBy } from "./runtimes.ts";
import type { Composition, ExperimentFile } from "./schema.ts";

type Entry = Exclude<ExperimentFile["mechanisms"][number], Composition>;

interface RawArm {
  readonly mechanism: Mechanism;
  readonly label: string | undefined;
  readonly form: Form;
  readonly runtime: RuntimeName | undefined;
  readonly cache: "hot" | "cold" | undefined;
  readonly overrides: Readonly<Record<string, ParameterValue>>;
  readonly pattern: readonly string[] | undefined;
  readonly mixers: Arm["mixers"];
}

/** The arms of a checked file, with forms and labels filled in, and what is wrong with them: forms that a phase lacks, labels that are not unique. `resolved`: the file's model. */
export const armsOf = (
  measured: readonly PlacedEntry<Entry>[],
  phase: Experiment["phase"],
  fixed: Readonly<Record<string, ParameterValue | undefined>>,
  mechanisms: ReadonlyMap<string, Mechanism>,
  resolved?: ResolvedModel,
): { arms: readonly Arm[]; drafts: readonly Draft[] } => {
  const raw = measured.map(({ entry }) => rawArm(entry, phase, mechanisms, resolved));
  const arms = raw.map(
    (arm): Arm => ({
      mechanism: arm.mechanism.name,
      label: arm.label ?? automaticLabel(arm, raw),
      form: arm.form,
      ...(arm.runtime === undefined ? {} : { runtime: arm.runtime }),
      ...(arm.cache === undefined ? {} : { cache: arm.cache }),
      overrides: arm.overrides,
      ...(arm.pattern === undefined ? {} : { pattern: arm.pattern }),
      ...(arm.mixers === undefined ? {} : { mixers: arm.mixers }),
    }),
  );
  const places = measured.map(({ index }) => index);
  const drafts = raw.flatMap((arm, i) => {
    const { entry, index } = measured[i] ?? { entry: undefined, index: i };
    return [
      ...(arm.runtime === undefined ? formDrafts(arm, entry, phase, index) : peerDrafts(arm, arm.runtime, entry, phase, index)),
      ...labelDrafts(arms, entry, i, places),
      ...featureMapDrafts(arm, fixed, index),
    ];
  });
  return { arms, drafts };
};

const rawArm = (entry: Entry, phase: Experiment["phase"], mechanisms: ReadonlyMap<string, Mechanism>, resolved: ResolvedModel | undefined): RawArm => {
  const model = resolved?.model;
  const { use, label, form, runtime: named, cache: temperature, ...rest } = typeof entry === "string" ? { use: entry } : ofItsShape(entry);
  const mechanism = mechanisms.get(String(use));
  if (mechanism === undefined) throw new Error(`the schema let an unknown mechanism pass: ${String(use)}`);
  const own = Object.fromEntries(Object.entries(rest).flatMap(([key, value]) => (value === undefined ? [] : [[key, value] as const])));
  const taken = model?.preset !== undefined && followsPreset(entry) ? Object.entries(parametersOfPreset(model.preset)) : [];
  const overrides = { ...Object.fromEntries(taken.filter(([key]) => key in mechanism.parameters)), ...own };
  // A mechanism without this phase keeps its cells, as skipped ones, and they need a form to be named by.
  const defaultForm = mechanism.forms[phase]?.[0] ?? Object.values(mechanism.forms)[0]?.[0] ?? "none";
  const runtime = runtimeNames.find((name) => name === named);
  return {
    mechanism,
    label: label === undefined ? undefined : String(label),
    form: runtime ?? (form === undefined ? defaultForm : String(form)),
    runtime,
    cache: temperature === "hot" || temperature === "cold" ? temperature : undefined,
    overrides,
    pattern: patternOf(entry, model),
    mixers: mixersOf(entry, own, resolved),
  };
};

/** An entry without what says nothing of its cells' shape: which layers it is of, and in which phases. */
const ofItsShape = (entry: Exclude<Entry, string>): Readonly<Record<string, ParameterValue | undefined>> => {
  const { pattern: _, phase: __, ...rest } = entry as Readonly<Record<string, unknown>>;
  return rest as Readonly<Record<string, ParameterValue | undefined>>;
};

/** The mechanism of each layer, in turn. */
const patternOf = (entry: Entry, model: ExperimentModel | undefined): readonly string[] | undefined => {
  if (followsPreset(entry)) return model?.preset && patternOfPreset(model.preset, model.layers);
  return inTurn(entry)?.flatMap(([name, of]) => Array.from({ length: typeof of === "number" ? of : of.layers }, () => name));
};

type Layers = number | ({ readonly layers: number } & Readonly<Record<string, ParameterValue>>);

/** Mechanisms and their layers as an entry spells them out. */
const inTurn = (entry: Entry): readonly (readonly [string, Layers])[] | undefined =>
  typeof entry === "object" && "pattern" in entry && typeof entry.pattern === "object"
    ? Object.entries(entry.pattern as Readonly<Record<string, Layers>>)
    : undefined;

/** Parameters of a pattern's layers, by their mechanism. */
const layerParameters = (entry: Entry): Arm["mixers"] => {
  const given = (inTurn(entry) ?? []).flatMap(([name, of]) => {
    if (typeof of === "number") return [];
    const { layers: _, ...parameters } = of;
    return Object.keys(parameters).length > 0 ? [[name, { parameters }] as const] : [];
  });
  return given.length > 0 ? Object.fromEntries(given) : undefined;
};

/** What layers have of their own: a preset's heads, unless the entry says what heads there are, or parameters. */
const mixersOf = (entry: Entry, own: Readonly<Record<string, ParameterValue>>, resolved: ResolvedModel | undefined): Arm["mixers"] =>
  followsPreset(entry) ? (headSizes.some((name) => name in own) ? undefined : resolved?.mixers) : layerParameters(entry);

// The plain name while it is unique; otherwise with what tells it from the other entries of its mechanism: "softmax naive", "linear chunk 32". A peer
// is always told from ours: "softmax (ort)".
const automaticLabel = (arm: RawArm, all: readonly RawArm[]): string => {
  const alike = all.filter(
    (other) => other.mechanism === arm.mechanism && other.runtime === arm.runtime && other.label === undefined && String(other.pattern) === String(arm.pattern),
  );
  const form = alike.some((other) => other.form !== arm.form) ? [arm.form] : [];
  const differing = Object.entries(arm.overrides).filter(([key, value]) => alike.some((other) => other.overrides[key] !== value));
  const temperature = arm.cache !== undefined && alike.some((other) => other.cache !== arm.cache) ? [arm.cache] : [];
  const words = [
    arm.pattern === undefined ? arm.mechanism.name : layersText(arm.pattern),
    ...form,
    ...temperature,
    ...differing.map(([key, value]) => `${key} ${String(value)}`),
  ].join(" ");
  return arm.runtime === undefined ? words : `${words} (${arm.runtime})`;
};

/** "3 gatedDeltaNet : 1 softmax" */
export const layersText = (pattern: readonly string[]): string =>
  [...new Set(pattern)].map((name) => `${pattern.filter((one) => one === name).length} ${name}`).join(" : ");

/** What an entry asks of a peer that it does not do: another mechanism or phase, a form of ours, parameters other than the defaults. */
const peerDrafts = (
  { mechanism, overrides }: RawArm,
  runtime: RuntimeName,
  entry: Entry | undefined,
  phase: Experiment["phase"],
  index: number,
): readonly Draft[] => {
  const taken: { readonly mechanisms: readonly string[]; readonly phases: readonly string[] } = runtimes[runtime];
  const at = (key: string, message: string, given: ParameterValue, accepted: string): Draft => ({
    path: ["mechanisms", index, key],
    on: "value",
    message,
    given: String(given),
    accepted,
  });
  if (!taken.mechanisms.includes(mechanism.name) || !taken.phases.includes(phase))
    return [at("runtime", `runtime ${runtime} does not take ${mechanism.name} in phase ${phase}`, runtime, `runtime ${runtime} takes ${takenBy(runtime)}`)];
  const form = typeof entry === "object" && "form" in entry && entry.form !== undefined ? [String(entry.form)] : [];
  return [
    ...form.map((given) => at("form", `runtime ${runtime} computes ${mechanism.name} in its own way`, given, "no form beside runtime")),
    ...Object.entries(mechanism.parameters).flatMap(([name, { default: usual }]) => {
      const given = overrides[name];
      return given === undefined || given === usual
        ? []
        : [at(name, `runtime ${runtime} takes ${mechanism.name} with default parameters`, given, String(usual))];
    }),
  ];
};

const formDrafts = (arm: RawArm, entry: Entry | undefined, phase: Experiment["phase"], index: number): readonly Draft[] => {
  const forms = arm.mechanism.forms[phase];
  if (forms === undefined || forms.includes(arm.form) || typeof entry !== "object") return [];
  const message = `${arm.mechanism.name} has no such form in phase ${phase}`;
  return [{ path: ["mechanisms", index, "form"], on: "value", message, given: arm.form, accepted: forms.join(", "), suggestion: nearest(arm.form, forms) }];
};

const labelDrafts = (arms: readonly Arm[], entry: Entry | undefined, i: number, places: readonly number[]): readonly Draft[] => {
  const label = arms[i]?.label;
  const first = arms.findIndex((arm) => arm.label === label);
  if (label === undefined || first === i) return [];
  const index = places[i] ?? i;
  const isWritten = typeof entry === "object" && "label" in entry;
  const accepted = isWritten ? "a label of its own" : "one entry, or { use: …, label: … } that differs";
  return [
    {
      path: ["mechanisms", index, ...(isWritten ? ["label"] : [])],
      on: "value",
      message: `mechanisms[${places[first] ?? first}] has this label too`,
      given: label,
      accepted,
    },
  ];
};

// With the identity as feature map the denominator changes sign: there is nothing to normalise by.
const featureMapDrafts = (arm: RawArm, fixed: Readonly<Record<string, ParameterValue | undefined>>, index: number): readonly Draft[] => {
  const value = (name: string): ParameterValue | undefined => {
    const parameter = arm.mechanism.parameters[name];
    return parameter && (arm.overrides[name] ?? fixed[name] ?? parameter.default);
  };
  if (value("normalized") !== true || value("featureMap") === undefined || value("featureMap") === "elu+1") return [];
  const path = arm.overrides.normalized === true ? ["mechanisms", index, "normalized"] : ["fixed", "normalized"];
  const message = `normalized needs featureMap elu+1 in ${arm.mechanism.name}: with ${String(value("featureMap"))} the denominators change sign`;
  return [{ path, on: "value", message, given: "true", accepted: "featureMap: elu+1 beside it, or normalized: false" }];
};
