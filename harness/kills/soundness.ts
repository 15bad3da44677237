import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { foldJournal, readJournal } from "../record/journal.ts";
import type { RunRecord } from "../record/run.ts";
import { readRun } from "../record/runFolder.ts";

/** Visits that count, as "cell turn". */
const visitsOf = ({ cells }: RunRecord): readonly string[] => cells.flatMap(({ id, visits }) => visits.map(({ turn }) => `${id} ${turn}`));

/** What is wrong with a folder after a run was struck down in it and gone on with: `before` are the visits that were finished by then. */
export const flawsOfResults = (runFolder: string, before: readonly string[]): readonly string[] => {
  if (!existsSync(join(runFolder, "run.json"))) return [`${runFolder} has no run.json`];
  const { record } = readRun(runFolder);
  const visits = visitsOf(record);
  const known = new Set(visits);
  const taken = discardedIn(record);
  const lost = before.filter((visit) => !known.has(visit) && !taken.has(visit.split(" ")[1] ?? ""));
  const folded = foldJournal({ ...record, state: "running" }, readJournal(join(runFolder, "journal.jsonl")));
  return [
    ...(record.state === "complete" ? [] : [`the run is ${record.state}`]),
    ...(visits.length === known.size ? [] : [`${visits.length - known.size} visits stand twice`]),
    // One kill of a worker is nobody's fault: another makes the visit again.
    ...record.cells.flatMap(({ id, outcome }) => (outcome.status === "ok" ? [] : [`${id} is ${outcome.status}`])),
    ...lost.map((visit) => `lost: ${visit}`),
    ...(JSON.stringify(visitsOf(folded).toSorted()) === JSON.stringify(visits.toSorted()) ? [] : ["the journal tells another tale"]),
    ...["measurements.csv", "samples.csv"].filter((name) => !existsSync(join(runFolder, name))).map((name) => `no ${name}`),
  ];
};

const discardedIn = (record: RunRecord): ReadonlySet<string> =>
  new Set((record.sentinel ?? []).flatMap(({ turn, discarded }) => (discarded ? [String(turn)] : [])));

/** Visits of an unfinished run, as it can be read now; none where it has no run.json yet. */
export const finishedVisits = (runFolder: string): readonly string[] => (existsSync(join(runFolder, "run.json")) ? visitsOf(readRun(runFolder).record) : []);

const wanted = /^(run\.json|journal\.jsonl|measurements\.csv|samples\.csv|comparison\.(json|md)|[\w-]+\.html)$/;

/** Files that nobody wants: temporary ones, locks, folders for shaders. */
export const leftoversIn = (folder: string): readonly string[] =>
  (existsSync(folder) ? readdirSync(folder, { recursive: true, withFileTypes: true }) : []).flatMap((entry) =>
    entry.isDirectory() ? (entry.name.startsWith("attnbench-shaders-") ? [entry.name] : []) : wanted.test(entry.name) ? [] : [entry.name],
  );

export const runsIn = (parent: string): readonly string[] => (existsSync(parent) ? readdirSync(parent).map((name) => join(parent, name)) : []);

export const hasTrace = (stderr: string): boolean => /^\s+at .*:\d+:\d+\)?$/m.test(stderr);

export const linesOf = (file: string): number => (existsSync(file) ? readFileSync(file, "utf8").split("\n").length - 1 : 0);
