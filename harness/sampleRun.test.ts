import { cpSync, mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { analysedAnew } from "./analysedAnew.ts";
import { messagesOf } from "./messages/messages.ts";
import { recordOfPage } from "./pageRecord.ts";
import { measurementsCsv } from "./record/csv.ts";
import type { RunRecord } from "./record/run.ts";
import { readRun } from "./record/runFolder.ts";
import { fixtureRecord } from "./report/fixture.ts";
import { renderPage } from "./report/page.ts";
import { renewRun } from "./sampleRun.ts";

const code = { version: "0.1.0", commit: "4c1d2ab9f00d", dirty: false, changes: "none" };
const otherCode = { version: "9.9.9", commit: "77f0e1aa5c3b99d0", dirty: true, changes: "3fa9c1b2aa00bb11" };

const measuredBy = (attnbench: RunRecord["environment"]["attnbench"]): RunRecord => {
  const record = fixtureRecord();
  return { ...record, environment: { ...record.environment, attnbench } };
};

/** What of a record follows from no analysis. */
const measuredOf = ({
  fits,
  crossovers,
  findings,
  analysedBy,
  sizeFits,
  jointFits,
  jointCrossings,
  peerRatios,
  serving,
  claims,
  cells,
  ...rest
}: RunRecord) => ({
  ...rest,
  cells: cells.filter(({ composedOf }) => composedOf === undefined).map(({ summary, ...cell }) => cell),
});

it("writes a folder's files and its page by one analysis, and keeps what was measured byte by byte", async () => {
  const outer = mkdtempSync(join(tmpdir(), "attnbench-renewed-"));
  const folder = join(outer, "results/run");
  cpSync("results/sample", folder, { recursive: true });
  const text = (file: string): string => readFileSync(join(folder, file), "utf8");
  const before = { record: readRun(folder).record, samples: text("samples.csv"), journal: text("journal.jsonl") };
  const page = recordOfPage(await renewRun(folder, outer));
  const { record } = readRun(folder);
  expect(text("samples.csv")).toBe(before.samples);
  expect(text("journal.jsonl")).toBe(before.journal);
  expect(JSON.stringify(measuredOf(record))).toBe(JSON.stringify(measuredOf(before.record)));
  expect(text("measurements.csv")).toBe(measurementsCsv(record));
  expect(page?.findings).toEqual(record.findings);
  expect(page?.cells.map(({ summary }) => summary)).toEqual(record.cells.map(({ summary }) => summary));
  // The sample was measured by an earlier commit, and its tables are no longer of that.
  expect(record.analysedBy).toMatchObject({ version: "0.1.0" });
  expect(record.analysedBy).not.toHaveProperty("tables");
});

it("has in the repository a sample whose page and data are of one analysis", () => {
  const page = recordOfPage("reports/sample.html");
  const { record } = readRun("results/sample");
  expect(page?.cells.map(({ summary }) => summary)).toEqual(record.cells.map(({ summary }) => summary));
  expect(page?.findings).toEqual(record.findings);
  expect(page?.analysedBy).toEqual(record.analysedBy);
  expect(readFileSync("results/sample/measurements.csv", "utf8")).toBe(measurementsCsv(record));
});

it("says by which code a run was analysed where that is not the one that measured, or that wrote its folder", () => {
  expect(analysedAnew(measuredBy(code), undefined, code)).not.toHaveProperty("analysedBy");
  expect(analysedAnew(measuredBy(code), undefined, otherCode).analysedBy).toEqual({ ...otherCode, tables: "earlier" });
  expect(analysedAnew({ ...measuredBy(code), analysedBy: otherCode }, undefined, otherCode).analysedBy).toEqual(otherCode);
  expect(analysedAnew({ ...measuredBy(code), analysedBy: otherCode }, undefined, code).analysedBy).toEqual({ ...code, tables: "earlier" });
});

it.each([
  ["en", "Measured by", "Analysed by", "attnbench 9.9.9, with uncommitted changes; not what this run's folder was written with"],
  ["zh", "测量所用的代码", "分析所用的代码", "与写出此次运行文件夹的代码不同"],
] as const)("tells it in the trust strip in %s, with the commit of both", async (language, measured, analysed, apart) => {
  const record = analysedAnew(measuredBy(code), messagesOf(language), otherCode);
  const page = (await renderPage(record, undefined, [], language)).replaceAll("&#39;", "'");
  const [strip = ""] = /<dl class="trust">.*?<\/dl>/s.exec(page) ?? [];
  for (const words of [measured, "4c1d2ab9f00d", analysed, "77f0e1aa5c3b", apart]) expect(strip).toContain(words);
  const own = await renderPage(analysedAnew(measuredBy(code), messagesOf(language), code), undefined, [], language);
  for (const words of [measured, analysed]) expect(own).not.toContain(`<dt>${words}</dt>`);
});
