import { closeSync, openSync, readdirSync, readSync } from "node:fs";
import { join } from "node:path";
import { type Language, languages } from "./messages/languages.ts";
import { recordOfPage } from "./pageRecord.ts";
import { entryIn, type IndexEntry, indexEntry } from "./report/indexEntry.ts";
import type { IndexedRun } from "./report/indexPage.ts";
import { pageName } from "./report/pageName.ts";

/** A page's head says what it is of within so many bytes, before its style. */
const headBytes = 65_536;

const headOf = (file: string): string => {
  const handle = openSync(file, "r");
  try {
    const bytes = Buffer.alloc(headBytes);
    return bytes.toString("utf8", 0, readSync(handle, bytes, 0, headBytes, 0));
  } finally {
    closeSync(handle);
  }
};

/** What a page is of: as its head says, else, of a page of before heads did, as its record does. `language`: of the page. Undefined of anything else. Throws nothing. */
export const entryOfPage = (file: string, language: Language): IndexEntry | undefined => {
  try {
    const entry = entryIn(headOf(file));
    if (entry) return entry;
    const record = recordOfPage(file);
    return record && indexEntry(record, language);
  } catch {
    return undefined;
  }
};

/** A page's file: "prefill.html", "prefill-20261124T101500Z-3fa9c1.zh.html". */
const fileOfPage = /^([a-zA-Z0-9-]+)(?:\.([a-z]+))?\.html$/;

/**
 * The runs that have pages in a folder, as the index lists them: experiments by name, and of each the run whose page has the experiment's name first, then the newest first. Files that are called
 * otherwise than the run in them are left out.
 */
export const indexedRuns = (folder: string): readonly IndexedRun[] => {
  const runs = new Map<string, { readonly entries: Map<Language, IndexEntry>; readonly files: Map<Language, string> }>();
  for (const file of readdirSync(folder).sort()) {
    const [, stem, ending = "en"] = fileOfPage.exec(file) ?? [];
    const language = languages.find((one) => one === ending);
    if (stem === undefined || language === undefined || file !== pageName(stem, language)) continue;
    const entry = entryOfPage(join(folder, file), language);
    if (!entry || (stem !== entry.experiment && stem !== `${entry.experiment}-${entry.run}`)) continue;
    const key = `${entry.experiment}/${entry.run}`;
    const { entries, files } = runs.get(key) ?? { entries: new Map<Language, IndexEntry>(), files: new Map<Language, string>() };
    runs.set(key, { entries, files });
    if (stem !== entry.experiment && files.has(language)) continue;
    files.set(language, file);
    entries.set(language, entry);
  }
  return [...runs.values()]
    .flatMap(({ entries, files }) => {
      const pages = languages.flatMap((language) => (files.has(language) ? [{ language, file: files.get(language) ?? "" }] : []));
      // In the language of the page that its name links to.
      const entry = pages[0] && entries.get(pages[0].language);
      return entry ? [{ ...entry, pages }] : [];
    })
    .sort(
      (one, other) => compare(one.experiment, other.experiment) || Number(isFirst(other)) - Number(isFirst(one)) || compare(other.startedAt, one.startedAt),
    );
};

const compare = (one: string, other: string): number => (one < other ? -1 : Number(one > other));

/** Whether the experiment's own page is of this run. */
const isFirst = ({ experiment, pages }: IndexedRun): boolean => pages.some(({ language, file }) => file === pageName(experiment, language));
