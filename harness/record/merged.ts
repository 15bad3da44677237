import type { Environment, RunRecord, RunState, Schedule } from "./run.ts";

/** Each that is missing is told by its number. */
export const mostShards = 10_000;

/** Which part of an experiment's cells a run has: shard `index` of `of`. The first `filled` shards have cells, those behind them none: there were fewer comparisons than shards. */
export interface Shard {
  /** from 1 on */
  readonly index: number;
  readonly of: number;
  readonly filled: number;
}

/** Turns that chose the repetitions of a pass and are no more than that: turn 0, and of a merged run each shard's own. */
export const calibratingTurns = ({ merged }: Pick<RunRecord, "merged">): ReadonlySet<number> =>
  new Set([0, ...(merged?.parts.map(({ firstTurn }) => firstTurn) ?? [])]);

/** What is known of one shard of a merged run: everything that holds for its cells alone. */
export interface Part {
  readonly shard: number;
  readonly run: string;
  readonly state: RunState;
  readonly startedAt: string;
  readonly endedAt: string | undefined;
  /** its turns and workers (of every runtime) are numbered from here on in the merged run, so that none has the number of another shard's */
  readonly firstTurn: number;
  readonly firstWorker: number;
  readonly environment: Environment;
  readonly schedule: Schedule;
  readonly ceilings: RunRecord["ceilings"];
  readonly ceilingsFailure: RunRecord["ceilingsFailure"];
}

/** Of what a merged run was put together. */
export interface Merged {
  readonly of: number;
  /** shards that have cells and are not here: without them the run is not whole */
  readonly missing: readonly number[];
  /** by shard, ascending */
  readonly parts: readonly Part[];
}

/** The part of a merged run that a cell was measured in; undefined where the run was not merged. */
export const partOf = ({ merged }: Pick<RunRecord, "merged">, { shard }: { readonly shard?: number }): Part | undefined =>
  merged?.parts.find((part) => part.shard === shard);

/** Do two runs have the same cells of an experiment? */
export const isSameShard = (one: Shard | undefined, other: Shard | undefined): boolean => one?.index === other?.index && one?.of === other?.of;

/** "shard 2/4" */
export const shardName = ({ index, of }: Pick<Shard, "index" | "of">): string => `shard ${index}/${of}`;
