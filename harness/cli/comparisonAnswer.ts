import { listedDifferences } from "../analysis/comparison/comparisonSentences.ts";
import type { Language } from "../messages/languages.ts";
import { messagesOf } from "../messages/messages.ts";
import type { Comparison } from "../record/comparison.ts";
import { presentableComparison } from "../report/presentableComparison.ts";
import { verdictText } from "../report/verdictText.ts";
import { type ExitCode, exitCode } from "./exit.ts";
import { print, styled, table } from "./terminal.ts";

const codes: Readonly<Record<Comparison["gate"], ExitCode>> = {
  pass: exitCode.ok,
  fail: exitCode.gateFailed,
  undecided: exitCode.ok,
  nothing: exitCode.nothingMeasured,
  off: exitCode.ok,
};

/** Undecided is no failure unless asked to be one (`--undecided fail`). */
export const comparisonCode = ({ gate }: Comparison, undecided: "ok" | "fail"): ExitCode =>
  gate === "undecided" && undecided === "fail" ? exitCode.gateFailed : codes[gate];

const styles = { pass: "green", fail: "red", undecided: "yellow", nothing: "yellow", off: "yellow" } as const;

/** The answer on stdout, a sentence a line, then each cell's time in a row. `language`: that the comparison was made in. */
export const tellComparison = (comparison: Comparison, language: Language): void => {
  const t = messagesOf(language);
  const shown = presentableComparison(comparison, t);
  const { findings, cells, gate } = shown;
  const [first = "", ...others] = findings;
  print(`\n${styled(styles[gate], first)}`);
  for (const difference of listedDifferences(shown)) print(`  ${difference}`);
  for (const finding of others) print(finding);
  const rows = cells.map(({ cell, metrics: { time } }) => [
    verdictText(time.verdict, t),
    cell,
    time.ratio ? time.ratio.value.toFixed(3) : "–",
    time.ratio ? `[${time.ratio.low.toFixed(3)}, ${time.ratio.high.toFixed(3)}]` : (time.note ?? ""),
  ]);
  print(`\n${table([[t.tables.time, t.comparison.cell, t.comparison.page.ratio, t.tables.interval], ...rows], [2])}`);
};
