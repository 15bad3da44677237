import { readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fakeWorkers } from "../measure/fakeWorker.ts";
import { readRun } from "../record/runFolder.ts";
import { fixtureRecord } from "../report/fixture.ts";
import { fakeRun, newFolder } from "../testExperiment.ts";
import type { StoredRun } from "./recordCase.ts";

/** Texts of the experiments in a folder, and in those below it. */
export const experimentTexts = (folder: string): readonly string[] =>
  (readdirSync(folder, { recursive: true }) as string[])
    .filter((name) => name.endsWith(".yaml"))
    .sort()
    .map((name) => readFileSync(join(folder, name), "utf8"));

const yaml = (mechanisms: string, more = ""): string => `
name: planted
title: Planted costs
phase: decode
mechanisms: ${mechanisms}
axes: { n: [64, 512, 4096] }
fixed: { heads: 8, headDim: 64 }
measure: { precision: 5%, maxTime: 1s, seed: 3, refine: { crossover: 20% } }
expect: ["linear.time is O(1)", "crossover(softmax, linear) < 2000"]
${more}`;

/** Runs that have a bit of everything: added n, tuned arms, hybrids, peers that are not there, failed cells, wall clocks, texts at once. */
export const storedRuns = async (): Promise<readonly StoredRun[]> => {
  const device = {
    costMs: (cell: { mechanism: string; n: number }) => (cell.mechanism === "softmax" ? 0.1 + 0.001 * cell.n : 0.9),
    noise: { sample: 0.05, turn: 0.02, worker: 0.02 },
  };
  const outFolder = newFolder();
  const plain = await fakeRun(yaml("[softmax, linear]"), fakeWorkers(device), { tune: true, outFolder });
  const failing = await fakeRun(
    yaml("[softmax, gated, { use: softmax, runtime: ort }]", "").replace("linear.time", "gated.time").replace("softmax, linear)", "softmax, gated)"),
    fakeWorkers({ ...device, clock: "wall", fault: ({ n }, _, at) => (n === 512 && at === "visit" ? "deviceLost" : undefined) }),
    { outFolder },
  );
  const serving = await fakeRun(
    yaml("[softmax, linear]", "serving: { memory: 1GiB, n: [64, 65536] }").replace("4096] }", "4096], batch: [1, 2, 4] }"),
    fakeWorkers({ ...device, bytesByRole: ({ batch }) => ({ input: 100, output: 4 * batch, state: 64 * batch, scratch: 0, harness: 0 }) }),
    { outFolder },
  );
  const fromRuns = [plain, failing, serving].map(({ folder }) => ({
    record: readRun(folder).record,
    journal: readFileSync(join(folder, "journal.jsonl"), "utf8"),
  }));
  rmSync(outFolder, { recursive: true, force: true });
  return [...fromRuns, { record: fixtureRecord({ ns: [256, 512, 1024], dModels: [512] }), journal: fromRuns[0]?.journal ?? "" }];
};
