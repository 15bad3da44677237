import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import type { Mechanism } from "../kernels/mechanism.ts";
import { analyse } from "./analysis/analysis.ts";
import type { NoAdapter } from "./device/adapterFacts.ts";
import { describeEnvironment } from "./device/environment.ts";
import type { Experiment, PlannedCell } from "./experiment/experiment.ts";
import type { Connect } from "./measure/connection.ts";
import { measureRun } from "./measure/measureRun.ts";
import type { Progress } from "./measure/progress.ts";
import { createSession } from "./measure/workerSession.ts";
import { measurementsCsv, samplesCsv } from "./record/csv.ts";
import { openJournal } from "./record/journal.ts";
import { lockedBy, lockFolder } from "./record/lock.ts";
import { type CellRecord, type Environment, type RunRecord, schemaVersion } from "./record/run.ts";
import { listRuns, runFolder, runName, writeRun } from "./record/runFolder.ts";
import { writeReports } from "./writeReports.ts";

export interface RunOptions {
  readonly experiment: Experiment;
  readonly cells: readonly PlannedCell[];
  readonly mechanisms: readonly Mechanism[];
  /** opens workers; see connector() */
  readonly connect: Connect;
  /** `--adapter` as asked for: recorded */
  readonly adapter: string;
  /** the command that repeats this run: recorded */
  readonly command: string;
  /** results/ and reports/ are made in here */
  readonly outFolder: string;
  /** go on with the newest unfinished run of the same experiment, device and commit, if there is one */
  readonly resume: boolean;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: Progress) => void;
  readonly now?: () => number;
}

export interface RunResult {
  readonly record: RunRecord;
  readonly folder: string;
  readonly report: string;
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
    look: mechanism.look,
    outcome: { status: "pending" },
    prepared: undefined,
    stateBytes: undefined,
    peakBytes: undefined,
    claim: mechanism.claim(cell.phase, cell.form),
    visits: [],
    summary: undefined,
  };
};

/**
 * One experiment from plan to report: worker, measuring, analysis, files. The run folder exists from the moment the device has answered and
 * is readable at any time after. Rejects with NoAdapter when no device can be had, and with the file system's error when nothing can be written.
 */
export const runExperiment = async (options: RunOptions): Promise<RunResult> => {
  const { experiment, outFolder } = options;
  const probing = createSession(options.connect, 0);
  const { hello, choice } = await probing.connection();
  const environment = describeEnvironment(options.adapter, choice, hello);
  const unfinished = options.resume ? findUnfinished(outFolder, experiment, environment) : undefined;
  const startedAt = new Date();
  const record: RunRecord = unfinished
    ? {
        ...unfinished.record,
        state: "running",
        cells: options.cells.map((planned) => unfinished.record.cells.find(({ id }) => id === planned.cell.id) ?? pendingCell(planned, options.mechanisms)),
      }
    : {
        schemaVersion,
        run: runName(startedAt, experiment.hash),
        state: "running",
        startedAt: startedAt.toISOString(),
        endedAt: undefined,
        command: options.command,
        experiment,
        environment,
        schedule: noSchedule,
        cells: options.cells.map((planned) => pendingCell(planned, options.mechanisms)),
        ceilings: undefined,
        ceilingsFailure: undefined,
        fits: [],
        crossovers: [],
        findings: [],
      };
  const folder = unfinished?.folder ?? runFolder(outFolder, experiment.name, record.run);
  const lastWorker = Math.max(-1, ...record.cells.flatMap((cell) => cell.visits.map((visit) => visit.worker)));
  const session = unfinished ? createSession(options.connect, lastWorker + 1) : probing;
  if (session !== probing) await probing.close();
  mkdirSync(folder, { recursive: true });
  const lock = lockFolder(folder);
  if (!lock) {
    await session.close();
    throw new RunInUse(
      `${folder} is being written by another process${lockedBy(folder) === undefined ? "" : ` (${lockedBy(folder)})`}: wait until it has ended`,
    );
  }
  await writeRun(folder, record);
  const journal = openJournal(join(folder, "journal.jsonl"));
  try {
    const { record: measured, brokeOff } = await measureRun({
      record,
      planned: options.cells,
      mechanisms: options.mechanisms,
      session,
      journal,
      now: options.now ?? (() => performance.now()),
      signal: options.signal,
      onProgress: options.onProgress,
    });
    const state = brokeOff ? "failed" : options.signal.aborted ? "interrupted" : "complete";
    const ended = analyse({ ...measured, state, endedAt: new Date().toISOString() });
    await writeRun(folder, ended);
    writeFileSync(join(folder, "measurements.csv"), measurementsCsv(ended));
    writeFileSync(join(folder, "samples.csv"), samplesCsv(ended));
    return { record: ended, folder, report: await writeReports(outFolder, ended), resumed: unfinished !== undefined, brokeOff };
  } finally {
    journal.close();
    lock.release();
    await session.close();
  }
};

/** The newest run that another one may continue: unfinished, of the same experiment, on the same device and clock, from the same code. */
const findUnfinished = (outFolder: string, experiment: Experiment, environment: Environment): { folder: string; record: RunRecord } | undefined =>
  listRuns(outFolder, experiment.name).find(
    ({ record }) =>
      (record.state === "interrupted" || record.state === "failed") &&
      record.experiment.hash === experiment.hash &&
      record.environment.adapter.device === environment.adapter.device &&
      record.environment.adapter.description === environment.adapter.description &&
      record.environment.clock.source === environment.clock.source &&
      record.environment.attnbench.version === environment.attnbench.version &&
      record.environment.attnbench.commit === environment.attnbench.commit,
  );
