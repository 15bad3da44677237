import { makeFolder } from "./record/folder.ts";
import type { RunRecord } from "./record/run.ts";
import { readRun, runFolder } from "./record/runFolder.ts";
import { mergeRecords } from "./shards/mergeRecords.ts";
import { type WrittenResults, writeResults } from "./writeResults.ts";

export interface MergeOptions {
  /** run folders, or run.json files, of the shards of one experiment */
  readonly runs: readonly string[];
  /** results/ and reports/ are made in here */
  readonly outFolder: string;
}

export interface MergeResult extends WrittenResults {
  readonly record: RunRecord;
  readonly folder: string;
}

/**
 * Puts the shards of an experiment together and writes each merged run, one a device, as a run of its own: the same bytes whatever the order. Throws UnreadableRun and UnmergeableRuns, and the file
 * system's error where a folder cannot be made; what else goes wrong with files is told in the result.
 */
export const mergeRuns = async ({ runs, outFolder }: MergeOptions): Promise<readonly MergeResult[]> => {
  const results: MergeResult[] = [];
  for (const record of mergeRecords(runs.map((path) => readRun(path).record))) {
    const folder = runFolder(outFolder, record.experiment.name, record.run);
    makeFolder(folder);
    results.push({ record, folder, ...(await writeResults(outFolder, folder, record)) });
  }
  return results;
};
