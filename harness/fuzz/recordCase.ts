import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { analyse } from "../analysis/analysis.ts";
import { compareRuns } from "../analysis/comparison/comparison.ts";
import { en } from "../messages/en.ts";
import type { Comparison } from "../record/comparison.ts";
import { measurementsCsv, samplesCsv } from "../record/csv.ts";
import type { RunRecord } from "../record/run.ts";
import { readRun, UnreadableRun } from "../record/runFolder.ts";
import { renderComparison } from "../report/comparisonMarkdown.ts";
import { renderComparisonPage } from "../report/comparisonPage.ts";
import { renderMarkdown } from "../report/markdown.ts";
import { presentableComparison } from "../report/presentableComparison.ts";
import { writeReports } from "../writeReports.ts";
import { drawOf } from "./draw.ts";
import { mutatedJournal, mutatedJson } from "./valueMutation.ts";
import { flawsOfCsv, flawsOfLine, flawsOfMarkdown, flawsOfPage, flawsOfText } from "./written.ts";
import type { Verdict } from "./yamlCase.ts";

/** A run as its two files have it: `run.json` parsed, the text of `journal.jsonl`. */
export interface StoredRun {
  readonly record: RunRecord;
  readonly journal: string;
}

/** Which of `sources` a seed changes. */
export const sourceOf = (seed: number, sources: readonly StoredRun[]): number => seed % sources.length;

/** One of them changed: the journal of an unfinished run, or run.json. */
export const runOf = (seed: number, sources: readonly StoredRun[]): { readonly runJson: string; readonly journal: string } => {
  const draw = drawOf(seed, "record");
  const { record, journal } = sources[sourceOf(seed, sources)] ?? { record: {}, journal: "" };
  if (draw.chance(0.35)) return { runJson: JSON.stringify({ ...record, state: "running" }), journal: mutatedJournal(journal, draw) };
  const runJson = mutatedJson(record, draw, 1);
  return { runJson: draw.chance(0.05) ? runJson.slice(0, draw.below(runJson.length)) : runJson, journal };
};

const run = "20261124T101500Z-3fa9c1";

/**
 * A mutated run through everything that reads it: fold, analysis, comparison with the run that it was made of (`base`, analysed), page, index, Markdown, CSV. `folder` is emptied; `tags` are those of a good
 * page, undefined: no page is drawn.
 */
export const recordVerdict = async (
  { runJson, journal }: { runJson: string; journal: string },
  folder: string,
  tags: ReadonlySet<string> | undefined,
  base: RunRecord | undefined,
): Promise<Verdict> => {
  rmSync(folder, { recursive: true, force: true });
  const out = join(folder, "out");
  const runFolder = join(out, "results", "planted", run);
  mkdirSync(runFolder, { recursive: true });
  writeFileSync(join(runFolder, "run.json"), runJson);
  writeFileSync(join(runFolder, "journal.jsonl"), journal);
  const read = attempt(() => readRun(runFolder).record);
  if (read instanceof UnreadableRun) return { outcome: "refused", faults: flawsOfText(read.message.replaceAll(folder, "")) };
  if (read instanceof Error) throw read;
  const record = analyse(read);
  const samples = record.cells.flatMap(({ visits }) => visits.map(({ gpuMs, wallMs }) => Math.max(gpuMs.length, wallMs.length)));
  return {
    outcome: "taken",
    faults: [
      ...(tags === undefined ? [] : await flawsOfReports(out, record, tags)),
      ...readdirSync(folder).flatMap((name) => (name === "out" ? [] : [`wrote ${name}`])),
      ...flawsOfMarkdown(renderMarkdown(record)),
      ...(base === undefined ? [] : [compareRuns(base, record), compareRuns(record, base)]).flatMap((comparison) => flawsOfComparison(comparison, tags)),
      ...flawsOfCsv(measurementsCsv(record), record.cells.length),
      ...flawsOfCsv(
        [...samplesCsv(record)].join(""),
        samples.reduce((sum, of) => sum + of, 0),
      ),
    ],
  };
};

const flawsOfComparison = (comparison: Comparison, tags: ReadonlySet<string> | undefined): readonly string[] => {
  const { findings, cells } = presentableComparison(comparison, en);
  const page = tags === undefined ? [] : flawsOfPage(renderComparisonPage(comparison), tags);
  return [...page, ...flawsOfMarkdown(renderComparison(comparison)), ...[...findings, ...cells.map(({ cell }) => cell)].flatMap(flawsOfLine)];
};

const flawsOfReports = async (out: string, record: RunRecord, tags: ReadonlySet<string>): Promise<readonly string[]> => {
  await writeReports(out, record);
  const reports = readdirSync(join(out, "reports"));
  return [
    ...reports.filter((name) => !/^[\w-]+\.html$/.test(name)).map((name) => `wrote ${name}`),
    ...(reports.includes("index.html") ? [] : ["no index"]),
    ...reports.flatMap((name) => flawsOfPage(readFileSync(join(out, "reports", name), "utf8"), tags)),
  ];
};

const attempt = <T>(work: () => T): T | Error => {
  try {
    return work();
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
};
