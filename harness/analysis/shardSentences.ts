import type { SizeFit } from "../record/derived.ts";
import type { Part } from "../record/merged.ts";
import type { Analysed } from "./answer.ts";
import { formatCount, formatList } from "./format.ts";
import { groupBy } from "./grouping.ts";

/** "Shard 2", "Shards 1 and 3". */
const shardsText = (shards: readonly number[]): string => `${shards.length === 1 ? "Shard" : "Shards"} ${formatList(shards.map(formatCount))}`;

const are = (shards: readonly number[]): string => (shards.length === 1 ? "is" : "are");

/** What keeps a merged run from being whole: shards that are missing, interrupted or broken off. */
export const incompleteSentences = ({ merged }: Pick<Analysed, "merged">): readonly string[] => {
  if (!merged) return [];
  const { missing, of, parts } = merged;
  const inState = (state: Part["state"]): readonly number[] => parts.filter((part) => part.state === state).map(({ shard }) => shard);
  const [interrupted, failed] = [inState("interrupted"), inState("failed")];
  return [
    ...(missing.length > 0
      ? [`${shardsText(missing)} of ${formatCount(of)} ${are(missing)} missing: of ${missing.length === 1 ? "its" : "their"} cells nothing is told.`]
      : []),
    ...(interrupted.length > 0
      ? [
          `${shardsText(interrupted)} of ${formatCount(of)} ${interrupted.length === 1 ? "was" : "were"} interrupted: this is of what had been measured by then.`,
        ]
      : []),
    ...(failed.length > 0 ? [`${shardsText(failed)} of ${formatCount(of)} broke off: this is of what had been measured by then.`] : []),
  ];
};

/** What to know before numbers of a shard, or of shards side by side, are quoted. */
export const shardWarnings = ({ shard, merged, sizeFits = [] }: Pick<Analysed, "shard" | "merged" | "sizeFits">): readonly string[] => [
  ...(shard ? [`This is shard ${shard.index} of ${shard.of}, with some of the experiment's cells: attnbench merge puts the shards together.`] : []),
  ...(merged && merged.parts.length > 1
    ? [
        `Each of the ${formatCount(merged.parts.length)} shards was measured by itself, maybe on machines of its own. All arms of one shape are of one shard; between unlike shapes, times also differ as machines do, which no interval holds.`,
      ]
    : []),
  ...(merged ? [...unknownChanges(merged.parts), ...cutSweeps(sizeFits)] : []),
];

/** Shards of before, which do not say what their code held beyond its commit. */
const unknownChanges = (parts: readonly Part[]): readonly string[] => {
  const unknown = parts.filter(({ environment: { attnbench } }) => attnbench.dirty === true && attnbench.changes === undefined).map(({ shard }) => shard);
  return unknown.length > 0 && parts.length > 1
    ? [
        `${shardsText(unknown)} ${unknown.length === 1 ? "was" : "were"} measured with uncommitted changes that are not recorded: whether all shards are of one code is not known.`,
      ]
    : [];
};

/** A sweep whose bytes are told of and whose times are not lies in several shards. */
const cutSweeps = (sizeFits: readonly SizeFit[]): readonly string[] => {
  const keyOf = ({ label, form, variable, series }: SizeFit): string => JSON.stringify([label, form, variable, series]);
  const timed = new Set(sizeFits.filter(({ metric }) => metric === "time").map(keyOf));
  const variables = [...new Set(sizeFits.filter((fit) => !timed.has(keyOf(fit))).map(({ variable }) => variable))];
  return variables.length > 0
    ? [`How time grows with ${formatList(variables)} is not told: the values lie in several shards. Fewer shards keep them together.`]
    : [];
};

/** The run, or of a merged run each shard: what a warning may speak of. */
export interface Told {
  readonly cells: Analysed["cells"];
  readonly schedule: Analysed["schedule"];
  readonly sentinel: Analysed["sentinel"];
  readonly ceilingsFailure: Analysed["ceilingsFailure"];
}

/** Sentences of a run; of a merged run those of each shard, which say whose they are, and equal ones once. */
export const sentencesByShard = (record: Analysed, tell: (told: Told) => readonly string[]): readonly string[] => {
  const { merged, sentinel = [], cells } = record;
  if (!merged) return tell({ ...record, sentinel });
  const told = merged.parts.flatMap((part, at) => {
    const next = merged.parts[at + 1]?.firstTurn ?? Number.POSITIVE_INFINITY;
    const own = sentinel.filter(({ turn }) => turn >= part.firstTurn && turn < next);
    const { shard, schedule, ceilingsFailure } = part;
    return tell({ cells: cells.filter((cell) => cell.shard === shard), schedule, sentinel: own, ceilingsFailure }).map((text) => ({ shard, text }));
  });
  return [...groupBy(told, ({ text }) => text)].map(([text, alike]) => `${shardsText(alike.map(({ shard }) => shard))}: ${text}`);
};
