import { existsSync } from "node:fs";
import { join } from "node:path";
import { makeFolder } from "./record/folder.ts";
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
 * older one is reports/<experiment>-<run>.html. So is that of a shard, which is a part of a run: shards that end at one moment write no file of another.
 */
export const writeReports = async (outFolder: string, record: RunRecord): Promise<WrittenReport> => {
  const { renderPage, renderIndex } = await import("./report/page.ts");
  const folder = join(outFolder, "reports");
  makeFolder(folder);
  removeHalfWritten(folder, halfWrittenRestMs);
  const { name } = record.experiment;
  const ownPage = join(folder, `${name}-${record.run}.html`);
  if (record.shard) {
    await writeWhole(ownPage, await renderPage(record));
    return { file: ownPage, newerRun: undefined };
  }
  const newest = newestRun(outFolder, name);
  const newerRun = newest !== undefined && isAfter(newest, record) ? newest.run : undefined;
  const file = newerRun === undefined ? join(folder, `${name}.html`) : ownPage;
  await writeWhole(file, await renderPage(record));
  const listed = listExperiments(outFolder).filter((experiment) => existsSync(join(folder, `${experiment}.html`)));
  await writeWhole(join(folder, "index.html"), renderIndex(listed.flatMap((experiment) => newestRun(outFolder, experiment) ?? [])));
  return { file, newerRun };
};

const newestRun = (outFolder: string, experiment: string): RunRecord | undefined =>
  listRuns(outFolder, experiment)
    .map(({ record }) => record)
    .filter(({ shard }) => shard === undefined)
    .reduce<RunRecord | undefined>((newest, one) => (newest === undefined || isAfter(one, newest) ? one : newest), undefined);

/** Runs that were merged of some and of more of the same shards began at one moment: the wholer one is the later. */
const isAfter = (one: RunRecord, other: RunRecord): boolean =>
  one.startedAt > other.startedAt || (one.startedAt === other.startedAt && missingOf(one) < missingOf(other));

const missingOf = ({ merged }: RunRecord): number => merged?.missing.length ?? 0;
