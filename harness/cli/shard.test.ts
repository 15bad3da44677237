import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { fakeWorkers } from "../measure/fakeWorker.ts";
import { shardCells } from "../shards/split.ts";
import { experimentOf, fakeRun } from "../testExperiment.ts";
import { attnbench, emptyFolder } from "./testCommand.ts";

const yaml = `name: split
phase: decode
mechanisms: [softmax, linear]
axes: { n: [64, 128, 256], batch: [1, 2, 3] }
fixed: { heads: 2, headDim: 64 }
measure: { precision: 5%, maxTime: 1s }
`;

const folderWithFile = (): string => {
  const folder = emptyFolder();
  writeFileSync(join(folder, "split.yaml"), yaml);
  return folder;
};

describe("run --shard", () => {
  const dryRun = (folder: string, ...args: string[]) => attnbench(["run", "split.yaml", "--dry-run", ...args], folder);

  it("plans its own cells alone, and all shards together plan all", async () => {
    const folder = folderWithFile();
    const plan = async (...args: string[]) => {
      const { code, stdout } = await dryRun(folder, "--json", ...args);
      expect(code).toBe(0);
      return (JSON.parse(stdout) as { plans: { shard?: object; cells: { id: string }[] }[] }).plans[0];
    };
    const [whole, first, second] = [await plan(), await plan("--shard", "1/2"), await plan("--shard", "2/2")];
    expect([whole?.shard, first?.shard, second?.shard]).toEqual([undefined, { index: 1, of: 2, filled: 2 }, { index: 2, of: 2, filled: 2 }]);
    const ids = [first, second].flatMap((one) => one?.cells.map(({ id }) => id) ?? []);
    expect(ids.toSorted()).toEqual(whole?.cells.map(({ id }) => id).toSorted());
    expect((await dryRun(folder, "--shard", "2/2")).stderr).toMatch(/shard 2\/2: \d\d(\.\d)? % of the predicted cost; 2 of the 2 shards have cells/);
  });

  it("behind the last comparison has no cell: exit 5, and nothing is written", async () => {
    const folder = folderWithFile();
    const { code, stderr, stdout } = await attnbench(["run", "split.yaml", "--shard", "4/5", "--adapter", "no such adapter"], folder);
    expect({ code, stdout, stderr }).toEqual({
      code: 5,
      stdout: "",
      stderr: "split: shard 4/5 has no cell, since it has only 3 comparisons to split: the first 3 shards measure them\n",
    });
    expect(readdirSync(folder)).toEqual(["split.yaml"]);
  });

  it("of two files measures those that it has cells of", async () => {
    const folder = folderWithFile();
    writeFileSync(join(folder, "small.yaml"), yaml.replace("name: split", "name: small").replace("[1, 2, 3]", "[1]"));
    const { code, stdout, stderr } = await attnbench(["run", "split.yaml", "small.yaml", "--dry-run", "--json", "--shard", "3/3"], folder);
    expect(code).toBe(0);
    expect(stderr).toContain("small: shard 3/3 has no cell, since it has only 1 comparison to split: the first shard measures it");
    expect((JSON.parse(stdout) as { plans: { name: string }[] }).plans.map(({ name }) => name)).toEqual(["split"]);
  });

  it("that is none is exit 2", async () => {
    const folder = folderWithFile();
    for (const flag of ["4/3", "auto/x", ""]) {
      const { code, stderr } = await dryRun(folder, "--shard", flag);
      expect({ code, said: stderr.startsWith(`--shard ${flag}: `), trace: /^\s+at /m.test(stderr) }).toEqual({ code: 2, said: true, trace: false });
    }
  });
});

describe("merge", () => {
  /** Two comparisons, one a shard: what is drawn and computed of more says nothing more of a merge. */
  const twoComparisons = yaml.replace("[64, 128, 256], batch: [1, 2, 3]", "[64, 128], batch: [1, 2]");
  /** Runs of shards of two, on fake devices; in no more turns than words need. */
  const shardFolders = async (outFolder: string, name: string, shards: readonly number[] = [1, 2]): Promise<readonly string[]> => {
    const { cells, mechanisms } = await experimentOf(twoComparisons);
    const costMs = ({ mechanism, n, batch }: { mechanism: string; n: number; batch: number }): number => (mechanism === "softmax" ? 0.01 * n * batch : 0.9);
    const run = async (index: number): Promise<string> =>
      (await fakeRun(twoComparisons, fakeWorkers({ costMs, name }), { ...shardCells(cells, mechanisms, { index, of: 2 }), outFolder })).folder;
    return Promise.all(shards.map(run));
  };

  it("prints one answer, or one JSON object, and writes a run that report reads", async () => {
    const folder = emptyFolder();
    const runs = await shardFolders(folder, "a device");
    const { code, stdout } = await attnbench(["merge", ...runs, "--json"], folder);
    expect(code).toBe(0);
    const answer = JSON.parse(stdout) as { runs: string[]; reports: string[]; findings: object[]; missing: object[] };
    expect(answer).toMatchObject({ runs: [expect.stringContaining(join("results", "split"))], reports: [join("reports", "split.html")], missing: [] });
    expect(answer.findings.length).toBeGreaterThan(0);
    expect((await attnbench(["merge", ...runs.toReversed(), "--out", "elsewhere"], folder)).stdout).toContain("results: elsewhere/results/split/");
    expect((await attnbench(["report", answer.runs[0] ?? "", "--format", "md"], folder)).code).toBe(0);
  });

  it("says what is missing, and of which device", async () => {
    const folder = emptyFolder();
    const [first = ""] = await shardFolders(folder, "a device", [1]);
    const [second = ""] = await shardFolders(folder, "another device", [2]);
    const { code, stdout, stderr } = await attnbench(["merge", first, second, "--json"], folder);
    expect(code).toBe(0);
    expect(stderr).toContain("these shards were measured on 2 devices, so they make 2 runs");
    expect(stderr).toMatch(/INCOMPLETE: of planted \(a device\) there is no run of shard 2 of 2/);
    expect(stderr).toMatch(/INCOMPLETE: of planted \(another device\) there is no run of shard 1 of 2/);
    const { runs, missing } = JSON.parse(stdout) as { runs: string[]; missing: { run: string; shards: number[] }[] };
    expect(missing.map(({ run }) => run)).toEqual(runs);
    expect(missing.flatMap(({ shards }) => shards).toSorted()).toEqual([1, 2]);
    expect((await attnbench(["merge", first, second, "--undecided", "fail"], folder)).code).toBe(3);
  });

  it("of what cannot be put together, or is no run, is one message, exit 2, and nothing is written", async () => {
    const folder = emptyFolder();
    const runs = await shardFolders(emptyFolder(), "a device");
    for (const args of [[...runs, runs[0] ?? ""], [...runs, "none"], ["."]]) {
      const { code, stderr, stdout } = await attnbench(["merge", ...args, "--json"], folder);
      expect({ code, lines: stderr.trim().split("\n").length }).toEqual({ code: 2, lines: 1 });
      expect(JSON.parse(stdout)).toEqual({ error: { exitCode: 2, message: stderr.trim() } });
    }
    expect(existsSync(join(folder, "results"))).toBe(false);
  });
});
