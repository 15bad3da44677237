import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import writeFileAtomic from "write-file-atomic";
import type { RunRecord } from "./record/run.ts";
import { listExperiments, listRuns } from "./record/runFolder.ts";

/** Writes reports/<experiment>.html of an analysed run and renews reports/index.html. Returns the report's path. */
export const writeReports = async (outFolder: string, record: RunRecord): Promise<string> => {
  const { renderPage, renderIndex } = await import("./report/page.ts");
  const folder = join(outFolder, "reports");
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${record.experiment.name}.html`);
  await writeFileAtomic(file, await renderPage(record));
  const newest = listExperiments(outFolder)
    .filter((name) => existsSync(join(folder, `${name}.html`)))
    .flatMap((name) => listRuns(outFolder, name).slice(0, 1));
  await writeFileAtomic(join(folder, "index.html"), renderIndex(newest.map(({ record: run }) => run)));
  return file;
};
