import { z } from "zod";
import type { Mechanism, Parameter } from "../../kernels/mechanism.ts";
import { accepting, optionalEach, recognisedWhere, text, wholeNumber } from "./accepted.ts";
import { duration, within } from "./amounts.ts";
import { claimIds } from "./claims.ts";
import { maxTimeSchema } from "./maxTime.ts";
import { modelSchema, presetPattern } from "./modelSchema.ts";
import { phases } from "./phases.ts";
import { runtimeNames, takenBy } from "./runtimes.ts";
import { servingSchema } from "./serving.ts";
import { dtypeFields, dtypes, type SizeName, sizeNames, sizes } from "./sizes.ts";
import { textSchema } from "./textSchema.ts";
import { bytesPattern, isPrecision, parseBytes, parseShare, percentPattern } from "./units.ts";

/** Longest list on one axis. */
const mostValues = 1000;

const axis = (minimum: number, maximum: number, about: string, isOpen: boolean, multipleOf?: number) => {
  const value = wholeNumber(minimum, maximum, undefined, multipleOf);
  const list = accepting(z.array(value).min(1).max(mostValues), `1 to ${mostValues} different whole numbers`);
  const factor = accepting(z.number().min(1.01).max(1024), "a number from 1.01 to 1024", "Each value is the one before times this; 2 unless given.");
  const to = wholeNumber(minimum, maximum, "The last value, if the steps reach it.");
  const closed = z.strictObject({ from: value, to, factor: factor.optional() });
  const shapes = isOpen ? "[256, 512], { from, to, factor } or { from, factor, until }" : "[256, 512] or { from, to, factor }";
  if (!isOpen) return accepting(z.union([list, closed]), shapes, about);
  const until = z
    .strictObject({
      cell: duration("Stop once one repetition takes longer.", 0.001, 3600).optional(),
      memory: memory.optional(),
    })
    .refine((limits) => limits.cell !== undefined || limits.memory !== undefined, "needs cell, memory or both");
  const open = z
    .strictObject({
      from: value,
      to: to.optional(),
      factor: factor.optional(),
      until: accepting(until, "{ cell: 1s, memory: 50% }", "As far as this device goes.").optional(),
    })
    .refine((given) => given.to !== undefined || given.until !== undefined, "needs `to`, `until` or both");
  return accepting(z.union([list, accepting(open, "{ from: 256, to: 16384, factor: 2 } or { from: 256, factor: 2, until: { cell: 1s } }")]), shapes, about);
};

const memory = accepting(
  z
    .string()
    .refine((given) => within(parseShare(given), 0.01, 1) || within(parseBytes(given), 1, 2 ** 40), "not an amount of memory")
    .meta({ pattern: `${percentPattern.source}|${bytesPattern.source}` }),
  "a share from 1% to 100%, or an amount such as 512MiB",
  "Stop before a cell needs more: a share of the device's memory, or bytes.",
);

const shareOfInterval = (about: string) =>
  accepting(z.union([z.string().regex(percentPattern), z.number()]).refine(isPrecision, "out of range"), "0.1% to 50%", about);

const measure = z
  .strictObject({
    precision: shareOfInterval(
      "A cell has enough samples when half its 95 % interval is this share of its median; 5% unless given. So is n*, unless refine says otherwise.",
    ).optional(),
    maxTime: maxTimeSchema.optional(),
    cache: z.enum(["hot", "cold"]).meta({ description: "cold: what is read rotates over more than the last-level cache; hot unless given." }).optional(),
    seed: wholeNumber(0, 2 ** 32 - 1, "Of the inputs; 1 unless given.").optional(),
    refine: z
      .strictObject({
        crossover: shareOfInterval("Measure more n around each n* until half its 95 % interval is this share of it, or one tile."),
      })
      .meta({ description: "Where to measure more than the axes say; as --refine crossover=5%." })
      .optional(),
  })
  .meta({ description: "How to measure." });

const parameterSchema = (parameter: Parameter) => {
  const about = `${parameter.about}; ${String(parameter.default)} unless given.`;
  if (parameter.kind === "integer") return wholeNumber(parameter.minimum, parameter.maximum, about, parameter.multipleOf);
  if (parameter.kind === "boolean") return accepting(z.boolean(), "true or false", about);
  return z.enum(parameter.values).meta({ description: about });
};

/** One parameter name over several mechanisms: whatever any of them accepts. What a cell's own mechanism accepts is checked per cell. */
const mergedParameters = (mechanisms: readonly Mechanism[]): ReadonlyMap<string, Parameter> => {
  const merged = new Map<string, Parameter>();
  for (const [name, parameter] of mechanisms.flatMap((mechanism) => Object.entries(mechanism.parameters))) {
    const known = merged.get(name);
    if (known?.kind === "integer" && parameter.kind === "integer") {
      merged.set(name, { ...known, minimum: Math.min(known.minimum, parameter.minimum), maximum: Math.max(known.maximum, parameter.maximum) });
    } else if (known?.kind === "choice" && parameter.kind === "choice") {
      merged.set(name, { ...known, values: [...new Set([...known.values, ...parameter.values])] });
    } else if (known === undefined) merged.set(name, parameter);
    else if (known.kind !== parameter.kind) throw new Error(`parameter ${name} is ${known.kind} in one mechanism and ${parameter.kind} in another`);
  }
  return merged;
};

const dtypeEntries = Object.entries(dtypeFields).map(([name, about]) => [name, z.enum(dtypes).meta({ description: about })] as const);

const sizeEntries = (names: readonly SizeName[]) => names.map((name) => [name, wholeNumber(1, sizes[name].maximum, sizes[name].about)] as const);

const phase = z.enum(phases);
const phaseAbout =
  "prefill: n tokens at once. decode: one token after a context of n. generate: a text of n tokens, one after another. tokenLoop: one token's way through a whole model, after a context of n. offload: the state of n tokens comes onto the GPU, from host memory, from a file, or computed anew. A list: one run and one report for each, named NAME-PHASE.";

const phasesAccepted = `${phases.join(", ")}, or a list of them`;
const phasesSchema = z.union([phase, accepting(z.array(phase).min(1).max(phases.length), "a list of different phases")]);

const ownPhase = {
  phase: accepting(phasesSchema, phasesAccepted, "Phases of the file that this entry is in; all of them unless given.").optional(),
};

const labelAbout = "How this entry is called in legends; must differ between entries.";

const runtimeAbout = `A peer: another runtime computes it, beside ours, by the wall clock. ${runtimeNames.map((name) => `${name} takes ${takenBy(name)}`).join("; ")}.`;

const labelSchema = accepting(
  z
    .string()
    .trim()
    .min(1)
    .max(80)
    .refine((label) => !/[\p{Cc}"]/u.test(label), "not one line of plain text"),
  'up to 80 characters on one line, without "',
  labelAbout,
);

/** A model of several layers, put together from what the file measures: { compose: { linear: 3, softmax: 1 } }. */
const compositionSchema = recognisedWhere(
  z
    .strictObject({
      compose: accepting(
        z.record(z.string(), wholeNumber(1, 1000)).refine((parts) => Object.keys(parts).length > 1, "needs two or more"),
        "labels of other entries and how many layers each has, e.g. { linear: 3, softmax: 1 }",
        "Layers of a hybrid, by the labels of other entries. Nothing of it is measured: its time and state are the mean of theirs.",
      ),
      label: labelSchema.optional(),
      ...ownPhase,
    })
    .meta({ title: "Hybrid", description: "A model of several layers, put together from layers that are measured." }),
  (value) => "compose" in value,
);

export type Composition = z.output<typeof compositionSchema>;

const patternAccepted = `mechanisms and how many layers each has, in turn, e.g. { gatedDeltaNet: 3, softmax: 1 }, or ${presetPattern}`;

/** `parameters`: of any mechanism; which of them a layer's has, patternDrafts says. */
const patternSchemaOf = (parameters: ReadonlyMap<string, Parameter>) => {
  const layers = wholeNumber(1, 1000, "Layers of this mechanism, one behind another.");
  const others = z
    .strictObject({ layers, ...optionalEach([...parameters].map(([name, parameter]) => [name, parameterSchema(parameter)] as const)) })
    .meta({ description: "Layers with parameters in the place of their mechanism's defaults." });
  const inTurn = z
    .record(z.string(), accepting(z.union([layers, others]), "a whole number from 1 to 1000, or { layers: 1, window: 1024 } with parameters of this mechanism"))
    .refine((of) => Object.keys(of).length > 1, "needs two or more");
  return accepting(
    z.union([z.literal(presetPattern), accepting(inTurn, patternAccepted)]),
    patternAccepted,
    "Beside a model: the mixers of a hybrid's layers, in turn, over and over; preset: those of model.preset. Parameters are those of this entry for its own mechanism; for the others those that stand beside their number of layers, { softmax: { layers: 1, window: 1024 } }, and defaults.",
  );
};

/** "tiled or naive (prefill), split (decode)": a file's phase is not known where one entry is looked at. */
const formsByPhase = ({ forms }: Mechanism): string => {
  const phasesOf = new Map<string, string[]>();
  for (const [phase, names] of Object.entries(forms)) phasesOf.set(names.join(" or "), [...(phasesOf.get(names.join(" or ")) ?? []), phase]);
  return [...phasesOf].map(([names, of]) => `${names} (${of.join(", ")})`).join(", ");
};

const entrySchema = (mechanism: Mechanism, pattern: ReturnType<typeof patternSchemaOf>) => {
  const forms = [...new Set(Object.values(mechanism.forms).flat())];
  return z
    .strictObject({
      use: z.literal(mechanism.name),
      label: labelSchema.optional(),
      ...ownPhase,
      form: accepting(z.enum(forms), formsByPhase(mechanism), "How it is computed.").optional(),
      runtime: z.enum(runtimeNames).meta({ description: runtimeAbout }).optional(),
      cache: z.enum(["hot", "cold"]).meta({ description: "Of this entry alone; measure.cache unless given." }).optional(),
      ...(mechanism.forms.tokenLoop ? { pattern: pattern.optional() } : {}),
      ...optionalEach(sizeEntries(["heads", "kvHeads", "headDim", "headDimV"])),
      ...optionalEach(dtypeEntries),
      ...optionalEach(Object.entries(mechanism.parameters).map(([name, parameter]) => [name, parameterSchema(parameter)] as const)),
    })
    .meta({ title: mechanism.title, description: mechanism.definition });
};

/** Mechanisms that experiments may name: instruments measure the device instead. */
export const experimentMechanisms = (mechanisms: readonly Mechanism[]): readonly Mechanism[] =>
  mechanisms.filter((mechanism) => mechanism.family !== "instrument");

/** The schema of an experiment file for these mechanisms, made once for a list of them. Throws where two mechanisms declare one parameter with different kinds. */
export const experimentSchema = (mechanisms: readonly Mechanism[]): ReturnType<typeof schemaOf> => {
  const known = made.get(mechanisms) ?? schemaOf(mechanisms);
  made.set(mechanisms, known);
  return known;
};

const made = new WeakMap<readonly Mechanism[], ReturnType<typeof schemaOf>>();

const schemaOf = (all: readonly Mechanism[]) => {
  const mechanisms = experimentMechanisms(all);
  const parameters = mergedParameters(mechanisms);
  const pattern = patternSchemaOf(parameters);
  const [first, ...rest] = mechanisms.map((mechanism) => entrySchema(mechanism, pattern));
  if (first === undefined) throw new Error("no mechanism is loaded");
  const names = mechanisms.map((mechanism) => mechanism.name);
  const integers = [...parameters].flatMap(([name, parameter]) => (parameter.kind === "integer" ? [[name, parameter] as const] : []));
  const axes = [
    ...sizeNames.map((name) => [name, axis(1, sizes[name].maximum, sizes[name].about, name === "n")] as const),
    ...integers.map(([name, { minimum, maximum, about, multipleOf }]) => [name, axis(minimum, maximum, about, false, multipleOf)] as const),
  ];
  const expressions = (accepted: string, about: string) =>
    z
      .array(text(accepted, about, 500))
      .max(100)
      .meta({ description: about });
  const entry = accepting(
    z.union([z.enum(names), compositionSchema, z.discriminatedUnion("use", [first, ...rest])]),
    `${names.join(", ")}, or { use: ${names[0]}, label: … }, or { compose: { … } }`,
  );
  return z
    .strictObject({
      name: accepting(
        z
          .string()
          .max(64)
          .regex(/^[a-zA-Z0-9][a-zA-Z0-9-]*$/)
          // reports/index.html lists all reports; sample is the one that comes with attnbench.
          .refine((name) => !["index", "sample"].includes(name.toLowerCase()), "taken"),
        "letters, digits and inner dashes, up to 64, other than index and sample",
        "Names the folder of results and the report.",
      ),
      title: text("text", "Heading of the report; the name unless given.").optional(),
      question: text("text", "What the experiment asks, in one sentence.").optional(),
      phase: accepting(phasesSchema, phasesAccepted, phaseAbout),
      model: modelSchema.optional(),
      text: textSchema.optional(),
      layers: wholeNumber(
        1,
        1000,
        "Phase offload without a model: layers, each of which brings back a state of its own for a token. Told beside what one layer takes, which is measured.",
      ).optional(),
      mechanisms: accepting(z.array(entry).min(1).max(50), "a list of 1 to 50 mechanisms", "One line each in every chart."),
      axes: z.strictObject(optionalEach(axes)).meta({ description: "The values of each size; their product is the sweep." }).optional(),
      zip: z
        .array(accepting(z.array(z.enum(axes.map(([name]) => name))).min(2), "two or more names of axes"))
        .meta({ description: "Axes that advance together instead of multiplying, e.g. [[heads, headDim]]." })
        .optional(),
      exclude: expressions("a condition such as n > 4096 and form = naive", "Cells to leave out, e.g. n > 4096 and form = naive.").optional(),
      fixed: z
        .strictObject({
          ...optionalEach(sizeEntries(sizeNames)),
          ...optionalEach(dtypeEntries),
          ...optionalEach([...parameters].map(([name, parameter]) => [name, parameterSchema(parameter)] as const)),
        })
        .meta({ description: "Sizes and parameters that stay the same." })
        .optional(),
      measure: measure.optional(),
      expect: expressions(
        "an expectation such as linear.time is O(1)",
        "What must come out, e.g. linear.time is O(1); a run that fails one ends with exit code 3.",
      ).optional(),
      serving: servingSchema.optional(),
      claims: accepting(
        z.union([z.literal(true), accepting(z.array(z.enum(claimIds)).min(1).max(claimIds.length), "a list of different claims")]),
        `true, or a list such as [${claimIds.slice(4, 6).join(", ")}]`,
        "Claims about softmax and linear attention that the run judges by what it measured: true for all that the file's phases can judge, or a list.",
      ).optional(),
    })
    .meta({ title: "attnbench experiment", description: "A sweep of sizes over softmax attention and linear attention." });
};

export type ExperimentFile = z.output<ReturnType<typeof experimentSchema>>;
