import { existsSync } from "node:fs";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import type { Capabilities, Mechanism } from "../kernels/mechanism.ts";
import { analyse } from "./analysis/analysis.ts";
import { withBeforehand } from "./beforehand.ts";
import type { NoAdapter } from "./device/adapterFacts.ts";
import { describeEnvironment } from "./device/environment.ts";
import type { Experiment, PlannedCell } from "./experiment/experiment.ts";
import { experimentHash } from "./experiment/resolve.ts";
import { formOfCosts } from "./experiment/runtimes.ts";
import { plannedLike } from "./measure/addedLengths.ts";
import { type Connect, connectFor } from "./measure/connection.ts";
import { measureRun } from "./measure/measureRun.ts";
import type { Progress } from "./measure/progress.ts";
import { createSession, type WorkerSession } from "./measure/workerSession.ts";
import { type ConnectPeer, createWorkers } from "./measure/workers.ts";
import { sameCode } from "./record/code.ts";
import { assertWritableFolder, makeFolder } from "./record/folder.ts";
import { type Journal, openJournal } from "./record/journal.ts";
import { type KernelFolder, sameKernels } from "./record/kernelFolder.ts";
import { removeHalfWritten } from "./record/leftovers.ts";
import { type Lock, lockedBy, lockFolder } from "./record/lock.ts";
import { isSameShard, type Shard, shardName } from "./record/merged.ts";
import { type AddedCell, type CellRecord, type Environment, type RunRecord, schemaVersion } from "./record/run.ts";
import { listRuns, makeRunFolder, readRun, removeLeft, runName, writeRun } from "./record/runFolder.ts";
import { type WrittenResults, writeResults } from "./writeResults.ts";

export interface RunOptions {
  readonly experiment: Experiment;
  readonly cells: readonly PlannedCell[];
  /** which shard of the plan `cells` are, as shardCells() gives both; the whole plan unless given */
  readonly shard?: Shard | undefined;
  readonly mechanisms: readonly Mechanism[];
  /** what the folders of mechanisms besides the built-in ones hold, as kernelFolders() reads it: recorded, and only a run of the same is gone on with */
  readonly kernels?: readonly KernelFolder[];
  /** opens workers; see connector() */
  readonly connect: Connect;
  /** opens workers of other runtimes; see peerConnector(). Without it, arms with a runtime are skipped. */
  readonly connectPeer?: ConnectPeer;
  /** `--adapter` as asked for: recorded */
  readonly adapter: string;
  /** the command that repeats this run: recorded */
  readonly command: string;
  /** results/ and reports/ are made in here */
  readonly outFolder: string;
  /** false: no page is drawn, for whoever reads the record alone */
  readonly report?: boolean;
  /** go on with the newest unfinished run of the same experiment, shard, device and commit, if there is one */
  readonly resume: boolean;
  /** time the variants of every arm first, and use the fastest; their defaults unless given */
  readonly tune?: boolean;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: Progress) => void;
  readonly now?: () => number;
  /** how long to wait before each further try to start a worker where one was had before; 1 s and 5 s unless given */
  readonly pausesMs?: readonly number[];
}

export interface RunResult extends WrittenResults {
  readonly record: RunRecord;
  readonly folder: string;
  /** an unfinished run was found and continued */
  readonly resumed: boolean;
  /** measuring broke off: no worker could be had any more. What was measured is kept, and --resume goes on with it. */
  readonly brokeOff: NoAdapter | undefined;
}

/** Another process writes to the run that was to be continued. */
export class RunInUse extends Error {}

const noSchedule: RunRecord["schedule"] = {
  turns: 0,
  workers: 0,
  stopped: undefined,
  unmet: [],
  wall: { totalMs: 0, prepareMs: 0, measureMs: 0 },
  efficiency: undefined,
  peakRssBytes: { worker: 0, parent: 0 },
};

/** A planned cell before anything was measured. */
const pendingCell = (planned: PlannedCell, mechanisms: readonly Mechanism[]): CellRecord => {
  const { cell } = planned;
  const mechanism = mechanisms.find((candidate) => candidate.name === cell.mechanism);
  if (!mechanism) throw new Error(`cell ${cell.id} is of mechanism ${cell.mechanism}, which was not loaded`);
  return {
    ...cell,
    family: mechanism.family,
    ...(mechanism.stateName === undefined ? {} : { stateName: mechanism.stateName }),
    look: mechanism.look,
    outcome: { status: "pending" },
    prepared: undefined,
    stateBytes: undefined,
    peakBytes: undefined,
    claim: mechanism.claim(cell.phase, formOfCosts(cell, cell.phase, mechanism), cell),
    visits: [],
    summary: undefined,
  };
};

/**
 * One experiment from plan to report: worker, measuring, analysis, files. The run folder exists from the moment the device has answered and
 * is readable at any time after. Rejects with NoAdapter when no device can be had, with RunInUse, with the file system's error when the run's
 * folder cannot be made, with UnwritableJournal and with ChangedKernel; what goes wrong with files after measuring is told in the result.
 */
export const runExperiment = async (options: RunOptions): Promise<RunResult> => {
  const { experiment, outFolder } = options;
  // Before a device is opened for it.
  for (const folder of [join(outFolder, "results", experiment.name), join(outFolder, "reports")]) assertWritableFolder(folder);
  const probing = createSession(connectFor(options.connect, experiment.phase), 0, options.pausesMs);
  try {
    const { hello, choice } = await probing.connection();
    const environment = describeEnvironment(options.adapter, choice, hello, options.kernels);
    const { unfinished, ...others } = options.resume ? findUnfinished(outFolder, options, environment) : noneUnfinished;
    if (!unfinished) {
      removeLeft(outFolder, experiment.name);
      const planned = newRecord(options, environment);
      const what = options.shard ? `${experiment.hash} ${shardName(options.shard)}` : experiment.hash;
      const { run, folder } = makeRunFolder(outFolder, experiment.name, new Date(planned.startedAt), what);
      const record = { ...planned, run };
      options.onProgress({ type: "began", folder, keptVisits: undefined, ...others });
      return { ...(await recordRun(options, record, folder, probing, hello.capabilities)), resumed: false };
    }
    await probing.close();
    const known = unfinished.record.cells;
    const planned = withAdded(options.cells, unfinished.record.added ?? []);
    const cells = planned.map((one) => known.find(({ id }) => id === one.cell.id) ?? pendingCell(one, options.mechanisms));
    const visits = cells.flatMap((cell) => cell.visits);
    const own = cells.flatMap((cell) => (cell.runtime === undefined ? cell.visits : []));
    const session = createSession(connectFor(options.connect, experiment.phase), Math.max(-1, ...own.map(({ worker }) => worker)) + 1, options.pausesMs);
    options.onProgress({ type: "began", folder: unfinished.folder, keptVisits: visits.length });
    const record: RunRecord = { ...unfinished.record, state: "running", cells };
    return { ...(await recordRun({ ...options, cells: planned }, record, unfinished.folder, session, hello.capabilities)), resumed: true };
  } finally {
    await probing.close();
  }
};

/** The plan of a run that goes on: with what was added, next to its like. */
const withAdded = (planned: readonly PlannedCell[], added: readonly AddedCell[]): readonly PlannedCell[] => {
  const all = [...planned];
  for (const one of added) {
    const like = all.find(({ cell }) => cell.id === one.like);
    if (like) all.push(plannedLike(like, one));
  }
  return all;
};

export const newRecord = (
  { experiment, cells, shard, mechanisms, command }: Pick<RunOptions, "experiment" | "cells" | "shard" | "mechanisms" | "command">,
  environment: Environment,
): RunRecord => {
  const startedAt = new Date();
  return {
    schemaVersion,
    run: runName(startedAt, experiment.hash),
    state: "running",
    startedAt: startedAt.toISOString(),
    endedAt: undefined,
    command,
    experiment,
    environment,
    schedule: noSchedule,
    cells: cells.map((planned) => pendingCell(planned, mechanisms)),
    ceilings: undefined,
    ceilingsFailure: undefined,
    fits: [],
    crossovers: [],
    ...(shard ? { shard } : {}),
    findings: [],
  };
};

/** Measures into a run's folder, under its lock, and writes what came of it. */
const recordRun = async (
  options: RunOptions,
  begun: RunRecord,
  folder: string,
  session: WorkerSession,
  capabilities: Capabilities,
): Promise<Omit<RunResult, "resumed">> => {
  let lock: Lock | undefined;
  let journal: Journal | undefined;
  const workers = createWorkers(session, begun.cells, options.connectPeer, options.pausesMs);
  try {
    const record = await withBeforehand(begun, { ...options, capabilities });
    makeFolder(folder);
    lock = lockFolder(folder);
    if (!lock) throw new RunInUse(`${folder} is being written by ${lockedBy(folder) ?? "another process"}: wait until it has ended`);
    removeHalfWritten(folder, 0);
    // Between the look for an unfinished run and the lock, another process may have finished it.
    if (existsSync(join(folder, "run.json")) && readRun(folder).record.state === "complete")
      throw new RunInUse(`${folder} has been completed by another process`);
    await writeRun(folder, record);
    journal = openJournal(join(folder, "journal.jsonl"));
    const { record: measured, brokeOff } = await measureRun({
      record,
      planned: options.cells,
      mechanisms: options.mechanisms,
      workers,
      journal,
      tune: options.tune ?? false,
      now: options.now ?? (() => performance.now()),
      signal: options.signal,
      onProgress: options.onProgress,
    });
    // What is left is this process's alone: the memory of a device's is not wanted beside it.
    await workers.close();
    const state = brokeOff ? "failed" : options.signal.aborted ? "interrupted" : "complete";
    const ended = analyse({ ...measured, state, endedAt: new Date().toISOString() });
    return { record: ended, folder, brokeOff, ...(await writeResults(options.outFolder, folder, ended, options.report ?? true)) };
  } finally {
    await workers.close();
    journal?.close();
    lock?.release();
  }
};

interface Unfinished {
  readonly unfinished: { readonly folder: string; readonly record: RunRecord } | undefined;
  /** the newest that could be gone on with, were it not for its `--kernels` */
  readonly otherKernels?: { readonly folder: string; readonly kernels: Environment["kernels"] };
  /** the same, were it not for the code that made it */
  readonly otherCode?: { readonly folder: string; readonly before: Environment["attnbench"]; readonly now: Environment["attnbench"] };
  /** the same, were it not for the seconds that it was given */
  readonly otherBudget?: { readonly folder: string; readonly before: number; readonly now: number };
}

const noneUnfinished: Unfinished = { unfinished: undefined };

/** The newest run that another one may continue: unfinished, of the same experiment and shard, on the same device and clock, from the same code, that of `--kernels` included. */
const findUnfinished = (outFolder: string, { experiment, shard }: Pick<RunOptions, "experiment" | "shard">, environment: Environment): Unfinished => {
  const isAlike = (record: RunRecord): boolean =>
    (record.state === "interrupted" || record.state === "failed") &&
    record.merged === undefined &&
    record.duet === undefined &&
    isSameShard(record.shard, shard) &&
    (record.experiment.hash === experiment.hash || withTimeOf(record.experiment, experiment) === experiment.hash) &&
    record.environment.adapter.device === environment.adapter.device &&
    record.environment.adapter.description === environment.adapter.description &&
    record.environment.clock.source === environment.clock.source;
  const alike: NonNullable<Unfinished["unfinished"]>[] = [];
  for (const one of listRuns(outFolder, experiment.name)) if (isAlike(one.record)) alike.push(one);
  const candidates = alike.filter(({ record }) => record.experiment.hash === experiment.hash);
  const ofThisCode = candidates.filter(({ record }) => sameCode(record.environment.attnbench, environment.attnbench));
  const unfinished = ofThisCode.find(({ record }) => sameKernels(record.environment.kernels, environment.kernels));
  if (unfinished) return { unfinished };
  const [[changed], [other]] = [ofThisCode, candidates];
  if (changed) return { unfinished, otherKernels: { folder: changed.folder, kernels: changed.record.environment.kernels } };
  if (other) return { unfinished, otherCode: { folder: other.folder, before: other.record.environment.attnbench, now: environment.attnbench } };
  const timed = alike.find(
    ({ record }) => sameCode(record.environment.attnbench, environment.attnbench) && sameKernels(record.environment.kernels, environment.kernels),
  );
  const secondsOf = ({ measure }: Pick<Experiment, "measure">): number => measure.maxTimeSeconds;
  return timed ? { unfinished, otherBudget: { folder: timed.folder, before: secondsOf(timed.record.experiment), now: secondsOf(experiment) } } : noneUnfinished;
};

/** The hash that an experiment would have with the time of another. */
const withTimeOf = ({ hash: _, ...experiment }: Experiment, { measure: { maxTimeSeconds } }: Pick<Experiment, "measure">): string =>
  experimentHash({ ...experiment, measure: { ...experiment.measure, maxTimeSeconds } });
