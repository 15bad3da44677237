import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";

/** The steps of the sharded workflow as a runner's shell runs them, with a stand-in for attnbench's command line. */
interface Step {
  readonly id?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, string>>;
}

const { concurrency, jobs } = parse(readFileSync(fileURLToPath(new URL("../.github/workflows/sharded.yml", import.meta.url)), "utf8")) as {
  readonly concurrency: { readonly group: string };
  readonly jobs: Readonly<Record<"shard" | "merge", { readonly steps: readonly Step[] }>>;
};

/** Writes down what it was given; ends with the code that is planted for its experiment, report with that of "report". */
const standIn = `
const { appendFileSync, mkdirSync } = require("node:fs");
const [command, ...rest] = process.argv.slice(2);
appendFileSync(process.env.GIVEN, JSON.stringify([command, ...rest]) + "\\n");
const codes = JSON.parse(process.env.CODES);
const [, name = "report"] = command === "report" ? [] : /([^/]+)(?:\\/run-\\d\\/)?$/.exec(rest[rest.length - 1]);
if (command === "merge") mkdirSync(rest[rest.indexOf("--out") + 1] + "/results/" + name + "/merged", { recursive: true });
if (command === "report") process.stdout.write("#".repeat(Number(process.env.LENGTH)));
process.exitCode = codes[name] ?? 0;
`;

const newFolder = (): string => mkdtempSync(join(tmpdir(), "attnbench-test-"));

/** One step, with codes planted by experiment. `experiments`: those that shards have runs of. */
const runStep = (job: "shard" | "merge", id: string, codes: Readonly<Record<string, number>>, experiments: readonly string[] = [], length = 5) => {
  const temp = newFolder();
  for (const name of experiments) for (const run of ["run-1", "run-2"]) mkdirSync(join(temp, "shards", name, run), { recursive: true });
  mkdirSync(join(temp, "attnbench"));
  const [cli, script, given, summary] = ["cli.cjs", "step.sh", "given", "summary"].map((name) => join(temp, name)) as [string, string, string, string];
  writeFileSync(cli, standIn);
  writeFileSync(script, jobs[job].steps.find((step) => step.id === id)?.run ?? "exit 99");
  const planted = { CLI: cli, CODES: JSON.stringify(codes), GIVEN: given, LENGTH: String(length) };
  const { status, stdout } = spawnSync("bash", ["--noprofile", "--norc", "-eo", "pipefail", script], {
    cwd: temp,
    env: {
      ...process.env,
      ...planted,
      EXPERIMENT: "mine.yaml",
      ADAPTER: "gpu",
      SHARD: "2/4",
      RUNNER_TEMP: temp,
      GITHUB_STEP_SUMMARY: summary,
      GITHUB_OUTPUT: join(temp, "output"),
    },
    encoding: "utf8",
  });
  const lines = existsSync(given) ? readFileSync(given, "utf8").trim().split("\n") : [];
  return {
    temp,
    status,
    stdout,
    given: lines.map((line) => (JSON.parse(line) as string[]).map((one) => one.replace(`${temp}/`, ""))),
    summary: existsSync(summary) ? readFileSync(summary, "utf8") : undefined,
  };
};

describe("the sharded workflow", () => {
  it.each([
    [0, 0],
    [5, 0],
    [3, 0],
    [1, 1],
    [2, 2],
    [4, 4],
    [137, 137],
  ])("ends a shard that ended with %i with %i", (code, ends) => {
    const { status, given } = runStep("shard", "measure", { "mine.yaml": code });
    expect([status, given]).toEqual([ends, [["run", "--out", "attnbench", "--adapter=gpu", "--shard=2/4", "--", "mine.yaml"]]]);
  });

  it("merges each experiment by itself, and shows all of them in the summary", () => {
    const { status, given, summary } = runStep("merge", "merge", {}, ["decode", "prefill"]);
    expect(status).toBe(0);
    const runsOf = (name: string): readonly string[] => ["run-1", "run-2"].map((run) => `shards/${name}/${run}/`);
    expect(given).toEqual([
      ["merge", "--out", "attnbench", "--", ...runsOf("decode")],
      ["merge", "--out", "attnbench", "--", ...runsOf("prefill")],
      ["report", "--format", "md", "--", "attnbench/results/decode/merged/", "attnbench/results/prefill/merged/"],
    ]);
    expect(summary).toBe("#####");
  });

  it.each([
    [{ decode: 2, prefill: 1 }, 2],
    [{ decode: 1, prefill: 2 }, 2],
    [{ decode: 3, prefill: 1 }, 3],
    [{ decode: 1, prefill: 3 }, 3],
    [{ decode: 5, prefill: 3 }, 5],
    [{ decode: 2, prefill: 4 }, 2],
    [{ decode: 137, prefill: 2 }, 137],
    [{ decode: 1, prefill: 0 }, 1],
    [{ report: 2 }, 2],
    [{ decode: 1, report: 2 }, 2],
  ])("ends with the code that matters most: of %j with %i", (codes, ends) => {
    const { status, given } = runStep("merge", "merge", codes, ["decode", "prefill"]);
    expect([status, given.length]).toEqual([ends, 3]);
  });

  it("says where no shard measured anything, and where the tables are too long for a summary", () => {
    const none = runStep("merge", "merge", {});
    expect([none.status, none.stdout]).toEqual([5, "::error::no shard measured anything\n"]);
    const long = runStep("merge", "merge", {}, ["decode"], 1_200_000);
    expect([long.status, long.summary]).toEqual([0, "The tables are longer than a job's summary may be: summary.md in the artifact has them.\n"]);
    expect(readFileSync(join(long.temp, "attnbench/summary.md"), "utf8").length).toBe(1_200_000);
  });

  it("ends as misused where attnbench is not there", () => {
    for (const job of ["shard", "merge"] as const) {
      const temp = newFolder();
      writeFileSync(join(temp, "package.json"), '{ "name": "mine" }');
      const script = jobs[job].steps.find(({ id }) => id === "install")?.run ?? "exit 99";
      const { status, stdout } = spawnSync("bash", ["-eo", "pipefail", "-c", script], {
        cwd: temp,
        env: { ...process.env, GITHUB_OUTPUT: join(temp, "output") },
        encoding: "utf8",
      });
      expect([status, stdout]).toEqual([2, "::error::attnbench is no dependency of this repository: npm install --save-dev attnbench\n"]);
    }
  });

  it("called twice by one workflow shares no artifact and waits for no other, as long as the two are told apart", () => {
    const filled = (text: string, artifact: string): string =>
      text.replace(/\$\{\{ inputs\.artifact(?: \|\| '([\w-]+)')? \}\}/g, (_, other = "") => artifact || other).replace(/\$\{\{ matrix\.shard \}\}/, "1");
    const names = Object.values(jobs).flatMap(({ steps }) => steps.flatMap(({ with: given }) => [given?.name ?? [], given?.pattern ?? []].flat()));
    expect(names.map((name) => filled(name, "a"))).toEqual(["a-shard-1", "a-shard-+([0-9])", "a"]);
    expect(names.map((name) => filled(name, ""))).toEqual(["attnbench-sharded-shard-1", "attnbench-sharded-shard-+([0-9])", "attnbench-sharded"]);
    expect(filled(concurrency.group, "a")).not.toBe(filled(concurrency.group, "b"));
  });
});
