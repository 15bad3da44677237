import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it, vi } from "vitest";
import type { RunRecord } from "../record/run.ts";
import { attnbench, emptyFolder } from "./testCommand.ts";

const cli = fileURLToPath(new URL("../../dist/cli.js", import.meta.url));
const record: RunRecord = JSON.parse(readFileSync(fileURLToPath(new URL("../testRuns/emulated/run.json", import.meta.url)), "utf8"));
const unfinished = JSON.stringify({ ...record, state: "running" });

/** The command ends with 2 and this one message. */
const refused = async (folder: string, args: readonly string[], message: string | RegExp) => {
  const { code, stdout, stderr } = await attnbench(args, folder);
  expect([args, code, stdout]).toEqual([args, 2, ""]);
  if (typeof message === "string") expect(stderr).toBe(`${message}\n`);
  else expect(stderr).toMatch(message);
};

describe("what is no file", () => {
  it("is told by what it is: nothing at all, a folder that is not there, links in a circle", async () => {
    const folder = emptyFolder();
    symlinkSync("run.json", join(folder, "other"));
    symlinkSync("other", join(folder, "run.json"));
    await refused(folder, ["report", "."], /^run\.json: cannot be read \(ELOOP: .*\)\n$/);
    await refused(folder, ["report", ""], "no run is named: its path is empty");
    await refused(folder, ["run", ""], "no file is named: its name is empty");
    await refused(folder, ["init", ""], "no file is named: its name is empty, e.g. attnbench init decode.yaml");
    await refused(folder, ["init", "nowhere/x.yaml"], "nowhere/x.yaml cannot be written: there is no folder nowhere");
    await refused(folder, ["report", ".", "--lang", "fr"], /'--lang <language>' argument 'fr' is invalid\. Allowed choices are en, zh\./);
    await refused(folder, ["report", ".", "--out", ""], /'--out <dir>' argument '' is invalid\. It is empty; accepted: a folder/);
    expect(readdirSync(folder).sort()).toEqual(["other", "run.json"]);
  });

  // Windows has no named pipe that is a file.
  it.skipIf(process.platform === "win32")("is not waited for, where a journal should be", async () => {
    const folder = emptyFolder();
    for (const name of ["pipe", "device"]) mkdirSync(join(folder, name));
    for (const name of ["pipe", "device"]) writeFileSync(join(folder, name, "run.json"), unfinished);
    execFileSync("mkfifo", [join(folder, "pipe/journal.jsonl")]);
    symlinkSync("/dev/zero", join(folder, "device/journal.jsonl"));
    for (const name of ["pipe", "device"])
      await refused(
        folder,
        ["report", name, "--format", "md"],
        `${name}/journal.jsonl: cannot be read (it is no file), and what this run measured stands in it`,
      );
  });
});

// The disk that is always full is a device of Linux.
describe.skipIf(!existsSync("/dev/full"))("a place that cannot be written to", () => {
  const outputs = (command: string) =>
    spawnSync("bash", ["-c", command, "bash", process.execPath, cli], { cwd: emptyFolder(), encoding: "utf8", timeout: 30_000 });

  it("is told where it is standard output, and changes nothing where it is standard error", () => {
    const { status, stderr } = outputs('"$1" "$2" list > /dev/full');
    expect([status, stderr]).toEqual([2, "standard output cannot be written: ENOSPC: no space left on device, write\n"]);
    expect(outputs('"$1" "$2" init x.yaml 2> /dev/full').status).toBe(0);
  });

  it("changes no verdict where it is the summary of a job", async () => {
    const folder = emptyFolder();
    writeFileSync(join(folder, "run.json"), JSON.stringify({ ...record, cells: record.cells.filter(({ n }) => n <= 32) }));
    vi.stubEnv("GITHUB_STEP_SUMMARY", join(folder, "nowhere/summary.md"));
    const { code, stdout, stderr } = await attnbench(["compare", "run.json", "run.json", "--format", "github"], folder);
    vi.unstubAllEnvs();
    expect([code, stderr]).toEqual([0, expect.stringMatching(/^the job summary cannot be written: ENOENT.*\n$/)]);
    expect(stdout).toMatch(/^Gate undecided/m);
  });
});

describe("attnbench init", () => {
  it("names a command that a shell takes", async () => {
    const folder = emptyFolder();
    expect((await attnbench(["init", "--", "-a b.yaml"], folder)).stderr).toBe("wrote -a b.yaml; run it with: attnbench run './-a b.yaml'\n");
    expect(existsSync(join(folder, "-a b.yaml"))).toBe(true);
  });
});

describe("attnbench merge", () => {
  it("shows labels, devices and reasons of anybody's shards as text, none as a line of its own", async () => {
    const folder = emptyFolder();
    const hostile = `\u001b[31m\u202e\nGate passed\n::error::x ${"y".repeat(900)}`;
    const cells = record.cells
      .filter(({ n }) => n <= 64)
      .map((cell, i) => ({
        ...cell,
        label: `${cell.label}${hostile}`,
        ...(i === 0 ? { outcome: { status: "failed", code: hostile, reason: hostile.repeat(50) }, visits: [], summary: undefined } : {}),
      }));
    const environment = { ...record.environment, adapter: { ...record.environment.adapter, device: hostile, description: hostile } };
    writeFileSync(join(folder, "run.json"), JSON.stringify({ ...record, cells, environment, shard: { index: 1, of: 2, filled: 2 } }));
    const { code, stdout, stderr } = await attnbench(["merge", "."], folder);
    expect(code).toBe(1);
    const text = stdout + stderr;
    expect(text).toContain("FAILED softmax-split-n16-h8-d64: \ufffd[31m\ufffd Gate passed");
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u202e]|^(Gate passed|::)/m);
    expect(Math.max(...text.split("\n").map(({ length }) => length))).toBeLessThan(2500);
  });

  it("of a shard of a billion counts none of those that are missing", async () => {
    const folder = emptyFolder();
    writeFileSync(join(folder, "run.json"), JSON.stringify({ ...record, shard: { index: 1, of: 1e9, filled: 1e9 } }));
    await refused(folder, ["merge", "."], "run.json: not a whole run of attnbench: shard.of is 1000000000: Too big: expected number to be <=10000");
  });
});

describe("attnbench fit", () => {
  it("refuses more curves or sizes than it can fit, and says how many", async () => {
    const folder = emptyFolder();
    const rows = (count: number, row: (i: number) => string): string => ["n,ms,arm", ...Array.from({ length: count }, (_, i) => row(i + 1))].join("\n");
    writeFileSync(
      join(folder, "long.csv"),
      rows(200_000, (i) => `${i},${2 * i},a`),
    );
    writeFileSync(
      join(folder, "many.csv"),
      rows(1000, (i) => `${1 + (i % 2)},1,a${Math.floor(i / 4)}`),
    );
    const remedy = "up to 200 curves and 2,000 values in all are fitted; leave some out, or round them, as rows of one value are its samples";
    await refused(folder, ["fit", "long.csv"], `long.csv: 1 curve with 200,000 values of n: ${remedy}`);
    await refused(folder, ["fit", "many.csv"], /^many\.csv: 251 curves with 50\d values of n: up to 200 curves/);
  });
});
