import type { Experiment } from "../../experiment/experiment.ts";
import type { CellRecord, RunRecord } from "../../record/run.ts";
import { formatCount, formatList } from "../format.ts";

/** What sets two runs apart but for their code, in words, e.g. "device: NVIDIA A against NVIDIA B". Empty where they may be held against each other. */
export const runDifferences = (base: RunRecord, head: RunRecord): readonly string[] => [
  ...apart(base, head, "experiment", ({ experiment }) => experiment.name),
  ...apart(base, head, "phase", ({ experiment }) => experiment.phase),
  ...otherSweep(base.experiment, head.experiment),
  ...apart(base, head, "device", ({ environment: { adapter } }) => [adapter.vendor, adapter.architecture, adapter.device].join(" ").trim()),
  ...apart(base, head, "driver", ({ environment: { adapter } }) => `${adapter.description} (${adapter.backend})`),
  ...apart(base, head, "device class", ({ environment }) => environment.deviceClass),
  // A CPU emulation is as fast as its CPU.
  ...(head.environment.deviceClass === "software" ? apart(base, head, "CPU", ({ environment: { cpu } }) => `${cpu.model}, ${cpu.cores} cores`) : []),
  ...apart(base, head, "clock", ({ environment }) => environment.clock.source),
  ...apart(base, head, "toggles", ({ environment: { toggles } }) =>
    [...toggles.enabled.map((name) => `+${name}`), ...toggles.disabled.map((name) => `-${name}`)].sort().join(" "),
  ),
  ...apart(base, head, "seed", ({ experiment }) => String(experiment.measure.seed)),
  ...apart(base, head, "cache", ({ experiment }) => experiment.measure.cache),
  ...otherCells(base.cells, head.cells),
];

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

const otherSweep = (base: Experiment, head: Experiment): readonly string[] => {
  const [before, after] = [sweptParts(base), sweptParts(head)];
  return [...new Set([...before.keys(), ...after.keys()])].flatMap((name) => {
    const [one, other] = [before, after].map((parts) => parts.get(name));
    if (JSON.stringify(one) === JSON.stringify(other)) return [];
    if (isEmpty(one) || isEmpty(other)) return [`${name}: only in ${isEmpty(one) ? "head" : "base"}`];
    const [own, its] = [one, other].map((part) => partsOf(part));
    if (!own || !its) return [`${name}: ${shortened(inWords(one))} against ${shortened(inWords(other))}`];
    // Of what both have, only that which they have otherwise.
    const keys = [...new Set([...Object.keys(own), ...Object.keys(its)])].filter((key) => JSON.stringify(own[key]) !== JSON.stringify(its[key]));
    return [`${name}: ${keys.map((key) => `${key} ${shortened(inWords(own[key]))} against ${shortened(inWords(its[key]))}`).join(", ")}`];
  });
};

const isEmpty = (value: unknown): boolean => value === undefined || (Array.isArray(value) && value.length === 0);

const partsOf = (value: unknown): Readonly<Record<string, unknown>> | undefined =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Readonly<Record<string, unknown>>) : undefined;

/** "256, 512 and 1,024", "use softmax, kvHeads 2": what a file has there, without its brackets and quotes. */
const inWords = (value: unknown): string => {
  if (isEmpty(value) || value === null) return "none";
  if (typeof value === "number") return formatNumberWhole(value);
  if (Array.isArray(value)) return formatList(value.map(inWords));
  const parts = partsOf(value);
  return parts
    ? Object.entries(parts)
        .map(([key, part]) => `${key} ${inWords(part)}`)
        .join(", ")
    : String(value);
};

const formatNumberWhole = (value: number): string => (Number.isInteger(value) ? formatCount(value) : String(value));

const shortened = (text: string): string => (text.length > longest ? `${text.slice(0, longest)}…` : text);
/** More of a sweep than this fills a screen. */
const longest = 160;

const apart = (base: RunRecord, head: RunRecord, what: string, read: (record: RunRecord) => string): readonly string[] =>
  read(base) === read(head) ? [] : [`${what}: ${read(base) || "none"} against ${read(head) || "none"}`];

/** A cell of one id computes one thing. */
const otherCells = (base: readonly CellRecord[], head: readonly CellRecord[]): readonly string[] => {
  const shapes = new Map(base.map((cell) => [cell.id, shapeOf(cell)]));
  const shared = head.filter(({ id }) => shapes.has(id));
  const changed = shared.filter((cell) => shapes.get(cell.id) !== shapeOf(cell));
  if (shared.length === 0) return ["cells: they have none in common"];
  return changed.length > 0 ? [`cells: ${changed[0]?.id}${changed.length > 1 ? ` and ${changed.length - 1} more` : ""} of another shape`] : [];
};

const shapeOf = ({ mechanism, form, phase, n, dModel, heads, kvHeads, headDim, headDimV, batch, dtype, parameters, cache }: CellRecord): string =>
  JSON.stringify([mechanism, form, phase, n, dModel, heads, kvHeads, headDim, headDimV, batch, dtype, Object.entries(parameters).sort(), cache]);
