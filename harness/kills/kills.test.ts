import { execFileSync, spawn } from "node:child_process";
import { readdirSync } from "node:fs";
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

const started = (outFolder: string, ...flags: string[]) => {
  const child = spawn(process.execPath, [script, outFolder, ...flags], { stdio: "ignore" });
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
});
