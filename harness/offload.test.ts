import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { movedStates } from "./analysis/offload.ts";
import { breakEven } from "./analysis/offloadSentences.ts";
import type { Cell } from "./experiment/experiment.ts";
import { type FakeDevice, fakeWorkers } from "./measure/fakeWorker.ts";
import { zh } from "./messages/zh.ts";
import { foldJournal, readJournal } from "./record/journal.ts";
import { readRun } from "./record/runFolder.ts";
import { renderMarkdown } from "./report/markdown.ts";
import { renderPage } from "./report/page.ts";
import { strictLogger } from "./report/strictLogger.ts";
import { fakeRun } from "./testExperiment.ts";

const yaml = `
name: planted
title: Planted states
phase: offload
layers: 32
mechanisms:
  - { use: softmax, form: host }
  - { use: softmax, form: disk }
  - { use: softmax, form: recompute }
  - { use: softmax, form: host, kvHeads: 2, label: GQA host }
  - { use: softmax, form: recompute, kvHeads: 2, label: GQA recompute }
  - { use: linear, form: host }
  - { use: linear, form: recompute }
axes: { n: [64, 128, 256, 512, 1024, 2048, 4096, 8192, 16384] }
measure: { precision: 5%, maxTime: 60s, seed: 3 }
expect:
  - '"softmax host".time is O(n)'
  - '"softmax recompute".time is O(n²)'
  - '"linear host".time is O(1)'
  - crossover("softmax recompute", "softmax host") < 1100
  - crossover("softmax recompute", "softmax disk") > 3000
`;

/** ms until a state is back: 1 µs a token from host memory, four times that from a file, a fourth where heads are grouped; a prefill of 1 ns a pair of tokens. They cross at n = 1,000, 4,000 and 250. */
const costMs = ({ phase, mechanism, form, n, kvHeads }: Cell): number => {
  if (phase === "probe") return 0.1;
  if (mechanism === "linear") return form === "host" ? 0.05 : 2e-4 * n;
  return form === "recompute" ? 1e-6 * n * n : (form === "disk" ? 4e-3 : 1e-3) * n * (kvHeads / 8);
};

const device: FakeDevice = {
  costMs,
  offloadTimes: (cell) =>
    cell.phase === "offload" && cell.form !== "recompute"
      ? { outMs: 2 * costMs(cell), stepMs: 0.25, ...(cell.form === "disk" ? { pastCache: true } : {}) }
      : undefined,
  noise: { sample: 0.02, turn: 0.01, worker: 0.01 },
};

const text = (page: string): string =>
  page
    .replaceAll(/<[^>]*>/g, " ")
    .replaceAll("&nbsp;", " ")
    .replaceAll(/\s+/g, " ");

it("pays from the first token on where the shortest text has one", () => {
  const already = {
    between: ["anew", "host"],
    metric: "time",
    series: {},
    outcome: "already",
    n: undefined,
    atLatest: undefined,
    crossings: [],
    range: [1, 512],
    note: undefined,
  } as const;
  expect(breakEven(already)).toBe("from the first token on (n = 1 to 512)");
  expect(breakEven({ ...already, range: [2, 512] })).toBe("at every n measured (n = 2 to 512)");
  expect(breakEven(already, zh)).toContain("第 1 个 token 起");
});

describe("a run of states that leave and come back", () => {
  it("finds from which length on that beats computing them anew, and tells both ways", async () => {
    const { record, folder, report } = await fakeRun(yaml, fakeWorkers(device), { report: true });
    expect(record.cells.every(({ outcome }) => outcome.status === "ok")).toBe(true);
    expect(record.environment.clock.source).toBe("wall");
    expect(record.cells.every(({ visits }) => visits.every(({ gpuMs }) => gpuMs.length === 0))).toBe(true);

    // A tier against its own mechanism's prefill, of as many heads; no other pairs, and none in bytes.
    expect(record.crossovers.map(({ between, metric }) => [...between, metric])).toEqual([
      ["softmax recompute", "softmax host", "time"],
      ["softmax recompute", "softmax disk", "time"],
      ["GQA recompute", "GQA host", "time"],
      ["linear recompute", "linear host", "time"],
    ]);
    const planted = [1000, 4000, 250, 250];
    for (const [i, { n, outcome }] of record.crossovers.entries()) {
      expect(outcome).toBe("crosses");
      expect(n?.low).toBeLessThan(planted[i] ?? 0);
      expect(n?.high).toBeGreaterThan(planted[i] ?? 0);
      expect(Math.abs((n?.value ?? 0) / (planted[i] ?? 0) - 1)).toBeLessThan(0.05);
    }
    expect(record.findings.filter(({ kind }) => kind === "expectation").map(({ verdict }) => verdict)).toEqual(["pass", "pass", "pass", "pass", "pass"]);
    expect(record.findings.filter(({ kind }) => kind === "warning").map((finding) => finding.text)).toContain(
      "Times are wall-clock times, as part of what is timed is not on the GPU: they include submitting and waiting.",
    );

    const summaryOf = (label: string, n: number) => record.cells.find((cell) => cell.label === label && cell.n === n)?.summary;
    expect(Math.abs((summaryOf("softmax disk", 1024)?.offload?.outMs.value ?? 0) / 8.192 - 1)).toBeLessThan(0.05);
    expect(summaryOf("softmax disk", 1024)?.offload?.stepMs).toEqual({ value: 0.25, low: 0.25, high: 0.25 });
    expect(summaryOf("softmax recompute", 1024)).not.toHaveProperty("offload");

    // The folder says the same, and its journal alone too.
    const stored = readRun(folder).record;
    expect(stored).toEqual(JSON.parse(JSON.stringify(record)));
    const lines = readJournal(join(folder, "journal.jsonl"));
    const unmeasured = { ...stored, cells: stored.cells.map((cell) => ({ ...cell, visits: [] })) };
    expect(foldJournal(unmeasured, lines).cells.map(({ visits }) => visits)).toEqual(stored.cells.map(({ visits }) => visits));

    const page = await renderPage(record, strictLogger);
    expect(readFileSync(report ?? "", "utf8")).toHaveLength(page.length);
    const section = text(/<section aria-labelledby="offload">[\s\S]*?<\/section>/.exec(page)?.[0] ?? "");
    expect(/NaN|Infinity|undefined/.exec(section)?.[0]).toBeUndefined();
    expect(section).toMatch(
      /takes less time than computing it anew from n = [\d,]+ \(95 % interval [\d,]+ to [\d,]+\) on with softmax host; from n = [\d,]+ \([^)]*\) on with softmax disk; /,
    );
    expect(section).toContain("page cache (O_DIRECT)");
    expect(summaryOf("softmax disk", 1024)?.offload?.pastCache).toBe(true);
    expect(summaryOf("softmax host", 1024)?.offload).not.toHaveProperty("pastCache");
    // Intervals stand under their numbers, so that all columns have room side by side.
    expect(page).toMatch(/<td>[\d.]+\s.s <small class="below">\[[^\]]*\]<\/small><(td|\/tr)>/);
    expect(text(page)).toContain("in whole models bringing back pays sooner than this page shows");
    const row = renderMarkdown(record)
      .split("\n")
      .find((line) => line.startsWith("| linear host | host | 16,384 |"));
    const [, , , n, state, out, added, outRate, , step, all] = row?.split("|").map((part) => part.trim()) ?? [];
    expect([n, state, step]).toEqual(["16,384", "4 B", "250 µs \\[250 µs, 250 µs\\]"]);
    expect(out).toMatch(/^9\d\.\d µs|^10\d µs/);
    // 4 bytes in 100 µs
    expect(Number(outRate)).toBeCloseTo(4e-5, 5);
    // 32 layers of 50 µs
    expect(added).toMatch(/^(4[89]|5[012])\.\d µs \\\[/);
    expect(all).toMatch(/^1\.(5|6)\d ms \\\[/);
  }, 120_000);

  it("is of a whole model where one is given, and says so", async () => {
    const whole = yaml
      .replace("layers: 32", "model: { preset: llama3-8b, scale: 0.03125, layers: 4 }")
      .replace(/expect:[\s\S]*/, "")
      .replaceAll(/ {2}- \{ use: (softmax, form: \w+, kvHeads).*\n/g, "");
    const bytesByRole = ({ form, n, mechanism }: Cell) => ({
      input: 4,
      output: 4,
      state: mechanism === "linear" ? 4096 : 1024 * (form === "recompute" ? n : n + 1),
      scratch: 0,
      harness: 0,
    });
    const { record } = await fakeRun(whole, fakeWorkers({ ...device, bytesByRole }));
    expect(record.crossovers.map(({ between, outcome }) => [...between, outcome])).toEqual([
      ["softmax recompute", "softmax host", "crosses"],
      ["softmax recompute", "softmax disk", "crosses"],
      ["linear recompute", "linear host", "crosses"],
    ]);
    const said = record.findings.map((finding) => finding.text).join("\n");
    expect(said).toContain("The KV cache of softmax host, softmax disk and softmax recompute grows O(n)");
    expect(said).not.toContain("kept by");
    const page = text(await renderPage(record, strictLogger));
    expect(page).toContain("The model has 4 layers, 128 wide");
    expect(page).toContain("on the GPU: the step alone in ÷ 4 layers, computed");
    for (const { eachLayerMs, inMs } of movedStates(record)) expect(eachLayerMs?.value).toBeCloseTo(inMs.value / 4, 12);
    expect(page).toContain("Computing anew takes the n tokens through all layers");
    expect(page).toContain("Llama-3-8B itself. A model of its plan stands in: 1/32 as wide, 4 of 32 layers, random weights.");
    expect(page).not.toMatch(/one attention layer|in whole models bringing back pays sooner|computed: \d+ times|The tokenizer is timed/);
    const chinese = text(await renderPage(record, strictLogger, [], "zh"));
    expect(chinese).toContain("走完全部层");
  }, 120_000);

  it("tells of which shape a tier pays from where on", async () => {
    const batched = yaml
      .replace("axes: {", "axes: { batch: [1, 2],")
      .replace(/expect:[\s\S]*/, "")
      .replaceAll(/ {2}- \{ use: (softmax, form: disk|softmax, form: \w+, kvHeads|linear).*\n/g, "");
    const twice: FakeDevice = { ...device, costMs: (cell) => costMs(cell) * (cell.form === "host" ? cell.batch : 1) };
    const { record } = await fakeRun(batched, fakeWorkers(twice));
    const said = record.findings.map(({ text }) => text).find((text) => text.startsWith("Bringing a state back"));
    expect(said).toMatch(/from n = [\d,]+ \([^)]*\) on with softmax host at batch 1; from n = [\d,]+ \([^)]*\) on with softmax host at batch 2\.$/);
  }, 120_000);

  it("keeps to the cells that a disk refuses", async () => {
    const { record } = await fakeRun(yaml, fakeWorkers({ ...device, fault: ({ form, n }) => (form === "disk" && n > 256 ? "diskFull" : undefined) }));
    const full = record.cells.filter(({ outcome }) => outcome.status !== "ok");
    expect(full.map(({ label, n, outcome }) => [label, n, "code" in outcome && outcome.code])).toEqual(
      [512, 1024, 2048, 4096, 8192, 16384].map((n) => ["softmax disk", n, "diskFull"]),
    );
    expect(full.every(({ outcome }) => outcome.status === "failed")).toBe(true);
    expect(text(await renderPage(record, strictLogger))).toContain("the disk is full: 6");
  }, 120_000);
});
