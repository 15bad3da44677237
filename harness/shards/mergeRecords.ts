import { groupBy } from "../analysis/grouping.ts";
import { codeText, isChanged, sameCode } from "../record/code.ts";
import { kernelsText, sameKernels } from "../record/kernelFolder.ts";
import { mostShards, shardName } from "../record/merged.ts";
import type { RunRecord } from "../record/run.ts";
import { deviceName, deviceOf } from "./device.ts";
import { mergedRecord, type ShardRecord } from "./mergedRecord.ts";

/** Why runs cannot be put together: one sentence for whoever named them. */
export class UnmergeableRuns extends Error {}

/**
 * Shards of one experiment as whole runs, analysed: one for each device that they were measured on, so that no number ever rests on two. The same records whatever the order. Missing shards are
 * told in `merged.missing`. Throws UnmergeableRuns where these are no shards, not of one experiment, code and split, or where something would be counted twice.
 */
export const mergeRecords = (records: readonly RunRecord[]): readonly RunRecord[] => {
  const shards = records
    .map(shardRecord)
    .toSorted((one, other) => one.shard.index - other.shard.index || (one.run < other.run ? -1 : one.run > other.run ? 1 : 0));
  const [first, ...others] = shards;
  if (!first) throw new UnmergeableRuns("no run is named: the shards of one experiment are wanted");
  // What one of before does not say of its code, others may say apart.
  const known = shards.find(({ environment: { attnbench } }) => attnbench.changes !== undefined) ?? first;
  for (const other of others) for (const one of new Set([first, known])) assertOneSplit(one, other);
  assertOneKernels(shards);
  return [...groupBy(shards, ({ environment }) => deviceOf(environment)).values()]
    .flatMap(([one, ...rest]) => (one ? [[one, ...rest] as const] : []))
    .map((alike) => {
      assertDisjoint(alike);
      return mergedRecord([alike[0], ...alike.slice(1)]);
    })
    .sort((one, other) => (one.run < other.run ? -1 : 1));
};

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) >= 1;

const shardRecord = (record: RunRecord): ShardRecord => {
  const { run, shard, merged } = record;
  if (merged) throw new UnmergeableRuns(`run ${run} was merged already, of ${merged.parts.map((part) => part.run).join(", ")}: name those`);
  if (shard === undefined) throw new UnmergeableRuns(`run ${run} is no shard: it was made without --shard, and is whole by itself`);
  const { index, of, filled } = shard;
  if (!isCount(index) || !isCount(of) || !isCount(filled) || index > filled || filled > of || of > mostShards)
    throw new UnmergeableRuns(`run ${run}: its shard is ${JSON.stringify(shard)}, which is none`);
  const { environment, schedule, startedAt } = record;
  const isWhole =
    [environment.attnbench, environment.adapter, environment.toggles, environment.clock, environment.cpu, schedule.wall, schedule.peakRssBytes].every(
      (part) => typeof part === "object" && part !== null,
    ) && !Number.isNaN(Date.parse(startedAt));
  if (!isWhole) throw new UnmergeableRuns(`run ${run}: not a whole run, it lacks parts of its environment or schedule`);
  return { ...record, shard };
};

const assertOneSplit = (one: ShardRecord, other: ShardRecord): void => {
  const differ = (what: string, tell: (record: ShardRecord) => string): never => {
    throw new UnmergeableRuns(`not of one ${what}: run ${one.run} is of ${tell(one)}, run ${other.run} of ${tell(other)}`);
  };
  if (one.experiment.hash !== other.experiment.hash) differ("experiment", ({ experiment }) => `${experiment.name} (${experiment.hash})`);
  const [code, otherCode] = [one.environment.attnbench, other.environment.attnbench];
  if (!sameCode(code, otherCode) || isChanged(code) !== isChanged(otherCode)) differ("code", ({ environment: { attnbench } }) => codeText(attnbench));
  if (one.shard.of !== other.shard.of || one.shard.filled !== other.shard.filled) differ("split", ({ shard }) => `${shard.of} shards`);
};

/** Of shards of before nobody knows what their --kernels held; those of which it is known held the same. */
const assertOneKernels = (shards: readonly ShardRecord[]): void => {
  const [one, ...others] = shards.filter(({ environment: { kernels } }) => kernels !== undefined);
  const other = others.find(({ environment: { kernels } }) => !sameKernels(one?.environment.kernels, kernels));
  if (one && other)
    throw new UnmergeableRuns(
      `their --kernels held unlike mechanisms: run ${one.run} is of ${kernelsText(one.environment.kernels)}, run ${other.run} of ${kernelsText(other.environment.kernels)}`,
    );
};

/** Nothing may be counted twice. */
const assertDisjoint = (shards: readonly ShardRecord[]): void => {
  const owners = new Map<string, ShardRecord>();
  for (const [at, record] of shards.entries()) {
    const before = shards[at - 1];
    if (before && before.shard.index === record.shard.index)
      throw new UnmergeableRuns(
        before.run === record.run
          ? `run ${record.run} is named twice`
          : `runs ${before.run} (${before.state}) and ${record.run} (${record.state}) are both ${shardName(record.shard)} on ${deviceName(record.environment)}: name one of them`,
      );
    for (const { id, composedOf } of record.cells) {
      const owner = owners.get(id);
      if (owner && !composedOf)
        throw new UnmergeableRuns(
          `cell ${id} is in ${shardName(owner.shard)} (run ${owner.run}) and in ${shardName(record.shard)} (run ${record.run}): these are not shards of one plan`,
        );
      if (!composedOf) owners.set(id, record);
    }
  }
};
