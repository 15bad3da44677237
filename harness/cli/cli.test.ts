import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { readRun } from "../record/runFolder.ts";
import { testAdapter } from "../testAdapter.ts";
import { attnbench, emptyFolder, folderWith, small } from "./testCommand.ts";

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
    const folder = folderWith({ "small.yaml": small().replace("2s", "60s").replace("5%", "0.1%") });
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
    const folder = folderWith({ "small.yaml": small().replace("2s", "60s").replace("5%", "0.1%") });
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
    const visitsIn = (): number => readFileSync(join(parent, run, "journal.jsonl"), "utf8").match(/"type":"visit"/g)?.length ?? 0;
    const before = visitsIn();
    // Once it has gone on by more visits than there are cells.
    let looking: NodeJS.Timeout | undefined;
    const rest = await attnbench(["run", "small.yaml", "--adapter", testAdapter, "--resume", "--set", "measure.maxTime=60s"], folder, (_, signal) => {
      looking ??= setInterval(() => {
        if (visitsIn() < before + 5) return;
        clearInterval(looking);
        signal("SIGTERM");
      }, 50);
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
