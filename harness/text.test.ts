import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { outcomeCode } from "./cli/runOutcome.ts";
import type { Cell } from "./experiment/experiment.ts";
import { type FakeDevice, fakeWorkers } from "./measure/fakeWorker.ts";
import { foldJournal, readJournal } from "./record/journal.ts";
import { readRun } from "./record/runFolder.ts";
import { renderMarkdown } from "./report/markdown.ts";
import { renderPage } from "./report/page.ts";
import { strictLogger } from "./report/strictLogger.ts";
import { mergeRecords } from "./shards/mergeRecords.ts";
import { shardCells } from "./shards/split.ts";
import { experimentOf, fakeRun, newFolder } from "./testExperiment.ts";

const yaml = `
name: written
title: Planted texts
phase: tokenLoop
model: { layers: 2, width: 64, vocab: 100277, feedForward: 96 }
text: { prompt: "我想元旦去看雪", tokens: 6, stop: 9 }
mechanisms:
  - { use: softmax, form: recompute, label: no cache }
  - { use: softmax, label: KV cache }
  - linear
axes: { n: [64, 128] }
fixed: { headDim: 32 }
measure: { maxTime: 20s, seed: 3 }
`;

const given = [37046, 33565, 111, 24186, 6079, 99];
/** "hello <b>world", and the stop token. */
const words = [15339, 366, 65, 29, 14957, 9];
const device: FakeDevice = {
  costMs: () => 3,
  written: ({ mechanism }: Cell) => ({ tokens: mechanism === "softmax" ? words : [1, 2, 3, 4, 5, 6], near: mechanism === "softmax" ? [] : [2] }),
};
const sectionOf = (page: string): string => /<section aria-labelledby="written">[\s\S]*?<\/section>/.exec(page)?.[0] ?? "";
const told = (html: string): string => html.replaceAll(/<[^>]*>/g, " ").replaceAll(/\s+/g, " ");

describe("a run whose arms write a text", () => {
  it("has what they wrote in its record, its answer and its report", async () => {
    const { record, folder, progress } = await fakeRun(yaml, fakeWorkers(device));
    expect(record.writing?.prompt.slice(0, 6)).toEqual(given);
    expect(record.writing?.texts).toEqual([
      {
        cell: "softmax-recompute-n64-h2-d32-l2-w64",
        outcome: { status: "ok" },
        tokens: words,
        near: [],
        ended: "stop",
        words: "hello <b>world*",
        msPerToken: 2,
        verified: { kernelHash: "fake", maxError: 0, tolerance: 1 },
      },
      {
        cell: "softmax-cached-n64-h2-d32-l2-w64",
        outcome: { status: "ok" },
        tokens: words,
        near: [],
        ended: "stop",
        words: "hello <b>world*",
        msPerToken: 2,
        verified: { kernelHash: "fake", maxError: 0, tolerance: 1 },
      },
      {
        cell: "linear-recurrent-n64-h2-d32-l2-w64",
        outcome: { status: "ok" },
        tokens: [1, 2, 3, 4, 5, 6],
        near: [2],
        ended: "length",
        words: "\"#$%&'",
        msPerToken: 2,
        verified: { kernelHash: "fake", maxError: 0, tolerance: 1 },
      },
    ]);
    expect(record.findings.filter(({ kind }) => kind === "text").map(({ text }) => text)).toEqual([
      "no cache (recompute) and KV cache (cached) wrote the same 6 tokens behind 10 of the prompt, the likeliest each time, until the stop token 9: “hello <b>world*”; float64 chooses the same, token for token.",
      "linear (recurrent) wrote 6 tokens behind 10 of the prompt, the likeliest each time: “\"#$%&'”; float64 chooses the same, but for 1 where rounding may choose another.",
    ]);
    expect(progress.filter(({ type }) => type === "written")).toHaveLength(3);
    expect(outcomeCode(record, "ok")).toBe(0);
    const stored = readRun(folder).record;
    expect(stored).toEqual(JSON.parse(JSON.stringify(record)));
    // The journal alone has them too.
    const begun = { ...stored, writing: { prompt: stored.writing?.prompt ?? [], texts: [] } };
    expect(foldJournal(begun, readJournal(join(folder, "journal.jsonl"))).writing).toEqual(stored.writing);
    const section = sectionOf(await renderPage(record, strictLogger));
    expect(section).not.toContain("<b>world");
    expect(told(section)).toContain("no cache (recompute) 6 its stop token 2.00 ms 6 of 6");
    expect(told(section)).toContain("linear (recurrent) 6 its length 2.00 ms 5 of 6");
    expect(told(section)).toContain("Texts that the model wrote on the GPU behind a prompt of 10 tokens: the likeliest token each time, until token 9");
    expect(told(section)).toContain("hello &lt;b&gt;world*");
    expect(renderMarkdown(record)).toContain("| KV cache (cached) | 6 | its stop token | 2.00 ms | 6 of 6 |");
  }, 120_000);

  it("takes arms of the same layers with other heads for arms of other weights", async () => {
    const hybrids = yaml
      .replace("{ layers: 2, width: 64, vocab: 100277, feedForward: 96 }", "{ preset: qwen3-next, scale: 0.0625, vocab: 100277 }")
      .replace("fixed: { headDim: 32 }\n", "")
      .replace(
        /mechanisms:[\s\S]*axes/,
        "mechanisms:\n  - { use: gatedDeltaNet, pattern: preset, label: own }\n  - { use: gatedDeltaNet, pattern: { gatedDeltaNet: 3, softmax: 1 }, label: alike }\naxes",
      );
    const { record } = await fakeRun(
      hybrids,
      fakeWorkers({ ...device, written: ({ model }) => ({ tokens: model?.mixers ? words : [1, 2, 3, 4, 5, 6], near: [] }) }),
    );
    expect(record.writing?.texts.map(({ tokens }) => tokens)).toEqual([words, [1, 2, 3, 4, 5, 6]]);
    expect(record.findings.map(({ text }) => text).filter((text) => text.includes("same weights"))).toEqual([]);
  });

  it("says where arms of the same weights part", async () => {
    const parting = (near: readonly number[]): FakeDevice => ({
      ...device,
      written: ({ form }) => ({ tokens: form === "cached" ? [4, 5, 6] : [4, 5, 7], near }),
    });
    const textsOf = async (near: readonly number[]): Promise<readonly string[]> => {
      const { record } = await fakeRun(yaml, fakeWorkers(parting(near)));
      return record.findings.filter(({ kind }) => kind === "text").map(({ text }) => text);
    };
    expect(await textsOf([2])).toContain(
      "no cache (recompute) and KV cache (cached) have the same weights and part at token 3, where rounding may choose either.",
    );
    expect(await textsOf([])).toContain(
      "no cache (recompute) and KV cache (cached) have the same weights and part at token 3, though rounding cannot part them there: one of them is wrong.",
    );
  }, 120_000);

  it("says from where on a router leaves nothing of it to hold against float64", async () => {
    const experts = yaml.replace("feedForward: 96 }", "feedForward: 96, experts: { count: 8, active: 2 } }").replace(", stop: 9", "");
    const near: Readonly<Record<string, readonly number[]>> = { recompute: [1, 3, 4, 5], cached: [0, 1, 2, 3, 4, 5], recurrent: [2] };
    const { record } = await fakeRun(
      experts,
      fakeWorkers({ ...device, written: ({ form }) => ({ tokens: form === "cached" ? [9, 8, 7, 6, 5, 4] : [1, 2, 3, 4, 5, 6], near: near[form] ?? [] }) }),
    );
    const said = record.findings.filter(({ kind }) => kind === "text").map(({ text }) => text.replace(/“.*”/, "…"));
    const open = "nothing was held against it, as a router is as near between two experts there as rounding, and took either in turn.";
    expect(said.slice(0, 3)).toEqual([
      `no cache (recompute) wrote 6 tokens behind 10 of the prompt, the likeliest each time: …; float64 chooses the same up to token 3, but for 1 where rounding may choose another; from token 4 on ${open}`,
      `KV cache (cached) wrote 6 tokens behind 10 of the prompt, the likeliest each time: …; from token 1 on ${open}`,
      "linear (recurrent) wrote 6 tokens behind 10 of the prompt, the likeliest each time: …; float64 chooses the same, but for 1 where rounding may choose another.",
    ]);
  }, 120_000);

  it("fails with the arm whose text is wrong, and goes on with the others", async () => {
    const { record } = await fakeRun(
      yaml,
      fakeWorkers({ ...device, fault: ({ form }, _, message) => (message === "write" && form === "cached" ? "wrongOutput" : undefined) }),
    );
    expect(record.writing?.texts.map(({ outcome }) => outcome.status)).toEqual(["ok", "failed", "ok"]);
    expect(record.findings.map(({ text }) => text)).toContain("No text with KV cache (cached) (wrong output).");
    expect(outcomeCode(record, "ok")).toBe(1);
    expect(told(sectionOf(await renderPage(record, strictLogger)))).toContain("KV cache (cached) – wrong output: planted wrongOutput");
  }, 120_000);

  it("is resumed where it was interrupted between two texts, and writes the rest", async () => {
    const outFolder = newFolder();
    const abort = new AbortController();
    const first = await fakeRun(yaml, fakeWorkers(device), { outFolder, signal: abort.signal, onProgress: ({ type }) => type === "written" && abort.abort() });
    expect(first.record.state).toBe("interrupted");
    expect(first.record.writing?.texts).toHaveLength(1);
    const workers = fakeWorkers(device);
    const { record, resumed } = await fakeRun(yaml, workers, { outFolder, resume: true });
    expect([resumed, record.state, record.writing?.texts.length]).toEqual([true, "complete", 3]);
    expect(workers.log.filter((asked) => asked === "write")).toHaveLength(2);
  }, 120_000);

  it("is told once where shards have written it, each for its batch", async () => {
    const split = yaml.replace("axes: { n: [64, 128] }", "axes: { n: [64, 128], batch: [1, 2] }");
    const { cells, mechanisms } = await experimentOf(split);
    const records = [];
    for (const index of [1, 2]) records.push((await fakeRun(split, fakeWorkers(device), shardCells(cells, mechanisms, { index, of: 2 }))).record);
    expect(records.map(({ writing }) => writing?.texts.length)).toEqual([3, 3]);
    const [merged] = mergeRecords(records);
    expect(merged?.writing?.prompt.slice(0, 6)).toEqual(given);
    expect(merged?.writing?.texts.map(({ cell }) => cell)).toEqual(records[0]?.writing?.texts.map(({ cell }) => cell));
  }, 120_000);
});
