import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { findingsOf } from "./analysis/answer.ts";
import { claimsOf } from "./analysis/claims/claims.ts";
import { phases } from "./experiment/phases.ts";
import { en } from "./messages/en.ts";
import { type Language, languages } from "./messages/languages.ts";
import { messagesOf } from "./messages/messages.ts";
import { recordOfPage } from "./pageRecord.ts";
import { makeFolder } from "./record/folder.ts";
import { removeHalfWritten } from "./record/leftovers.ts";
import type { RunRecord } from "./record/run.ts";
import { listExperiments, listRuns, newestRun } from "./record/runFolder.ts";
import { writeWhole } from "./record/wholeFile.ts";
import { pageName } from "./report/pageName.ts";

/** Another command may be writing a page here: that takes less. */
const halfWrittenRestMs = 10_000;

export interface WrittenReport {
  readonly file: string;
  /** a later run of the same experiment, which reports/<experiment>.html is kept for */
  readonly newerRun: string | undefined;
}

/**
 * Writes the report of a run, in the language that it was analysed in, and renews reports/index.html. reports/<experiment>.html is that of the newest run in results/: the report of an
 * older one is reports/<experiment>-<run>.html. Where claims are asked for, it also has the verdicts of the file's other phases, as far as they are in results/. So is that of a shard, which is a part of a run (shards that end at one moment write no file of another), and of a duet's head, whose times were taken between those of another state. In another language than English a page's name has that before its ending, and the index names it beside the English one.
 */
export const writeReports = async (outFolder: string, record: RunRecord, language: Language = "en"): Promise<WrittenReport> => {
  const { pageParts, renderIndex } = await import("./report/page.ts");
  const folder = join(outFolder, "reports");
  makeFolder(folder);
  removeHalfWritten(folder, halfWrittenRestMs);
  const { name } = record.experiment;
  const isHalf = record.shard !== undefined || record.duet !== undefined;
  const beside = isHalf ? [] : besideOf(outFolder, record).map((one) => judgedIn(one, language));
  const ownPage = join(folder, pageName(`${name}-${record.run}`, language));
  if (isHalf) {
    await writeWhole(ownPage, await pageParts(record, undefined, [], language));
    return { file: ownPage, newerRun: undefined };
  }
  // Without results of its own here, a folder of pages has runs that lie elsewhere: a page carries its record.
  const pageRecord = (experiment: string): RunRecord | undefined => {
    const [language] = pagesOf(experiment);
    const found = language && recordOfPage(join(folder, pageName(experiment, language)));
    return found?.experiment.name !== experiment ? undefined : language === "en" ? found : { ...found, findings: findingsOf(found, en) };
  };
  const pagesOf = (experiment: string): readonly Language[] => languages.filter((one) => existsSync(join(folder, pageName(experiment, one))));
  const inResults = wholeRuns(outFolder, name, record.run);
  const onPage = inResults.length > 0 ? undefined : pageRecord(name);
  const newest = newestOf([...inResults, ...(onPage === undefined || onPage.run === record.run ? [] : [onPage]), record]);
  const newerRun = newest === record ? undefined : newest?.run;
  const file = newerRun === undefined ? join(folder, pageName(name, language)) : ownPage;
  await writeWhole(file, await pageParts(record, undefined, beside, language));
  const listed = [...new Set([...listExperiments(outFolder), ...experimentsOfPages(folder)])].sort().filter((experiment) => pagesOf(experiment).length > 0);
  const toldOf = (experiment: string): RunRecord | undefined => {
    const one = experiment === name ? newest : newestOf(wholeRuns(outFolder, experiment));
    // The index is in English.
    return one === record && language === "en" ? record : ((one && recordOf(outFolder, experiment, one)) ?? pageRecord(experiment));
  };
  await writeWhole(join(folder, "index.html"), renderIndex(eachOf(listed, toldOf), pagesOf));
  return { file, newerRun };
};

/** Names that files of pages begin with: an experiment's page is called as the experiment is. */
const experimentsOfPages = (folder: string): readonly string[] =>
  readdirSync(folder).flatMap((file) => /^([a-zA-Z0-9-]+)(\.[a-z]+)?\.html$/.exec(file)?.[1] ?? []);

/** Writes the reports of runs that ended one after another again, but for the last: where claims are asked for, they have the verdicts of the phases that came after them. */
export const renewClaims = async (outFolder: string, records: readonly RunRecord[]): Promise<void> => {
  for (const record of records.slice(0, -1)) if (record.experiment.claims !== undefined) await writeReports(outFolder, record);
};

/** The newest runs here of the other phases of the same file, on the same device: of a record that asks for claims, which one phase alone does not judge. */
const besideOf = (outFolder: string, { experiment: { name, phase, claims, yaml }, environment }: RunRecord): readonly RunRecord[] => {
  const ending = `-${phase}`;
  if (claims === undefined || !name.endsWith(ending)) return [];
  return phases
    .filter((other) => other !== phase)
    .flatMap((other) => {
      const experiment = `${name.slice(0, -ending.length)}-${other}`;
      const newest = newestOf(wholeRuns(outFolder, experiment, undefined, (one) => one.environment.adapter.device === environment.adapter.device));
      return (newest && recordOf(outFolder, experiment, newest)) ?? [];
    })
    .filter(({ experiment }) => experiment.yaml === yaml);
};

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

function* eachOf<From, To>(values: readonly From[], to: (value: From) => To | undefined): Generator<To> {
  for (const value of values) {
    const made = to(value);
    if (made !== undefined) yield made;
  }
}

/** The run that began last; of runs merged of some and of more of the same shards the wholer one, whenever those of each began. At one moment, the last listed. */
const newestOf = <One extends Named>(runs: readonly One[]): One | undefined =>
  runs
    .filter((one) => !runs.some((other) => isPartOf(one, other)))
    .reduce<One | undefined>((newest, one) => (newest === undefined || one.startedAt >= newest.startedAt ? one : newest), undefined);

const isPartOf = (one: Named, other: Named): boolean => {
  const [some, more] = [one, other].map(({ merged }) => new Set(merged?.parts.map(({ run }) => run)));
  return some !== undefined && more !== undefined && some.size > 0 && some.size < more.size && [...some].every((run) => more.has(run));
};
