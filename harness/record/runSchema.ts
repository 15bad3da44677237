import { z } from "zod";
import { presetNames } from "../../kernels/model/presets.ts";
import { claimIds } from "../experiment/claims.ts";
import { valueAt } from "../experiment/document.ts";
import type { Arm, Axis, Experiment, ExperimentModel } from "../experiment/experiment.ts";
import { phases } from "../experiment/phases.ts";
import { pathText, printable, show } from "../experiment/problem.ts";
import { encodingNames } from "../tokenizer/encodingNames.ts";
import { crossover, finding, fit, jointCrossing, jointFit, judgedClaim, peerRatio, served, sizeFit } from "./derivedSchema.ts";
import {
  addedCell,
  ceilings,
  cellRecord,
  mixers,
  modelFields,
  room,
  runtime,
  sentinelTurn,
  sharpness,
  tokenization,
  tuning,
  writing,
} from "./measuredSchema.ts";
import { type Merged, mostShards, type Shard } from "./merged.ts";
import { duetSides, type Environment, type RunRecord, type Schedule, schemaVersion, type Unmet } from "./run.ts";
import { amount, count, maybe, ms, name, namedValues, real, size, text } from "./scalars.ts";

const share = z.number().min(1e-4).max(1);

/**
 * run.json as it may be read. A file comes from anywhere, so it is checked once, here, and whatever reads a record relies on its type. Keys that are not known
 * are left alone: a newer attnbench adds optional ones (run.ts).
 */
const arm: z.ZodType<Arm> = z.object({
  mechanism: name,
  label: name,
  form: name,
  runtime: runtime.exactOptional(),
  cache: z.enum(["hot", "cold"]).exactOptional(),
  overrides: namedValues,
  pattern: z.array(name).exactOptional(),
  mixers: mixers.exactOptional(),
});

const preset = z.enum(presetNames as [(typeof presetNames)[number]]);
const model: z.ZodType<ExperimentModel> = z.object({
  preset: preset.exactOptional(),
  scale: share.exactOptional(),
  ...modelFields,
});

const limit = maybe(z.union([z.object({ share: real }), z.object({ bytes: amount })]));
const axis: z.ZodType<Axis> = z.union([
  z.object({ values: z.array(size) }),
  z.object({
    from: size,
    to: size.exactOptional(),
    factor: z.number().min(1.01).max(1024),
    until: z.object({ cellSeconds: maybe(amount), memory: limit }),
  }),
]);

/** Both names become names of files and folders. */
const slug = z.string().regex(/^[a-zA-Z0-9][a-zA-Z0-9-]{0,63}$/, "expected a name that attnbench gives: letters, digits and -");
const runName = z.string().regex(/^[\w-]{1,64}$/, "expected a name that attnbench gives, e.g. 20261124T101500Z-3fa9c1");

const experiment: z.ZodType<Experiment> = z.object({
  name: slug,
  title: text,
  question: maybe(text),
  phase: z.enum(phases),
  model: model.exactOptional(),
  published: preset.exactOptional(),
  text: z
    .object({
      prompt: z.union([text, z.array(count)]),
      tokens: size,
      stop: count.exactOptional(),
      temperature: amount,
      tokenizer: z.enum(encodingNames).exactOptional(),
    })
    .exactOptional(),
  layers: size.exactOptional(),
  arms: z.array(arm),
  hybrids: z.array(z.object({ label: name, layers: z.record(name, size) })).exactOptional(),
  axes: z.record(name, axis),
  zip: z.array(z.array(name)),
  exclude: z.array(text),
  fixed: namedValues,
  measure: z.object({
    precision: share,
    maxTimeSeconds: amount,
    cache: z.enum(["hot", "cold"]),
    seed: count,
    refineCrossover: share.exactOptional(),
  }),
  expect: z.array(text),
  serving: z.object({ memoryBytes: amount, n: z.array(size) }).exactOptional(),
  claims: z.array(z.enum(claimIds)).exactOptional(),
  filter: maybe(text),
  yaml: text,
  hash: name,
});

const code = z.object({ version: name, commit: maybe(name), dirty: maybe(z.boolean()), changes: name.exactOptional() });

const environment: z.ZodType<Environment> = z.object({
  attnbench: code,
  adapter: z.object({ asked: text, choice: text, vendor: text, architecture: text, device: text, description: text, backend: text }),
  deviceClass: z.enum(["hardware", "software"]),
  features: z.array(name),
  limits: z.record(name, real),
  toggles: z.object({ enabled: z.array(name), disabled: z.array(name) }),
  clock: z.object({ source: z.enum(["gpu", "wall"]), stepNs: amount }),
  node: name,
  os: text,
  cpu: z.object({ model: text, cores: count }),
  memoryBytes: amount,
  packages: z.record(name, text),
  kernels: z.array(z.object({ name, hash: name })).exactOptional(),
  peers: z.partialRecord(runtime, z.object({ version: name, adapter: text })).exactOptional() as unknown as z.ZodType<NonNullable<Environment["peers"]>>,
});

const unmet: z.ZodType<Unmet> = z.object({
  kind: z.enum(["time", "exponent", "crossover"]),
  of: z.array(name),
  place: text,
  halfWidth: maybe(amount),
  asked: amount,
  cells: z.array(name),
});

const schedule: z.ZodType<Schedule> = z.object({
  turns: count,
  workers: count,
  stopped: maybe(z.enum(["precision", "maxTime", "interrupted", "nothingLeft", "noWorker"])),
  unmet: z.array(text),
  conditions: z.array(unmet).exactOptional(),
  wall: z.object({ totalMs: ms, prepareMs: ms, measureMs: ms }),
  efficiency: maybe(amount),
  peakRssBytes: z.object({ worker: amount, parent: amount }),
});

const state = z.enum(["running", "complete", "interrupted", "failed"]);

const shards = count.max(mostShards);
const shard: z.ZodType<Shard> = z.object({ index: shards, of: shards, filled: shards });

const merged: z.ZodType<Merged> = z.object({
  of: shards,
  missing: z.array(shards).max(mostShards),
  parts: z.array(
    z.object({
      shard: count,
      run: runName,
      state,
      startedAt: z.iso.datetime(),
      endedAt: maybe(z.iso.datetime()),
      firstTurn: count,
      firstWorker: count,
      environment,
      schedule,
      ceilings: maybe(ceilings),
      ceilingsFailure: maybe(text),
    }),
  ),
});

const run: z.ZodType<RunRecord> = z
  .object({
    schemaVersion: z.literal(schemaVersion),
    run: runName,
    state,
    startedAt: z.iso.datetime(),
    endedAt: maybe(z.iso.datetime()),
    command: text,
    experiment,
    environment,
    schedule,
    cells: z.array(cellRecord),
    ceilings: maybe(ceilings),
    ceilingsFailure: maybe(text),
    fits: z.array(fit),
    sizeFits: z.array(sizeFit).exactOptional(),
    jointFits: z.array(jointFit).exactOptional(),
    jointCrossings: z.array(jointCrossing).exactOptional(),
    crossovers: z.array(crossover),
    peerRatios: z.array(peerRatio).exactOptional(),
    room: z.array(room).exactOptional(),
    tokenizer: z.array(tokenization).exactOptional(),
    writing: writing.exactOptional(),
    sharpness: sharpness.exactOptional(),
    added: z.array(addedCell).exactOptional(),
    sentinel: z.array(sentinelTurn).exactOptional(),
    tunings: z.array(tuning).exactOptional(),
    shard: shard.exactOptional(),
    merged: merged.exactOptional(),
    duet: z.object({ id: name, side: z.enum(duetSides) }).exactOptional(),
    serving: z.array(served).exactOptional(),
    analysedBy: code.extend({ tables: z.literal("earlier").exactOptional() }).exactOptional(),
    findings: z.array(finding),
    claims: z.array(judgedClaim).exactOptional(),
  })
  .superRefine(({ cells }, context) => {
    const places = new Map(cells.map(({ id }, place) => [id, place]));
    for (const [place, { id }] of cells.entries())
      if (places.get(id) !== place) context.addIssue({ code: "custom", path: ["cells", place, "id"], message: "expected an id of its own" });
  });

/** Levels of lists and objects in a file, at most: whatever writes a record again goes down by recursion. */
const deepestNesting = 64;

/** What keeps a parsed run.json from being a record: its first flaw, with its path and what stands there. Undefined where it is one. */
export const flawOfRun = (parsed: unknown): string | undefined => {
  if (isDeeper(parsed, deepestNesting)) return `it is nested more than ${deepestNesting} levels deep`;
  const [issue] = run.safeParse(parsed).error?.issues ?? [];
  if (issue === undefined) return undefined;
  const { path, message } = innermost(issue);
  return printable(
    `${pathText(path) || "the file"} is ${show(valueAt(parsed, path))}: ${message.replace(/^Invalid (input|string|option|key in record): |, received .*$/g, "")}`,
  );
};

const isDeeper = (value: unknown, levels: number): boolean => {
  let level: readonly unknown[] = [value];
  for (let depth = 0; depth <= levels; depth++) {
    level = level.flatMap((one) => (typeof one === "object" && one !== null ? Object.values(one).filter((inner) => typeof inner === "object") : []));
    if (level.length === 0) return false;
  }
  return true;
};

/** Of a union that none of whose options fits, the flaw that is found deepest: the option that was meant. */
const innermost = (issue: z.core.$ZodIssue): { readonly path: readonly PropertyKey[]; readonly message: string } => {
  if (issue.code !== "invalid_union") return issue;
  const below = issue.errors.flatMap(([first]) => (first ? [innermost(first)] : []));
  const deepest = below.reduce((best, one) => (one.path.length > best.path.length ? one : best), {
    path: [] as readonly PropertyKey[],
    message: issue.message,
  });
  return { path: [...issue.path, ...deepest.path], message: deepest.message };
};
