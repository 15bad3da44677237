import { claimSentences } from "../analysis/claims/claimSentences.ts";
import type { RunRecord } from "../record/run.ts";
import type { RunResult } from "../runExperiment.ts";
import { type ExitCode, exitCode, worst } from "./exit.ts";
import { plainBlock, plainLine } from "./plainText.ts";
import { print, say, styled } from "./terminal.ts";

/** The exit code of a run that was measured or merged. `undecided`: what an expectation that is undecided means for it. */
export const outcomeCode = (record: RunRecord, undecided: "ok" | "fail"): ExitCode => {
  const failing = undecided === "fail" ? ["fail", "undecided"] : ["fail"];
  // A peer that is wrong is told, and no fault of this run.
  const own = record.cells.filter(({ runtime }) => runtime === undefined);
  const texts = record.writing?.texts ?? [];
  if (!own.some(({ outcome }) => outcome.status === "ok"))
    return own.some(({ outcome }) => outcome.status === "failed") ? exitCode.cellFailed : exitCode.nothingMeasured;
  return worst([
    [...own, ...texts].some(({ outcome }) => outcome.status === "failed") ? exitCode.cellFailed : exitCode.ok,
    record.findings.some(({ verdict }) => verdict && failing.includes(verdict)) ? exitCode.gateFailed : exitCode.ok,
  ]);
};

/** Of a merged run the labels in it are anybody's. */
const longestSentence = 2000;

/** The answer: on stdout, since it is what the command was asked for. */
export const tellOutcome = ({ record, folder, report }: Pick<RunResult, "record" | "folder" | "report">): void => {
  for (const cell of record.cells)
    if (cell.outcome.status === "failed")
      say(`${styled("red", "FAILED")} ${plainLine(cell.id, 120)}: ${plainLine(cell.outcome.code, 40)}: ${plainBlock(cell.outcome.reason)}`);
  for (const { cell, outcome } of record.writing?.texts ?? [])
    if (outcome.status === "failed")
      say(`${styled("red", "FAILED")} text of ${plainLine(cell, 120)}: ${plainLine(outcome.code, 40)}: ${plainBlock(outcome.reason)}`);
  print("");
  for (const { kind, verdict, text } of record.findings) {
    const sentence = plainLine(text, longestSentence);
    if (kind === "warning") say(`${styled("yellow", "note")}: ${sentence}`);
    else print(verdict ? `${verdict}: ${sentence}` : sentence);
  }
  print(`\nresults: ${folder}${report ? `\nreport:  ${report}` : ""}`);
};

/** The verdicts on all claims that the runs' experiments ask for, after the last run: a claim is judged in one phase, a file may have several. */
export const tellClaims = (results: readonly Pick<RunResult, "record">[]): void => {
  const lines = claimSentences(results.map(({ record }) => record)).map((line) => plainLine(line, longestSentence));
  if (lines.length > 0) print(["\nclaims", ...lines].join("\n"));
};

/** Files of a run that could not be written: the user's to mend. */
export const unwrittenText = ({ message }: Error, folder: string): string =>
  `${message}: not all files could be written; attnbench report ${folder} makes the report`;
