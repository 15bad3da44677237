import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { readRun } from "../record/runFolder.ts";
import { testAdapter } from "../testAdapter.ts";
import { attnbench, emptyFolder } from "./testCommand.ts";

const small = (more = ""): string => `name: small
title: A small run
phase: decode
mechanisms: [softmax, linear]
axes: { n: [64, 130] }
fixed: { heads: 2, headDim: 64 }
measure: { precision: 5%, maxTime: 4s }
${more}`;

const folderWith = (files: Record<string, string | Uint8Array>): string => {
  const folder = emptyFolder();
  for (const [name, contents] of Object.entries(files)) writeFileSync(join(folder, name), contents);
  return folder;
};

describe("questions", () => {
  it("list names every mechanism, form and phase", async () => {
    const { code, stdout } = await attnbench(["list", "--json"], emptyFolder());
    expect(code).toBe(0);
    const { mechanisms, presets, claims } = JSON.parse(stdout) as {
      mechanisms: { name: string; forms: Record<string, string[]> }[];
      presets: Record<string, unknown>;
      claims: { id: string; phase: string }[];
    };
    expect(claims.map(({ id }) => id)).toEqual(Array.from({ length: 19 }, (_, i) => `S${i + 1}`));
    expect(claims[13]).toMatchObject({ id: "S14", phase: "offload" });
    expect(Object.keys(presets)).toEqual(["gpt2-small", "qwen2.5-0.5b", "llama3-8b", "qwen3-next", "kimi-linear", "minimax-01"]);
    expect(Object.fromEntries(mechanisms.map(({ name, forms }) => [name, forms]))).toMatchObject({
      softmax: {
        prefill: ["tiled", "naive"],
        decode: ["split"],
        generate: ["split"],
        tokenLoop: ["cached", "recompute"],
        offload: ["host", "disk", "recompute"],
      },
      linear: {
        prefill: ["chunk", "recurrent", "parallel"],
        decode: ["recurrent"],
        generate: ["recurrent"],
        tokenLoop: ["recurrent", "recompute"],
        offload: ["host", "disk", "recompute"],
      },
    });
  });

  it("schema prints draft-7", async () => {
    const { stdout } = await attnbench(["schema"], emptyFolder());
    expect(JSON.parse(stdout)).toMatchObject({ $schema: "http://json-schema.org/draft-07/schema#" });
  });

  it("doctor tells what is here, as text and as JSON", async () => {
    const { code, stdout } = await attnbench(["doctor", "--adapter", testAdapter, "--json"], emptyFolder());
    expect(code).toBe(0);
    const { lines } = JSON.parse(stdout) as { lines: { verdict: string; subject: string; found: string }[] };
    expect(lines.find(({ subject }) => subject === "adapter")).toMatchObject({
      verdict: expect.stringMatching(/ok|warn/),
      found: expect.stringContaining("("),
    });
    expect((await attnbench(["doctor", "--adapter", testAdapter], emptyFolder())).stdout).toMatch(/^ok\s+node/m);
  });

  it("init writes a file that check and a dry run accept, and never overwrites one", async () => {
    const folder = emptyFolder();
    expect((await attnbench(["init", "my.yaml"], folder)).code).toBe(0);
    expect(await attnbench(["check", "my.yaml"], folder)).toMatchObject({ code: 0, stderr: expect.stringContaining("ok") });
    const again = await attnbench(["init", "my.yaml"], folder);
    expect(again).toMatchObject({ code: 2, stderr: expect.stringContaining("exists already") });
  });

  it("a dry run opens no device, writes nothing and counts cells, FLOPs and bytes", async () => {
    const folder = folderWith({ "small.yaml": small() });
    const { code, stdout } = await attnbench(["run", "small.yaml", "--dry-run", "--adapter", "no such adapter", "--json", "--set", "axes.n=[256]"], folder);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      plans: [
        {
          name: "small",
          cells: [
            { id: expect.stringContaining("softmax"), usefulFlops: 4 * 2 * 64 * 257, stateBytes: 2 * 4 * 2 * 64 * 257 },
            { id: expect.stringContaining("linear"), stateBytes: 4 * 2 * 64 * 64 },
          ],
        },
      ],
    });
    expect(readdirSync(folder)).toEqual(["small.yaml"]);
  });
});

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
  for (const [name, [text, expected]] of Object.entries(cases)) {
    it(name, async () => {
      const folder = folderWith({ "bad.yaml": text });
      const { code, stdout, stderr } = await attnbench(["run", "bad.yaml", "--adapter", "no such adapter"], folder);
      expect(stderr).toMatch(expected);
      expect(stderr).not.toMatch(/^\s+at /m);
      expect({ code, stdout, left: readdirSync(folder) }).toEqual({ code: 2, stdout: "", left: ["bad.yaml"] });
    });
  }

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

describe(`a run on adapter ${testAdapter}`, () => {
  it("measures, answers and reports; --json is one object on stdout", async () => {
    const folder = folderWith({ "small.yaml": small('expect: ["linear.maxError < 1e-3"]') });
    const once = ["run", "small.yaml", "--adapter", testAdapter, "--json", "--filter", "n = 130 or mechanism = linear", "--filter", "n > 1"];
    const { code, stdout } = await attnbench(once, folder);
    expect(code).toBe(0);
    const { runs, reports, findings, ...rest } = JSON.parse(stdout) as { runs: string[]; reports: string[]; findings: { verdict?: string }[] };
    expect(rest).toEqual({});
    expect(findings.some(({ verdict }) => verdict === "pass")).toBe(true);
    expect(reports).toEqual([join("reports", "small.html")]);
    const { record } = readRun(join(folder, runs[0] ?? ""));
    expect(record.state).toBe("complete");
    expect(record.cells.map(({ mechanism, n, outcome }) => [mechanism, n, outcome.status])).toEqual([
      ["linear", 64, "ok"],
      ["softmax", 130, "ok"],
      ["linear", 130, "ok"],
    ]);
    expect(record.environment.adapter).toMatchObject({ asked: testAdapter, description: expect.stringMatching(/./) });
    expect(JSON.stringify(record.environment)).not.toContain(hostname());
    for (const name of ["run.json", "journal.jsonl", "measurements.csv", "samples.csv"]) expect(existsSync(join(folder, runs[0] ?? "", name))).toBe(true);
    expect((await attnbench(["report", runs[0] ?? "", "--format", "md"], folder)).stdout).toContain("A small run");
  });

  it("of two files keeps the answer of the first where the second cannot be written", async () => {
    const folder = folderWith({ "small.yaml": small(), "other.yaml": small().replace("name: small", "name: other") });
    mkdirSync(join(folder, "results"));
    writeFileSync(join(folder, "results/other"), "a file");
    const { code, stdout, stderr } = await attnbench(["run", "small.yaml", "other.yaml", "--adapter", testAdapter, "--json"], folder);
    expect(code).toBe(2);
    expect(JSON.parse(stdout)).toMatchObject({
      runs: [expect.stringContaining(join("results", "small"))],
      reports: [join("reports", "small.html")],
      findings: expect.arrayContaining([expect.objectContaining({ text: expect.any(String) })]),
      error: { exitCode: 2, message: expect.stringContaining("is a file, not a folder") },
    });
    expect(stderr).toContain("is a file, not a folder: choose a folder that can be written with --out");
  });

  it("stops at once on a second Ctrl-C, and --json says so", async () => {
    const folder = folderWith({ "small.yaml": small().replace("4s", "60s").replace("5%", "0.1%") });
    let sent = false;
    const { code, stdout } = await attnbench(["run", "small.yaml", "--adapter", testAdapter, "--json"], folder, (text, signal) => {
      if (sent || !/2 ok/.test(text)) return;
      sent = true;
      signal("SIGINT");
      setTimeout(() => signal("SIGINT"), 20);
    });
    expect(code).toBe(130);
    // Where the visit under way had ended by then, its answer is whole.
    const { runs, error } = JSON.parse(stdout) as { runs: string[]; error?: unknown };
    if (runs.length === 0)
      expect(error).toEqual({
        exitCode: 130,
        message: "stopped at once by a second SIGINT: every visit that was finished is kept, and --resume goes on with it",
      });
    expect(readdirSync(join(folder, "results/small"))).toHaveLength(1);
  });

  it("ends after the visit on Ctrl-C with a partial run and exit 130, and --resume goes on", async () => {
    const folder = folderWith({ "small.yaml": small().replace("4s", "60s").replace("5%", "0.1%") });
    let sent = false;
    const stopped = await attnbench(["run", "small.yaml", "--adapter", testAdapter], folder, (text, signal) => {
      if (sent || !/4 ok/.test(text)) return;
      sent = true;
      signal("SIGINT");
    });
    expect(stopped.code).toBe(130);
    const parent = join(folder, "results/small");
    const [run = ""] = readdirSync(parent);
    expect(readRun(join(parent, run)).record.state).toBe("interrupted");
    expect(readFileSync(join(folder, "reports/small.html"), "utf8")).toContain("A small run");
    let ending = false;
    const rest = await attnbench(["run", "small.yaml", "--adapter", testAdapter, "--resume", "--set", "measure.maxTime=60s"], folder, (_, signal) => {
      if (!ending) setTimeout(() => signal("SIGTERM"), 5000);
      ending = true;
    });
    expect(rest.code).toBe(143);
    expect(readdirSync(parent)).toEqual([run]);
    const visits = readRun(join(parent, run)).record.cells.flatMap(({ id, visits: made }) => made.map(({ turn }) => `${id} ${turn}`));
    expect(new Set(visits).size).toBe(visits.length);
    // An experiment that is given another time is another one.
    const other = await attnbench(["run", "small.yaml", "--adapter", testAdapter, "--resume", "--budget", "1s"], folder);
    expect(other.stderr).toContain(
      `nothing to resume (${join("results/small", run)} is unfinished, but had 60 s to measure in (--budget or measure.maxTime), and 1 s are given now; with --budget 60s it is gone on with): this is a new run`,
    );
  });
});
