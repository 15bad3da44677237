import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Cell } from "./experiment/experiment.ts";
import { type FakeDevice, fakeWorkers } from "./measure/fakeWorker.ts";
import { foldJournal, readJournal } from "./record/journal.ts";
import { readRun } from "./record/runFolder.ts";
import { renderMarkdown } from "./report/markdown.ts";
import { renderPage } from "./report/page.ts";
import { strictLogger } from "./report/strictLogger.ts";
import { fakeRun } from "./testExperiment.ts";

const yaml = `
name: planted
title: Planted tokens
phase: tokenLoop
model: { preset: llama3-8b, scale: 0.125 }
mechanisms:
  - { use: softmax, label: KV cache }
  - linear
  - { use: gatedDeltaNet, pattern: { gatedDeltaNet: 3, softmax: 1 }, label: "hybrid 3:1" }
axes: { n: [256, 512, 1024, 2048, 4096, 8192, 16384] }
measure: { precision: 5%, maxTime: 60s, seed: 3 }
`;

/** Attention over 1 µs a token of a cache, or 1 ms flat, or a fourth of the one and three of the other; 3 ms of all else. They cross at n = 1,000. */
const mixMs = ({ mechanism, n, model }: Cell): number => (mechanism === "softmax" ? 0.001 * n : model?.pattern ? 0.75 + 0.00025 * n : 1);
const device: FakeDevice = {
  costMs: (cell) => 3 + mixMs(cell),
  noise: { sample: 0.02, turn: 0.01, worker: 0.01 },
  stageShares: (cell) => {
    const whole = 3 + mixMs(cell);
    return cell.phase === "tokenLoop" ? { project: 1 / whole, mix: mixMs(cell) / whole, feedForward: 2 / whole } : undefined;
  },
};

const sectionOf = (page: string): string => /<section aria-labelledby="stages-of">[\s\S]*?<\/section>/.exec(page.replaceAll("\u00a0", " "))?.[0] ?? "";

describe("a run of whole tokens", () => {
  it("finds n* of the model, and where a token's time goes", async () => {
    const { record, folder, report } = await fakeRun(yaml, fakeWorkers(device), { report: true });
    expect(record.cells.every(({ outcome }) => outcome.status === "ok")).toBe(true);
    expect(record.experiment.model).toMatchObject({ preset: "llama3-8b", layers: 4, width: 512 });
    expect(record.cells.find(({ label }) => label === "hybrid 3:1")?.model?.pattern).toEqual(["gatedDeltaNet", "gatedDeltaNet", "gatedDeltaNet", "softmax"]);
    const time = record.crossovers.find(({ metric, between }) => metric === "time" && between[1] === "linear");
    expect(time?.n?.low).toBeLessThan(1000);
    expect(time?.n?.high).toBeGreaterThan(1000);
    const of = (label: string, n: number) => record.cells.find((cell) => cell.label === label && cell.n === n)?.summary?.stages;
    expect(of("KV cache", 1024)?.times.map(({ stage }) => stage)).toEqual(["project", "mix", "feedForward"]);
    expect(of("KV cache", 1024)?.times[1]?.share.value).toBeCloseTo(1.024 / 4.024, 5);
    expect(of("linear", 1024)?.times[1]?.share.value).toBeCloseTo(0.25, 5);
    expect(of("KV cache", 16384)?.sumOverWhole.value).toBeCloseTo(1, 1);
    expect(Math.abs((of("linear", 256)?.times[2]?.ms.value ?? 0) / 2 - 1)).toBeLessThan(0.05);
    // The folder says the same, and its journal alone too.
    const stored = readRun(folder).record;
    expect(stored).toEqual(JSON.parse(JSON.stringify(record)));
    const lines = readJournal(join(folder, "journal.jsonl"));
    const unmeasured = { ...stored, cells: stored.cells.map((cell) => ({ ...cell, visits: [] })) };
    expect(foldJournal(unmeasured, lines).cells.map(({ visits }) => visits)).toEqual(stored.cells.map(({ visits }) => visits));
    expect(readFileSync(report ?? "", "utf8")).toHaveLength((await renderPage(record, strictLogger)).length);
    const section = sectionOf(await renderPage(record, strictLogger));
    expect(/NaN|Infinity|undefined/.exec(section)?.[0]).toBeUndefined();
    expect(record.findings[0]?.text).toMatch(
      /^On this GPU \(planted\), from 9\d\d tokens on, a token goes through a whole model faster with linear attention than with softmax attention \(KV cache\): [\d.]+ times as fast at 16,384 tokens; below that, with softmax attention \(KV cache\): 1\.[12] times as fast at 256\.$/,
    );
    expect(record.findings[1]?.text).toMatch(
      /^Attention goes from 7\.9 % of a token's time at 256 tokens to 85 % at 16,384 with softmax attention \(KV cache\), and stays at 25 % with linear attention; linear attention keeps /,
    );
    expect(section).toContain("FLOPs of attention are those that its kernels execute; of all other stages those of their weights and rows");
    expect(await renderPage(record, strictLogger)).toContain("latent attention&#39;s own projections and widths");
    const answer = record.findings.find(({ kind }) => kind === "time")?.text ?? "";
    expect(answer).toBe(
      "Attention's part of the time of a token's stages: with KV cache (cached) 7.9 % at n = 256 and 85 % at n = 16,384; with linear (recurrent) 25 % at n = 256 and at n = 16,384; with hybrid 3:1 (recurrent) 21 % at n = 256 and 62 % at n = 16,384.",
    );
    expect(section).toContain("with KV cache (cached) 7.9 % at n = 256 and 85 % at n = 16,384");
    // What the colours mean comes before the first chart.
    expect(section.indexOf('class="key beside"')).toBeGreaterThan(0);
    expect(section.indexOf('class="key beside"')).toBeLessThan(section.indexOf("<svg "));
    // Sum over m < 16,384 of m µs beside 3 ms each: 134.2 s of 183.4 s; a state's is a fourth of 65.5 s; the hybrid's 0.75 ms + 0.25 µs a token.
    expect(/attention takes \d+ % of [^<]*/.exec(section)?.[0]).toMatch(
      /takes 73 % of the stages of a text of 16,384 tokens with KV cache, which takes 18\d s, 25 % of [^,]*16,384 tokens with linear, which takes 6\d\.\d s and 48 % of .* with hybrid 3:1, which takes 9\d\.\d s/,
    );
    expect(section.replaceAll(/<[^>]*>/g, " ").replaceAll(/\s+/g, " ")).toMatch(/linear 512 2\.0\d s \[[^\]]*\] 51\d ms 25 % 51\d ms 25 % 1\.0\d s 50 %/);
    expect(record.tokenizer?.map(({ encoding, ids, restores }) => [encoding, ids.length, restores])).toEqual([
      ["cl100k_base", 24, true],
      ["o200k_base", 13, true],
    ]);
    expect(section).toMatch(/cl100k_base makes 24 tokens of a text of 18 characters, [\d.]+ .s \[[^\]]*\] each and o200k_base makes 13/);
    expect(
      renderMarkdown(record)
        .split("\n")
        .find((line) => line.includes("%") && line.startsWith("| KV cache")),
    ).toBe("| KV cache | 7.9 % | 15 % | 25 % | 41 % | 58 % | 73 % | 85 % |");
  }, 120_000);

  it("holds the time of every way to remember that experiments/tokenLoop.yaml expects to be a line or a square", async () => {
    const file = readFileSync("experiments/tokenLoop.yaml", "utf8");
    const verdicts = async (anewMs: (n: number) => number, cachedMs: (n: number) => number): Promise<readonly unknown[]> => {
      const costMs = ({ phase, n, label }: Cell): number =>
        phase === "probe" ? 0.1 : label === "no cache" ? anewMs(n) : label === "KV cache" ? cachedMs(n) : 3;
      const { record } = await fakeRun(file, fakeWorkers({ ...device, costMs }));
      const found = record.findings.filter(({ kind }) => kind === "expectation");
      return ['"no cache".time is O(n²)', '"no cache".exponent > 1.5', '"KV cache".time is O(n)'].map(
        (line) => found.find(({ text }) => text.includes(line))?.verdict,
      );
    };
    expect(
      await verdicts(
        (n) => 3 + 0.24 * n + 0.005 * n * n,
        (n) => 3 + 0.003 * n,
      ),
    ).toEqual(["pass", "pass", "pass"]);
    expect(
      await verdicts(
        (n) => 3 + 0.24 * n,
        () => 3,
      ),
    ).toEqual(["fail", "fail", "fail"]);
  }, 120_000);

  it("tells n* of attention alone beside that of the whole token", async () => {
    // The linear arm's projections take half a ms more, so that its whole crosses later than its attention, which crosses at 1,000.
    const restMs = ({ mechanism }: Cell): number => (mechanism === "softmax" ? 3 : 3.5);
    const apart: FakeDevice = {
      ...device,
      costMs: (cell) => (cell.phase === "probe" ? 0.1 : restMs(cell) + mixMs(cell)),
      stageShares: (cell) => {
        const whole = restMs(cell) + mixMs(cell);
        return cell.phase === "tokenLoop" ? { project: restMs(cell) / whole, mix: mixMs(cell) / whole } : undefined;
      },
    };
    const { record, folder } = await fakeRun(yaml, fakeWorkers(apart));
    const linear = record.crossovers.find(({ metric, between }) => metric === "time" && between[1] === "linear");
    for (const [found, truth] of [
      [linear, 1500],
      [linear?.mixer, 1000],
    ] as const) {
      expect(found?.outcome).toBe("crosses");
      expect(found?.n?.low).toBeLessThan(truth);
      expect(found?.n?.high).toBeGreaterThan(truth);
      expect(Math.abs((found?.n?.value ?? 0) / truth - 1)).toBeLessThan(0.03);
    }
    // Only of time, and of what is read back the same.
    expect(record.crossovers.filter(({ metric }) => metric !== "time").some(({ mixer }) => mixer)).toBe(false);
    expect(readRun(folder).record).toEqual(JSON.parse(JSON.stringify(record)));
    expect(record.findings.map(({ text }) => text).find((text) => text.startsWith("From which n on attention alone"))).toMatch(
      /^From which n on attention alone is faster, and the whole token beside it: linear than KV cache from n = (?:9[89]\d|1,0[012]\d) \[[^\]]*\] on, as a whole token from n = 1,[45]\d\d \[[^\]]*\] on; hybrid 3:1 than KV cache from n = (?:9[89]\d|1,0[012]\d) /,
    );
    const page = sectionOf(await renderPage(record, strictLogger))
      .replaceAll(/<[^>]*>/g, " ")
      .replaceAll(/\s+/g, " ");
    expect(page).toMatch(/KV cache linear dModel 512, heads 4, headDim 128 n\* (?:9[89]\d|1,0[012]\d) \[[^\]]*\] n\* 1,[45]\d\d \[/);
    expect(renderMarkdown(record)).toContain("| pair | at | time | times as fast (95 % interval) | attention alone |");
  }, 120_000);

  it("says which arms have the layers of the preset", async () => {
    const hybrid = yaml
      .replace("{ preset: llama3-8b, scale: 0.125 }", "{ preset: minimax-01, scale: 0.1 }")
      .replace(
        / {2}- \{ use: gatedDeltaNet.*/,
        "  - { use: retention, pattern: preset, label: as published }\n  - { use: retention, pattern: { retention: 7, softmax: 1 }, label: other decays }",
      )
      .replace("256, 512, 1024, 2048, 4096, 8192, 16384", "256");
    const { record } = await fakeRun(hybrid, fakeWorkers(device));
    const said = async (of: typeof record): Promise<string> => sectionOf(await renderPage(of, strictLogger)).replaceAll(/<[^>]*>/g, "");
    expect(await said(record)).toContain(
      "The layers of minimax-01 are 7 retention : 1 softmax, in turn, with slopes lightning: so are those of as published, and not those of KV cache, linear and other decays.",
    );
    const arms = record.experiment.arms.filter(({ label }) => label === "linear");
    expect(await said({ ...record, experiment: { ...record.experiment, arms } })).toContain("in turn, with slopes lightning: no arm has them.");
    const { model } = record.experiment;
    if (!model) throw new Error("the run has a model");
    const next = { ...record, experiment: { ...record.experiment, model: { ...model, preset: "qwen3-next", scale: 1 } as const } };
    expect(await said(next)).toContain(
      "The layers of qwen3-next are 3 gatedDeltaNet : 1 softmax, in turn, with 32 heads of 128 channels (16 of queries and keys) in gatedDeltaNet and 16 heads of 256 channels (2 of keys and values) in softmax: no arm has them.",
    );
    const kimi = { ...record, experiment: { ...record.experiment, model: { ...model, preset: "kimi-linear", layers: 27 } as const } };
    expect(await said(kimi)).toContain("The layers of kimi-linear are 3 kda : 1 softmax, in turn, and softmax in the last: no arm has them.");
    const even = { ...record, experiment: { ...record.experiment, model: { ...model, preset: "kimi-linear", layers: 8 } as const } };
    expect(await said(even)).toContain("The layers of kimi-linear are 3 kda : 1 softmax, in turn: no arm has them.");
  }, 120_000);

  it("says that nothing timed stages where the clock is the wall's", async () => {
    const { record } = await fakeRun(yaml, fakeWorkers({ ...device, clock: "wall" }));
    expect(record.cells.some(({ visits, summary }) => summary?.stages || visits.some(({ stages }) => stages))).toBe(false);
    expect(sectionOf(await renderPage(record, strictLogger))).toContain("No stage was timed");
    expect(record.crossovers.some(({ mixer }) => mixer)).toBe(false);
  }, 120_000);
});
