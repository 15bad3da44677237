import { spawnSync } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { fakeWorkers } from "../measure/fakeWorker.ts";
import { shardCells } from "../shards/split.ts";
import { experimentOf, fakeRun } from "../testExperiment.ts";
import { emptyFolder } from "./testCommand.ts";

const yaml = `name: small
phase: decode
mechanisms: [softmax, linear]
axes: { n: [64, 128] }
fixed: { heads: 2, headDim: 64 }
measure: { maxTime: 1s }
`;

const cli = fileURLToPath(new URL("../../dist/cli.js", import.meta.url));

/** The built command as a user runs it, ended where it does not end by itself: what loops hears no timer of its own. */
const ended = (folder: string, ...args: readonly string[]) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [cli, ...args], {
    cwd: folder,
    env: { ...process.env, NO_COLOR: "1", CI: "true" },
    encoding: "utf8",
    timeout: 20_000,
    killSignal: "SIGKILL",
  });
  return { status, stdout, stderr };
};

// Windows deletes no folder that a process works in.
describe.skipIf(process.platform === "win32")("a folder that was deleted under the command", () => {
  it("ends it in words", () => {
    const folder = emptyFolder();
    writeFileSync(join(folder, "small.yaml"), yaml);
    const script = 'mkdir gone && cd gone && rmdir ../gone && exec "$1" "$2" run "$3/small.yaml" --quiet';
    const { status, stderr } = spawnSync("bash", ["-c", script, "bash", process.execPath, cli, folder], { cwd: folder, encoding: "utf8", timeout: 20_000 });
    expect([status, stderr]).toEqual([2, "the folder that this command was started in is gone: change to one that is there\n"]);
  });
});

// Only Linux has such a file system; there it runs.
describe.skipIf(!existsSync("/proc/self"))("--out in a file system that takes no folder", () => {
  const out = "/proc/attnbench";
  const told = /^(nothing can be made in \/proc|\/proc\/attnbench cannot be made) \(ENOENT: .*\): choose a folder that can be written with --out\n$/;

  it("ends run and duet before a device is opened or a checkout made", () => {
    const folder = emptyFolder();
    writeFileSync(join(folder, "small.yaml"), yaml);
    for (const args of [
      ["run", "small.yaml", "--quiet"],
      ["duet", "HEAD", "small.yaml"],
    ])
      expect(ended(folder, ...args, "--out", out)).toEqual({ status: 2, stdout: "", stderr: expect.stringMatching(told) });
  });

  it("ends report and merge", async () => {
    const { cells, mechanisms } = await experimentOf(yaml);
    const { folder } = await fakeRun(yaml, fakeWorkers({ costMs: () => 0.5 }), shardCells(cells, mechanisms, { index: 1, of: 1 }));
    for (const command of ["report", "merge"])
      expect(ended(folder, command, ".", "--out", out)).toEqual({ status: 2, stdout: "", stderr: expect.stringMatching(told) });
  });

  it("is what doctor finds", () => {
    const { status, stdout } = ended(emptyFolder(), "doctor", "--adapter", "no such adapter", "--out", out);
    expect(status).toBe(4);
    expect(stdout).toMatch(/^fail +output +nothing can be made in \/proc \(ENOENT.*: choose another folder with --out$/m);
  });
});
