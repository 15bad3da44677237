import { join } from "node:path";
import { performance } from "node:perf_hooks";
import type { Mechanism } from "../kernels/mechanism.ts";
import { analyse } from "./analysis/analysis.ts";
import { type CompareOptions, compareRuns, type Note } from "./analysis/comparison/comparison.ts";
import { runDifferences } from "./analysis/comparison/runDifferences.ts";
import { describeEnvironment } from "./device/environment.ts";
import type { Experiment, PlannedCell } from "./experiment/experiment.ts";
import { type Connect, connectFor } from "./measure/connection.ts";
import { type DuetVoice, measureDuet } from "./measure/measureDuet.ts";
import type { Progress } from "./measure/progress.ts";
import { createSession, type WorkerSession } from "./measure/workerSession.ts";
import { en } from "./messages/en.ts";
import type { Language } from "./messages/languages.ts";
import { type Messages, messagesOf } from "./messages/messages.ts";
import type { Comparison } from "./record/comparison.ts";
import { measurementsCsv, samplesCsv } from "./record/csv.ts";
import { makeFolder } from "./record/folder.ts";
import { openJournal } from "./record/journal.ts";
import type { KernelFolder } from "./record/kernelFolder.ts";
import { lockFolder } from "./record/lock.ts";
import { type DuetSide, duetSides, type Environment, type RunRecord } from "./record/run.ts";
import { removeLeft, runFolder, writeRun } from "./record/runFolder.ts";
import { writeWhole } from "./record/wholeFile.ts";
import { pageName } from "./report/pageName.ts";
import { newRecord } from "./runExperiment.ts";

/** One of the two checkouts. */
export interface DuetCheckout {
  /** opens workers of its code */
  readonly connect: Connect;
  readonly commit: string | undefined;
  readonly dirty: boolean;
  /** what the `--kernels` of this side hold: recorded */
  readonly kernels?: readonly KernelFolder[];
}

export interface DuetRun {
  readonly experiment: Experiment;
  readonly cells: readonly PlannedCell[];
  readonly mechanisms: readonly Mechanism[];
  readonly checkouts: Readonly<Record<DuetSide, DuetCheckout>>;
  /** `--adapter` as asked for, and the command that repeats this: recorded */
  readonly adapter: string;
  readonly command: string;
  readonly outFolder: string;
  readonly options: CompareOptions;
  /** of what is told: beside the English files, comparison.zh.md and comparison.zh.html; English unless given */
  readonly language?: Language;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: Progress) => void;
  readonly now?: () => number;
}

export interface DuetResult {
  /** in English, as comparison.json has it */
  readonly comparison: Comparison;
  /** the same in the language that was asked for */
  readonly told: Comparison;
  /** head's run folder; base's is base/ in it, and comparison.json, comparison.md and comparison.html lie beside run.json */
  readonly folder: string;
  readonly records: Readonly<Record<DuetSide, RunRecord>>;
  /** why base has no times at all */
  readonly baseRefused: string | undefined;
  /** why not all files of a measured duet could be written */
  readonly unwritten: Error | undefined;
}

/** The two were opened on unlike devices, or unlike ways: their times would gate nothing. One line for each difference. */
export class UnlikeSides extends Error {}

/**
 * Two checkouts measured beside each other, from plan to comparison. Head's run is an ordinary one in results/; base's lies in its folder. Rejects with NoAdapter where head's worker cannot be
 * had, with UnlikeSides, with the file system's error where its folder cannot be made, and with UnwritableJournal; what goes wrong with files after measuring is told in the result. `began` is told once both folders can be read.
 */
export const runDuet = async (run: DuetRun): Promise<DuetResult> => {
  const sessionOf = (side: DuetSide): WorkerSession => createSession(connectFor(run.checkouts[side].connect, run.experiment.phase), 0);
  const sessions = { base: sessionOf("base"), head: sessionOf("head") };
  try {
    const { hello, choice } = await sessions.head.connection();
    const environment = describeEnvironment(run.adapter, choice, hello, run.checkouts.head.kernels);
    // Peers are nobody's code, and hybrids are composed by whoever reads.
    const cells = run.cells.filter(({ cell }) => cell.runtime === undefined);
    const fresh = newRecord({ ...run, cells }, environment);
    const records = {
      base: measuredBy(run, fresh, "base", await environmentOf(sessions.base, environment, run)),
      head: measuredBy(run, fresh, "head", environment),
    };
    const differences = runDifferences(records.base, records.head);
    if (differences.length > 0) throw new UnlikeSides(differences.join("\n"));
    removeLeft(run.outFolder, run.experiment.name);
    const folder = runFolder(run.outFolder, run.experiment.name, fresh.run);
    makeFolder(folder);
    const lock = lockFolder(folder);
    try {
      return await measureInto(run, records, sessions, folder, cells);
    } finally {
      lock?.release();
    }
  } finally {
    await Promise.all([sessions.base.close(), sessions.head.close()]);
  }
};

/** Base's own device and limits; head's where base cannot be had, which measuring finds out and says. */
const environmentOf = async (session: WorkerSession, ofHead: Environment, { adapter, checkouts: { base } }: DuetRun): Promise<Environment> => {
  try {
    const { hello, choice } = await session.connection();
    return describeEnvironment(adapter, choice, hello, base.kernels);
  } catch {
    const { kernels: _, ...device } = ofHead;
    return { ...device, ...(base.kernels ? { kernels: base.kernels } : {}) };
  }
};

const measuredBy = ({ checkouts }: DuetRun, fresh: RunRecord, side: DuetSide, environment: Environment): RunRecord => {
  const { commit, dirty } = checkouts[side];
  const { version } = environment.attnbench;
  return { ...fresh, environment: { ...environment, attnbench: { version, commit, dirty } }, duet: { id: fresh.run, side } };
};

/** Whoever reads the answer knows that something ended a process. */
const lossesOf = ({ cells }: RunRecord, side: DuetSide): readonly Note[] => {
  // Of a cell that failed for it the comparison tells.
  const lost = cells.flatMap(({ id, outcome, losses = [] }) => (outcome.status === "ok" ? losses.map(({ reason }) => ({ id, reason })) : []));
  const [first] = lost;
  return first ? [(t) => t.comparison.workerLost(side, first.id, first.reason, lost.length - 1)] : [];
};

/** Base's run folder in head's. */
export const baseIn = (folder: string): string => join(folder, "base");

const measureInto = async (
  run: DuetRun,
  records: Readonly<Record<DuetSide, RunRecord>>,
  sessions: Readonly<Record<DuetSide, WorkerSession>>,
  folder: string,
  planned: readonly PlannedCell[],
): Promise<DuetResult> => {
  const folders: Readonly<Record<DuetSide, string>> = { base: baseIn(folder), head: folder };
  await writeRun(folders.head, records.head);
  await writeRun(folders.base, records.base);
  run.onProgress({ type: "began", folder, keptVisits: undefined });
  const journals = { base: openJournal(join(folders.base, "journal.jsonl")), head: openJournal(join(folders.head, "journal.jsonl")) };
  const voiceOf = (side: DuetSide): DuetVoice => ({ record: records[side], session: sessions[side], journal: journals[side] });
  try {
    const { records: measured, baseRefused } = await measureDuet({
      voices: { base: voiceOf("base"), head: voiceOf("head") },
      planned,
      mechanisms: run.mechanisms,
      compared: run.options,
      now: run.now ?? (() => performance.now()),
      signal: run.signal,
      onProgress: run.onProgress,
    });
    const ended = (record: RunRecord): RunRecord =>
      analyse({ ...record, state: run.signal.aborted ? "interrupted" : "complete", endedAt: new Date().toISOString() });
    const analysed = { base: ended(measured.base), head: ended(measured.head) };
    const refusal = baseRefused === undefined ? [] : [(t: Messages) => t.comparison.baseRefused(baseRefused.replace(/\s*\n\s*/g, " · "))];
    const broken = run.signal.aborted ? [(t: Messages) => t.comparison.duetInterrupted] : [];
    const notes: readonly Note[] = [...broken, ...refusal, ...duetSides.flatMap((side) => lossesOf(analysed[side], side)), ...(run.options.notes ?? [])];
    const { language = "en" } = run;
    const comparedIn = (t: Messages): Comparison => compareRuns(analysed.base, analysed.head, { ...run.options, notes }, t);
    const comparison = comparedIn(en);
    const told = language === "en" ? comparison : comparedIn(messagesOf(language));
    const unwritten = await writeAnswer(folders, analysed, comparison, language === "en" ? [] : [{ told, language }]);
    return { comparison, told, folder, records: analysed, baseRefused, unwritten };
  } finally {
    journals.base.close();
    journals.head.close();
  }
};

/** All files of a measured duet, `others` being the comparison in other languages than English. Its journals have every visit, and its comparison is known: why one cannot be written is told, and loses neither. */
const writeAnswer = async (
  folders: Readonly<Record<DuetSide, string>>,
  records: Readonly<Record<DuetSide, RunRecord>>,
  comparison: Comparison,
  others: readonly { readonly told: Comparison; readonly language: Language }[],
): Promise<Error | undefined> => {
  try {
    for (const side of duetSides) {
      await writeRun(folders[side], records[side]);
      // Whole or not at all: half a table looks like a table.
      await writeWhole(join(folders[side], "measurements.csv"), measurementsCsv(records[side]));
      await writeWhole(join(folders[side], "samples.csv"), samplesCsv(records[side]));
    }
    const { renderComparison } = await import("./report/comparisonMarkdown.ts");
    await writeWhole(join(folders.head, "comparison.json"), `${JSON.stringify(comparison, undefined, 1)}\n`);
    const { renderComparisonPage } = await import("./report/comparisonPage.ts");
    await writeWhole(join(folders.head, "comparison.md"), renderComparison(comparison));
    await writeWhole(join(folders.head, "comparison.html"), renderComparisonPage(comparison));
    for (const { told, language } of others) {
      await writeWhole(join(folders.head, `comparison.${language}.md`), renderComparison(told, language));
      await writeWhole(join(folders.head, pageName("comparison", language)), renderComparisonPage(told, language));
    }
    return undefined;
  } catch (error) {
    if (error instanceof Error && "code" in error) return error;
    throw error;
  }
};
