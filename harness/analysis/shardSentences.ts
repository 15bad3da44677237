import type { Messages } from "../messages/messages.ts";
import type { SizeFit } from "../record/derived.ts";
import type { Part } from "../record/merged.ts";
import type { Analysed } from "./answer.ts";
import { groupBy } from "./grouping.ts";

/** What keeps a merged run from being whole: shards that are missing, interrupted or broken off. */
export const incompleteSentences = ({ merged }: Pick<Analysed, "merged">, t: Messages): readonly string[] => {
  if (!merged) return [];
  const { missing, of, parts } = merged;
  const inState = (state: Part["state"]): readonly number[] => parts.filter((part) => part.state === state).map(({ shard }) => shard);
  const [interrupted, failed] = [inState("interrupted"), inState("failed")];
  return [
    ...(missing.length > 0 ? [t.outcome.missing(missing, of)] : []),
    ...(interrupted.length > 0 ? [t.outcome.interruptedShards(interrupted, of)] : []),
    ...(failed.length > 0 ? [t.outcome.failedShards(failed, of)] : []),
  ];
};

/** What to know before numbers of a shard, or of shards side by side, are quoted. */
export const shardWarnings = ({ shard, merged, sizeFits = [] }: Pick<Analysed, "shard" | "merged" | "sizeFits">, t: Messages): readonly string[] => [
  ...(shard ? [t.warning.shard(shard.index, shard.of)] : []),
  ...(merged && merged.parts.length > 1 ? [t.warning.merged(merged.parts.length)] : []),
  ...(merged ? [...unknownChanges(merged.parts, t), ...cutSweeps(sizeFits, t)] : []),
];

/** Shards of before, which do not say what their code held beyond its commit. */
const unknownChanges = (parts: readonly Part[], t: Messages): readonly string[] => {
  const unknown = parts.filter(({ environment: { attnbench } }) => attnbench.dirty === true && attnbench.changes === undefined).map(({ shard }) => shard);
  return unknown.length > 0 && parts.length > 1 ? [t.warning.unknownChanges(unknown)] : [];
};

/** A sweep whose bytes are told of and whose times are not lies in several shards. */
const cutSweeps = (sizeFits: readonly SizeFit[], t: Messages): readonly string[] => {
  const keyOf = ({ label, form, variable, series }: SizeFit): string => JSON.stringify([label, form, variable, series]);
  const timed = new Set(sizeFits.filter(({ metric }) => metric === "time").map(keyOf));
  const variables = [...new Set(sizeFits.filter((fit) => !timed.has(keyOf(fit))).map(({ variable }) => variable))];
  return variables.length > 0 ? [t.warning.cutSweep(variables)] : [];
};

/** The run, or of a merged run each shard: what a warning may speak of. */
export interface Told {
  readonly cells: Analysed["cells"];
  readonly schedule: Analysed["schedule"];
  readonly sentinel: Analysed["sentinel"];
  readonly ceilingsFailure: Analysed["ceilingsFailure"];
}

/** Sentences of a run; of a merged run those of each shard, which say whose they are, and equal ones once. */
export const sentencesByShard = (record: Analysed, t: Messages, tell: (told: Told) => readonly string[]): readonly string[] => {
  const { merged, sentinel = [], cells } = record;
  if (!merged) return tell({ ...record, sentinel });
  const told = merged.parts.flatMap((part, at) => {
    const next = merged.parts[at + 1]?.firstTurn ?? Number.POSITIVE_INFINITY;
    const own = sentinel.filter(({ turn }) => turn >= part.firstTurn && turn < next);
    const { shard, schedule, ceilingsFailure } = part;
    return tell({ cells: cells.filter((cell) => cell.shard === shard), schedule, sentinel: own, ceilingsFailure }).map((text) => ({ shard, text }));
  });
  return [...groupBy(told, ({ text }) => text)].map(([text, alike]) =>
    t.warning.ofShards(
      alike.map(({ shard }) => shard),
      text,
    ),
  );
};
