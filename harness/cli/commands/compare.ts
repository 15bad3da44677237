import { realpathSync } from "node:fs";
import { analyse } from "../../analysis/analysis.ts";
import { compareRuns, type Note } from "../../analysis/comparison/comparison.ts";
import { parseShare } from "../../experiment/units.ts";
import { en } from "../../messages/en.ts";
import type { Language } from "../../messages/languages.ts";
import { type Messages, messagesOf } from "../../messages/messages.ts";
import type { Comparison } from "../../record/comparison.ts";
import type { DuetSide, RunRecord } from "../../record/run.ts";
import { readRun, UnreadableRun } from "../../record/runFolder.ts";
import { comparisonCode, tellComparison } from "../comparisonAnswer.ts";
import { CommandEnd, type ExitCode, exitCode, worst } from "../exit.ts";
import { plainLine } from "../plainText.ts";
import { print, printJson } from "../terminal.ts";

export interface GateFlags {
  /** share, e.g. 5% */
  readonly threshold?: string;
  readonly strict?: true;
  readonly undecided: "ok" | "fail";
}

export interface CompareFlags extends GateFlags {
  readonly allowDifferent?: true;
  readonly format: "text" | "md" | "html" | "github";
  readonly lang: Language;
  readonly json?: true;
}

/** `attnbench compare BASE HEAD`: reads two runs and says what became of every cell and arm. Exits with 3 where something that gates became worse, with 1 where a cell of head failed that base did not measure either. */
export const compare = async (base: string, head: string, flags: CompareFlags): Promise<ExitCode> => {
  const threshold = thresholdOf(flags);
  if (flags.json && (flags.format === "md" || flags.format === "html"))
    throw new CommandEnd(exitCode.usage, `--json and --format ${flags.format} both ask for stdout: name one of them`);
  const [before, after] = [recordOf(base), recordOf(head)];
  const notes = [...(isSamePlace(base, head) ? [(t: Messages) => t.comparison.oneRun] : []), ...unfinished("base", before), ...unfinished("head", after)];
  const comparedIn = (t: Messages): Comparison =>
    compareRuns(before, after, { ...(threshold === undefined ? {} : { threshold }), strict: flags.strict === true, notes }, t);
  const comparison = comparedIn(en);
  if (comparison.differences.length > 0 && !flags.allowDifferent)
    throw new CommandEnd(
      exitCode.usage,
      `${base} and ${head} differ in more than their code:\n  ${comparison.differences.map((difference) => plainLine(difference, 400)).join("\n  ")}\n  --allow-different shows both side by side all the same, and gates nothing`,
    );
  const { lang } = flags;
  // JSON is in English, whatever is said beside it.
  const told = lang === "en" ? comparison : comparedIn(messagesOf(lang));
  if (flags.json) printJson(comparison);
  else if (flags.format === "md") print((await import("../../report/comparisonMarkdown.ts")).renderComparison(told, lang).trimEnd());
  else if (flags.format === "html") print((await import("../../report/comparisonPage.ts")).renderComparisonPage(told, lang).trimEnd());
  else tellComparison(told, lang);
  if (flags.format === "github") {
    const { tellGithub, notPassed, amissIn } = await import("../github.ts");
    tellGithub(told, [...notPassed(told, flags.undecided, lang), ...amissIn(after, told, () => false, lang)], lang);
  }
  const failed = comparison.differences.length === 0 && comparison.cells.some((cell) => cell.failed);
  return worst([comparisonCode(comparison, flags.undecided), failed ? exitCode.cellFailed : exitCode.ok]);
};

/** One folder or file, however it is called. */
const isSamePlace = (base: string, head: string): boolean => {
  const [one, other] = [base, head].map((path) => realpathSync(path).replace(/[/\\]run\.json$/, ""));
  return one === other;
};

/** A cell that such a run has not got is no statement on the code. */
const unfinished = (side: DuetSide, { run, state }: RunRecord): readonly Note[] =>
  state === "complete" ? [] : [(t) => t.comparison.unfinished(side, run, state === "interrupted")];

/** Ends the command with 2 where it is no share above 0 and below 1. */
export const thresholdOf = ({ threshold }: Pick<GateFlags, "threshold">): number | undefined => {
  if (threshold === undefined) return undefined;
  const share = parseShare(threshold) ?? Number(threshold);
  if (!(share > 0 && share < 1)) throw new CommandEnd(exitCode.usage, `--threshold ${threshold}: not a share above 0 % and below 100 %, e.g. 5% or 0.05`);
  return share;
};

const recordOf = (path: string): RunRecord => {
  try {
    return analyse(readRun(path).record);
  } catch (error) {
    if (error instanceof UnreadableRun) throw new CommandEnd(exitCode.usage, plainLine(error.message, 2000));
    throw error;
  }
};
