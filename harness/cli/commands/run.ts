import { spawn } from "node:child_process";
import { statSync } from "node:fs";
import { resolve } from "node:path";
import type { Mechanism } from "../../../kernels/mechanism.ts";
import { formatList } from "../../analysis/format.ts";
import { NoAdapter } from "../../device/adapterFacts.ts";
import { codeOfBuild } from "../../device/environment.ts";
import { isPrecision } from "../../experiment/units.ts";
import { connector } from "../../measure/connection.ts";
import { peerConnector } from "../../measure/peers/peerConnector.ts";
import type { Progress } from "../../measure/progress.ts";
import { ChangedKernel } from "../../measure/visitor.ts";
import { codeText, sameCode } from "../../record/code.ts";
import { UnwritableJournal } from "../../record/journal.ts";
import { type KernelFolder, kernelsText, sameKernels } from "../../record/kernelFolder.ts";
import { isSameShard, type Shard, shardName } from "../../record/merged.ts";
import type { RunRecord } from "../../record/run.ts";
import { newestRun } from "../../record/runFolder.ts";
import { RunInUse, type RunResult, runExperiment } from "../../runExperiment.ts";
import { shardCells } from "../../shards/split.ts";
import { budgetSets } from "../budget.ts";
import { CommandEnd, type ExitCode, exitCode, worst } from "../exit.ts";
import { type Fault, tellFault } from "../fault.ts";
import { kernelFoldersOf, mechanismsOf, type ReadExperiment, readExperiments } from "../input.ts";
import { listenForInterrupts } from "../interruption.ts";
import { plainLine } from "../plainText.ts";
import { createProgressLine } from "../progressLine.ts";
import { type MeasuringFlags, repeatCommand } from "../repeatCommand.ts";
import { runAnswer } from "../runAnswer.ts";
import { outcomeCode, tellClaims, tellOutcome, unwrittenText } from "../runOutcome.ts";
import { shardOf } from "../shardFlag.ts";
import { shellWord } from "../shellWord.ts";
import { printJson, say, styled } from "../terminal.ts";

export interface RunFlags extends MeasuringFlags {
  /** i/k, auto or auto/k */
  readonly shard?: string;
  readonly resume?: true;
  readonly dryRun?: true;
  readonly out: string;
  readonly json?: true;
  readonly quiet?: true;
  readonly open?: true;
  /** what an expectation that is undecided means for the exit code */
  readonly undecided: "ok" | "fail";
}

/** bytes of buffers that stay allocated between visits (DESIGN §3, memoryBudget) */
export const memoryBudgetBytes = 2 ** 30;

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
    await renewed(course, flags.out);
  } catch (error) {
    course.faults.push(tellFault(explained(error)));
  }
  if (flags.json) printJson(runAnswer(course.results, course.faults));
  else tellClaims(course.results);
  return worst([...course.codes, ...course.faults.map((fault) => fault.exitCode)]);
};

/** The pages of a file's earlier phases, with what later ones say of claims. A page that cannot be written is the user's to mend. */
const renewed = async ({ results, faults }: Course, out: string): Promise<void> => {
  const [{ renewClaims }, written] = [await import("../../writeReports.ts"), results.filter(({ report }) => report !== undefined)];
  try {
    await renewClaims(
      out,
      written.map(({ record }) => record),
    );
  } catch (error) {
    if (!(error instanceof Error && "code" in error)) throw error;
    faults.push(tellFault(new CommandEnd(exitCode.usage, `${error.message}: the reports of earlier phases do not have all verdicts on claims`)));
  }
};

/** The files as experiments with cells. Ends the command with 2 where a file or flag is wrong, with 5 where no cell is left. */
const plannedExperiments = async (files: readonly string[], flags: RunFlags, mechanisms: readonly Mechanism[]): Promise<readonly ReadExperiment[]> => {
  if (flags.refine !== undefined && !isPrecision(flags.refine))
    throw new CommandEnd(exitCode.usage, `--refine crossover=${flags.refine}: not a share from 0.1% to 50%, e.g. crossover=5%`);
  const shard = flags.shard === undefined ? undefined : shardOf(flags.shard, process.env);
  const set = [...flags.set, ...budgetSets(flags.budget), ...(flags.refine === undefined ? [] : [`measure.refine.crossover=${flags.refine}`])];
  const experiments = await readExperiments(files, { set, filter: flags.filter }, mechanisms);
  // A filter may well speak of one of a file's phases alone.
  const left = experiments.filter(({ cells }) => cells.length > 0);
  const empty = experiments.find(({ file, cells }) => cells.length === 0 && !left.some((other) => other.file === file));
  if (empty)
    throw new CommandEnd(
      exitCode.nothingMeasured,
      `${empty.file}: no cell is left${flags.filter ? ` by --filter '${flags.filter}'` : " by its exclude"}; attnbench check ${shellWord(empty.file)} counts them all`,
    );
  return shard ? shardsOf(left, mechanisms, shard) : left;
};

/** Of each experiment the cells that this shard measures, without those that it has none of. Ends the command with 5 where that leaves none. */
const shardsOf = (experiments: readonly ReadExperiment[], mechanisms: readonly Mechanism[], wanted: Pick<Shard, "index" | "of">): readonly ReadExperiment[] => {
  const split = experiments.map((one) => ({ ...one, ...shardCells(one.cells, mechanisms, wanted, one.experiment.serving !== undefined) }));
  const empty = split
    .filter(({ cells }) => cells.length === 0)
    .map(
      ({ experiment, shard: { filled } }) =>
        `${experiment.name}: ${shardName(wanted)} has no cell, since it has only ${filled} ${filled === 1 ? "comparison" : "comparisons"} to split: the first ${filled === 1 ? "shard measures it" : `${filled} shards measure them`}`,
    );
  if (empty.length === split.length) throw new CommandEnd(exitCode.nothingMeasured, empty.join("\n"));
  for (const text of empty) say(text);
  for (const { experiment, cut } of split)
    if (cut.length > 0)
      say(
        `${experiment.name}: ${wanted.of} shards cut its sweep of ${formatList(cut)}, as each shape alone is compared whole: merged, its times get no law of it; fewer shards, or none, keep it together`,
      );
  return split.filter(({ cells }) => cells.length > 0);
};

/** Phases of a file that an interrupted command had completed: --resume goes on with those that it had not. */
const completed = (experiments: readonly ReadExperiment[], held: readonly KernelFolder[], { out, adapter }: RunFlags): ReadonlySet<ReadExperiment> => {
  const code = codeOfBuild();
  const isOf =
    ({ experiment, shard }: ReadExperiment) =>
    (record: RunRecord): boolean =>
      record.experiment.hash === experiment.hash &&
      isSameShard(record.shard, shard) &&
      !record.merged &&
      !record.duet &&
      sameCode(record.environment.attnbench, code) &&
      record.environment.adapter.asked === adapter &&
      sameKernels(record.environment.kernels, held);
  const states = new Map(experiments.map((one) => [one, newestRun(out, one.experiment.name, isOf(one))?.record.state]));
  const stateOf = (one: ReadExperiment): RunRecord["state"] | undefined => states.get(one);
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
  const interruption = listenForInterrupts(
    "what was measured is kept, and --resume goes on with it",
    ({ exitCode: code, message }) =>
      flags.json &&
      printJson(
        runAnswer(results, [...faults, { exitCode: code, message: `${message}: every visit that was finished is kept, and --resume goes on with it` }]),
      ),
  );
  try {
    const kernels = flags.kernels.map((folder) => resolve(folder));
    const held = kernelFoldersOf(flags.kernels, flags.out);
    const connect = connector(flags.adapter, { mode: "timing", kernels, memoryBudgetBytes });
    const connectPeer = peerConnector({ mode: "timing", kernels, memoryBudgetBytes });
    const done = flags.resume ? completed(experiments, held, flags) : new Set<ReadExperiment>();
    for (const planned of experiments) {
      if (interruption.signal.aborted) break;
      const { file, experiment, cells, shard } = planned;
      if (done.has(planned)) {
        say(`${experiment.name}: complete, and kept as it is`);
        continue;
      }
      const progress = createProgressLine(flags.quiet === true);
      if (!flags.quiet)
        say(styled("bold", plainLine(`${experiment.title}${experiment.question ? ` ${experiment.question}` : ""}${shard ? ` (${shardName(shard)})` : ""}`)));
      const result = await runExperiment({
        experiment,
        cells,
        shard,
        mechanisms,
        kernels: held,
        connect,
        connectPeer,
        adapter: flags.adapter,
        command: repeatCommand(["run"], file, flags, shard),
        outFolder: flags.out,
        resume: flags.resume === true,
        tune: flags.tune === true,
        signal: interruption.signal,
        onProgress: (step) => {
          if (step.type === "began" && step.keptVisits === undefined && flags.resume)
            say(styled("yellow", `nothing to resume (${whyNew(step, held)}): this is a new run`));
          progress.show(step);
        },
      }).finally(progress.end);
      results.push(result);
      codes.push(outcomeCode(result.record, flags.undecided));
      if (result.brokeOff) faults.push(tellFault(brokenOff(result.brokeOff)));
      if (!flags.json) tellOutcome(result);
      if (result.unwritten) faults.push(tellFault(new CommandEnd(exitCode.usage, unwrittenText(result.unwritten, result.folder))));
      if (flags.open && result.report) openFile(result.report);
      if (result.brokeOff) break;
    }
  } finally {
    interruption.stop();
    if (interruption.signal.aborted) codes.push(interruption.code());
  }
};

const whyNew = ({ otherKernels, otherCode, otherBudget }: Extract<Progress, { type: "began" }>, held: readonly KernelFolder[]): string => {
  if (otherCode) return `${otherCode.folder} is unfinished, but of other code: ${codeText(otherCode.before)} then, ${codeText(otherCode.now)} now`;
  if (otherBudget)
    return `${otherBudget.folder} is unfinished, but had ${otherBudget.before} s to measure in (--budget or measure.maxTime), and ${otherBudget.now} s are given now; with --budget ${otherBudget.before}s it is gone on with`;
  return otherKernels
    ? `${otherKernels.folder} is unfinished, but its --kernels held something else: ${kernelsText(otherKernels.kernels)} then, ${kernelsText(held)} now; put back, it is gone on with`
    : "no unfinished run of this experiment with these --set, --budget and --filter, of this shard, device and code";
};

/** An error in words, where it is none of attnbench's own. */
const explained = (error: unknown): unknown => {
  if (error instanceof NoAdapter) return new CommandEnd(exitCode.noAdapter, noAdapterText(error));
  if (error instanceof UnwritableJournal)
    return new CommandEnd(exitCode.usage, `${error.message}\n  every visit before that is kept: make room, and --resume goes on with it`);
  if (error instanceof ChangedKernel)
    return new CommandEnd(
      exitCode.usage,
      `${error.message}: what one run tells must be of one kernel\n  every visit before that is kept; without --resume a new run begins, with that kernel put back --resume goes on`,
    );
  return error instanceof RunInUse ? new CommandEnd(exitCode.usage, error.message) : error;
};

const brokenOff = (error: NoAdapter): CommandEnd =>
  new CommandEnd(exitCode.noAdapter, `${styled("red", "BROKE OFF")}: ${noAdapterText(error)}\n  what was measured is kept; --resume goes on with it`);

const noAdapterText = (error: NoAdapter): string => `${error.message}\n  attnbench doctor says what this machine offers`;

const openers: Partial<Record<NodeJS.Platform, readonly string[]>> = { darwin: ["open"], win32: ["cmd", "/c", "start", ""] };

const openFile = (file: string): void => {
  if (!statSync(file, { throwIfNoEntry: false })) return;
  const [command = "xdg-open", ...args] = openers[process.platform] ?? ["xdg-open"];
  spawn(command, [...args, resolve(file)], { stdio: "ignore", detached: true })
    .on("error", (error) => say(`the report could not be opened (${error.message}): ${file}`))
    .unref();
};
