import { analysedAnew } from "./analysedAnew.ts";
import { readRun } from "./record/runFolder.ts";
import { writeReports } from "./writeReports.ts";
import { writeResults } from "./writeResults.ts";

/**
 * Analyses the run in a folder anew, writes the folder's files anew as a run itself does, and its page below `outFolder`, all from one record: what was measured keeps its bytes. Returns the page's file.
 * Throws UnreadableRun and the file system's error.
 */
export const renewRun = async (folder: string, outFolder: string): Promise<string> => {
  const { analysedBy, ...anew } = analysedAnew(readRun(folder).record);
  // Its tables are of this analysis from here on.
  const { tables: _, ...by } = analysedBy ?? {};
  const record = analysedBy ? { ...anew, analysedBy: by as typeof analysedBy } : anew;
  const { unwritten } = await writeResults(outFolder, folder, record, false);
  if (unwritten) throw unwritten;
  return (await writeReports(outFolder, record)).file;
};
