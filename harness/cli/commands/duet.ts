import { join } from "node:path";
import type { Mechanism } from "../../../kernels/mechanism.ts";
import { UnloadableKernels } from "../../../kernels/registry.ts";
import { findingsOf } from "../../analysis/answer.ts";
import type { CompareOptions } from "../../analysis/comparison/comparison.ts";
import { NoAdapter } from "../../device/adapterFacts.ts";
import { type Connect, connector } from "../../measure/connection.ts";
import type { Progress } from "../../measure/progress.ts";
import { ChangedKernel } from "../../measure/visitor.ts";
import type { Language } from "../../messages/languages.ts";
import { messagesOf } from "../../messages/messages.ts";
import type { Finding } from "../../record/derived.ts";
import { assertWritableFolder } from "../../record/folder.ts";
import { UnwritableJournal } from "../../record/journal.ts";
import type { DuetSide } from "../../record/run.ts";
import { type DuetCheckout, type DuetResult, runDuet, UnlikeSides } from "../../runDuet.ts";
import { budgetSets } from "../budget.ts";
import { type Checkout, makeCheckouts } from "../checkout.ts";
import { comparisonCode, tellComparison } from "../comparisonAnswer.ts";
import { droppedCells } from "../droppedCells.ts";
import { duetCompareCommand, keptOfDuet, leftOfDuet } from "../duetKept.ts";
import { duetKernels } from "../duetKernels.ts";
import { CommandEnd, type ExitCode, exitCode, worst } from "../exit.ts";
import { type Fault, tellFault } from "../fault.ts";
import { kernelFoldersOf, mechanismsOf, type ReadExperiment, readExperiments } from "../input.ts";
import { type Interruption, listenForInterrupts } from "../interruption.ts";
import { createProgressLine } from "../progressLine.ts";
import { repeatCommand } from "../repeatCommand.ts";
import { shellWord } from "../shellWord.ts";
import { print, printJson, say } from "../terminal.ts";
import { type GateFlags, thresholdOf } from "./compare.ts";
import { memoryBudgetBytes } from "./run.ts";

export interface DuetFlags extends GateFlags {
  readonly set: readonly string[];
  readonly filter?: string;
  readonly adapter: string;
  readonly kernels: readonly string[];
  readonly budget?: string;
  readonly out: string;
  readonly format: "text" | "github";
  readonly lang: Language;
  readonly json?: true;
  readonly quiet?: true;
  /** of run alone: refused */
  readonly resume?: true;
}

/** `attnbench duet GITREF FILE`: the working tree against an earlier state of it, measured beside each other. Exits with 3 where something that gates became worse. */
export const duet = async (ref: string, file: string, flags: DuetFlags): Promise<ExitCode> => {
  if (flags.resume)
    throw new CommandEnd(
      exitCode.usage,
      "--resume: a duet is not gone on with, as both states are measured turn by turn in one go; without it a new one begins, and attnbench compare BASE HEAD tells what one that was interrupted has measured",
    );
  const threshold = thresholdOf(flags);
  const options: CompareOptions = { ...(threshold === undefined ? {} : { threshold }), strict: flags.strict === true };
  const mechanisms = await mechanismsOf(flags.kernels);
  const set = [...flags.set, ...budgetSets(flags.budget)];
  const experiments = (await readExperiments([file], { set, filter: flags.filter }, mechanisms)).filter(({ cells }) => cells.length > 0);
  if (experiments.length === 0)
    throw new CommandEnd(
      exitCode.nothingMeasured,
      `${file}: no cell is left to compare${flags.filter ? ` by --filter '${flags.filter}'` : ""}; attnbench check ${shellWord(file)} counts them all`,
    );
  // Before two checkouts are built for it.
  for (const { experiment } of experiments) assertWritableFolder(join(flags.out, "results", experiment.name));
  let made: { remove(): void } | undefined;
  /** where the experiment under way is measured into */
  let into: string | undefined;
  const results: DuetResult[] = [];
  const faults: Fault[] = [];
  const interruption = listenForInterrupts("what was measured is kept and compared", ({ exitCode: code, message }) => {
    made?.remove();
    const kept = into === undefined ? "nothing was measured" : keptOfDuet(into);
    if (into !== undefined) say(kept);
    if (flags.json) printJson(duetAnswer(results, { exitCode: code, message: `${message}: ${kept}` }));
  });
  const began = (folder: string): void => {
    into = folder;
    if (!flags.quiet) say(`measuring into ${folder}: should this end before its answer, ${duetCompareCommand(folder)} tells what was measured`);
  };
  try {
    const checkouts = await makeCheckouts({
      ref,
      start: process.cwd(),
      needed: flags.kernels,
      written: [join(flags.out, "results"), join(flags.out, "reports")],
      signal: interruption.signal,
      onStep: (text) => flags.quiet || say(text),
      onMade: (worktrees) => {
        made = worktrees;
      },
    });
    const kernels = await duetKernels(flags.kernels, checkouts);
    const dropped = droppedCells(file, checkouts, { set, filter: flags.filter }, mechanisms, experiments);
    const sides = {
      base: sideOf(`base (${ref}, ${checkouts.base.commit.slice(0, 10)})`, checkouts.base, kernels.base, flags),
      head: sideOf("head (the working tree)", checkouts.head, kernels.head, flags),
    };
    for (const experiment of experiments) {
      if (interruption.signal.aborted) break;
      const result = await measured(
        experiment,
        mechanisms,
        sides,
        flags,
        ref,
        { ...options, notes: [...dropped, ...kernels.notes] },
        interruption.signal,
        began,
      );
      into = undefined;
      results.push(result);
      if (result.baseRefused !== undefined) say(`base cannot be measured, so everything is NEW: ${result.baseRefused}`);
      if (!flags.json) {
        tellComparison(result.told, flags.lang);
        if (!result.unwritten) print(`\ncomparison: ${result.folder}`);
      }
      if (flags.format === "github") await tellGithubOf(result, flags);
      if (result.unwritten)
        faults.push(tellFault(new CommandEnd(exitCode.usage, `${result.unwritten.message}: not all files could be written\n  ${leftOfDuet(result.folder)}`)));
    }
  } catch (error) {
    const fault = explained(error, into, interruption);
    // Without an answer to go with it, it is for whoever called to tell.
    if (results.length === 0) throw fault;
    faults.push(tellFault(fault));
  } finally {
    made?.remove();
    interruption.stop();
  }
  if (flags.json) printJson(duetAnswer(results, faults[0]));
  if (flags.format === "github") for (const fault of faults) (await import("../github.ts")).annotateFault(fault);
  const interrupted = interruption.signal.aborted ? [interruption.code()] : [];
  return worst([...results.map((result) => codeOf(result, flags)), ...faults.map((fault) => fault.exitCode), ...interrupted]);
};

/** The object that `--json` prints, however the command ends. */
const duetAnswer = (results: readonly DuetResult[], error: Fault | undefined): Readonly<Record<string, unknown>> => ({
  runs: results.map(({ folder }) => folder),
  comparisons: results.map(({ comparison }) => comparison),
  ...(error ? { error } : {}),
});

/** An error in words, where it is none of attnbench's own, with what is kept in the folder that was measured into. */
const explained = (error: unknown, into: string | undefined, { signal, code }: Pick<Interruption, "signal" | "code">): unknown => {
  if (signal.aborted && into === undefined && error instanceof CommandEnd)
    return new CommandEnd(code(), "interrupted while the two states were made: nothing was measured, and nothing is left of them");
  const kept = into === undefined ? "" : `\n  ${keptOfDuet(into)}`;
  const ended = (own: ExitCode, text: string): CommandEnd => new CommandEnd(signal.aborted ? code() : own, `${text}${kept}`);
  if (error instanceof NoAdapter) return ended(exitCode.noAdapter, `${error.message}\n  attnbench doctor says what this machine offers`);
  if (error instanceof UnlikeSides)
    return ended(exitCode.usage, `base and head differ in more than their code, so nothing was measured:\n  ${error.message.replaceAll("\n", "\n  ")}`);
  if (error instanceof UnwritableJournal) return ended(exitCode.usage, `${error.message}: make room, or choose another folder with --out`);
  if (error instanceof ChangedKernel) return ended(exitCode.usage, `${error.message}: what one run tells must be of one kernel`);
  if (kept !== "") say(kept.trim());
  return error;
};

const measured = async (
  { file, experiment, cells }: ReadExperiment,
  mechanisms: readonly Mechanism[],
  checkouts: Readonly<Record<DuetSide, DuetCheckout>>,
  flags: DuetFlags,
  ref: string,
  options: CompareOptions,
  signal: AbortSignal,
  began: (folder: string) => void,
): Promise<DuetResult> => {
  const line = createProgressLine(flags.quiet ?? false);
  try {
    return await runDuet({
      experiment,
      cells,
      mechanisms,
      checkouts,
      adapter: flags.adapter,
      command: repeatCommand(["duet", ref], file, flags),
      outFolder: flags.out,
      options,
      language: flags.lang,
      signal,
      onProgress: (step: Progress) => (step.type === "began" ? began(step.folder) : line.show(step)),
    });
  } finally {
    line.end();
  }
};

const sideOf = (name: string, { commit, dirty, worker, refused }: Checkout, kernels: readonly string[], { adapter, out }: DuetFlags): DuetCheckout => ({
  connect:
    refused === undefined
      ? ofSide(name, connector(adapter, { mode: "timing", kernels, memoryBudgetBytes }, worker))
      : () => Promise.reject(new NoAdapter(refused)),
  commit,
  dirty,
  kernels: kernelFoldersOf(kernels, out),
});

/** Both sides have files of one name: what is wrong with one names the side. */
const ofSide =
  (name: string, connect: Connect): Connect =>
  async (clock) => {
    try {
      return await connect(clock);
    } catch (error) {
      throw error instanceof UnloadableKernels ? new UnloadableKernels(`--kernels of ${name}: ${error.message}`, { cause: error }) : error;
    }
  };

/** Base could not be had, or has none of these cells. Where it only got no time, nothing was measured in both, and that is no pass. */
const isEverythingNew = ({ comparison, records: { base, head }, baseRefused }: DuetResult): boolean =>
  comparison.gate === "nothing" &&
  head.cells.some(({ outcome }) => outcome.status === "ok") &&
  (baseRefused !== undefined || !base.cells.some(({ outcome }) => outcome.status === "pending" || ("code" in outcome && outcome.code === "timeCap")));

/** Nothing was held against anything: no fault of a base that is older, and nothing that is known either. */
const newCode = ({ undecided }: DuetFlags): ExitCode => (undecided === "fail" ? exitCode.gateFailed : exitCode.ok);

const isUnmet = ({ verdict }: Finding, flags: DuetFlags): boolean => verdict === "fail" || (verdict === "undecided" && flags.undecided === "fail");

const tellGithubOf = async (result: DuetResult, flags: DuetFlags): Promise<void> => {
  const { tellGithub, notPassed, amissIn, allNew } = await import("../github.ts");
  const { told, records, baseRefused } = result;
  const { lang, undecided } = flags;
  const verdict = isEverythingNew(result) ? allNew(told, baseRefused, undecided, lang) : notPassed(told, undecided, lang);
  const head = lang === "en" ? records.head : { ...records.head, findings: findingsOf(records.head, messagesOf(lang)) };
  tellGithub(told, [...verdict, ...amissIn(head, told, (finding) => isUnmet(finding, flags), lang)], lang);
};

const codeOf = (result: DuetResult, flags: DuetFlags): ExitCode => {
  const {
    comparison,
    records: { head },
  } = result;
  const failed = head.cells.some(({ outcome }) => outcome.status === "failed");
  const met = !head.findings.some((finding) => isUnmet(finding, flags));
  return worst([
    isEverythingNew(result) ? newCode(flags) : comparisonCode(comparison, flags.undecided),
    failed ? exitCode.cellFailed : exitCode.ok,
    met ? exitCode.ok : exitCode.gateFailed,
  ]);
};
