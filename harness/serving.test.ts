import { describe, expect, it } from "vitest";
import { analyse } from "./analysis/analysis.ts";
import { totalBytes } from "./device/ledger.ts";
import type { Cell } from "./experiment/experiment.ts";
import { type FakeDevice, fakeWorkers } from "./measure/fakeWorker.ts";
import { readRun } from "./record/runFolder.ts";
import { flawOfRun } from "./record/runSchema.ts";
import { renderMarkdown } from "./report/markdown.ts";
import { renderPage } from "./report/page.ts";
import { strictLogger } from "./report/strictLogger.ts";
import { experimentOf, fakeRun } from "./testExperiment.ts";

const yaml = `
name: served
title: Texts at once
phase: tokenLoop
model: { layers: 2, width: 64, vocab: 256, feedForward: 128 }
mechanisms: [softmax, linear, { use: softmax, form: recompute, label: no cache }]
axes: { n: [64, 128, 256], batch: [1, 2, 4] }
serving: { memory: 16MiB, n: [256, 2048] }
measure: { precision: 5%, maxTime: 30s, seed: 3 }
`;

/** 1 ms for weights; 1 µs a token of each text with a cache, 0.1 ms a text with a state. */
const costMs = ({ phase, mechanism, n, batch }: Cell): number => (phase === "probe" ? 0.1 : 1 + batch * (mechanism === "softmax" ? 1e-3 * n : 0.1));
const device: FakeDevice = { costMs, noise: { sample: 0.01, turn: 0.005, worker: 0.005 } };

const text = (page: string): string =>
  page
    .replaceAll(/<[^>]*>/g, " ")
    .replaceAll("&nbsp;", " ")
    .replaceAll(/\s+/g, " ");

describe("a run that is asked how many texts it can serve", () => {
  it("tells texts at once and tokens a second, in the record, the answer and the report", async () => {
    const { record, folder } = await fakeRun(yaml, fakeWorkers(device));
    expect(record.serving?.map(({ label, n }) => [label, n])).toEqual([
      ["softmax", 256],
      ["softmax", 2048],
      ["linear", 256],
      ["linear", 2048],
      ["no cache", 256],
      ["no cache", 2048],
    ]);
    const { mechanisms, cells } = await experimentOf(yaml);
    const { hello } = await fakeWorkers(device).connect();
    for (const { label, n, batch, stepMs, from, room, note } of record.serving ?? []) {
      const like = cells.find(({ cell }) => cell.label === label)?.cell;
      const mechanism = mechanisms.find(({ name }) => name === like?.mechanism);
      if (!like || !mechanism) throw new Error(`no ${label}`);
      const bytesOf = (batch: number): number => {
        const shape = { ...like, n, batch };
        return totalBytes(mechanism.bytesByRole(shape, like.form, mechanism.tiles(shape, like.form, hello.capabilities)[0] ?? {}));
      };
      expect({ bytes: room?.bytes, from }).toEqual({ bytes: bytesOf(batch), from: "projected" });
      expect(bytesOf(batch)).toBeLessThanOrEqual(16 * 2 ** 20);
      expect(bytesOf(batch + 1)).toBeGreaterThan(16 * 2 ** 20);
      // Three lengths do not show what n² does.
      if (label === "no cache" && n === 2048) {
        expect({ stepMs, note }).toEqual({ stepMs: undefined, note: "4 values of n are needed for another n, 3 were measured" });
        continue;
      }
      const truth = 1 + batch * (label === "linear" ? 0.1 : 1e-3 * n);
      expect(Math.abs((stepMs?.value ?? 0) / truth - 1)).toBeLessThan(0.1);
      expect(stepMs?.low).toBeLessThan(truth);
      expect(stepMs?.high).toBeGreaterThan(truth);
    }
    expect(readRun(folder).record).toEqual(JSON.parse(JSON.stringify(record)));
    // What was asked comes first.
    expect(record.findings[0]?.text).toBe(
      "16 MiB hold 448 texts at once with linear attention, of 256 tokens or of 2,048 alike, and 60 texts of 256 tokens at once or 7 of 2,048 with softmax attention.",
    );
    expect(record.findings[1]?.text).toMatch(
      /^On this GPU \(planted\), all texts together make at 256 tokens about [\d,]+ tokens a second with linear attention and about [\d,]+ with softmax attention; at 2,048 about [\d,]+ and about [\d,]+ \(“about”: projected\); one text alone of 256 tokens is .*\.$/,
    );
    expect(record.findings[2]?.text).toMatch(
      /^With 16 MiB, at n = 256, softmax has room for 60 texts at once, about 3,\d{3} tokens a second in all; linear has room for 448 texts at once, about 9,\d{3} tokens/,
    );
    expect(record.findings[3]?.text).toMatch(
      /at n = 2,048, softmax has room for 7 texts at once, .*; “about” is projected, without an interval, from batches up to 4 and n up to 256\. Room is counted to the byte that kernels allocate\.$/,
    );

    const page = await renderPage(record, strictLogger);
    const section = /<section aria-labelledby="serving-of">[\s\S]*?<\/section>/.exec(page)?.[0] ?? "";
    expect(/NaN|Infinity|undefined/.exec(section)?.[0]).toBeUndefined();
    // The room for texts and how fast they go on stand beside the answer.
    expect(section).not.toContain("<svg ");
    expect(page.match(/<svg class="chart (?:wide|narrow)" [^>]*data-chart="serving-/g)).toHaveLength(4);
    const first = text(/<div class="first">[\s\S]*?<section aria-label="/.exec(page)?.[0] ?? "");
    expect(first).toContain(
      "Full marks are measured, with at most 4 texts at once. Hollow marks are projected, to as many texts as the memory and these programs take, and have no interval.",
    );
    expect(first).toContain("Tokens a second of so many texts at once are projected: at most 4 texts and 256 tokens were measured");
    // Nothing projected has an interval.
    expect(first).not.toContain("95 % intervals at");
    expect(text(section)).toContain("no cache at n = 2,048: no time: 4 values of n are needed");
    // Of what was measured: 4 texts of 256 tokens each in 2.024 ms.
    expect(text(section)).toMatch(/softmax 256 [\d,.]+ \[[^\]]*\] [\d,.]+ \[[^\]]*\] 1,9\d0 \[/);
    const row = renderMarkdown(record)
      .split("\n")
      .find((line) => line.startsWith("| softmax | 2,048 |"));
    expect(row).toMatch(/ MiB \| 7 \| 14.5 MiB \| memory \| about 15\.\d ms \| about \d+ \| projected \|$/);
  }, 120_000);

  it("reads a run of before, which counted no room, by a line through its bytes", async () => {
    const { record } = await fakeRun(yaml, fakeWorkers(device));
    const { room: _, ...before } = record;
    const [first] = analyse(before).serving ?? [];
    expect(first).toMatchObject({ label: "softmax", n: 256 });
    expect(first).not.toHaveProperty("room");
    expect(analyse(before).findings[1]?.text).toMatch(/ Room is that of the memory alone\.$/);
    expect(flawOfRun(JSON.parse(JSON.stringify(before)))).toBeUndefined();
    expect(flawOfRun(JSON.parse(JSON.stringify({ ...record, room: [{ ...record.room?.[0], batch: -1 }] })))).toMatch(/^room\[0\]\.batch is -1: /);
  }, 120_000);

  it("has no field and no section where it is not asked", async () => {
    const { record } = await fakeRun(yaml.replace(/serving: .*\n/, ""), fakeWorkers(device));
    expect(record).not.toHaveProperty("serving");
    expect(await renderPage(record, strictLogger)).not.toContain("serving-of");
  }, 120_000);
});
