import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { testAdapter } from "../testAdapter.ts";
import { attnbench, type Ended, emptyFolder, folderWith, small } from "./testCommand.ts";

describe("what cannot be run ends with one clear message, exit 2 and nothing written:", () => {
  const cases: Record<string, [file: string | Uint8Array, expected: RegExp]> = {
    "a wrong type": [small().replace("[64, 130]", "[64, many]"), /bad\.yaml:5:\d+.*axes\.n[\s\S]*accepted/],
    "an unknown key": [small("mesure: 3"), /bad\.yaml:8:1[\s\S]*did you mean measure/],
    "a key twice": [small("phase: prefill"), /bad\.yaml:8:1: this key stands twice/],
    "an empty axis": [small().replace("[64, 130]", "[]"), /bad\.yaml:5:\d+.*axes\.n/],
    "a negative n": [small().replace("130", "-130"), /bad\.yaml:5:\d+.*axes\.n/],
    "a fractional n": [small().replace("130", "1.5"), /bad\.yaml:5:\d+.*axes\.n/],
    "n beyond 2^27": [small().replace("130", "1e12"), /bad\.yaml:5:\d+.*axes\.n/],
    "not a number": [small().replace("130", ".nan"), /bad\.yaml:5:\d+.*axes\.n/],
    "an alias bomb": [`a: &a [1,1]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: [*b,*b,*b,*b,*b,*b,*b,*b,*b]\n${small()}`, /bad\.yaml/],
    "a second document": [`${small()}---\n${small()}`, /bad\.yaml:\d+:\d+/],
    "a binary file": [Uint8Array.of(1, 0, 2, 3), /not a text file/],
    "an empty file": ["", /empty/],
    "a name that leaves the folder": [small().replace("name: small", "name: ../../etc/small"), /bad\.yaml:1:7.*name/],
    "an expectation of nothing": [small('expect: ["linear.tme is O(1)"]'), /bad\.yaml:8:\d+[\s\S]*time/],
  };
  /** All of them in one command, which tells of each, since starting one takes most of the time; behind what is told of a file, of no other. */
  const files = Object.entries(cases).map(([name, [text, expected]], i) => ({ name, text, expected, folder: `${i}` }));
  let root: string;
  let ended: Ended;
  beforeAll(async () => {
    root = emptyFolder();
    for (const { folder, text } of files) {
      mkdirSync(join(root, folder));
      writeFileSync(join(root, folder, "bad.yaml"), text);
    }
    ended = await attnbench(["run", ...files.map(({ folder }) => `${folder}/bad.yaml`), "--adapter", "no such adapter"], root);
  });
  it.each(files)("$name", ({ folder, expected }) => {
    const { code, stdout, stderr } = ended;
    const told = stderr.split(/^(?=\d+\/bad\.yaml)/m).filter((text) => text.startsWith(`${folder}/`));
    expect(told.join("")).toMatch(expected);
    expect(stderr).not.toMatch(/^\s+at /m);
    expect({ code, stdout, left: readdirSync(join(root, folder)) }).toEqual({ code: 2, stdout: "", left: ["bad.yaml"] });
    expect(readdirSync(root)).toHaveLength(files.length);
  });

  it("and alone", async () => {
    const folder = folderWith({ "bad.yaml": small("mesure: 3") });
    expect(await attnbench(["run", "bad.yaml", "--adapter", "no such adapter"], folder)).toMatchObject({ code: 2, stdout: "" });
    expect(readdirSync(folder)).toEqual(["bad.yaml"]);
  });

  it("a missing file, a folder, an unknown flag, a wrong --set, a wrong --filter", async () => {
    const folder = folderWith({ "small.yaml": small() });
    mkdirSync(join(folder, "folder.yaml"));
    expect(await attnbench(["run", "none.yaml"], folder)).toMatchObject({ code: 2, stderr: expect.stringContaining("none.yaml: no such file") });
    expect(await attnbench(["run", "folder.yaml"], folder)).toMatchObject({ code: 2, stderr: expect.stringContaining("a folder") });
    expect(await attnbench(["run", "small.yaml", "--adaptor", "gpu"], folder)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("Did you mean --adapter?"),
    });
    expect(await attnbench(["run", "small.yaml", "--set", "axes.m=[1]"], folder)).toMatchObject({ code: 2, stderr: expect.stringContaining("--set") });
    expect(await attnbench(["run", "small.yaml", "--filter", "m > 3"], folder)).toMatchObject({ code: 2, stderr: expect.stringContaining("--filter") });
    expect(readdirSync(folder).sort()).toEqual(["folder.yaml", "small.yaml"]);
  });

  it("no folder to write to ends a run before its device is opened, and a report too", async () => {
    const folder = folderWith({ "small.yaml": small(), afile: "" });
    const refused = { code: 2, stdout: "", stderr: expect.stringContaining("choose a folder that can be written with --out") };
    expect(await attnbench(["run", "small.yaml", "--adapter", testAdapter, "--out", "afile"], folder)).toMatchObject(refused);
    expect(await attnbench(["run", "small.yaml", "--adapter", ""], folder)).toMatchObject({ code: 2, stderr: expect.stringContaining("It is empty") });
    expect(await attnbench(["run", "small.yaml", "--budget", "5"], folder)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("--budget 5: not a duration"),
    });
  });

  it("a record whose names leave the folder, or that is none, is not rendered", async () => {
    const outside = { schemaVersion: 1, run: "r", state: "complete", experiment: { name: "../evil" }, environment: {}, schedule: {}, cells: [] };
    const folder = folderWith({ "outside.json": JSON.stringify(outside), "foreign.json": '{"a":1}', "text.json": "name: x" });
    for (const file of ["outside.json", "foreign.json", "text.json", "none.json"]) {
      const { code, stderr } = await attnbench(["report", file], folder);
      expect({ code, trace: /^\s+at /m.test(stderr) }).toEqual({ code: 2, trace: false });
    }
    expect(readdirSync(folder).sort()).toEqual(["foreign.json", "outside.json", "text.json"]);
  });

  it("with --json stdout has one object all the same, with what was said as its error", async () => {
    const folder = folderWith({ "small.yaml": small(), "bad.yaml": small("mesure: 3"), afile: "" });
    const cases: [args: string[], code: number, message: string][] = [
      [["bad.yaml", "none.yaml"], 2, "none.yaml: no such file"],
      [["bad.yaml", "--dry-run"], 2, "did you mean measure"],
      [["small.yaml", "--adaptor", "gpu"], 2, "unknown option '--adaptor'\n(Did you mean --adapter?)"],
      [["small.yaml", "--kernels", "none"], 2, "none"],
      [["small.yaml", "--adapter", testAdapter, "--out", "afile"], 2, "choose a folder that can be written with --out"],
      [["small.yaml", "--filter", "n > 1000"], 5, "no cell is left by --filter 'n > 1000'"],
      [["small.yaml", "--adapter", "no such adapter"], 4, "attnbench doctor says what this machine offers"],
    ];
    for (const [args, code, message] of cases) {
      const ended = await attnbench(["run", "--json", ...args], folder);
      expect(ended.code).toBe(code);
      expect(ended.stderr).toContain(message);
      expect(JSON.parse(ended.stdout)).toEqual({ runs: [], reports: [], findings: [], error: { exitCode: code, message: expect.stringContaining(message) } });
    }
    const check = await attnbench(["check", "bad.yaml", "--json"], folder);
    expect(JSON.parse(check.stdout)).toEqual({ error: { exitCode: 2, message: expect.stringContaining("bad.yaml:8:1") } });
  });

  it("sizes and types that no device takes are skipped in the plan already", async () => {
    const folder = folderWith({ "small.yaml": small() });
    const stderrOf = async (...settings: string[]) => (await attnbench(["check", "small.yaml", ...settings.flatMap((one) => ["--set", one])], folder)).stderr;
    expect(await stderrOf("fixed.dtype=f16", "fixed.kvDtype=f32")).toContain("4 cells, 2 of them would be skipped (run --dry-run says why)");
    expect(await stderrOf("fixed.stateDtype=f16")).toContain("4 cells, 2 of them would be skipped");
    expect(await stderrOf("fixed.dtype=f16")).not.toContain("skipped");
    const refused = await attnbench(["check", "small.yaml", "--set", "mechanisms[1]={ use: linear, chunk: 17 }"], folder);
    expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining("a multiple of 16 from 16 to 256") });
  });

  it("nothing left by --filter is exit 5, no adapter of that name exit 4", async () => {
    const folder = folderWith({ "small.yaml": small() });
    expect(await attnbench(["run", "small.yaml", "--filter", "n > 1000"], folder)).toMatchObject({ code: 5 });
    expect(await attnbench(["run", "small.yaml", "--adapter", "no such adapter"], folder)).toMatchObject({
      code: 4,
      stderr: expect.stringContaining("attnbench doctor"),
    });
  });
});
