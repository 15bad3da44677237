import { analyse } from "../analysis/analysis.ts";
import { textKind } from "../experiment/text.ts";
import { type Part, type Shard, shardName } from "../record/merged.ts";
import type { CellRecord, RunRecord, RunState, Visit, WrittenText } from "../record/run.ts";
import { timedRunName } from "../record/runFolder.ts";
import { mergedEnvironment } from "./mergedEnvironment.ts";
import { mergedSchedule } from "./mergedSchedule.ts";

/** A shard's record, which says which shard it is. */
export type ShardRecord = RunRecord & { readonly shard: Shard };

/**
 * One record of the shards of one split on one device, by shard ascending, and each once. Turns and workers are numbered on from shard to shard: turn 5 of one has nothing to do with turn 5 of
 * another. Ceilings stay with their shards, and analysis looks at each shard's visits by themselves. Its name is as a run's: the time at which the first shard began, and digits of them all.
 */
export const mergedRecord = (shards: readonly [ShardRecord, ...ShardRecord[]]): RunRecord => {
  const [first] = shards;
  const { of, filled } = first.shard;
  const given = new Set(shards.map(({ shard }) => shard.index));
  const missing = Array.from({ length: filled }, (_, at) => at + 1).filter((index) => !given.has(index));
  const parts = partsOf(shards);
  const numbered = shards.map((record, at) => renumbered(record, parts[at]));
  // As a plan goes: n outermost, and shards are numbered as their first cells come in it.
  const cells = numbered.flatMap((record) => record.cells).sort((one, other) => one.n - other.n);
  const [added, tunings, sentinel] = [
    numbered.flatMap((record) => record.added ?? []),
    numbered.flatMap((record) => record.tunings ?? []),
    numbered.flatMap((record) => record.sentinel ?? []),
  ];
  const tokenizer = shards.find((record) => record.tokenizer)?.tokenizer;
  const room = shards.flatMap((record) => record.room ?? []);
  const sharpness = shards.find((record) => record.sharpness)?.sharpness;
  const writings = shards.flatMap(({ writing }) => writing ?? []);
  const texts = textsOf(
    writings.flatMap((writing) => writing.texts),
    cells,
  );
  const startedAt = shards.map((record) => record.startedAt).reduce((one, other) => (Date.parse(other) < Date.parse(one) ? other : one));
  return analyse({
    schemaVersion: first.schemaVersion,
    run: timedRunName(new Date(startedAt), shards.map(({ experiment, run, shard }) => `${experiment.hash} ${run} ${shardName(shard)}`).join("\n")),
    state: stateOf(shards, missing),
    startedAt,
    endedAt: shards
      .flatMap((record) => record.endedAt ?? [])
      .sort()
      .at(-1),
    command: commandOf(shards),
    experiment: first.experiment,
    environment: mergedEnvironment([first.environment, ...shards.slice(1).map(({ environment }) => environment)]),
    schedule: mergedSchedule([first.schedule, ...shards.slice(1).map(({ schedule }) => schedule)], cells),
    cells,
    ceilings: undefined,
    ceilingsFailure: undefined,
    fits: [],
    crossovers: [],
    ...(added.length > 0 ? { added } : {}),
    ...(sentinel.length > 0 ? { sentinel } : {}),
    ...(tunings.length > 0 ? { tunings } : {}),
    ...(room.length > 0 ? { room } : {}),
    ...(tokenizer ? { tokenizer } : {}),
    ...(writings[0] ? { writing: { prompt: writings[0].prompt, texts } } : {}),
    ...(sharpness ? { sharpness } : {}),
    merged: { of, missing, parts },
    findings: [],
  });
};

/** Each arm's text once: shards of different n or batch have all written it. */
const textsOf = (texts: readonly WrittenText[], cells: readonly CellRecord[]): readonly WrittenText[] => {
  const byKind = new Map<string, WrittenText>();
  for (const text of texts) {
    const cell = cells.find(({ id }) => id === text.cell);
    const kind = cell && textKind(cell);
    // One that failed anywhere is what must be told.
    if (kind !== undefined && (!byKind.has(kind) || text.outcome.status === "failed")) byKind.set(kind, text);
  }
  return [...byKind.values()];
};

/** Whole only where every shard is there and whole. */
const stateOf = (shards: readonly ShardRecord[], missing: readonly number[]): RunState => {
  if (shards.some(({ state }) => state === "failed")) return "failed";
  return missing.length > 0 || shards.some(({ state }) => state !== "complete") ? "interrupted" : "complete";
};

const partsOf = (shards: readonly ShardRecord[]): readonly Part[] => {
  let [firstTurn, firstWorker] = [0, 0];
  return shards.map(({ shard, run, state, startedAt, endedAt, environment, schedule, ceilings, ceilingsFailure, cells, sentinel = [] }) => {
    const part: Part = {
      shard: shard.index,
      run,
      state,
      startedAt,
      endedAt,
      firstTurn,
      firstWorker,
      environment,
      schedule,
      ceilings,
      ceilingsFailure,
    };
    const numbers = [...cells.flatMap(({ visits }) => visits), ...sentinel];
    firstTurn += numbers.reduce((most, { turn }) => Math.max(most, turn + 1), 0);
    firstWorker += numbers.reduce((most, { worker }) => Math.max(most, worker + 1), 0);
    return part;
  });
};

const renumbered = (record: ShardRecord, part: Part | undefined): RunRecord => {
  const { firstTurn, firstWorker } = part ?? { firstTurn: 0, firstWorker: 0 };
  const moved = <One extends Pick<Visit, "turn" | "worker">>(one: One): One => ({ ...one, turn: one.turn + firstTurn, worker: one.worker + firstWorker });
  return {
    ...record,
    // What analysis composed is composed anew.
    cells: record.cells
      .filter(({ composedOf }) => composedOf === undefined)
      .map(
        (cell): CellRecord => ({
          ...cell,
          shard: record.shard.index,
          ...(cell.losses ? { losses: cell.losses.map(moved) } : {}),
          visits: cell.visits.map(moved),
        }),
      ),
    ...(record.sentinel ? { sentinel: record.sentinel.map(moved) } : {}),
  };
};

const commandOf = (shards: readonly ShardRecord[]): string =>
  [...shards.map(({ command }) => command), `npx attnbench merge ${shards.map(({ experiment, run }) => `results/${experiment.name}/${run}`).join(" ")}`].join(
    "\n",
  );
