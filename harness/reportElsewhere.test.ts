import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { findingsOf } from "./analysis/answer.ts";
import { zh } from "./messages/zh.ts";
import { fixtureRecord } from "./report/fixture.ts";
import { writeReports } from "./writeReports.ts";

const indexOf = (folder: string): string => readFileSync(join(folder, "reports/index.html"), "utf8");

it("lists in the index what was reported into a folder that has no results, run after run and in any language", async () => {
  const folder = mkdtempSync(join(tmpdir(), "attnbench-elsewhere-"));
  await writeReports(folder, fixtureRecord());
  expect(indexOf(folder)).toContain('href="prefill.html"');
  await writeReports(folder, fixtureRecord({ phase: "decode", deviceClass: "software" }), "zh");
  const index = indexOf(folder);
  for (const words of ['href="prefill.html"', 'href="decode.zh.html"', "NVIDIA H200", "llvmpipe"]) expect(index).toContain(words);
  expect(index).not.toContain("No run yet");
  // What is said of a run is in the language of its page; among others, the index itself is in English.
  expect(index).toMatch(/^<!doctype html>\n<html lang="en">/);
  const [, chinese = ""] = index.split('lang="zh');
  expect(chinese).toMatch(/\p{Script=Han}/u);
  expect(index.slice(0, index.indexOf('<div lang="zh'))).toMatch(/From which length on/);
  // The page keeps the newest run, wherever its results lie.
  const older = { ...fixtureRecord(), run: "20250311T101502Z-4c1d2b", startedAt: "2025-03-11T10:15:02.000Z" };
  expect(await writeReports(folder, older)).toEqual({ file: join(folder, "reports", `prefill-${older.run}.html`), newerRun: fixtureRecord().run });
  expect(indexOf(folder).match(/<li><h2>/g)).toHaveLength(2);
});

it("leaves files that are no pages of runs out of the index", async () => {
  const folder = mkdtempSync(join(tmpdir(), "attnbench-elsewhere-"));
  await writeReports(folder, fixtureRecord());
  for (const [i, text] of ["", '<script type="text/plain" id="results">eJw=</script>', "<p>notes</p>"].entries())
    writeFileSync(join(folder, `reports/notes${i}.html`), text);
  await writeReports(folder, fixtureRecord({ phase: "decode" }));
  expect(indexOf(folder)).not.toContain("notes");
  expect(indexOf(folder).match(/<li><h2>/g)).toHaveLength(2);
});

it("has a Chinese index where all pages are Chinese, and keeps the English words where a run has a page in both", async () => {
  const folder = mkdtempSync(join(tmpdir(), "attnbench-elsewhere-"));
  const record = fixtureRecord();
  const chinese = { ...record, findings: findingsOf(record, zh) };
  await writeReports(folder, chinese, "zh");
  expect(indexOf(folder)).toMatch(/<html lang="zh/);
  expect(indexOf(folder)).toContain(zh.index.question);
  const leads = [...indexOf(folder).matchAll(/<p class="lead">(.*?)<\/p>/g)].map(([, text = ""]) => text);
  expect(leads.length).toBeGreaterThan(0);
  for (const lead of leads) expect(lead).toMatch(/\p{Script=Han}/u);
  await writeReports(folder, record);
  expect(indexOf(folder)).toMatch(/<html lang="en">/);
  expect(indexOf(folder).replaceAll(/hreflang="zh"[^<]*/g, "")).not.toMatch(/\p{Script=Han}/u);
});
