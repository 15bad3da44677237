import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { entryOfPage } from "./indexedRuns.ts";
import type { RunRecord } from "./record/run.ts";
import { runFolder, writeRun } from "./record/runFolder.ts";
import { fixtureRecord } from "./report/fixture.ts";
import { indexEntry } from "./report/indexEntry.ts";
import { newFolder } from "./testExperiment.ts";
import { writeReports } from "./writeReports.ts";

const runOf = (day: number): RunRecord => ({
  ...fixtureRecord({ ns: [256, 512] }),
  run: `2026031${day}T101502Z-4c1d2a`,
  startedAt: `2026-03-1${day}T10:15:02.000Z`,
});
const [older, newer] = [runOf(1), runOf(2)];

/** A folder with these runs in results/. */
const folderWith = async (...runs: readonly RunRecord[]): Promise<string> => {
  const folder = newFolder();
  for (const record of runs) await writeRun(runFolder(folder, "prefill", record.run), record);
  return folder;
};

describe("the report of a run", () => {
  it("is <experiment>.html where no run is newer, and of an older run has its name, so that the newest keeps its page", async () => {
    const folder = await folderWith(older, newer);
    const reports = join(folder, "reports");
    expect(await writeReports(folder, newer)).toEqual({ file: join(reports, "prefill.html"), newerRun: undefined });
    expect(await writeReports(folder, older)).toEqual({ file: join(reports, `prefill-${older.run}.html`), newerRun: newer.run });
    expect(readdirSync(reports).sort()).toEqual(["index.html", `prefill-${older.run}.html`, "prefill.html"]);
    expect(readFileSync(join(reports, "prefill.html"), "utf8")).toContain(`from run ${newer.run}`);
    expect(readFileSync(join(reports, `prefill-${older.run}.html`), "utf8")).toContain(`from run ${older.run}`);
    expect(readFileSync(join(reports, "index.html"), "utf8")).toContain('href="prefill.html"');
  });

  it("keeps its page under its own name where a newer run's takes the place, and the index names both", async () => {
    const folder = await folderWith(older);
    await writeReports(folder, older);
    await writeRun(runFolder(folder, "prefill", newer.run), newer);
    await writeReports(folder, newer);
    const page = (name: string): string => readFileSync(join(folder, "reports", name), "utf8");
    expect(page(`prefill-${older.run}.html`)).toContain(`from run ${older.run}`);
    expect(page("prefill.html")).toContain(`from run ${newer.run}`);
    for (const href of ["prefill.html", `prefill-${older.run}.html`]) expect(page("index.html")).toContain(`href="${href}"`);
    expect(page("index.html").match(/<li><h2>/g)).toHaveLength(1);
    expect(page("index.html")).toContain("1 earlier run");
  });

  it.each(["oldest", "newest"])("has one name whatever the order of those that are asked for together: %s first", async (first) => {
    const [folder, three] = [newFolder(), [runOf(1), runOf(2), runOf(3)]];
    const files: string[] = [];
    for (const record of first === "oldest" ? three : [...three].reverse()) files.push((await writeReports(folder, record, "en", three)).file);
    const names = [`prefill-${three[0]?.run}.html`, `prefill-${three[1]?.run}.html`, "prefill.html"];
    expect(files.sort()).toEqual(names.map((name) => join(folder, "reports", name)).sort());
    expect(readdirSync(join(folder, "reports")).sort()).toEqual(["index.html", ...names].sort());
  });

  it("tells what it is of in its head, as the index has it, whatever the run is called", async () => {
    const folder = newFolder();
    const odd = { ...older, experiment: { ...older.experiment, title: `</title>"'&amp;<b>\u202e` } };
    const { file } = await writeReports(folder, odd, "zh");
    expect(entryOfPage(file, "zh")).toEqual({ ...indexEntry(odd, "zh"), title: `</title>"'&amp;<b>\ufffd` });
    // A page of before has its record alone.
    writeFileSync(file, readFileSync(file, "utf8").replace(/<meta name="attnbench-run"[^>]*>/, ""));
    expect(entryOfPage(file, "zh")?.lead).toEqual(indexEntry(odd, "zh").lead);
    writeFileSync(file, '<meta name="attnbench-run" content="{&quot;experiment&quot;:1}">');
    expect(entryOfPage(file, "zh")).toBeUndefined();
  });

  it("in another language stands beside the English one, and the index names both", async () => {
    const folder = await folderWith(newer);
    const [index, page] = ["reports/index.html", "reports/prefill.zh.html"].map((name) => join(folder, name));
    expect(await writeReports(folder, newer, "zh")).toEqual({ file: page, newerRun: undefined });
    expect(readFileSync(page ?? "", "utf8")).toContain('<html lang="zh">');
    expect(readFileSync(index ?? "", "utf8")).toContain('href="prefill.zh.html"');
    await writeReports(folder, newer);
    expect(readFileSync(index ?? "", "utf8")).toMatch(/href="prefill\.html".*<a href="prefill\.zh\.html" hreflang="zh" lang="zh">中文<\/a>/s);
  });

  it("of a duet's head has its name, and never stands for the experiment", async () => {
    const head: RunRecord = { ...newer, duet: { id: newer.run, side: "head" } };
    const folder = await folderWith(older, head);
    const reports = join(folder, "reports");
    expect(await writeReports(folder, older)).toEqual({ file: join(reports, "prefill.html"), newerRun: undefined });
    expect(readFileSync(join(reports, "index.html"), "utf8")).toContain("2026-03-11");
    expect(readFileSync(join(reports, "index.html"), "utf8")).not.toContain("2026-03-12");
    expect(await writeReports(folder, head)).toEqual({ file: join(reports, `prefill-${head.run}.html`), newerRun: undefined });
  });

  it("of a run from elsewhere is compared with those that are here", async () => {
    const [empty, full] = [await folderWith(), await folderWith(older)];
    expect((await writeReports(empty, older)).file).toBe(join(empty, "reports/prefill.html"));
    expect((await writeReports(full, newer)).file).toBe(join(full, "reports/prefill.html"));
  });
});
