import { formatCount, formatList } from "../../analysis/format.ts";
import { type MergeResult, mergeRuns } from "../../mergeRuns.ts";
import { UnreadableRun } from "../../record/runFolder.ts";
import { deviceName } from "../../shards/device.ts";
import { UnmergeableRuns } from "../../shards/mergeRecords.ts";
import { CommandEnd, type ExitCode, exitCode, worst } from "../exit.ts";
import { type Fault, tellFault } from "../fault.ts";
import { plainLine } from "../plainText.ts";
import { runAnswer } from "../runAnswer.ts";
import { outcomeCode, tellClaims, tellOutcome, unwrittenText } from "../runOutcome.ts";
import { printJson, say, styled } from "../terminal.ts";

export interface MergeFlags {
  readonly out: string;
  readonly json?: true;
  readonly undecided: "ok" | "fail";
}

/** `attnbench merge RUN…`: the shards of an experiment as one run for each device, as if each had been measured there whole; missing shards are told. */
export const merge = async (runs: readonly string[], flags: MergeFlags): Promise<ExitCode> => {
  const results = await merged(runs, flags.out);
  const faults = results.flatMap(({ unwritten, folder }): Fault[] =>
    unwritten ? [tellFault(new CommandEnd(exitCode.usage, unwrittenText(unwritten, folder)))] : [],
  );
  if (results.length > 1)
    say(
      `these shards were measured on ${formatCount(results.length)} devices, so they make ${formatCount(results.length)} runs, whose times never stand together`,
    );
  for (const result of results) {
    const missing = missingText(result);
    if (missing !== undefined) say(`${styled("yellow", "INCOMPLETE")}: ${missing}`);
    if (!flags.json) tellOutcome(result);
  }
  if (!flags.json) tellClaims(results);
  if (flags.json)
    printJson({
      ...runAnswer(results, faults),
      missing: results.flatMap(({ folder, record: { merged } }) => (merged && merged.missing.length > 0 ? [{ run: folder, shards: merged.missing }] : [])),
    });
  // Of what is missing nothing is decided, nor of what an interrupted shard had not come to.
  const isOpen = flags.undecided === "fail" && results.some(({ record: { state } }) => state !== "complete");
  return worst([
    ...results.map(({ record }) => outcomeCode(record, flags.undecided)),
    ...(isOpen ? [exitCode.gateFailed] : []),
    ...faults.map((fault) => fault.exitCode),
  ]);
};

const merged = async (runs: readonly string[], outFolder: string): Promise<readonly MergeResult[]> => {
  try {
    return await mergeRuns({ runs, outFolder });
  } catch (error) {
    if (error instanceof UnreadableRun || error instanceof UnmergeableRuns) throw new CommandEnd(exitCode.usage, plainLine(error.message, 2000));
    throw error;
  }
};

const missingText = ({ record: { merged, environment } }: MergeResult): string | undefined =>
  merged && merged.missing.length > 0
    ? `of ${plainLine(deviceName(environment), 200)} there is no run of ${merged.missing.length === 1 ? "shard" : "shards"} ${formatList(merged.missing.map(String))} of ${merged.of}`
    : undefined;
