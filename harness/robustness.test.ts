import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, it, vi } from "vitest";
import { compareRuns } from "./analysis/comparison/comparison.ts";
import type { Cell } from "./experiment/experiment.ts";
import { fakeWorkers } from "./measure/fakeWorker.ts";
import type { Progress } from "./measure/progress.ts";
import { makeShaderCache } from "./measure/shaderCache.ts";
import { UnwritableJournal } from "./record/journal.ts";
import { ownMark } from "./record/owner.ts";
import type { RunRecord } from "./record/run.ts";
import { readRun } from "./record/runFolder.ts";
import { baseIn } from "./runDuet.ts";
import { RunInUse } from "./runExperiment.ts";
import { fakeDuet } from "./testDuet.ts";
import { newFolder, fakeRun as runOf } from "./testExperiment.ts";

/** Files of these names cannot be written whole, as on a disk that is full. */
/** With its page: what is written at the end is what may be lost. */
const fakeRun: typeof runOf = (text, workers, more = {}) => runOf(text, workers, { report: true, ...more });

const full = new Set<string>();
vi.mock("./record/wholeFile.ts", async (original) => {
  const { writeWhole, ...rest } = await original<typeof import("./record/wholeFile.ts")>();
  return {
    ...rest,
    writeWhole: async (...[file, contents]: Parameters<typeof writeWhole>) => {
      if ([...full].some((name) => file.endsWith(name))) throw Object.assign(new Error("ENOSPC: no space left on device, write"), { code: "ENOSPC" });
      await writeWhole(file, contents);
    },
  };
});
afterEach(() => {
  full.clear();
  vi.useRealTimers();
  vi.unstubAllEnvs();
});

const yaml = `
name: planted
title: Planted costs
phase: decode
mechanisms: [softmax, linear]
axes: { n: [256] }
fixed: { heads: 8, headDim: 64 }
measure: { precision: 20%, maxTime: 1s, seed: 3 }
`;
const costMs = (cell: Cell): number => (cell.mechanism === "softmax" ? 0.1 + 0.001 * cell.n : 0.9);
const workers = () => fakeWorkers({ costMs, noise: { sample: 0.03, turn: 0.01, worker: 0.01 } });

const visitsOf = ({ cells }: RunRecord): readonly string[] => cells.flatMap(({ id, visits }) => visits.map(({ turn }) => `${id} ${turn}`));
const once = (record: RunRecord): void => expect(new Set(visitsOf(record)).size).toBe(visitsOf(record).length);

/** Does something as soon as the run has ended so many turns. */
const afterTurns = (turns: number, work: () => void) => {
  let ended = 0;
  return ({ type }: Progress): void => {
    if (type === "turn" && ++ended === turns) work();
  };
};

/** A run that was interrupted after three turns. */
const interrupted = async (outFolder: string, onEnd = (): void => {}, kernels?: RunRecord["environment"]["kernels"]) => {
  const controller = new AbortController();
  const stop = afterTurns(3, () => {
    onEnd();
    controller.abort();
  });
  return fakeRun(yaml, workers(), { outFolder, signal: controller.signal, onProgress: stop, ...(kernels ? { kernels } : {}) });
};

describe("a full disk", () => {
  it("under the journal ends the run in words, counts nothing that is not written, and --resume goes on", async () => {
    const outFolder = newFolder();
    const onProgress = (step: Progress): void => {
      if (step.type !== "began") return;
      mkdirSync(step.folder, { recursive: true });
      symlinkSync("/dev/full", join(step.folder, "journal.jsonl"));
    };
    const refused = await fakeRun(yaml, workers(), { outFolder, onProgress }).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(UnwritableJournal);
    expect(String(refused)).toMatch(/journal\.jsonl: ENOSPC/);
    const [run = ""] = readdirSync(join(outFolder, "results/planted"));
    const folder = join(outFolder, "results/planted", run);
    expect(readdirSync(folder).sort()).toEqual(["journal.jsonl", "run.json"]);
    rmSync(join(folder, "journal.jsonl"));
    expect(readRun(folder).record).toMatchObject({ state: "interrupted" });
    expect(visitsOf(readRun(folder).record)).toEqual([]);
    const rest = await fakeRun(yaml, workers(), { outFolder, resume: true });
    expect(rest).toMatchObject({ resumed: true, folder, record: { state: "complete" } });
    once(rest.record);
  });

  for (const name of ["run.json", "samples.csv", "planted.html"]) {
    it(`at ${name} when all is measured is told, and loses no visit`, async () => {
      const outFolder = newFolder();
      const { folder, record, unwritten, report } = await fakeRun(yaml, workers(), { outFolder, onProgress: afterTurns(3, () => full.add(name)) });
      expect(unwritten?.message).toContain("ENOSPC");
      expect(report).toBeUndefined();
      expect(visitsOf(readRun(folder).record).toSorted()).toEqual(visitsOf(record).toSorted());
      expect(readdirSync(folder).filter((file) => /lock|half/.test(file))).toEqual([]);
      if (name !== "run.json") return;
      full.clear();
      const rest = await fakeRun(yaml, workers(), { outFolder, resume: true });
      expect(rest).toMatchObject({ unwritten: undefined, resumed: true, record: { state: "complete" } });
      once(rest.record);
    });
  }
});

describe("a full disk at the end of a duet", () => {
  for (const name of ["run.json", "samples.csv", "comparison.json"]) {
    it(`at ${name} is told beside what was found, and both halves compare to the same`, async () => {
      const { folder, comparison, unwritten } = await fakeDuet(yaml, { costMs }, { costMs }, 1, { onProgress: afterTurns(3, () => full.add(name)) });
      expect(unwritten?.message).toContain("ENOSPC");
      expect(comparison.cells.map(({ metrics }) => metrics.time.verdict)).toEqual(["SAME", "SAME"]);
      const [base, head] = [readRun(baseIn(folder)).record, readRun(folder).record];
      expect(compareRuns(base, head).cells).toEqual(comparison.cells);
      expect(readdirSync(folder).filter((file) => /lock|half/.test(file))).toEqual([]);
    });
  }
});

describe("a results folder", () => {
  /** Modes do not bind root: what is tried as it is tried as somebody else. */
  const asAnyone = async <T>(work: () => Promise<T>): Promise<T> => {
    const isRoot = process.getuid?.() === 0;
    if (isRoot) process.seteuid?.(65534);
    try {
      return await work();
    } finally {
      if (isRoot) process.seteuid?.(0);
    }
  };

  it("that may not be written ends a run before its device is opened", async () => {
    const outFolder = newFolder();
    chmodSync(outFolder, 0o555);
    const opened = workers();
    await expect(asAnyone(() => fakeRun(yaml, opened, { outFolder }))).rejects.toMatchObject({ code: "EACCES" });
    expect(opened.log).toEqual([]);
    expect(readdirSync(outFolder)).toEqual([]);
  });

  it("that may not be written any more when all is measured is told, and the journal has it all", async () => {
    const outFolder = newFolder();
    let folder = "";
    const shut = afterTurns(3, () => {
      chmodSync(folder, 0o555);
    });
    const onProgress = (step: Progress): void => {
      if (step.type === "began") folder = step.folder;
      shut(step);
    };
    chmodSync(outFolder, 0o777);
    const { record, unwritten } = await asAnyone(() => fakeRun(yaml, workers(), { outFolder, onProgress }));
    expect(unwritten?.message).toMatch(/EACCES/);
    expect(visitsOf(readRun(folder).record).toSorted()).toEqual(visitsOf(record).toSorted());
    expect(readRun(folder).record.state).toBe("interrupted");
  });

  it("that is deleted under a run is made anew with all that was measured", async () => {
    const outFolder = newFolder();
    const remove = (): void => rmSync(join(outFolder, "results"), { recursive: true });
    const { folder, record, unwritten } = await fakeRun(yaml, workers(), { outFolder, onProgress: afterTurns(2, remove) });
    expect(unwritten).toBeUndefined();
    expect(readRun(folder).record).toEqual(JSON.parse(JSON.stringify(record)));
    expect(readdirSync(folder).sort()).toEqual(["measurements.csv", "run.json", "samples.csv"]);
  });

  it("that is deleted under a run that is interrupted, gone on with and killed, keeps every visit of both", async () => {
    const outFolder = newFolder();
    const stopped = await interrupted(outFolder, () => rmSync(join(outFolder, "results"), { recursive: true }));
    const rest = await fakeRun(yaml, workers(), { outFolder, resume: true });
    expect(rest).toMatchObject({ resumed: true, folder: stopped.folder });
    // As --resume wrote it, and as a kill at the end leaves it.
    writeFileSync(join(rest.folder, "run.json"), JSON.stringify({ ...stopped.record, state: "running" }));
    expect(visitsOf(readRun(rest.folder).record).toSorted()).toEqual(visitsOf(rest.record).toSorted());
    once(rest.record);
  });
});

describe("a system clock that is put back", () => {
  it("changes no duration, collides with no run and hides none from --resume", async () => {
    const outFolder = newFolder();
    vi.useFakeTimers({ toFake: ["Date"], now: new Date("2030-01-02T00:00:00Z") });
    const back = (): void => void vi.setSystemTime(new Date("2020-01-01T00:00:00Z"));
    const first = await interrupted(outFolder, back);
    expect(first.record.startedAt > (first.record.endedAt ?? "")).toBe(true);
    expect(first.record.schedule.wall.totalMs).toBeGreaterThan(0);
    expect(first.record.schedule.wall.measureMs).toBeGreaterThanOrEqual(0);
    const [one, other] = [await fakeRun(yaml, workers(), { outFolder }), await fakeRun(yaml, workers(), { outFolder })];
    expect(new Set([first.folder, one.folder, other.folder]).size).toBe(3);
    // The page of the experiment is that of the newest by name; the others have their own, and are told.
    expect(one.report).toMatch(new RegExp(`planted-${one.record.run}\\.html$`));
    const rest = await fakeRun(yaml, workers(), { outFolder, resume: true });
    expect(rest).toMatchObject({ resumed: true, folder: first.folder, record: { state: "complete" } });
    once(rest.record);
  });
});

describe("a kernel that is changed between a run and its --resume", () => {
  it("ends it in words, mixes nothing, loses nothing, and put back is gone on with", async () => {
    const outFolder = newFolder();
    const { folder, record } = await interrupted(outFolder);
    await expect(fakeRun(yaml, fakeWorkers({ costMs, kernelHash: "other" }), { outFolder, resume: true })).rejects.toThrow(
      /^the kernel of \S+ is another one \(other\) than the one that its visits were timed with \(fake\)$/,
    );
    expect(visitsOf(readRun(folder).record).toSorted()).toEqual(visitsOf(record).toSorted());
    const rest = await fakeRun(yaml, workers(), { outFolder, resume: true });
    expect(rest).toMatchObject({ resumed: true, folder, record: { state: "complete" } });
    once(rest.record);
  });
});

describe("another time to measure in when a run goes on", () => {
  it("begins a new run, says which it did not go on with and what that had, and with its own time it goes on", async () => {
    const outFolder = newFolder();
    const { folder } = await interrupted(outFolder);
    const other = await fakeRun(yaml.replace("maxTime: 1s", "maxTime: 2s"), workers(), { outFolder, resume: true });
    expect(other).toMatchObject({ resumed: false, record: { state: "complete" } });
    expect(other.progress[0]).toMatchObject({ type: "began", otherBudget: { folder, before: 1, now: 2 } });
    const another = await fakeRun(yaml.replace("seed: 3", "seed: 4"), workers(), { outFolder, resume: true });
    expect(another.progress[0]).not.toHaveProperty("otherBudget");
    expect(await fakeRun(yaml, workers(), { outFolder, resume: true })).toMatchObject({ resumed: true, folder });
  });
});

describe("--kernels that hold something else when a run goes on", () => {
  const [mine, changed] = [[{ name: "mine", hash: "3fa9c1b2aaaaaaaa" }], [{ name: "mine", hash: "77ab01c2aaaaaaaa" }]];
  const resumed = (outFolder: string, kernels: NonNullable<RunRecord["environment"]["kernels"]>) =>
    fakeRun(yaml, workers(), { outFolder, resume: true, kernels });

  it("make a new run, which is told why; the same, in whatever order, are gone on with", async () => {
    const outFolder = newFolder();
    const both = [...mine, { name: "theirs", hash: "0123456789abcdef" }];
    const { folder } = await interrupted(outFolder, undefined, both);
    const other = await resumed(outFolder, changed);
    expect(other).toMatchObject({ resumed: false, record: { environment: { kernels: changed } } });
    expect(other.folder).not.toBe(folder);
    expect(other.progress).toContainEqual({ type: "began", folder: other.folder, keptVisits: undefined, otherKernels: { folder, kernels: both } });
    expect(await resumed(outFolder, [])).toMatchObject({ resumed: false });
    expect(await resumed(outFolder, both.toReversed())).toMatchObject({ resumed: true, folder, record: { environment: { kernels: both } } });
  });

  it("are not known of a run of before, which is read and gone on with", async () => {
    const outFolder = newFolder();
    const { folder, record } = await interrupted(outFolder);
    expect(record.environment).not.toHaveProperty("kernels");
    expect(await resumed(outFolder, mine)).toMatchObject({ resumed: true, folder });
  });
});

describe("a lock", () => {
  it("of a process on another machine holds while it is touched, and names the machine", async () => {
    const outFolder = newFolder();
    const { folder } = await interrupted(outFolder);
    const lock = join(folder, "lock");
    writeFileSync(lock, "1 1 elsewhere");
    const resumed = () => fakeRun(yaml, workers(), { outFolder, resume: true });
    await expect(resumed()).rejects.toThrow(/is being written by process 1 on elsewhere: wait until it has ended/);
    await expect(resumed()).rejects.toBeInstanceOf(RunInUse);
    const longAgo = new Date(Date.now() - 3 * 60_000);
    utimesSync(lock, longAgo, longAgo);
    expect(await resumed()).toMatchObject({ resumed: true, folder });
    expect(existsSync(lock)).toBe(false);
  });

  it("of a process whose number another has now is taken over, by one that names itself and its machine", async () => {
    const outFolder = newFolder();
    const { folder } = await interrupted(outFolder);
    const lock = join(folder, "lock");
    writeFileSync(lock, `${process.ppid} 1`);
    let held = "";
    const onProgress = ({ type }: Progress): void => {
      if (type === "turn") held = readFileSync(lock, "utf8");
    };
    expect(await fakeRun(yaml, workers(), { outFolder, resume: true, onProgress })).toMatchObject({ resumed: true, folder });
    expect(held.startsWith(`${ownMark()} ${hostname()}`)).toBe(true);
    expect(existsSync(lock)).toBe(false);
  });
});

describe("what a killed process left", () => {
  it("is removed by the next: half-written files, a folder without a run, half a page", async () => {
    const outFolder = newFolder();
    const { folder } = await interrupted(outFolder);
    writeFileSync(join(folder, "run.json.0123abcd.half"), "{");
    const page = join(outFolder, "reports", "planted.html.0123abcd.half");
    writeFileSync(page, "<!doctype");
    utimesSync(page, new Date(0), new Date(0));
    const fresh = join(outFolder, "reports", "other.html.0123abcd.half");
    writeFileSync(fresh, "of a command that is writing now");
    const unbegun = join(outFolder, "results/planted/20200101T000000Z-000000");
    mkdirSync(unbegun);
    writeFileSync(join(unbegun, "lock"), "999999999 1");
    // Killed a moment ago, while it wrote its first run.json.
    const justKilled = join(outFolder, "results/planted/20200101T000001Z-000000");
    mkdirSync(justKilled);
    writeFileSync(join(justKilled, "lock"), "999999999 1");
    writeFileSync(join(justKilled, "run.json.01234567.half"), "{");
    utimesSync(unbegun, new Date(0), new Date(0));
    await fakeRun(yaml, workers(), { outFolder });
    expect([page, fresh, unbegun, justKilled].map(existsSync)).toEqual([false, true, false, false]);
    await fakeRun(yaml, workers(), { outFolder, resume: true });
    expect(readdirSync(folder).sort()).toEqual(["journal.jsonl", "measurements.csv", "run.json", "samples.csv"]);
  });

  it("is removed by the next duet: the lock of one that nobody goes on with, and not that of a process that lives", async () => {
    const outFolder = newFolder();
    const { folder } = await fakeDuet(yaml, { costMs }, { costMs }, 1, { outFolder });
    writeFileSync(join(folder, "lock"), "999999999 1");
    const held = join(outFolder, "results/planted/20200101T000002Z-000000");
    mkdirSync(held);
    for (const [name, text] of [
      ["lock", `${process.ppid}`],
      ["run.json", "{}"],
    ] as const)
      writeFileSync(join(held, name), text);
    const { folder: next } = await fakeDuet(yaml, { costMs }, { costMs }, 2, { outFolder });
    expect([folder, held, next].map((one) => existsSync(join(one, "lock")))).toEqual([false, true, false]);
  });

  it("is removed by the next: folders for shaders, but not those of a process that lives", () => {
    const folder = newFolder();
    vi.stubEnv("TMPDIR", folder);
    const named = (mark: string): string => {
      const path = join(folder, `attnbench-shaders-${mark}-aBcDe0`);
      mkdirSync(path);
      return path;
    };
    const [dead, alive, foreign] = [named("999999999-1"), named(`${process.ppid}-`), join(folder, "attnbench-shaders-of-mine")];
    mkdirSync(foreign);
    const own = makeShaderCache();
    expect([dead, alive, foreign, own].map(existsSync)).toEqual([false, true, true, true]);
  });
});

describe("the folder that a command works in", () => {
  it("ends the command with an error where it is gone, and not never", () => {
    const folder = newFolder();
    const [command, run] = ["../dist/cli.js", "../results/sample"].map((path) => fileURLToPath(new URL(path, import.meta.url)));
    const script = `cd "$1" && rm -r "$1" && exec "$2" "$3" report "$4"`;
    const ended = spawnSync("bash", ["-c", script, "bash", folder, process.execPath, command ?? "", run ?? ""], { encoding: "utf8", timeout: 30_000 });
    expect(ended.signal).toBe(null);
    expect(ended.status).not.toBe(0);
    expect(existsSync(folder)).toBe(false);
  });
});
