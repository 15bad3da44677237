import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { claimsOf } from "./analysis/claims/claims.ts";
import { phases } from "./experiment/phases.ts";
import { entryOfPage, indexedRuns } from "./indexedRuns.ts";
import { type Language, languages } from "./messages/languages.ts";
import { messagesOf } from "./messages/messages.ts";
import { recordOfPage } from "./pageRecord.ts";
import { makeFolder } from "./record/folder.ts";
import { removeHalfWritten } from "./record/leftovers.ts";
import type { RunRecord } from "./record/run.ts";
import { listRuns, namedAsRun, newestRun } from "./record/runFolder.ts";
import { writeWhole } from "./record/wholeFile.ts";
import type { BesideRun } from "./report/besideRun.ts";
import { pageName } from "./report/pageName.ts";

/** Another command may be writing a page here: that takes less. */
const halfWrittenRestMs = 10_000;

export interface WrittenReport {
  readonly file: string;
  /** a later run of the same experiment, which reports/<experiment>.html is kept for */
  readonly newerRun: string | undefined;
}

/**
 * Writes the report of a run, in the language that it was analysed in, and renews reports/index.html. reports/<experiment>.html is that of the newest run in results/ and in `beside`, the runs whose
 * reports are asked for together: the report of an older one is reports/<experiment>-<run>.html, and so is the page that a newer one takes the place of. Where claims are asked for, it also has the
 * verdicts of the file's other phases, as far as they are in results/ or among those. That of a shard, which is a part of a run (shards that end at one moment write no file of another), and of a duet's head, whose
 * times were taken between those of another state, has its run's name too. In another language than English a page's name has that before its ending, and the index names it beside the English one.
 */
export const writeReports = async (
  outFolder: string,
  record: RunRecord,
  language: Language = "en",
  beside: readonly RunRecord[] = [],
): Promise<WrittenReport> => {
  const { pageParts } = await import("./report/page.ts");
  const { renderIndex } = await import("./report/indexPage.ts");
  const folder = join(outFolder, "reports");
  makeFolder(folder);
  removeHalfWritten(folder, halfWrittenRestMs);
  const { name } = record.experiment;
  const ownPage = join(folder, pageName(`${name}-${record.run}`, language));
  if (isHalf(record)) {
    await writeWhole(ownPage, await pageParts(record, undefined, [], language));
    return { file: ownPage, newerRun: undefined };
  }
  const newerRun = newerThan(outFolder, record, beside);
  const file = newerRun === undefined ? join(folder, pageName(name, language)) : ownPage;
  const others = otherPhases(outFolder, record, beside).map((one) => ({
    record: judgedIn(one, language),
    page: besidePage(outFolder, one, beside, language),
  }));
  const parts = await pageParts(record, undefined, others, language);
  if (newerRun === undefined) await keepPage(folder, record, language);
  await writeWhole(file, parts);
  await writeWhole(join(folder, "index.html"), renderIndex(indexedRuns(folder)));
  return { file, newerRun };
};

/** A later whole run of a record's experiment, in results/, among `beside` or on its page; undefined where it is the newest itself. */
const newerThan = (outFolder: string, record: RunRecord, beside: readonly RunRecord[]): string | undefined => {
  const { name } = record.experiment;
  const inResults = wholeRuns(outFolder, name, record.run);
  const asked = beside.filter((one) => one.experiment.name === name && one.run !== record.run && !isHalf(one));
  // Without results of its own here, a folder of pages has runs that lie elsewhere: a page carries its record.
  const onPage = inResults.length > 0 ? undefined : pageRecord(join(outFolder, "reports"), name);
  const newest = newestOf([...inResults, ...asked, ...(onPage === undefined || onPage.run === record.run ? [] : [onPage]), record]);
  return newest === record ? undefined : newest?.run;
};

/** The page that a run of another phase has, or will have once all of `beside` are written; in English where it has none in the language. */
const besidePage = (outFolder: string, record: RunRecord, beside: readonly RunRecord[], language: Language): string => {
  const isNewest = newerThan(outFolder, record, beside) === undefined;
  const named = (one: Language): string => pageName(isNewest ? record.experiment.name : `${record.experiment.name}-${record.run}`, one);
  const isWritten = beside.some(({ run }) => run === record.run) || existsSync(join(outFolder, "reports", named(language)));
  return named(isWritten ? language : "en");
};

const isHalf = ({ shard, duet }: RunRecord): boolean => shard !== undefined || duet !== undefined;

/** The run that an experiment's page is of. */
const pageRecord = (folder: string, experiment: string): RunRecord | undefined => {
  const language = languages.find((one) => existsSync(join(folder, pageName(experiment, one))));
  const found = language && recordOfPage(join(folder, pageName(experiment, language)));
  return found?.experiment.name === experiment ? found : undefined;
};

/** Keeps the page of the run that was the newest under its own name, as that of `record` takes its place. */
const keepPage = async (folder: string, { run, experiment: { name } }: RunRecord, language: Language): Promise<void> => {
  const file = join(folder, pageName(name, language));
  const before = existsSync(file) ? entryOfPage(file, language) : undefined;
  if (before?.experiment !== name || before.run === run || !namedAsRun.test(before.run)) return;
  await writeWhole(join(folder, pageName(`${name}-${before.run}`, language)), [readFileSync(file, "utf8")]);
};

/** Writes the reports of runs that ended one after another again, but for the last: where claims are asked for, they have the verdicts of the phases that came after them. */
export const renewClaims = async (outFolder: string, records: readonly RunRecord[]): Promise<void> => {
  for (const record of records.slice(0, -1)) if (record.experiment.claims !== undefined) await writeReports(outFolder, record);
};

/** The newest runs of the other phases of the same file, on the same device, in `beside`, else in results/: of a record that asks for claims, which one phase alone does not judge. */
const otherPhases = (outFolder: string, record: RunRecord, beside: readonly RunRecord[]): readonly RunRecord[] =>
  otherNames(record)
    .flatMap((experiment) => {
      const asked = newestOf(beside.filter((one) => one.experiment.name === experiment && !isHalf(one) && isAlike(one, record)));
      const newest = asked ?? newestOf(wholeRuns(outFolder, experiment, undefined, (one) => onSameDevice(one, record)));
      return asked ?? (newest && recordOf(outFolder, experiment, newest)) ?? [];
    })
    .filter((one) => isAlike(one, record));

/** The same among runs whose reports are asked for together, and that are written nowhere: each with the page that it would have. */
export const phasesBeside = (record: RunRecord, all: readonly RunRecord[]): readonly BesideRun[] =>
  otherNames(record).flatMap((experiment) => {
    const newest = newestOf(all.filter((one) => one.experiment.name === experiment && !isHalf(one) && isAlike(one, record)));
    return newest ? [{ record: newest, page: pageName(experiment, "en") }] : [];
  });

/** Experiments of the other phases of a record's file; none where it asks for no claims, or its file has one phase. */
const otherNames = ({ experiment: { name, phase, claims } }: RunRecord): readonly string[] => {
  const ending = `-${phase}`;
  return claims === undefined || !name.endsWith(ending)
    ? []
    : phases.filter((other) => other !== phase).map((other) => `${name.slice(0, -ending.length)}-${other}`);
};

const onSameDevice = (one: RunRecord, other: RunRecord): boolean => one.environment.adapter.device === other.environment.adapter.device;

const isAlike = (one: RunRecord, other: RunRecord): boolean => one.experiment.yaml === other.experiment.yaml && onSameDevice(one, other);

/** A record whose claims are told in a language: as they were stored in English, else judged anew from what its analysis left. */
const judgedIn = (record: RunRecord, language: Language): RunRecord =>
  language === "en" || record.claims === undefined ? record : { ...record, claims: claimsOf(record, messagesOf(language)) };

/** What tells which of several runs is the newest: all that they measured, of each that is in a folder, would be too much to hold. */
type Named = Pick<RunRecord, "run" | "startedAt"> & { readonly merged?: RunRecord["merged"] | undefined };

/** Those of an experiment but for one of the name `except`. */
const wholeRuns = (outFolder: string, experiment: string, except?: string, isWanted: (record: RunRecord) => boolean = () => true): readonly Named[] => {
  const named: Named[] = [];
  for (const { record } of listRuns(outFolder, experiment, except)) {
    const { run, startedAt, merged, shard, duet } = record;
    if (shard === undefined && duet === undefined && isWanted(record)) named.push({ run, startedAt, merged });
  }
  return named;
};

/** Undefined where it was removed meanwhile. */
const recordOf = (outFolder: string, experiment: string, { run }: Named): RunRecord | undefined =>
  newestRun(outFolder, experiment, (record) => record.run === run)?.record;

/** The run that began last; of runs merged of some and of more of the same shards the wholer one, whenever those of each began. At one moment, the last by name. */
const newestOf = <One extends Named>(runs: readonly One[]): One | undefined =>
  runs
    .filter((one) => !runs.some((other) => isPartOf(one, other)))
    .reduce<One | undefined>((newest, one) => (newest === undefined || isLater(one, newest) ? one : newest), undefined);

const isLater = (one: Named, other: Named): boolean => (one.startedAt === other.startedAt ? one.run >= other.run : one.startedAt > other.startedAt);

const isPartOf = (one: Named, other: Named): boolean => {
  const [some, more] = [one, other].map(({ merged }) => new Set(merged?.parts.map(({ run }) => run)));
  return some !== undefined && more !== undefined && some.size > 0 && some.size < more.size && [...some].every((run) => more.has(run));
};
