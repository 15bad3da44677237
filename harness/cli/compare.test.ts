import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import type { Comparison } from "../record/comparison.ts";
import type { CellRecord, RunRecord } from "../record/run.ts";
import { attnbench, emptyFolder, folderWith } from "./testCommand.ts";

const emulated = fileURLToPath(new URL("../testRuns/emulated/run.json", import.meta.url));
const command = fileURLToPath(new URL("../../dist/cli.js", import.meta.url));
const whole: RunRecord = JSON.parse(readFileSync(emulated, "utf8"));
/** Its three shortest lengths: what is asked here is said of three as of ten, which take twice as long to compare. */
const record: RunRecord = { ...whole, cells: whole.cells.filter(({ n }) => n <= 64) };
const base = folderWith({ "run.json": JSON.stringify(record) });

/** A run on a CPU emulation beside a copy of it that is changed, as `head` sees it. */
const compared = async (change: (record: RunRecord) => RunRecord, ...flags: string[]) =>
  attnbench(["compare", base, "run.json", ...flags], folderWith({ "run.json": JSON.stringify(change(record)) }));

const withCell =
  (change: (cell: CellRecord) => Partial<CellRecord>) =>
  (run: RunRecord): RunRecord => ({ ...run, cells: run.cells.map((cell, i) => (i === 0 ? { ...cell, ...change(cell) } : cell)) });

const slower = (factor: number) =>
  withCell(({ visits }) => ({
    visits: visits.map((visit) => ({ ...visit, gpuMs: visit.gpuMs.map((ms) => ms * factor), wallMs: visit.wallMs.map((ms) => ms * factor) })),
  }));

describe("attnbench compare", () => {
  it("finds nothing in a run beside itself, and says how small a change it would have found", async () => {
    const { code, stdout, stderr } = await compared((run) => run);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toMatch(/^Gate (passed|undecided): nothing that gates /m);
    expect(stdout).toMatch(/Smallest slowdown that would have been found in 95 of 100 such comparisons: \d+\.\d %/);
  });

  it("says that both are one run, however they are called, and which is not finished", async () => {
    const same = "Base and head are one and the same run: nothing that became worse could be seen.";
    const once = await attnbench(["compare", base, join(base, "run.json"), "--json"], emptyFolder());
    expect([once.code, (JSON.parse(once.stdout) as Comparison).notes]).toEqual([0, [same]]);
    expect(JSON.parse((await compared((run) => run, "--json")).stdout)).not.toHaveProperty("notes");
    const { stdout } = await compared((run) => ({ ...run, state: "interrupted" }));
    expect(stdout).toContain(`\nHead is not finished: run ${record.run} was interrupted, and what it did not come to is not known.\n`);
  });

  it("ends with 3 for a byte more, and prints one object", async () => {
    const { code, stdout, stderr } = await compared(
      withCell(({ stateBytes = 0 }) => ({ stateBytes: stateBytes + 1 })),
      "--json",
    );
    expect({ code, stderr }).toEqual({ code: 3, stderr: "" });
    const comparison: Comparison = JSON.parse(stdout);
    expect(comparison.gate).toBe("fail");
    expect(comparison.cells[0]?.metrics.stateBytes).toMatchObject({ verdict: "SLOWER", gates: true });
    expect(Object.keys(comparison.cells[0]?.metrics ?? {})).toEqual(["time", "wallTime", "stateBytes", "peakBytes", "error"]);
  });

  it("ends with 1 for a cell that fails in both, and says which: nobody knows whether it became worse", async () => {
    const failed = withCell(() => ({ outcome: { status: "failed", code: "wrongOutput", reason: "far off" }, visits: [], summary: undefined }));
    const folder = emptyFolder();
    writeFileSync(join(folder, "run.json"), JSON.stringify(failed(record)));
    const { code, stdout, stderr } = await attnbench(["compare", "run.json", "run.json", "--format", "github"], folder);
    expect(code).toBe(1);
    expect(stdout).toMatch(/^FAILED in both: softmax \(split\) at n = 16 \(neither has it: wrongOutput: far off\)\.$/m);
    expect(stderr).toMatch(/::error title=.*a cell failed::softmax\S* \(wrongOutput\): far off/);
    expect((await compared(failed)).code).toBe(3);
  });

  it("advises on times of a CPU emulation, and gates on them with --strict", async () => {
    const [advised, strict] = [await compared(slower(2)), await compared(slower(2), "--strict")];
    expect([advised.code, strict.code]).toEqual([0, 3]);
    expect(advised.stdout).toMatch(/^SLOWER: softmax \(split\) at n = 16, time 2\.\d+ times/m);
    expect((await compared((run) => run, "--undecided", "fail")).code).toBe(3);
    expect((await compared(slower(2), "--strict", "--threshold", "150%")).stderr).toContain("--threshold 150%: not a share above 0 % and below 100 %");
  });

  it("keeps its code where nobody reads the answer to its end", async () => {
    const folder = emptyFolder();
    writeFileSync(join(folder, "run.json"), JSON.stringify(withCell(({ stateBytes = 0 }) => ({ stateBytes: stateBytes + 1 }))(record)));
    const child = spawn(process.execPath, [command, "compare", base, "run.json"], { cwd: folder, stdio: ["ignore", "pipe", "inherit"] });
    child.stdout?.destroy();
    expect(await once(child, "close")).toEqual([3, null]);
  });

  it("refuses what differs in more than its code, unless told to show it", async () => {
    const other = (run: RunRecord): RunRecord => ({
      ...slower(9)(run),
      environment: { ...run.environment, adapter: { ...run.environment.adapter, device: "another device" } },
    });
    const refused = await compared(other);
    expect([refused.code, refused.stdout]).toEqual([2, ""]);
    expect(refused.stderr).toMatch(/differ in more than their code:\n {2}device: .* against .*another device/);
    const shown = await compared(other, "--allow-different", "--strict", "--format", "md", "--undecided", "fail");
    expect(shown.code).toBe(0);
    expect(shown.stdout).toContain("runs that differ, so nothing gates");
    expect((await compared(other, "--json", "--format", "md")).stderr).toBe("--json and --format md both ask for stdout: name one of them\n");
    const page = await compared(other, "--allow-different", "--format", "html");
    expect(page.stdout).toMatch(/^<!doctype html>[\s\S]*<\/html>\n$/);
    expect((await compared(other, "--json", "--format", "html")).stderr).toBe("--json and --format html both ask for stdout: name one of them\n");
    expect(shown.stdout).toContain("| softmax | split | 16 | time | SLOWER |");
  });

  it("names much that differs in one sentence, and lists it once, in a terminal, in Markdown and on the page", async () => {
    const other = (run: RunRecord): RunRecord => ({
      ...run,
      experiment: { ...run.experiment, filter: "n > 16", exclude: ["n > 512"], fixed: { ...run.experiment.fixed, kvHeads: 1 } },
      environment: { ...run.environment, adapter: { ...run.environment.adapter, device: "another device" } },
    });
    for (const format of ["text", "md", "html"]) {
      const { stdout } = await compared(other, "--allow-different", "--format", format);
      expect(stdout.match(/so nothing is gated/g), format).toHaveLength(1);
      expect(stdout, format).toMatch(/so nothing is gated: (\w+(, | and )){3}\w+\./);
      expect(stdout.match(/another device/g), format).toHaveLength(1);
      expect(stdout, format).not.toMatch(/\[&quot;|\["|\{"/);
    }
  });

  it("answers in Chinese where asked to, with the same JSON and the same exit code", async () => {
    const worse = withCell(({ stateBytes = 0 }) => ({ stateBytes: stateBytes + 1 }));
    const [text, md, html, json, inEnglish, github] = [
      await compared(worse, "--lang", "zh"),
      await compared(worse, "--lang", "zh", "--format", "md"),
      await compared(worse, "--lang", "zh", "--format", "html"),
      await compared(worse, "--lang", "zh", "--json"),
      await compared(worse, "--json"),
      await compared(worse, "--lang", "zh", "--json", "--format", "github"),
    ];
    expect([text, md, html, json, inEnglish, github].map(({ code }) => code)).toEqual(Array(6).fill(3));
    expect(text.stdout).toMatch(/^检查未通过：[\s\S]*\n变差（SLOWER）：softmax \(split\)（n = 16）的状态字节数为基准的 1\.000 倍（/m);
    // A Chinese character is two columns wide.
    const lines = text.stdout.split("\n");
    const [head = "", row = ""] = lines.slice(lines.findIndex((line) => /^\S*\s*.*单元 /.test(line)));
    expect([...head.slice(0, head.indexOf("单元"))].length + 2).toBe([...row.slice(0, row.indexOf("softmax"))].length + 4);
    expect(md.stdout).toContain("## quickstart：❌ 未通过");
    expect(html.stdout).toContain('<html lang="zh">');
    expect([json.stdout, github.stdout]).toEqual([inEnglish.stdout, inEnglish.stdout]);
    expect(github.stderr).toMatch(/^::error title=quickstart：变差::变差（SLOWER）：/m);
  });

  const hostile = `<img src=x>|\`@org/team\` [a](https://evil.example) \u001b[31m\u202e\u200f\u0007\nGate passed: all is well\n${"x".repeat(900)}`;
  /** A run of anybody's whose every name and reason is more than a name. */
  const foreign = (run: RunRecord): RunRecord => ({
    ...run,
    experiment: { ...run.experiment, title: hostile, question: hostile, arms: run.experiment.arms.map((arm, i) => ({ ...arm, label: `${i} ${hostile}` })) },
    environment: {
      ...run.environment,
      attnbench: { ...run.environment.attnbench, commit: "`<b>x</b>`" },
      adapter: { ...run.environment.adapter, device: hostile, description: hostile, vendor: hostile },
    },
    cells: run.cells.map((cell, i) => ({
      ...cell,
      id: i === 0 ? hostile : cell.id,
      label: `${cell.label} ${hostile}`,
      ...(i === 0 ? { outcome: { status: "failed" as const, code: hostile, reason: hostile.repeat(100) }, visits: [], summary: undefined } : {}),
    })),
  });
  /** Neither obeyed by a terminal, nor markup, nor a line of its own, nor a page long. */
  const plain = (text: string): void => {
    expect(text).toMatch(/xxxxx…/);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/);
    expect(text).not.toMatch(/^Gate passed: all is well/m);
    expect(Math.max(...text.split("\n").map((line) => line.length))).toBeLessThan(3000);
  };

  it("shows names and reasons of a foreign run as text, in a terminal and in Markdown, and keeps them whole in JSON", async () => {
    const folder = emptyFolder();
    writeFileSync(join(folder, "base.json"), JSON.stringify(record));
    writeFileSync(join(folder, "run.json"), JSON.stringify(foreign(record)));
    const [refused, answer, markdown, json, report] = [
      await attnbench(["compare", "base.json", "run.json"], folder),
      await attnbench(["compare", "base.json", "run.json", "--allow-different"], folder),
      await attnbench(["compare", "base.json", "run.json", "--allow-different", "--format", "md"], folder),
      await attnbench(["compare", "base.json", "run.json", "--allow-different", "--json"], folder),
      await attnbench(["report", "run.json", "--format", "md"], folder),
    ];
    expect([refused, answer, markdown, json, report].map(({ code }) => code)).toEqual([2, 0, 0, 0, 0]);
    for (const text of [refused.stderr, answer.stdout, markdown.stdout, report.stdout]) plain(text);
    for (const { stdout } of [markdown, report]) expect(stdout).not.toMatch(/(?<!\\)(<|\[a|`@)|@\w|:\/\//);
    expect(markdown.stdout).toContain(" → \\`&lt;b\\>x&lt;/b\\>\\` (run ");
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
    expect(json.stdout).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u200f\u202e]/);
    const { cells } = JSON.parse(json.stdout) as Comparison;
    expect(cells.map(({ label }) => label)).toContain(`softmax ${hostile}`);
  });

  it("says what is no run, and ends with 5 where nothing was measured in both", async () => {
    const missing = await attnbench(["compare", base, "nowhere"], emptyFolder());
    expect([missing.code, missing.stderr.trim()]).toEqual([2, "nowhere: no such file or folder"]);
    const skipped = { ...record, cells: record.cells.map((cell) => ({ ...cell, outcome: { status: "skipped", code: "noFeature", reason: "x" }, visits: [] })) };
    const folder = emptyFolder();
    writeFileSync(join(folder, "run.json"), JSON.stringify(skipped));
    expect((await attnbench(["compare", "run.json", "run.json"], folder)).code).toBe(5);
    // What base measured is lost.
    expect((await attnbench(["compare", base, "run.json"], folder)).code).toBe(3);
    expect((await attnbench(["compare", "/dev/zero", "run.json"], folder)).stderr.trim()).toBe("/dev/zero: neither a file nor the folder of a run");
  });
});
