import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { removeHalfWritten } from "./record/leftovers.ts";
import type { RunRecord } from "./record/run.ts";
import { listExperiments, listRuns } from "./record/runFolder.ts";
import { writeWhole } from "./record/wholeFile.ts";

/** Another command may be writing a page here: that takes less. */
const halfWrittenRestMs = 10_000;

export interface WrittenReport {
  readonly file: string;
  /** a later run of the same experiment, which reports/<experiment>.html is kept for */
  readonly newerRun: string | undefined;
}

/**
 * Writes the report of an analysed run and renews reports/index.html. reports/<experiment>.html is that of the newest run in results/: the report of an
 * older one is reports/<experiment>-<run>.html.
 */
export const writeReports = async (outFolder: string, record: RunRecord): Promise<WrittenReport> => {
  const { renderPage, renderIndex } = await import("./report/page.ts");
  const folder = join(outFolder, "reports");
  mkdirSync(folder, { recursive: true });
  removeHalfWritten(folder, halfWrittenRestMs);
  const { name } = record.experiment;
  const newest = newestRun(outFolder, name);
  const newerRun = newest !== undefined && newest.startedAt > record.startedAt ? newest.run : undefined;
  const file = join(folder, newerRun === undefined ? `${name}.html` : `${name}-${record.run}.html`);
  await writeWhole(file, await renderPage(record));
  const listed = listExperiments(outFolder).filter((experiment) => existsSync(join(folder, `${experiment}.html`)));
  await writeWhole(join(folder, "index.html"), renderIndex(listed.flatMap((experiment) => newestRun(outFolder, experiment) ?? [])));
  return { file, newerRun };
};

const newestRun = (outFolder: string, experiment: string): RunRecord | undefined => listRuns(outFolder, experiment)[0]?.record;
