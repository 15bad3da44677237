import { beforeEach, describe, expect, it, vi } from "vitest";
import { fakeWorkers } from "./measure/fakeWorker.ts";
import { readRun } from "./record/runFolder.ts";
import { mergeRecords, UnmergeableRuns } from "./shards/mergeRecords.ts";
import { shardCells } from "./shards/split.ts";
import { fakeDuet } from "./testDuet.ts";
import { experimentOf, fakeRun, newFolder } from "./testExperiment.ts";

const build = vi.hoisted(() => ({ from: undefined as { commit: string; dirty: boolean; changes: string } | undefined }));
vi.mock("./version.ts", async (original) => ({
  ...(await original<typeof import("./version.ts")>()),
  get builtFrom() {
    return build.from;
  },
}));

const yaml = `
name: coded
phase: decode
mechanisms: [softmax, linear]
axes: { n: [64, 128], batch: [1, 2] }
fixed: { heads: 2, headDim: 64 }
measure: { precision: 5%, maxTime: 1s }
`;
const commit = "4c1d2ab90e7f";
const clean = { commit, dirty: false, changes: "none" };
const texts = { ...clean, dirty: true };
const changed = { commit, dirty: true, changes: "3fa9c1b2aaaaaaaa" };
const changedAgain = { ...changed, changes: "77ab01c2aaaaaaaa" };
const workers = () => fakeWorkers({ costMs: () => 1 });

beforeEach(() => {
  build.from = clean;
});

describe("--resume", () => {
  const begun = async () => {
    const [outFolder, aborted] = [newFolder(), new AbortController()];
    aborted.abort();
    return { outFolder, folder: (await fakeRun(yaml, workers(), { outFolder, signal: aborted.signal })).folder };
  };

  it("goes on with a run of the same code alone, and says which it did not go on with", async () => {
    build.from = changed;
    const { outFolder, folder } = await begun();
    for (const other of [changedAgain, clean, { ...changed, commit: "another" }]) {
      build.from = other;
      const { resumed, progress } = await fakeRun(yaml, workers(), { outFolder, resume: true });
      expect(resumed).toBe(false);
      expect(progress[0]).toMatchObject({ type: "began", otherCode: { folder, before: changed, now: other } });
    }
    build.from = changed;
    expect(await fakeRun(yaml, workers(), { outFolder, resume: true })).toMatchObject({ resumed: true, folder });
  });

  it("minds no change of texts", async () => {
    const { outFolder, folder } = await begun();
    build.from = texts;
    expect(await fakeRun(yaml, workers(), { outFolder, resume: true })).toMatchObject({ resumed: true, folder });
  });
});

describe("--resume beside a duet that was interrupted", () => {
  it("begins a run of its own: what a duet measured is half of a comparison", async () => {
    build.from = { ...changed, commit: "a".repeat(40) };
    const [outFolder, aborted] = [newFolder(), new AbortController()];
    const { folder } = await fakeDuet(yaml, { costMs: () => 1 }, { costMs: () => 1 }, 1, {
      outFolder,
      signal: aborted.signal,
      onProgress: (step) => step.type === "turn" && aborted.abort(),
    });
    expect(readRun(folder).record).toMatchObject({ state: "interrupted", experiment: { name: "coded" } });
    const after = await fakeRun(yaml, workers(), { outFolder, resume: true });
    expect(after).toMatchObject({ resumed: false, record: { state: "complete" } });
    expect(after.folder).not.toBe(folder);
  });
});

describe("merge", () => {
  const shard = async (index: number, from: typeof build.from) => {
    build.from = from;
    const { cells, mechanisms } = await experimentOf(yaml);
    const { folder } = await fakeRun(yaml, workers(), shardCells(cells, mechanisms, { index, of: 2 }));
    const { record } = readRun(folder);
    expect(record.environment.attnbench).toMatchObject(from ?? {});
    return record;
  };

  it("refuses shards of one commit whose code was changed in unlike ways, or in one alone", async () => {
    const one = await shard(1, changed);
    for (const other of [await shard(2, changedAgain), await shard(2, clean)]) {
      expect(() => mergeRecords([one, other])).toThrow(UnmergeableRuns);
      expect(() => mergeRecords([one, other])).toThrow(/^not of one code: run \S+ is of .*, with uncommitted changes \(3fa9c1b2\), run \S+ of /);
    }
  });

  it("puts those of one code together, whatever texts were changed", async () => {
    expect(mergeRecords([await shard(1, changed), await shard(2, changed)])).toHaveLength(1);
    expect(mergeRecords([await shard(1, clean), await shard(2, texts)])).toHaveLength(1);
  });

  it("says of shards of before that nobody knows what was changed", async () => {
    const old = ({ environment, ...record }: Awaited<ReturnType<typeof shard>>) => ({
      ...record,
      environment: { ...environment, attnbench: { version: "0.1.0", commit, dirty: true } },
    });
    const [one, other] = [old(await shard(1, changed)), old(await shard(2, changedAgain))];
    const [merged] = mergeRecords([one, other]);
    expect(merged?.findings.map(({ text }) => text)).toContain(
      "Shards 1 and 2 were measured with uncommitted changes that are not recorded: whether all shards are of one code is not known.",
    );
  });
});
