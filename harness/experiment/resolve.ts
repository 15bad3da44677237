import { createHash } from "node:crypto";
import type { Mechanism, ParameterValue } from "../../kernels/mechanism.ts";
import { armsOf } from "./arms.ts";
import { axesOf } from "./axes.ts";
import { claimDrafts, claimsAsked } from "./claims.ts";
import { entriesIn, entryDrafts } from "./entries.ts";
import type { Experiment } from "./experiment.ts";
import { hybridsOf } from "./hybrids.ts";
import { maxTimeDrafts, maxTimeSecondsOf } from "./maxTime.ts";
import { modelDrafts, modelOf, patternDrafts, presetPatternDrafts } from "./model.ts";
import { modelPhases } from "./phases.ts";
import type { Draft } from "./problem.ts";
import { type ExperimentFile, experimentMechanisms } from "./schema.ts";
import { servingAsked, servingDrafts } from "./serving.ts";
import { sizeNames } from "./sizes.ts";
import { textDrafts, textOf } from "./text.ts";
import { parseShare } from "./units.ts";

const defaultPrecision = 0.05;

/** The phases of a checked file: each is an experiment of its own, since times of two phases never stand on one chart. */
export const phasesOf = ({ phase }: ExperimentFile): readonly Experiment["phase"][] => [phase].flat();

/** A file that fits the schema, made explicit for one of its phases: defaults filled in, arms labelled, hashed; and what is wrong with it as a whole. */
export const resolveExperiment = (
  file: ExperimentFile,
  { text: yaml, filter, phase }: { readonly text: string; readonly filter?: string | undefined; readonly phase: Experiment["phase"] },
  mechanisms: readonly Mechanism[],
): { experiment: Experiment; drafts: readonly Draft[] } => {
  const byName = new Map(mechanisms.map((mechanism) => [mechanism.name, mechanism] as const));
  const given = Object.fromEntries(
    Object.entries(file.fixed ?? {}).flatMap(([name, value]) => (value === undefined ? [] : [[name, value as ParameterValue] as const])),
  );
  const { measured, composed } = entriesIn(file.mechanisms, phase);
  const { axes, drafts: axisDrafts } = axesOf(file);
  const defaults = Object.entries({ batch: 1, dtype: "f32", stateDtype: "f32" }).filter(([name]) => axes[name] === undefined);
  const resolved = file.model && modelOf(file.model, new Set([...Object.keys(given), ...Object.keys(axes)]));
  const { arms, drafts: armDrafts } = armsOf(measured, phase, given, byName, resolved);
  const { hybrids, drafts: hybridDrafts } = hybridsOf(composed, arms);
  const model = modelPhases.has(phase) ? resolved?.model : undefined;
  const serving = servingAsked(file, phase);
  const refine = file.measure?.refine;
  const usualCache = file.measure?.cache ?? "hot";
  const unhashed: Omit<Experiment, "hash"> = {
    name: phasesOf(file).length > 1 ? `${file.name}-${phase}` : file.name,
    title: oneLine(`${file.title ?? file.name}${phasesOf(file).length > 1 ? `: ${phase}` : ""}`),
    question: file.question === undefined ? undefined : oneLine(file.question),
    phase,
    ...(model === undefined ? {} : { model }),
    ...(model === undefined && file.claims !== undefined && resolved?.model.preset !== undefined ? { published: resolved.model.preset } : {}),
    ...(model === undefined || phase !== "tokenLoop" || file.text === undefined ? {} : { text: textOf(file.text) }),
    ...(phase === "offload" && file.layers !== undefined ? { layers: file.layers } : {}),
    arms: arms.map(({ cache, ...arm }) => (cache === undefined || cache === usualCache ? arm : { ...arm, cache })),
    ...(hybrids.length > 0 ? { hybrids } : {}),
    axes,
    zip: file.zip ?? [],
    exclude: file.exclude ?? [],
    // A file of several phases compares mixers of one shape.
    fixed: { ...Object.fromEntries(defaults), ...resolved?.sizes, ...given },
    measure: {
      precision: parseShare(file.measure?.precision ?? defaultPrecision) ?? defaultPrecision,
      maxTimeSeconds: maxTimeSecondsOf(file, phase),
      cache: usualCache,
      seed: file.measure?.seed ?? 1,
      ...(refine === undefined ? {} : { refineCrossover: parseShare(refine.crossover) ?? defaultPrecision }),
    },
    expect: file.expect ?? [],
    ...(serving === undefined ? {} : { serving }),
    ...(file.claims === undefined ? {} : { claims: claimsAsked(file) }),
    filter,
    yaml,
  };
  const entries = arms.map((arm, i) => ({ arm, index: measured[i]?.index ?? i }));
  const drafts = [
    ...phaseDrafts(file),
    ...entryDrafts(file.mechanisms, phasesOf(file)),
    ...claimDrafts(file, phasesOf(file)),
    ...modelDrafts(file, phasesOf(file)),
    ...textDrafts(file.text, model, phasesOf(file)),
    ...layerDrafts(file),
    ...maxTimeDrafts(file, phasesOf(file)),
    ...servingDrafts(file, phasesOf(file), axes),
    ...(file.model === undefined && phase === "tokenLoop" ? [] : [...patternDrafts(entries, model, byName), ...presetPatternDrafts(measured, model, byName)]),
    ...armDrafts,
    ...hybridDrafts,
    ...axisDrafts,
    ...strangerDrafts(file, arms, mechanisms),
  ];
  return { experiment: { ...unhashed, hash: experimentHash(unhashed) }, drafts };
};

const phaseDrafts = ({ phase }: ExperimentFile): readonly Draft[] =>
  [phase]
    .flat()
    .flatMap((one, index, all): readonly Draft[] =>
      all.indexOf(one) === index ? [] : [{ path: ["phase", index], on: "value", message: "stands twice", given: one, accepted: "each phase once" }],
    );

const layerDrafts = (file: ExperimentFile): readonly Draft[] => {
  if (file.layers === undefined) return [];
  const on = { path: ["layers"], on: "key" } as const;
  if (!phasesOf(file).includes("offload"))
    return [
      {
        ...on,
        message: "without a phase that brings their states back",
        given: `phase ${phasesOf(file).join(", ")}`,
        accepted: "layers beside phase offload; a model's are model.layers",
      },
    ];
  return file.model === undefined
    ? []
    : [
        {
          ...on,
          message: "beside a model, whose layers are all measured",
          given: String(file.layers),
          accepted: `model.layers: ${file.layers}, and no layers`,
        },
      ];
};

/** One line of plain text: what moves a terminal's cursor or turns its writing around would do so wherever the title is shown. */
const oneLine = (text: string): string => text.replaceAll(/[\s\p{Cc}\u202a-\u202e\u2066-\u2069]+/gu, " ").trim();

/** First 16 hex digits of the sha256 over everything that decides what is measured: not title, question or yaml. Keys are sorted. */
export const experimentHash = ({ title, question, yaml, published, ...measured }: Omit<Experiment, "hash">): string =>
  createHash("sha256")
    .update(
      JSON.stringify(measured, (_, value: unknown) =>
        isRecord(value) ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))) : value,
      ),
    )
    .digest("hex")
    .slice(0, 16);

const isRecord = (value: unknown): value is object => typeof value === "object" && value !== null && !Array.isArray(value);

// A parameter that no entry of this file has would change nothing, silently.
const strangerDrafts = (file: ExperimentFile, arms: Experiment["arms"], mechanisms: readonly Mechanism[]): readonly Draft[] => {
  const used = mechanisms.filter((mechanism) => arms.some((arm) => arm.mechanism === mechanism.name));
  const known = new Set<string>([...sizeNames, "dtype", "kvDtype", "stateDtype", ...used.flatMap((mechanism) => Object.keys(mechanism.parameters))]);
  return (["axes", "fixed"] as const).flatMap((place) =>
    Object.keys(file[place] ?? {})
      .filter((name) => !known.has(name))
      .map((name): Draft => {
        const owners = experimentMechanisms(mechanisms).filter((mechanism) => mechanism.parameters[name] !== undefined);
        return {
          path: [place, name],
          on: "key",
          message: "no mechanism of this file has it",
          given: name,
          accepted: `with ${owners.map((owner) => owner.name).join(", ")}`,
        };
      }),
  );
};
