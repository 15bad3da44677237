import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { analyse } from "./analysis/analysis.ts";
import type { Cell } from "./experiment/experiment.ts";
import { type FakeDevice, fakeWorkers } from "./measure/fakeWorker.ts";
import { mergeRuns } from "./mergeRuns.ts";
import type { RunRecord } from "./record/run.ts";
import { makeRunFolder, readRun, UnreadableRun } from "./record/runFolder.ts";
import { driftOf } from "./report/charts/driftChart.ts";
import type { RunResult } from "./runExperiment.ts";
import { mergeRecords, UnmergeableRuns } from "./shards/mergeRecords.ts";
import { shardCells } from "./shards/split.ts";
import { experimentOf, fakeRun, newFolder } from "./testExperiment.ts";

/** Three shapes, so three comparisons; batch is part of their keys in the whole alone. As many lengths and turns as its verdicts need. */
const decided = `
name: sharded
phase: decode
mechanisms: [softmax, linear, { compose: { linear: 3, softmax: 1 }, label: hybrid }]
axes: { n: [256, 512, 1024, 2048, 4096, 8192, 16384], batch: [1, 2, 4] }
fixed: { heads: 8, headDim: 64 }
measure: { precision: 5%, maxTime: 60s, seed: 3 }
expect: ["crossover(softmax, linear) < 3000", "softmax.time is O(n)"]
`;

/** The same with fewer lengths and turns: what merging does depends on neither, and each of the merged records below is analysed anew. */
const yaml = decided.replace(/n: \[.*?\]/, "n: [256, 512, 1024, 2048, 4096]").replace("60s", "20s");

/** The same in a moment: two lengths, few turns. */
const brief = yaml
  .replace(/n: \[.*?\]/, "n: [256, 512]")
  .replace("20s", "1s")
  .replace(/^expect.*$/m, "");

/** Softmax 0.1 ms + 1 µs a token and batch, linear 0.9 ms flat: they cross at n = 800 / batch. */
const planted = (cell: Cell): number => (cell.phase === "probe" ? 1 : cell.mechanism === "softmax" ? 0.1 + 0.001 * cell.n * cell.batch : 0.9);
const noise = { sample: 0.03, turn: 0.01, worker: 0.01 };

const runShard = async (index: number, of: number, device: Partial<FakeDevice>, outFolder = newFolder(), text = yaml): Promise<RunResult> => {
  const { cells, mechanisms } = await experimentOf(text);
  return fakeRun(text, fakeWorkers({ costMs: planted, noise, seed: index, ...device }), {
    ...shardCells(cells, mechanisms, { index, of }),
    outFolder,
    report: outFolder === shared,
    command: `npx attnbench run sharded.yaml --shard ${index}/${of}`,
  });
};

/** Devices that are alike but for their pace: the second is twice as fast at everything, ceilings included, the third slows down while it runs. */
const paces: readonly Partial<FakeDevice>[] = [{}, { costMs: (cell) => planted(cell) / 2 }, { slowness: (clockMs) => 1 + Math.min(1, clockMs / 20_000) }];

let shared: string;
let shards: readonly RunResult[];
let records: readonly RunRecord[];
let merged: RunRecord;

beforeAll(async () => {
  shared = newFolder();
  shards = await Promise.all(paces.map((device, at) => runShard(at + 1, 3, device, shared)));
  records = shards.map(({ folder }) => readRun(folder).record);
  merged = only(mergeRecords(records));
});

const only = (merged: readonly RunRecord[]): RunRecord => {
  expect(merged).toHaveLength(1);
  return merged[0] as RunRecord;
};
const bytes = (value: unknown): string => JSON.stringify(value);

describe("shards that began at one moment", () => {
  it("have folders and pages of their own in one results folder, and none takes the place of a whole run's", () => {
    expect(new Set(shards.map(({ folder }) => folder)).size).toBe(3);
    expect(new Set(shards.map(({ report }) => report)).size).toBe(3);
    expect(readdirSync(join(shared, "reports")).sort()).toEqual(records.map(({ run }) => `sharded-${run}.html`).sort());
  });

  it("get a name each, even in the same millisecond by the same process", () => {
    const [folder, now] = [newFolder(), new Date()];
    const names = Array.from({ length: 20 }, () => makeRunFolder(folder, "sharded", now, "same").run);
    expect(new Set(names).size).toBe(20);
    for (const name of names) expect(name).toMatch(/^\d{8}T\d{6}Z-[0-9a-f]{6}$/);
  });

  it("say which they are", () => {
    expect(records.map(({ shard }) => shard)).toEqual([1, 2, 3].map((index) => ({ index, of: 3, filled: 3 })));
    expect(bytes(records[1]?.findings)).toContain("This is shard 2 of 3");
    expect(readFileSync(shards[1]?.report ?? "", "utf8").includes(", shard 2/3")).toBe(true);
  });

  it("go on with an unfinished run of their own alone", async () => {
    const folder = newFolder();
    const aborted = new AbortController();
    aborted.abort();
    const { cells, mechanisms } = await experimentOf(brief);
    const attempt = (index: number, of: number, signal = new AbortController().signal) =>
      fakeRun(brief, fakeWorkers({ costMs: planted }), { ...shardCells(cells, mechanisms, { index, of }), outFolder: folder, resume: true, signal });
    const first = await attempt(1, 3, aborted.signal);
    expect(first.record.state).toBe("interrupted");
    expect((await attempt(2, 3)).resumed).toBe(false);
    expect((await attempt(1, 2)).resumed).toBe(false);
    expect((await fakeRun(brief, fakeWorkers({ costMs: planted }), { outFolder: folder, resume: true })).resumed).toBe(false);
    expect(await attempt(1, 3)).toMatchObject({ resumed: true, folder: first.folder });
  });
});

describe("merged shards", () => {
  it("are the same whatever their order, to the byte", () => {
    const expected = bytes([merged]);
    fc.assert(
      fc.property(fc.shuffledSubarray([0, 1, 2], { minLength: 3 }), (order) => {
        expect(bytes(mergeRecords(order.map((at) => records[at] as RunRecord)))).toBe(expected);
      }),
      { numRuns: 4 },
    );
  });

  it("are written as the same files, wherever, from folders or from run.json", async () => {
    const folders = shards.map(({ folder }) => folder);
    const files = folders.map((folder) => join(folder, "run.json")).reverse();
    const [one, other] = [newFolder(), newFolder()];
    const written = await Promise.all([mergeRuns({ runs: folders, outFolder: one }), mergeRuns({ runs: files, outFolder: other })]);
    const contents = written.map(([result]) =>
      [...["run.json", "measurements.csv", "samples.csv"].map((name) => join(result?.folder ?? "", name)), result?.report ?? ""].map((file) =>
        readFileSync(file, "utf8"),
      ),
    );
    expect(contents[0]?.map((text, at) => text === contents[1]?.[at])).toEqual([true, true, true, true]);
    expect(written[0]?.[0]?.report).toBe(join(one, "reports/sharded.html"));
    const [, measurements = "", , page = ""] = contents[0] ?? [];
    for (const { run } of records) expect(measurements.includes(run)).toBe(true);
    expect(page.includes('<h2 id="shards">Shards</h2>')).toBe(true);
    // What report does with it later is what merge did.
    const { record } = readRun(written[0]?.[0]?.folder ?? "");
    expect(bytes(analyse(record))).toBe(bytes(record));
  });

  it("tell of every cell and curve what its own shard tells: noise, drift and ceilings of others change nothing", () => {
    const own = records.flatMap(({ cells }) => cells);
    expect(merged.cells).toHaveLength(own.length);
    for (const { id, summary, outcome } of own) expect(merged.cells.find((cell) => cell.id === id)).toMatchObject({ outcome, summary });
    const without = ({ series, ...rest }: { readonly series: object }) => bytes(rest);
    expect(merged.fits.map(without).sort()).toEqual(records.flatMap(({ fits }) => fits.map(without)).sort());
    expect(merged.crossovers.map(without).sort()).toEqual(records.flatMap(({ crossovers }) => crossovers.map(without)).sort());
    // The shards' devices differ by a factor two in everything, so shares of the wrong ceilings would be off by that.
    expect(merged.ceilings).toBeUndefined();
    expect(merged.merged?.parts.map(({ ceilings }) => ceilings)).toEqual(records.map(({ ceilings }) => ceilings));
    expect(new Set(merged.merged?.parts.map(({ ceilings }) => ceilings?.fmaGflops)).size).toBe(3);
  });

  it("name curves by what differs in the whole", () => {
    expect(records[0]?.fits.every(({ series }) => !("batch" in series))).toBe(true);
    expect(new Set(merged.fits.map(({ series }) => series.batch))).toEqual(new Set([1, 2, 4]));
    expect(bytes(merged.findings)).toContain("batch 2");
    const places = (merged.schedule.conditions ?? []).filter(({ kind }) => kind !== "time").map(({ place }) => place);
    expect(places.every((place) => place.startsWith("batch "))).toBe(true);
  });

  it("have turns, workers and sentinel readings that are no other shard's", () => {
    const numbersOf = (shard: number, name: "turn" | "worker") =>
      new Set(merged.cells.filter((cell) => cell.shard === shard).flatMap(({ visits }) => visits.map((visit) => visit[name])));
    for (const name of ["turn", "worker"] as const) {
      const sets = [1, 2, 3].map((shard) => numbersOf(shard, name));
      expect(new Set(sets.flatMap((set) => [...set])).size).toBe(sets.reduce((sum, { size }) => sum + size, 0));
    }
    const turns = merged.sentinel?.map(({ turn }) => turn) ?? [];
    expect(turns).toHaveLength(records.reduce((sum, { sentinel = [] }) => sum + sentinel.length, 0));
    expect(new Set(turns).size).toBe(turns.length);
    const lossy = records.map((record, at) => ({
      ...record,
      cells: record.cells.map((cell, i) => (at === 1 && i === 0 ? { ...cell, losses: [{ worker: 0, turn: 1, reason: "gone" }] } : cell)),
    }));
    const again = only(mergeRecords(lossy));
    const part = again.merged?.parts.find(({ run }) => run === records[1]?.run);
    expect(part?.firstTurn).toBeGreaterThan(0);
    expect(again.cells.flatMap(({ losses = [] }) => losses)).toEqual([{ worker: part?.firstWorker, turn: 1 + (part?.firstTurn ?? 0), reason: "gone" }]);
  });

  it("without noise give what a whole run gives", async () => {
    const quiet = { noise: {} };
    const whole = (await fakeRun(decided, fakeWorkers({ costMs: planted }))).record;
    const parts = await Promise.all([1, 2].map((index) => runShard(index, 2, quiet, newFolder(), decided)));
    const together = only(mergeRecords(parts.map(({ record }) => record)));
    const told = ({ cells, fits, crossovers, findings }: RunRecord) => ({
      cells: cells.map(({ id, outcome, summary, stateBytes }) => ({ id, outcome, medianMs: summary?.medianMs.toFixed(9), stateBytes })),
      fits: fits.map(({ label, series, metric, class: law, verdict }) => bytes([label, series, metric, law, verdict])).sort(),
      crossovers: crossovers.map(({ between, series, metric, outcome, n }) => bytes([between, series, metric, outcome, n?.value.toFixed(3)])).sort(),
      verdicts: findings.flatMap(({ kind, verdict }) => (kind === "expectation" ? [verdict] : [])),
    });
    expect(told(together)).toEqual(told(whole));
    expect(told(whole).verdicts).toEqual(["pass", "pass"]);
  });

  it("keep drift to each shard: a turn stands beside the middle of its own", () => {
    const factors = (record: RunRecord) => driftOf(record).map(({ sentinel, cells, discarded }) => ({ sentinel, cells, discarded }));
    expect(factors(merged)).toEqual(records.flatMap(factors));
  });

  it("tell how bytes grow along a sweep that was cut, and of times only along one that was not", async () => {
    const text = brief.replace("batch: [1, 2, 4]", "heads: [1, 2, 4, 8]").replace("heads: 8, ", "");
    const growth = (record: RunRecord) => (record.sizeFits ?? []).map(({ label, metric, variable }) => `${label} ${metric} ${variable}`);
    const ofShards = async (of: number, indices: readonly number[]) =>
      only(mergeRecords((await Promise.all(indices.map((index) => runShard(index, of, { noise: {} }, newFolder(), text)))).map(({ record }) => record)));
    const whole = await ofShards(1, [1]);
    expect(growth(whole)).toContain("softmax time dModel");
    const cut = await ofShards(2, [1, 2]);
    expect(growth(cut)).toEqual(growth(whole).filter((name) => name.includes("stateBytes")));
    const cutText = "How time grows with dModel is not told: the values lie in several shards. Fewer shards keep them together.";
    expect([whole, cut].map(({ findings }) => findings.some((finding) => finding.text === cutText))).toEqual([false, true]);
  });

  it("without some of them say which are missing, and are not whole", async () => {
    const two = only(mergeRecords([records[2], records[0]] as RunRecord[]));
    expect(two).toMatchObject({ state: "interrupted", merged: { of: 3, missing: [2] } });
    expect(two.findings[0]?.text).toBe("Shard 2 of 3 is missing: of its cells nothing is told.");
    expect(two.cells.some(({ batch }) => batch === 2)).toBe(false);
    expect(merged).toMatchObject({ state: "complete", merged: { missing: [] } });
    // What is complete takes the page, also where the rest of it comes to results later, or is of a shard that began after the others.
    const outFolder = newFolder();
    const files = records.map((record) => join(newFolder(), `${record.run}.json`));
    for (const [at, record] of records.entries())
      writeFileSync(files[at] ?? "", JSON.stringify({ ...record, startedAt: new Date(Date.parse(record.startedAt) + 60_000 * at).toISOString() }));
    await mergeRuns({ runs: files, outFolder });
    const missing = ["Shards 2 and 3", "Shards 1 and 3", "Shards 1 and 2"];
    for (const [at, file] of files.entries()) {
      const [some] = await mergeRuns({ runs: [file], outFolder });
      expect(some?.report).toBe(join(outFolder, `reports/sharded-${some?.record.run}.html`));
      expect(readFileSync(join(outFolder, "reports/sharded.html"), "utf8").includes("are missing")).toBe(false);
      expect(readFileSync(some?.report ?? "", "utf8").includes(`${missing[at]} of 3 are missing`)).toBe(true);
    }
  });

  it("of an experiment with fewer comparisons than shards miss none that has no cell", async () => {
    const text = brief.replace("batch: [1, 2, 4]", "batch: [1]");
    const { record } = await runShard(1, 8, {}, newFolder(), text);
    expect(record.shard).toEqual({ index: 1, of: 8, filled: 1 });
    expect(only(mergeRecords([record]))).toMatchObject({ state: "complete", merged: { of: 8, missing: [] } });
  });

  it("of which one was interrupted say so", () => {
    const [first, ...rest] = records as [RunRecord, ...RunRecord[]];
    const broken = only(mergeRecords([...rest, { ...first, state: "interrupted" }]));
    expect(broken.state).toBe("interrupted");
    expect(broken.findings[0]?.text).toContain("Shard 1 of 3 was interrupted");
  });
});

describe("shards of several devices", () => {
  it("make one run for each device, of which no number rests on two", async () => {
    const other = await runShard(2, 3, { name: "another device", costMs: (cell) => 3 * planted(cell) });
    const apiece = mergeRecords([other.record, ...records]);
    expect(apiece.map(({ environment, merged: of }) => [environment.adapter.description, of?.missing])).toEqual(
      expect.arrayContaining([
        ["planted costs", []],
        ["another device", [1, 3]],
      ]),
    );
    const [same, apart] = ["planted costs", "another device"].map((name) => apiece.find(({ environment }) => environment.adapter.description === name));
    expect(bytes(same)).toBe(bytes(merged));
    expect(apart?.cells.every(({ shard, batch }) => shard === 2 && batch === 2)).toBe(true);
  });

  it("that are CPU emulations are told apart by their CPUs", () => {
    const emulated = records.map(
      (record, at): RunRecord => ({
        ...record,
        environment: { ...record.environment, deviceClass: "software", cpu: { model: at === 1 ? "a slower CPU" : "a CPU", cores: 4 } },
      }),
    );
    expect(mergeRecords(emulated).map(({ merged }) => merged?.missing)).toEqual(expect.arrayContaining([[2], [1, 3]]));
    const hosts = records.map((record, at): RunRecord => ({ ...record, environment: { ...record.environment, cpu: { model: `CPU ${at}`, cores: 8 - at } } }));
    expect(only(mergeRecords(hosts)).environment.cpu).toEqual({ model: "CPU 0, CPU 1, CPU 2", cores: 6 });
  });
});

describe("what --kernels held", () => {
  const holding = (record: RunRecord, hash: string | undefined): RunRecord => ({
    ...record,
    environment: { ...record.environment, ...(hash === undefined ? {} : { kernels: [{ name: "mine", hash }] }) },
  });
  const [known, other] = ["3fa9c1b2aaaaaaaa", "77ab01c2aaaaaaaa"];
  const mergedOf = (...hashes: readonly (string | undefined)[]) => mergeRecords(records.map((record, at) => holding(record, hashes[at])));

  it("is that of the shards, as far as they know it", () => {
    expect(only(mergedOf(known, known, known)).environment.kernels).toEqual([{ name: "mine", hash: known }]);
    expect(only(mergedOf(undefined, known, undefined)).environment.kernels).toEqual([{ name: "mine", hash: known }]);
    expect(only(mergedOf()).environment).not.toHaveProperty("kernels");
  });

  it("sets shards apart, also where one between them does not know it, and both are named", () => {
    expect(() => mergedOf(undefined, known, other)).toThrow(UnmergeableRuns);
    expect(() => mergedOf(known, undefined, other)).toThrow(
      new RegExp(`their --kernels held unlike mechanisms: run ${records[0]?.run} is of mine \\(3fa9c1b2\\), run ${records[2]?.run} of mine \\(77ab01c2\\)`),
    );
  });

  it("is read where it is whole, and only there", async () => {
    const folder = newFolder();
    const read = (kernels: unknown) => {
      writeFileSync(join(folder, "run.json"), bytes({ ...records[0], environment: { ...records[0]?.environment, kernels } }));
      return readRun(folder).record.environment.kernels;
    };
    expect(read(undefined)).toBeUndefined();
    expect(read([{ name: "mine", hash: known }])).toEqual([{ name: "mine", hash: known }]);
    expect(() => read([{ name: "mine" }])).toThrow(/environment\.kernels\[0\]\.hash is nothing/);
  });
});

describe("what is not of one split is refused:", () => {
  const cases: Record<string, [change: (record: RunRecord) => Partial<RunRecord>, message: RegExp]> = {
    "another experiment": [
      ({ experiment }) => ({ experiment: { ...experiment, hash: "0123456789abcdef" } }),
      /not of one experiment: run .* is of sharded \(.*\), run .* of sharded/,
    ],
    "another commit": [
      ({ environment }) => ({ environment: { ...environment, attnbench: { ...environment.attnbench, commit: "abc" } } }),
      /not of one code: run .* is of attnbench \S+, run .* of attnbench \S+, commit abc/,
    ],
    "another version": [
      ({ environment }) => ({ environment: { ...environment, attnbench: { ...environment.attnbench, version: "9.9.9" } } }),
      /not of one code: .* of attnbench 9\.9\.9/,
    ],
    "changed code": [
      ({ environment }) => ({ environment: { ...environment, attnbench: { ...environment.attnbench, dirty: true } } }),
      /with uncommitted changes/,
    ],
    "another split": [() => ({ shard: { index: 3, of: 4, filled: 3 } }), /not of one split: run .* is of 3 shards, run .* of 4 shards/],
    "a shard twice": [() => ({ shard: { index: 2, of: 3, filled: 3 } }), /are both shard 2\/3 on planted costs: name one of them/],
    "a whole run": [() => ({ shard: undefined as never }), /is no shard: it was made without --shard/],
    "a shard that cannot be": [() => ({ shard: { index: 9, of: 3, filled: 3 } }), /which is none/],
    "a record without parts of its environment": [() => ({ environment: {} as never }), /not a whole run/],
    "a cell that another shard has": [
      ({ cells }) => ({ cells: [...cells, ...(records[0]?.cells.slice(0, 1) ?? [])] }),
      /cell softmax\S+ is in shard 1\/3 .* and in shard 3\/3/,
    ],
  };
  for (const [name, [change, message]] of Object.entries(cases)) {
    it(name, () => {
      const [first, second, third] = records as [RunRecord, RunRecord, RunRecord];
      const attempt = () => mergeRecords([{ ...third, ...change(third) }, second, first]);
      expect(attempt).toThrow(UnmergeableRuns);
      expect(attempt).toThrow(message);
    });
  }

  it("a run that is named twice, one that was merged already, and none at all", () => {
    expect(() => mergeRecords([...records, records[0] as RunRecord])).toThrow(/is named twice/);
    expect(() => mergeRecords([...records, merged])).toThrow(/was merged already, of .*: name those/);
    expect(() => mergeRecords([])).toThrow(UnmergeableRuns);
  });

  it("a record of another schema, or with a name that would leave the folder, and nothing is written", async () => {
    const folder = newFolder();
    const outFolder = newFolder();
    const [record] = records as [RunRecord, ...RunRecord[]];
    for (const spoilt of [
      { ...record, schemaVersion: 2 },
      { ...record, run: "../../evil" },
      { ...record, experiment: { ...record.experiment, name: "../evil" } },
    ]) {
      writeFileSync(join(folder, "run.json"), bytes(spoilt));
      await expect(mergeRuns({ runs: [folder], outFolder })).rejects.toBeInstanceOf(UnreadableRun);
    }
    expect(readdirSync(outFolder)).toEqual([]);
  });
});
