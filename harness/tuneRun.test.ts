import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Tiles } from "../kernels/mechanism.ts";
import type { Cell } from "./experiment/experiment.ts";
import { fakeWorkers } from "./measure/fakeWorker.ts";
import type { Progress } from "./measure/progress.ts";
import { foldJournal, readJournal } from "./record/journal.ts";
import { readRun } from "./record/runFolder.ts";
import { renderPage } from "./report/page.ts";
import { fakeRun, newFolder } from "./testExperiment.ts";

/** Whole runs with --tune on planted costs: softmax's default splits keys by 64 here, its other variant by 128; linear's by 128 threads, then 64 and 256. */
const yaml = `
name: planted
title: Planted costs
phase: decode
mechanisms: [softmax, linear]
axes: { n: [256, 512, 1024, 2048, 4096] }
fixed: { heads: 8, headDim: 64 }
measure: { precision: 5%, maxTime: 20s, seed: 3 }
`;
const noise = { sample: 0.02, turn: 0.01, worker: 0.01 };

/** Softmax 0.1 ms + 1 µs a token, linear 0.9 ms: they cross at n = 800; `faster`: how much faster softmax's other variant is. */
const planted =
  (faster: number) =>
  (cell: Cell, tiles: Tiles | undefined): number =>
    cell.mechanism === "softmax" ? (0.1 + 0.001 * cell.n) / (tiles?.keys === 128 ? faster : 1) : 0.9;

const medians = (record: { cells: readonly { mechanism: string; n: number; summary?: { medianMs: number } | undefined }[] }, mechanism: string) =>
  record.cells.filter((cell) => cell.mechanism === mechanism).map(({ n, summary }) => [n, summary?.medianMs ?? 0] as const);

test("a faster variant is found near n*, used in every cell that has it, and said", async () => {
  const { record, folder, report } = await fakeRun(yaml, fakeWorkers({ costMs: planted(2), noise }), { tune: true, report: true });
  const tuning = record.tunings?.find(({ cell }) => cell.startsWith("softmax"));
  expect(tuning).toMatchObject({ cell: "softmax-split-n1024-h8-d64", against: "linear", chosen: 1 });
  expect(tuning?.cells).toEqual(record.cells.filter(({ mechanism }) => mechanism === "softmax").map(({ id }) => id));
  for (const [n, ms] of medians(record, "softmax")) expect(ms / ((0.1 + 0.001 * n) / 2)).toBeCloseTo(1, 1);
  for (const { prepared, mechanism } of record.cells) if (mechanism === "softmax") expect(prepared?.tiles).toMatchObject({ keys: 128 });
  // Times of turn 0 with the default are gone: every turn is there once.
  for (const { visits } of record.cells) expect(new Set(visits.map(({ turn }) => turn)).size).toBe(visits.length);
  const texts = record.findings.filter(({ kind }) => kind === "tuning").map(({ text }) => text);
  expect(texts[0]).toMatch(
    /^Of 2 variants of softmax \(split\) timed at n = 1,024, where linear is nearest in time, keys 128, heads 1, threads 128, lanes 8 is used, (1\.9|2)\S* times as fast as the default there\.$/,
  );
  expect(texts[1]).toMatch(/^Of \d variants of linear \(recurrent\) timed at n = 1,024, where softmax is nearest in time, the default stays/);
  expect(readRun(folder).record.tunings).toEqual(record.tunings);
  expect(readFileSync(report ?? "", "utf8").replaceAll("\u00a0", " ")).toContain("keys 128, heads 1");
  // Without --tune there is nothing of it.
  const plain = (await fakeRun(yaml, fakeWorkers({ costMs: planted(2), noise }))).record;
  expect(plain.tunings).toBeUndefined();
  expect(await renderPage(plain)).not.toContain('id="tuning"');
});

test("the default stays where another is no faster, and where the other is wrong", async () => {
  for (const workers of [
    fakeWorkers({ costMs: planted(1), noise }),
    fakeWorkers({ costMs: planted(2), noise, fault: ({ id }) => (id.endsWith("~1") ? "wrongOutput" : undefined) }),
  ]) {
    const { record } = await fakeRun(yaml, workers, { tune: true });
    const tuning = record.tunings?.find(({ cell }) => cell.startsWith("softmax"));
    expect(tuning).toMatchObject({ chosen: 0, cells: [] });
    for (const [n, ms] of medians(record, "softmax")) expect(ms / (0.1 + 0.001 * n)).toBeCloseTo(1, 1);
    expect(record.cells.every(({ outcome }) => outcome.status === "ok")).toBe(true);
  }
});

test("a cell that its arm's new variant does not suit keeps the default", async () => {
  let seen = 0;
  const workers = fakeWorkers({
    costMs: planted(2),
    noise,
    // The tuned variant of n = 4096 fails when it is prepared the second time: after its default was.
    fault: ({ id }, _worker, message) => (id === "softmax-split-n4096-h8-d64" && message === "prepare" && ++seen === 2 ? "wrongOutput" : undefined),
  });
  const { record } = await fakeRun(yaml, workers, { tune: true });
  const tuning = record.tunings?.find(({ cell }) => cell.startsWith("softmax"));
  expect(tuning?.chosen).toBe(1);
  expect(tuning?.cells).toHaveLength(4);
  const last = medians(record, "softmax").at(-1);
  expect((last?.[1] ?? 0) / (0.1 + 0.001 * 4096)).toBeCloseTo(1, 1);
});

test("an interrupt while an arm begins anew leaves every finished visit, in the record as in the journal", async () => {
  const controller = new AbortController();
  let tuning = false;
  const workers = fakeWorkers({
    costMs: planted(2),
    noise,
    // The first cell that is timed again with what was chosen: variants in trial have ids of their own.
    fault: ({ id, phase }, _worker, message) => {
      if (tuning && message === "visit" && phase !== "probe" && !id.includes("~")) controller.abort();
      return undefined;
    },
  });
  const onProgress = ({ type }: Progress): void => {
    tuning ||= type === "tuning";
  };
  const { record, folder } = await fakeRun(yaml, workers, { tune: true, signal: controller.signal, onProgress });
  const chosen = record.tunings?.find(({ cell }) => cell.startsWith("softmax"));
  expect([record.state, chosen?.chosen, chosen?.cells.length]).toEqual(["interrupted", 1, 1]);
  for (const { visits, outcome } of record.cells) expect([visits.length, outcome.status]).toEqual([1, "ok"]);
  const again = foldJournal({ ...record, state: "running" }, readJournal(join(folder, "journal.jsonl")));
  expect(again.cells.map(({ visits }) => visits)).toEqual(JSON.parse(JSON.stringify(record.cells.map(({ visits }) => visits))));
});

test("a worker that dies under a variant costs the tuning of its arm, not the run", async () => {
  const workers = fakeWorkers({ costMs: planted(2), noise, fault: ({ id }) => (id.endsWith("~1") ? "deviceLost" : undefined) });
  const { record } = await fakeRun(yaml, workers, { tune: true });
  expect(record.tunings?.map(({ variants, note }) => [variants, note])).toEqual([
    [[], "deviceLost: planted deviceLost"],
    [[], "deviceLost: planted deviceLost"],
  ]);
  expect(record.findings.find(({ kind }) => kind === "tuning")?.text).toBe(
    "The variants of softmax (split) were not timed (deviceLost: planted deviceLost): the default stays.",
  );
  expect(record.cells.every(({ outcome }) => outcome.status === "ok")).toBe(true);
});

test("an interrupt ends tuning, and what was measured stays consistent", async () => {
  const controller = new AbortController();
  const { record } = await fakeRun(yaml, fakeWorkers({ costMs: planted(2), noise }), {
    tune: true,
    signal: controller.signal,
    onProgress: (step) => {
      if (step.type === "tuning") controller.abort();
    },
  });
  expect(record.state).toBe("interrupted");
  expect(record.tunings?.map(({ cells, note }) => [cells, note])).toEqual([[[], "the run was interrupted"]]);
  for (const { visits } of record.cells) expect(visits).toHaveLength(1);
  for (const [n, ms] of medians(record, "softmax")) expect(ms / (0.1 + 0.001 * n)).toBeCloseTo(1, 1);
});

test("a run that was killed after tuning goes on with what was chosen", async () => {
  const outFolder = newFolder();
  const first = await fakeRun(yaml, fakeWorkers({ costMs: planted(2), noise }), { tune: true, outFolder });
  // As kill -9 leaves it: the record of its beginning, and the journal up to some turn.
  const { tunings: _, ...begun } = first.record;
  const cells = first.record.cells.map((cell) => ({ ...cell, outcome: { status: "pending" }, prepared: undefined, visits: [], summary: undefined }));
  writeFileSync(join(first.folder, "run.json"), JSON.stringify({ ...begun, state: "running", cells, fits: [], crossovers: [], findings: [] }));
  const lines = readFileSync(join(first.folder, "journal.jsonl"), "utf8").trimEnd().split("\n");
  const tuned = lines.findLastIndex((line) => line.includes('"tuned"'));
  writeFileSync(join(first.folder, "journal.jsonl"), `${lines.slice(0, tuned + 12).join("\n")}\n`);
  const { record, resumed } = await fakeRun(yaml, fakeWorkers({ costMs: planted(2), noise }), { outFolder, resume: true });
  expect(resumed).toBe(true);
  expect(record.tunings).toEqual(JSON.parse(JSON.stringify(first.record.tunings)));
  for (const [n, ms] of medians(record, "softmax")) expect(ms / ((0.1 + 0.001 * n) / 2)).toBeCloseTo(1, 1);
});
