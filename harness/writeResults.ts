import { join } from "node:path";
import { collectGarbage } from "./heap.ts";
import { measurementsCsv, samplesCsv } from "./record/csv.ts";
import type { RunRecord } from "./record/run.ts";
import { writeRun } from "./record/runFolder.ts";
import { writeWhole } from "./record/wholeFile.ts";
import { writeReports } from "./writeReports.ts";

export interface WrittenResults {
  /** undefined where it could not be written, or was not wanted */
  readonly report: string | undefined;
  /** why not all files of a measured run could be written */
  readonly unwritten: Error | undefined;
}

/** All files of an analysed run: its folder's and, unless told otherwise, its report. Hours of measuring must not be lost to a full disk at their end: its error is part of the result. */
export const writeResults = async (outFolder: string, folder: string, record: RunRecord, withReport = true): Promise<WrittenResults> => {
  try {
    await writeRun(folder, record);
    // Whole or not at all: half a table looks like a table.
    await writeWhole(join(folder, "measurements.csv"), measurementsCsv(record));
    await writeWhole(join(folder, "samples.csv"), samplesCsv(record));
    if (!withReport) return { report: undefined, unwritten: undefined };
    // What analysis and tables leave is as much as a page takes.
    collectGarbage();
    return { report: (await writeReports(outFolder, record)).file, unwritten: undefined };
  } catch (error) {
    if (error instanceof Error && "code" in error) return { report: undefined, unwritten: error };
    throw error;
  }
};
