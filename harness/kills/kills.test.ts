import { execFileSync, spawn } from "node:child_process";
import { readdirSync, utimesSync } from "node:fs";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { beforeAll, describe, expect, it } from "vitest";
import { newFolder } from "../testExperiment.ts";
import { finishedVisits, flawsOfResults, leftoversIn, runsIn } from "./soundness.ts";

/** `npm run kills` strikes down real commands and their workers; here it is a process with a fake worker, in which more of the time is writing. */
const script = resolve("dist/fakeRunProcess.js");
const kills = 3;

beforeAll(() => {
  const bundling = 'import { bundle } from "./harness/bundle.mjs"; await bundle({ fakeRunProcess: "harness/kills/fakeRunProcess.ts" }, "undefined");';
  execFileSync(process.execPath, ["--input-type=module", "-e", bundling]);
});

/** Killed while it takes its run's lock. */
const atLock = `data:text/javascript,import fs from "node:fs"; import { syncBuiltinESMExports } from "node:module";
fs.linkSync = () => process.kill(process.pid, "SIGKILL"); syncBuiltinESMExports();`;

const started = (outFolder: string, ...flags: string[]) => startedBy([], outFolder, ...flags);

const startedBy = (options: readonly string[], outFolder: string, ...flags: string[]) => {
  const child = spawn(process.execPath, [...options, script, outFolder, ...flags], { stdio: "ignore" });
  const ended = new Promise<number | null>((done) => child.on("exit", (code) => done(code)));
  return { child, ended };
};

describe("a run that is killed", () => {
  it("again and again has every finished visit once when it is done, and leaves nothing over", async () => {
    const outFolder = newFolder();
    const parent = join(outFolder, "results/kills");
    let before: readonly string[] = [];
    for (let kill = 0; kill < kills; kill++) {
      const { child, ended } = started(outFolder, "--resume");
      while (runsIn(parent).every((run) => finishedVisits(run).length <= before.length) && child.exitCode === null) await sleep(2);
      // Anywhere within a few visits.
      await sleep(kill * 7);
      child.kill("SIGKILL");
      await ended;
      const [run = ""] = runsIn(parent);
      const now = finishedVisits(run);
      expect(before.filter((visit) => !now.includes(visit))).toEqual([]);
      expect(new Set(now).size).toBe(now.length);
      before = now;
    }
    expect(before.length).toBeGreaterThan(kills);
    expect(await started(outFolder, "--resume").ended).toBe(0);
    expect(runsIn(parent)).toHaveLength(1);
    expect(flawsOfResults(runsIn(parent)[0] ?? "", before)).toEqual([]);
    expect([...leftoversIn(join(outFolder, "results")), ...leftoversIn(join(outFolder, "reports"))]).toEqual([]);
    expect(readdirSync(outFolder).sort()).toEqual(["reports", "results"]);
  });

  it("while it takes its lock leaves nothing over either, in a folder of its own or in one that it goes on with", async () => {
    const outFolder = newFolder();
    const parent = join(outFolder, "results/kills");
    const killedAtLock = async (...flags: string[]): Promise<void> => {
      const { child, ended } = startedBy([`--import=${atLock}`], outFolder, ...flags);
      await ended;
      expect(child.signalCode).toBe("SIGKILL");
    };
    await killedAtLock();
    const [unbegun = ""] = runsIn(parent);
    expect(readdirSync(unbegun)).toHaveLength(1);
    // A younger one may be about to begin.
    utimesSync(unbegun, new Date(0), new Date(0));
    const { child, ended } = started(outFolder);
    while (runsIn(parent).every((run) => finishedVisits(run).length === 0) && child.exitCode === null) await sleep(2);
    child.kill("SIGKILL");
    await ended;
    await killedAtLock("--resume");
    expect(await started(outFolder, "--resume").ended).toBe(0);
    expect(runsIn(parent)).toHaveLength(1);
    expect(leftoversIn(join(outFolder, "results"))).toEqual([]);
  });
});
