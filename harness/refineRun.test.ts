import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Cell } from "./experiment/experiment.ts";
import { fakeWorkers } from "./measure/fakeWorker.ts";
import type { RunRecord } from "./record/run.ts";
import { readRun } from "./record/runFolder.ts";
import { experimentOf, fakeRun, newFolder } from "./testExperiment.ts";

const yaml = (measure: string, mechanisms = "[softmax, linear]"): string => `
name: planted
phase: decode
mechanisms: ${mechanisms}
axes: { n: [256, 512, 1024, 2048, 4096, 8192, 16384] }
fixed: { heads: 8, headDim: 64 }
measure: { ${measure} }`;

/** Softmax 0.1 ms + 1 µs a token, linear 0.9 ms flat: they cross at n = 800. */
const planted = ({ mechanism, n, phase }: Cell): number => (phase === "probe" ? 0.5 : mechanism === "softmax" ? 0.1 + 0.001 * n : 0.9);
const noise = { sample: 0.02, turn: 0.01, worker: 0.01 };

describe("--refine crossover", () => {
  const refined = yaml("maxTime: 60s, seed: 3, refine: { crossover: 2% }");

  it("adds n around n*, cells like their neighbours, until measured n stand close by and the interval is as narrow as asked", async () => {
    const { record, progress } = await fakeRun(refined, fakeWorkers({ costMs: planted, noise }));
    const added = record.added ?? [];
    expect(added.length).toBeGreaterThanOrEqual(6);
    for (const { id, n, like } of added) {
      const cell = record.cells.find((one) => one.id === id);
      const model = record.cells.find((one) => one.id === like);
      expect(cell).toMatchObject({ n, mechanism: model?.mechanism, label: model?.label, headDim: 64, outcome: { status: "ok" } });
      expect(cell?.visits.length).toBeGreaterThan(4);
      expect(cell?.summary?.medianMs).toBeGreaterThan(0);
      expect(Math.abs(Math.log(n / 800))).toBeLessThan(Math.log(1.5));
    }
    expect(new Set(record.cells.map(({ id }) => id)).size).toBe(record.cells.length);
    const time = record.crossovers.find(({ metric }) => metric === "time");
    expect(time?.n?.low).toBeLessThan(805);
    expect(time?.n?.high).toBeGreaterThan(795);
    expect(((time?.n?.high ?? 0) - (time?.n?.low ?? 0)) / 2).toBeLessThan(0.02 * 800);
    expect(record.schedule.conditions).toEqual([]);
    const told = progress.flatMap((step) => (step.type === "added" ? [step] : []));
    expect(told[0]).toMatchObject({ between: ["softmax", "linear"] });
    expect(told.flatMap((step) => [...step.added]).sort((one, other) => one - other)).toEqual(
      [...new Set(added.map(({ n }) => n))].sort((one, other) => one - other),
    );
  });

  it("spends all its time near an n* as long as that is wider than asked, and no fresh worker prepares what lies far from it", async () => {
    const { record } = await fakeRun(
      refined.replace("2%", "0.1%").replace("60s", "20s"),
      fakeWorkers({ costMs: planted, noise: { sample: 0.2, turn: 0.02, worker: 0.02 } }),
    );
    const isNear = ({ n }: { readonly n: number }): boolean => n > 800 / 1.6 && n < 800 * 1.6;
    const isFar = ({ n }: { readonly n: number }): boolean => n < 800 / 2.5 || n > 800 * 2.5;
    const planned = record.cells.filter(({ id }) => !(record.added ?? []).some((one) => one.id === id));
    const turnsOf = (some: (cell: { readonly n: number }) => boolean): readonly number[] => planned.filter(some).map(({ visits }) => visits.length);
    expect(turnsOf(isFar).length).toBeGreaterThanOrEqual(6);
    for (const turns of turnsOf(isFar)) expect(turns).toBeGreaterThanOrEqual(10);
    expect(Math.min(...turnsOf(isNear))).toBeGreaterThan(1.5 * Math.max(...turnsOf(isFar)));
    const workersOf = (some: typeof isNear): number => new Set(planned.filter(some).flatMap(({ visits }) => visits.map(({ worker }) => worker))).size;
    expect(workersOf(isFar)).toBe(3);
    expect(workersOf(isNear)).toBeGreaterThan(3);
    expect(record.schedule.conditions?.some(({ kind }) => kind === "crossover")).toBe(true);
  });

  it("spends its time on the shortest n where an n* is known from above alone, and says so", async () => {
    const costMs = ({ mechanism, n, phase }: Cell): number => (phase === "probe" ? 0.5 : mechanism === "softmax" ? 0.9 + 0.001 * n : 1.156);
    const { record } = await fakeRun(refined.replace("60s", "12s"), fakeWorkers({ costMs, noise }));
    const { outcome, atLatest } = record.crossovers.find(({ metric }) => metric === "time") ?? {};
    expect([outcome, atLatest]).toEqual(["undecided", 512]);
    expect(record.schedule.conditions).toContainEqual(expect.objectContaining({ kind: "crossover", halfWidth: undefined, asked: 0.02 }));
    expect(record.findings.some(({ kind, text }) => kind === "warning" && text.startsWith("n* of softmax and linear is known from above alone"))).toBe(true);
    const turnsOf = (from: number, to: number): readonly number[] => record.cells.filter(({ n }) => n >= from && n <= to).map(({ visits }) => visits.length);
    expect(Math.min(...turnsOf(256, 1024))).toBeGreaterThan(1.5 * Math.max(...turnsOf(2048, 16_384)));
  });

  it("adds nothing where nothing crosses", async () => {
    const { record } = await fakeRun(refined, fakeWorkers({ costMs: ({ mechanism, n }) => (mechanism === "softmax" ? 1 + n / 1000 : 0.5), noise }));
    expect(record.added).toBeUndefined();
    expect(record.cells).toHaveLength(14);
  });

  it("goes on with what was added when an interrupted run is resumed, also from the journal alone", async () => {
    const controller = new AbortController();
    const outFolder = newFolder();
    const stop = await fakeRun(refined, fakeWorkers({ costMs: planted, noise }), {
      outFolder,
      signal: controller.signal,
      onProgress: (step) => {
        if (step.type === "turn" && step.turn === 4) controller.abort();
      },
    });
    const before = stop.record.added ?? [];
    expect(before.length).toBeGreaterThan(0);
    // As after kill -9: run.json as it was written at the start.
    const planned = stop.record.cells.filter(({ id }) => !before.some((one) => one.id === id));
    const blank = planned.map((cell) => ({ ...cell, outcome: { status: "pending" }, visits: [], prepared: undefined }));
    const { added: _, sentinel: __, ...rest } = stop.record;
    writeFileSync(join(stop.folder, "run.json"), JSON.stringify({ ...rest, state: "running", cells: blank }));
    const folded = readRun(stop.folder).record;
    expect(folded.added).toEqual(before);
    const visitsOf = (cells: typeof folded.cells) => cells.flatMap(({ id, visits }) => visits.map(({ turn }) => `${id} ${turn}`)).sort();
    expect(visitsOf(folded.cells)).toEqual(visitsOf(stop.record.cells));

    const resumed = await fakeRun(refined, fakeWorkers({ costMs: planted, noise, seed: 2 }), { outFolder, resume: true });
    expect(resumed.resumed).toBe(true);
    for (const { id } of before) expect(resumed.record.cells.find((cell) => cell.id === id)?.visits.length).toBeGreaterThan(5);
    const all = visitsOf(resumed.record.cells);
    expect(new Set(all).size).toBe(all.length);
    // What is measured now is of turns of its own: no worker of this session visits in a turn of the one before.
    const turnsOf = (worker: (index: number) => boolean): number[] =>
      resumed.record.cells.flatMap(({ visits }) => visits.flatMap((visit) => (worker(visit.worker) ? [visit.turn] : [])));
    const last = Math.max(...stop.record.cells.flatMap(({ visits }) => visits.map(({ worker }) => worker)));
    expect(Math.min(...turnsOf((index) => index > last))).toBeGreaterThan(Math.max(...turnsOf((index) => index <= last)));
    const gauged = (resumed.record.sentinel ?? []).map(({ turn }) => turn);
    expect(new Set(gauged).size).toBe(gauged.length);
  });
});

describe("the sentinel", () => {
  const text = yaml("maxTime: 60s, precision: 5%");

  it("is read before and after each turn, and is steady on a steady device", async () => {
    const { record } = await fakeRun(text, fakeWorkers({ costMs: planted, noise }));
    const turns = record.sentinel ?? [];
    expect(turns.length).toBe(record.schedule.turns - 1);
    for (const { beforeMs, afterMs, jumped } of turns) expect([beforeMs, afterMs, jumped]).toEqual([0.5, 0.5, false]);
    expect(record.cells.some(({ family }) => family === "instrument")).toBe(false);
    expect(record.findings.some(({ text: finding }) => finding.includes("changed its time"))).toBe(false);
  });

  it("has a turn made again in which the device changed its pace, and the journal tells so", async () => {
    // Twice as slow from the middle of a turn on, for a while.
    let clock = 0;
    const workers = fakeWorkers({ costMs: planted, noise, slowness: (ms) => (ms > clock && ms < clock + 700 ? 2 : 1) });
    const { record, folder } = await fakeRun(text, workers, {
      onProgress: (step) => {
        if (step.type === "visit" && step.turn === 3 && step.position === 7) clock = workers.now();
      },
    });
    const jumps = (record.sentinel ?? []).filter(({ jumped }) => jumped);
    expect(jumps.length).toBeGreaterThanOrEqual(1);
    const discarded = jumps.filter((turn) => turn.discarded).map(({ turn }) => turn);
    expect(discarded.length).toBeGreaterThanOrEqual(1);
    for (const turn of discarded) expect(record.cells.some(({ visits }) => visits.some((visit) => visit.turn === turn))).toBe(false);
    const journal = readFileSync(join(folder, "journal.jsonl"), "utf8").trim().split("\n");
    const lines = journal.map((line) => JSON.parse(line) as { type: string; turn?: number });
    expect(lines.filter(({ type, turn }) => type === "visit" && discarded.includes(turn ?? -1)).length).toBe(14 * discarded.length);
    const kept = new Set(record.cells.flatMap(({ visits }) => visits.map(({ turn }) => turn)));
    expect(kept.size).toBeGreaterThanOrEqual(10);
  });

  it("says of a device that is never steady that its times are not to be trusted", async () => {
    const { record } = await fakeRun(text, fakeWorkers({ costMs: planted, noise, slowness: (ms) => 1 + (Math.floor(ms / 150) % 2) }));
    const turns = record.sentinel ?? [];
    expect(turns.filter(({ jumped }) => jumped).length).toBeGreaterThan(0.1 * turns.length);
    expect(turns.filter(({ discarded }) => discarded).length).toBeLessThanOrEqual(Math.max(1, turns.length / 4));
    expect(record.findings.some(({ kind, text: finding }) => kind === "warning" && finding.includes("changed its time by more than a tenth"))).toBe(true);
  });

  it("costs a run nothing but itself where it cannot be timed", async () => {
    const fault = (cell: Cell, _: number, message: string) =>
      cell.phase === "probe" && cell.mechanism === "fma" && message === "visit" ? "compileError" : undefined;
    const { record } = await fakeRun(text, fakeWorkers({ costMs: planted, noise, fault }));
    expect(record.state).toBe("complete");
    expect(record.sentinel).toBeUndefined();
    expect(record.cells.every(({ outcome }) => outcome.status === "ok")).toBe(true);
  });
});

describe("time goes where intervals are wide", () => {
  it("shapes that are known as narrowly as asked rest after the least number of turns, all arms of them together", async () => {
    // Nothing crosses: linear is faster everywhere, and at headDim 128 it is never known to 3 %.
    const costMs = ({ mechanism, n, phase }: Cell): number => (phase === "probe" ? 0.5 : mechanism === "softmax" ? 5 + n / 1000 : 0.9);
    const text = yaml("maxTime: 60s, precision: 3%").replace("axes: {", "axes: { headDim: [64, 128],").replace("heads: 8, headDim: 64", "heads: 8");
    const turnsOf = (record: RunRecord, headDim: number): readonly number[] => [
      ...new Set(record.cells.filter((cell) => cell.headDim === headDim).map((cell) => cell.visits.length)),
    ];
    let visits = 0;
    const shaky = fakeWorkers({
      costMs: (cell) => costMs(cell) * (cell.mechanism === "linear" && cell.headDim === 128 ? 1 + (visits++ % 3) : 1),
      noise: { sample: 0.01 },
    });
    const one = (await fakeRun(text, shaky)).record;
    expect(turnsOf(one, 64)).toEqual([10]);
    expect(Math.min(...turnsOf(one, 128))).toBeGreaterThan(14);
    const other = (await fakeRun(text, fakeWorkers({ costMs, noise: { sample: 0.01 } }))).record;
    expect([...turnsOf(other, 64), ...turnsOf(other, 128)]).toEqual([10, 10]);
    expect(other.schedule.stopped).toBe("precision");
  });

  it("names the conditions that are not met", async () => {
    const { record } = await fakeRun(yaml("maxTime: 3s, precision: 0.2%"), fakeWorkers({ costMs: planted, noise: { sample: 0.05, turn: 0.03 } }));
    const kinds = new Set(record.schedule.conditions?.map(({ kind }) => kind));
    expect(kinds).toContain("time");
    expect(kinds).toContain("crossover");
    expect(
      record.findings.some(({ text: finding }) =>
        /n\* of softmax and linear lies anywhere from [\d,]+ to [\d,]+ \(95 % interval\), where measuring would have gone on to ±0.2 %/.test(finding),
      ),
    ).toBe(true);
  });
});

describe("a file with several phases", () => {
  it("is one experiment for each, named after it", async () => {
    const { experiment } = await experimentOf(yaml("seed: 1").replace("phase: decode", "phase: [prefill, decode]"));
    expect(experiment).toMatchObject({ name: "planted-prefill", phase: "prefill", title: "planted: prefill" });
  });
});
