import type { Experiment } from "../../experiment/experiment.ts";
import type { DifferenceOf } from "../../messages/en.ts";
import { en } from "../../messages/en.ts";
import type { Messages } from "../../messages/messages.ts";
import type { CellRecord, RunRecord } from "../../record/run.ts";
import { formatCount } from "../format.ts";

/** What sets two runs apart but for their code, in words, e.g. "device: NVIDIA A against NVIDIA B". Empty where they may be held against each other. */
export const runDifferences = (base: RunRecord, head: RunRecord, t: Messages = en): readonly string[] => {
  const apart = (of: DifferenceOf, read: (record: RunRecord) => string): readonly string[] =>
    read(base) === read(head)
      ? []
      : [t.comparison.difference(of, t.comparison.against(read(base) || t.comparison.nothing, read(head) || t.comparison.nothing))];
  return [
    ...apart("experiment", ({ experiment }) => experiment.name),
    ...apart("phase", ({ experiment }) => experiment.phase),
    ...otherSweep(base.experiment, head.experiment, t),
    ...apart("device", ({ environment: { adapter } }) => [adapter.vendor, adapter.architecture, adapter.device].join(" ").trim()),
    ...apart("driver", ({ environment: { adapter } }) => `${adapter.description} (${adapter.backend})`),
    ...apart("deviceClass", ({ environment }) => environment.deviceClass),
    // A CPU emulation is as fast as its CPU.
    ...(head.environment.deviceClass === "software" ? apart("cpu", ({ environment: { cpu } }) => t.comparison.cores(cpu.model, cpu.cores)) : []),
    ...apart("clock", ({ environment }) => environment.clock.source),
    ...apart("toggles", ({ environment: { toggles } }) =>
      [...toggles.enabled.map((name) => `+${name}`), ...toggles.disabled.map((name) => `-${name}`)].sort().join(" "),
    ),
    ...apart("seed", ({ experiment }) => String(experiment.measure.seed)),
    ...apart("cache", ({ experiment }) => experiment.measure.cache),
    ...otherCells(base.cells, head.cells, t),
  ];
};

/** What an experiment measures: all of it but its words, its expectations, and how long and how closely it measures. By names a reader finds in the file. */
const sweptParts = ({ arms, hybrids = [], model, layers, axes, zip, fixed, exclude, filter }: Experiment): ReadonlyMap<string, unknown> => {
  const named = (name: string, parts: object): readonly (readonly [string, unknown])[] => Object.entries(parts).map(([key, part]) => [`${name}.${key}`, part]);
  const byLabel = (parts: readonly { readonly label: string }[]): object => Object.fromEntries(parts.map((part) => [part.label, part]));
  return new Map<string, unknown>([
    ...named("mechanisms", byLabel([...arms, ...hybrids])),
    ...named("model", model ?? {}),
    ...named("axes", axes),
    ...named("fixed", fixed),
    ...Object.entries({ layers, zip, exclude, filter }),
  ]);
};

const otherSweep = (base: Experiment, head: Experiment, t: Messages): readonly string[] => {
  const words = t.comparison;
  const told = (value: unknown): string => shortened(inWords(value, t));
  const [before, after] = [sweptParts(base), sweptParts(head)];
  return [...new Set([...before.keys(), ...after.keys()])].flatMap((name) => {
    const [one, other] = [before, after].map((parts) => parts.get(name));
    if (JSON.stringify(one) === JSON.stringify(other)) return [];
    if (isEmpty(one) || isEmpty(other)) return [words.partDiffers(name, words.onlyIn(isEmpty(one) ? "head" : "base"))];
    const [own, its] = [one, other].map((part) => partsOf(part));
    if (!own || !its) return [words.partDiffers(name, words.against(told(one), told(other)))];
    // Of what both have, only that which they have otherwise.
    const keys = [...new Set([...Object.keys(own), ...Object.keys(its)])].filter((key) => JSON.stringify(own[key]) !== JSON.stringify(its[key]));
    return [words.partDiffers(name, words.keysAgainst(keys.map((key) => ({ key, base: told(own[key]), head: told(its[key]) }))))];
  });
};

const isEmpty = (value: unknown): boolean => value === undefined || (Array.isArray(value) && value.length === 0);

const partsOf = (value: unknown): Readonly<Record<string, unknown>> | undefined =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Readonly<Record<string, unknown>>) : undefined;

/** "256, 512 and 1,024", "use softmax, kvHeads 2": what a file has there, without its brackets and quotes. */
const inWords = (value: unknown, t: Messages): string => {
  if (isEmpty(value) || value === null) return t.comparison.nothing;
  if (typeof value === "number") return formatNumberWhole(value);
  if (Array.isArray(value)) return t.list(value.map((one) => inWords(one, t)));
  const parts = partsOf(value);
  return parts
    ? Object.entries(parts)
        .map(([key, part]) => `${key} ${inWords(part, t)}`)
        .join(", ")
    : String(value);
};

const formatNumberWhole = (value: number): string => (Number.isInteger(value) ? formatCount(value) : String(value));

const shortened = (text: string): string => (text.length > longest ? `${text.slice(0, longest)}…` : text);
/** More of a sweep than this fills a screen. */
const longest = 160;

/** A cell of one id computes one thing. */
const otherCells = (base: readonly CellRecord[], head: readonly CellRecord[], { comparison: words }: Messages): readonly string[] => {
  const shapes = new Map(base.map((cell) => [cell.id, shapeOf(cell)]));
  const shared = head.filter(({ id }) => shapes.has(id));
  const changed = shared.filter((cell) => shapes.get(cell.id) !== shapeOf(cell));
  if (shared.length === 0) return [words.difference("cells", words.noneInCommon)];
  const [first] = changed;
  return first ? [words.difference("cells", words.otherShape(first.id, changed.length - 1))] : [];
};

const shapeOf = ({ mechanism, form, phase, n, dModel, heads, kvHeads, headDim, headDimV, batch, dtype, parameters, cache }: CellRecord): string =>
  JSON.stringify([mechanism, form, phase, n, dModel, heads, kvHeads, headDim, headDimV, batch, dtype, Object.entries(parameters).sort(), cache]);
