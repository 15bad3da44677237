import { spawn } from "node:child_process";
import { statSync } from "node:fs";
import { basename, isAbsolute, relative, resolve } from "node:path";
import type { Mechanism } from "../../../kernels/mechanism.ts";
import { NoAdapter } from "../../device/adapterFacts.ts";
import { isPrecision, parseDuration } from "../../experiment/units.ts";
import { connector } from "../../measure/connection.ts";
import { peerConnector } from "../../measure/peers/peerConnector.ts";
import { UnwritableJournal } from "../../record/journal.ts";
import type { RunRecord } from "../../record/run.ts";
import { listRuns } from "../../record/runFolder.ts";
import { RunInUse, type RunResult, runExperiment } from "../../runExperiment.ts";
import { CommandEnd, type ExitCode, exitCode, worst } from "../exit.ts";
import { type Fault, tellFault } from "../fault.ts";
import { mechanismsOf, type ReadExperiment, readExperiments } from "../input.ts";
import { createProgressLine } from "../progressLine.ts";
import { runAnswer } from "../runAnswer.ts";
import { print, say, styled } from "../terminal.ts";

export interface RunFlags {
  readonly set: readonly string[];
  readonly filter?: string;
  readonly adapter: string;
  readonly kernels: readonly string[];
  readonly budget?: string;
  /** share of n*, e.g. 5% */
  readonly refine?: string;
  readonly resume?: true;
  readonly tune?: true;
  readonly dryRun?: true;
  readonly out: string;
  readonly json?: true;
  readonly quiet?: true;
  readonly open?: true;
  /** what an expectation that is undecided means for the exit code */
  readonly undecided: "ok" | "fail";
}

/** bytes of buffers that stay allocated between visits (DESIGN §3, memoryBudget) */
const memoryBudgetBytes = 2 ** 30;

/** What has come of the files so far. */
interface Course {
  readonly results: RunResult[];
  readonly codes: ExitCode[];
  readonly faults: Fault[];
}

/** `attnbench run FILE…`: every file is checked before the first one runs. With --json one object is printed, however this ends. */
export const run = async (files: readonly string[], flags: RunFlags): Promise<ExitCode> => {
  const course: Course = { results: [], codes: [], faults: [] };
  try {
    const mechanisms = await mechanismsOf(flags.kernels);
    const experiments = await plannedExperiments(files, flags, mechanisms);
    if (flags.dryRun) return (await import("../dryRun.ts")).dryRun(experiments, mechanisms, flags);
    await measure(experiments, mechanisms, flags, course);
  } catch (error) {
    course.faults.push(tellFault(explained(error)));
  }
  if (flags.json) print(JSON.stringify(runAnswer(course.results, course.faults)));
  return worst([...course.codes, ...course.faults.map((fault) => fault.exitCode)]);
};

/** The files as experiments with cells. Ends the command with 2 where a file or flag is wrong, with 5 where no cell is left. */
const plannedExperiments = async (files: readonly string[], flags: RunFlags, mechanisms: readonly Mechanism[]): Promise<readonly ReadExperiment[]> => {
  const budgetSeconds = flags.budget === undefined ? undefined : (parseDuration(flags.budget) ?? 0);
  if (budgetSeconds !== undefined && (budgetSeconds < 1 || budgetSeconds > 24 * 3600))
    throw new CommandEnd(exitCode.usage, `--budget ${flags.budget}: not a duration from 1s to 24h, e.g. 90s or 5m`);
  if (flags.refine !== undefined && !isPrecision(flags.refine))
    throw new CommandEnd(exitCode.usage, `--refine crossover=${flags.refine}: not a share from 0.1% to 50%, e.g. crossover=5%`);
  const set = [
    ...flags.set,
    ...(flags.budget === undefined ? [] : [`measure.maxTime=${flags.budget}`]),
    ...(flags.refine === undefined ? [] : [`measure.refine.crossover=${flags.refine}`]),
  ];
  const experiments = await readExperiments(files, { set, filter: flags.filter }, mechanisms);
  // A filter may well speak of one of a file's phases alone.
  const left = experiments.filter(({ cells }) => cells.length > 0);
  const empty = experiments.find(({ file, cells }) => cells.length === 0 && !left.some((other) => other.file === file));
  if (empty)
    throw new CommandEnd(
      exitCode.nothingMeasured,
      `${empty.file}: no cell is left${flags.filter ? ` by --filter '${flags.filter}'` : " by its exclude"}; attnbench check ${quoted(empty.file)} counts them all`,
    );
  return left;
};

/** Phases of a file that an interrupted command had completed: --resume goes on with those that it had not. */
const completed = (experiments: readonly ReadExperiment[], out: string): ReadonlySet<ReadExperiment> => {
  const newest = new Map(
    experiments.map((one) => [one, listRuns(out, one.experiment.name).find(({ record }) => record.experiment.hash === one.experiment.hash)]),
  );
  const stateOf = (one: ReadExperiment): string | undefined => newest.get(one)?.record.state;
  return new Set(
    experiments.filter(
      (one) => stateOf(one) === "complete" && experiments.some((other) => other !== one && other.file === one.file && stateOf(other) !== "complete"),
    ),
  );
};

/** One experiment after the other, until an interrupt or until no worker can be had. */
const measure = async (
  experiments: readonly ReadExperiment[],
  mechanisms: readonly Mechanism[],
  flags: RunFlags,
  { results, codes, faults }: Course,
): Promise<void> => {
  const interruption = listenForInterrupts();
  try {
    const kernels = flags.kernels.map((folder) => resolve(folder));
    const connect = connector(flags.adapter, { mode: "timing", kernels, memoryBudgetBytes });
    const connectPeer = peerConnector({ mode: "timing", kernels, memoryBudgetBytes });
    const done = flags.resume ? completed(experiments, flags.out) : new Set<ReadExperiment>();
    for (const planned of experiments) {
      if (interruption.signal.aborted) break;
      const { file, experiment, cells } = planned;
      if (done.has(planned)) {
        say(`${experiment.name}: complete, and kept as it is`);
        continue;
      }
      const progress = createProgressLine(flags.quiet === true);
      if (!flags.quiet) say(styled("bold", `${experiment.title}${experiment.question ? ` ${experiment.question}` : ""}`));
      const result = await runExperiment({
        experiment,
        cells,
        mechanisms,
        connect,
        connectPeer,
        adapter: flags.adapter,
        command: repeatCommand(file, flags),
        outFolder: flags.out,
        resume: flags.resume === true,
        tune: flags.tune === true,
        signal: interruption.signal,
        onProgress: (step) => {
          if (step.type === "began" && step.keptVisits === undefined && flags.resume)
            say(styled("yellow", "nothing to resume (no unfinished run of this experiment, filter, device and code): this is a new run"));
          progress.show(step);
        },
      }).finally(progress.end);
      results.push(result);
      codes.push(resultCode(result.record, flags.undecided));
      if (result.brokeOff) faults.push(tellFault(brokenOff(result.brokeOff)));
      if (!flags.json) tell(result);
      if (result.unwritten) faults.push(tellFault(unwritten(result.unwritten, result.folder)));
      if (flags.open && result.report) openFile(result.report);
      if (result.brokeOff) break;
    }
  } finally {
    interruption.stop();
    if (interruption.signal.aborted) codes.push(interruption.code());
  }
};

/** An error in words, where it is none of attnbench's own. */
const explained = (error: unknown): unknown => {
  if (error instanceof NoAdapter) return new CommandEnd(exitCode.noAdapter, noAdapterText(error));
  if (error instanceof UnwritableJournal)
    return new CommandEnd(exitCode.usage, `${error.message}\n  every visit before that is kept: make room, and --resume goes on with it`);
  return error instanceof RunInUse ? new CommandEnd(exitCode.usage, error.message) : error;
};

const brokenOff = (error: NoAdapter): CommandEnd =>
  new CommandEnd(exitCode.noAdapter, `${styled("red", "BROKE OFF")}: ${noAdapterText(error)}\n  what was measured is kept; --resume goes on with it`);

const unwritten = ({ message }: Error, folder: string): CommandEnd =>
  new CommandEnd(exitCode.usage, `${message}: not all files could be written; attnbench report ${folder} makes the report`);

/** A path as another may have it: below this folder as given, elsewhere its last part, since the rest names this machine's folders and users. */
const publicPath = (path: string): string => {
  const below = relative(process.cwd(), resolve(path));
  return below.startsWith("..") || isAbsolute(below) ? basename(path) : below;
};

/** The command as another may type it: the flags that change what is measured. */
const repeatCommand = (file: string, flags: RunFlags): string =>
  [
    "npx attnbench run",
    quoted(publicPath(file)),
    ...flags.set.map((set) => `--set ${quoted(set)}`),
    ...(flags.filter === undefined ? [] : [`--filter ${quoted(flags.filter)}`]),
    ...(flags.adapter === "auto" ? [] : [`--adapter ${quoted(flags.adapter)}`]),
    ...flags.kernels.map((folder) => `--kernels ${quoted(publicPath(folder))}`),
    ...(flags.budget === undefined ? [] : [`--budget ${quoted(flags.budget)}`]),
    ...(flags.refine === undefined ? [] : [`--refine crossover=${flags.refine}`]),
    ...(flags.tune ? ["--tune"] : []),
  ].join(" ");

const quoted = (text: string): string => (/^[\w./=,:@%+-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`);

const noAdapterText = (error: NoAdapter): string => `${error.message}\n  attnbench doctor says what this machine offers`;

const resultCode = (record: RunRecord, undecided: RunFlags["undecided"]): ExitCode => {
  const failing = undecided === "fail" ? ["fail", "undecided"] : ["fail"];
  // A peer that is wrong is told, and no fault of this run.
  const own = record.cells.filter(({ runtime }) => runtime === undefined);
  if (!own.some(({ outcome }) => outcome.status === "ok"))
    return own.some(({ outcome }) => outcome.status === "failed") ? exitCode.cellFailed : exitCode.nothingMeasured;
  return worst([
    own.some(({ outcome }) => outcome.status === "failed") ? exitCode.cellFailed : exitCode.ok,
    record.findings.some(({ verdict }) => verdict && failing.includes(verdict)) ? exitCode.gateFailed : exitCode.ok,
  ]);
};

/** The answer: on stdout, since it is what the command was asked for. */
const tell = ({ record, folder, report }: RunResult): void => {
  for (const cell of record.cells)
    if (cell.outcome.status === "failed") say(`${styled("red", "FAILED")} ${cell.id}: ${cell.outcome.code}: ${cell.outcome.reason}`);
  print("");
  for (const finding of record.findings) {
    if (finding.kind === "warning") say(`${styled("yellow", "note")}: ${finding.text}`);
    else if (finding.verdict) print(`${finding.verdict}: ${finding.text}`);
    else print(finding.text);
  }
  print(`\nresults: ${folder}${report ? `\nreport:  ${report}` : ""}`);
};

/** A terminal that closes says SIGHUP. */
const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** First Ctrl-C or SIGTERM: measuring ends after the visit under way. Second: at once. */
const listenForInterrupts = (): { signal: AbortSignal; code: () => ExitCode; stop: () => void } => {
  const controller = new AbortController();
  let code: ExitCode = exitCode.interrupted;
  const onSignal = (signal: NodeJS.Signals): void => {
    code = signal === "SIGINT" ? exitCode.interrupted : exitCode.terminated;
    if (controller.signal.aborted) process.exit(code);
    say(`\n${signal}: ending after this visit; what was measured is kept, and --resume goes on with it (again: stop at once)`);
    controller.abort();
  };
  for (const signal of signals) process.on(signal, onSignal);
  return {
    signal: controller.signal,
    code: () => code,
    stop: () => {
      for (const signal of signals) process.off(signal, onSignal);
    },
  };
};

const openers: Partial<Record<NodeJS.Platform, readonly string[]>> = { darwin: ["open"], win32: ["cmd", "/c", "start", ""] };

const openFile = (file: string): void => {
  if (!statSync(file, { throwIfNoEntry: false })) return;
  const [command = "xdg-open", ...args] = openers[process.platform] ?? ["xdg-open"];
  spawn(command, [...args, resolve(file)], { stdio: "ignore", detached: true })
    .on("error", (error) => say(`the report could not be opened (${error.message}): ${file}`))
    .unref();
};
