import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { analyse } from "./analysis/analysis.ts";
import { claimSentences } from "./analysis/claims/claimSentences.ts";
import { runAnswer } from "./cli/runAnswer.ts";
import { type FakeDevice, fakeWorkers } from "./measure/fakeWorker.ts";
import { zh } from "./messages/zh.ts";
import type { RunRecord } from "./record/run.ts";
import { readRun } from "./record/runFolder.ts";
import { renderMarkdown } from "./report/markdown.ts";
import { renderPage } from "./report/page.ts";
import { strictLogger } from "./report/strictLogger.ts";
import { experimentsOf, fakeRun, newFolder } from "./testExperiment.ts";
import { phasesBeside, renewClaims, writeReports } from "./writeReports.ts";

const yaml = (phase: string, more = "") => `
name: said
phase: ${phase}
mechanisms: [softmax, linear]
axes: { n: [64, 128, 256, 512, 1024, 2048, 4096] }
measure: { precision: 5%, maxTime: 60s, seed: 3 }
claims: true
${more}
`;

/** One token over a cache of n: 1 µs each, or 0.5 ms flat. */
const decoding: FakeDevice = {
  noise: { sample: 0.01, turn: 0.005, worker: 0.005 },
  costMs: ({ mechanism, n }) => (mechanism === "softmax" ? 0.01 + 0.001 * n : 0.5),
};

const sectionOf = (page: string): string => /<section aria-labelledby="claims">[\s\S]*?<\/section>/.exec(page)?.[0] ?? "";

describe("a run that is asked for claims", () => {
  it("judges those of its phase, and says which need another", async () => {
    const { record, folder } = await fakeRun(yaml("decode"), fakeWorkers(decoding));
    const verdict = (id: string) => record.claims?.find((one) => one.id === id);
    expect(record.claims?.map(({ id }) => id)).toEqual(["S5", "S6", "S13", "S16", "S18"]);
    expect(verdict("S6")).toMatchObject({ verdict: "holdsWithCorrection", evidence: "sharpness" });
    expect(verdict("S16")).toMatchObject({ verdict: "holdsWithCorrection", correction: expect.stringMatching(/softmax is faster up to n = 4\d\d for linear/) });
    // The fake device tells neither FLOPs nor bytes that grow, so what rests on counts cannot hold.
    expect(verdict("S13")?.verdict).toBe("doesNotHoldHere");
    expect(verdict("S5")?.verdict).toBe("doesNotHoldHere");
    expect(readRun(folder).record).toEqual(JSON.parse(JSON.stringify(record)));

    const [count, ...lines] = claimSentences([record]);
    expect(count).toBe("Of 19 claims 1 holds, 2 hold with a correction, 2 do not hold here and 14 are not judged.");
    // The answer begins with them, before who is faster from where on.
    expect(record.findings[1]?.text).toContain("linear attention");
    expect(record.findings[0]).toEqual({
      kind: "headline",
      text: "This run judges 5 of 19 claims: 1 holds (linear attention needs no cache), 2 hold with a correction (softmax picks the nearest; with linear attention a token costs the same) and 2 do not hold here (a token costs more the more came before; a cache takes memory for each token).",
    });
    expect(lines).toHaveLength(19);
    expect(lines.map((line) => line.split(" ")[0])).toEqual(Array.from({ length: 19 }, (_, i) => `S${i + 1}`));
    expect(lines[15]).toMatch(/^S16 holds with a correction: With linear attention a token costs the same .* Measured: Slope of time over n: .* Correction: /);
    expect(lines[13]).toBe("S14 not judged: needs phase offload, with softmax whose cache is kept in host memory or on disk.");
    expect(lines[16]).toBe(
      "S17 not judged: needs phase decode, with a mechanism of the linear family at four values of headDim or more, with values as wide or of one width.",
    );
    // Of two runs that judge one claim, each has its line.
    expect(claimSentences([record, record]).filter((line) => line.startsWith("S16 (said) "))).toHaveLength(2);
    const answer = runAnswer([{ record, folder, report: undefined }]) as { claims: { id: string; run: string }[]; unjudged: string[] };
    expect(answer.claims.map(({ id }) => id)).toEqual(record.claims?.map(({ id }) => id));
    expect(answer.claims[0]?.run).toBe(folder);
    expect(answer.unjudged).toHaveLength(14);

    const page = await renderPage(record, strictLogger);
    const section = sectionOf(page);
    expect(/NaN|Infinity|undefined/.exec(section)?.[0]).toBeUndefined();
    for (let i = 1; i <= 19; i++) expect(section).toContain(`<th scope="row">S${i}<td>`);
    const links = [...section.matchAll(/href="#([a-z-]+)"/g)].map(([, place]) => place);
    expect(links).toHaveLength(5);
    for (const place of links) expect(page).toContain(` id="${place}"`);
    expect(section).toMatch(/class="verdict pass"><span aria-hidden="true">≈ <\/span>holds with a correction/);
    expect(section).toMatch(/not judged here[\s\S]{0,80}Needs phase offload, with softmax whose cache is kept in host memory or on disk\./);
    const row = renderMarkdown(record)
      .split("\n")
      .find((line) => line.startsWith("| S16 |"));
    expect(row).toMatch(/\| ≈ holds with a correction \| Slope of time/);
  }, 120_000);

  it("has the verdicts of the file's other phases on its page, of the newest runs on the same device", async () => {
    const text = yaml("[decode, prefill]").replace("[softmax, linear]", "[softmax, linear, { use: linear, form: recurrent, label: other, phase: prefill }]");
    const { mechanisms, experiments } = await experimentsOf(text);
    const outFolder = newFolder();
    const pages: string[] = [];
    const records: RunRecord[] = [];
    for (const { experiment, cells } of experiments) {
      const { record } = await fakeRun(yaml("decode"), fakeWorkers(decoding), { experiment, cells, mechanisms, outFolder, report: true });
      records.push(record);
      pages.push(readFileSync((await writeReports(outFolder, record)).file, "utf8"));
      expect(record.claims?.map(({ id }) => id)).toEqual(experiment.phase === "decode" ? ["S5", "S6", "S13", "S16", "S18"] : ["S15"]);
    }
    const [first = "", second = ""] = pages.map(sectionOf);
    expect(first).toContain("This run judges 5 of 19 claims: ");
    expect(second).toMatch(/Of 19 claims [^<]*13 are not judged\./);
    // The answer counts them all too, and first.
    expect(pages[1]).toMatch(
      /<h2 id="answer">[^<]*<\/h2>\s*<p class="lead">(?:<bdi>)?Of 19 claims [^<]*(?:<\/bdi>)? <a href="#claims">Claims<\/a><\/p>\s*<p class="lead">/,
    );
    expect(pages[1]?.match(/Of 19 claims [^<]*13 are not judged\./g)).toHaveLength(2);
    expect(second).toContain('<a href="said-decode.html#sharpness">decode: table of scales</a>');
    expect(second).toContain("the newest runs here (decode)");
    // The page that was written first has them too, once all have ended.
    await renewClaims(outFolder, records);
    const renewed = sectionOf(readFileSync(join(outFolder, "reports/said-decode.html"), "utf8"));
    expect(renewed).toMatch(/Of 19 claims [^<]*13 are not judged\./);
    expect(renewed).toContain('<a href="said-prefill.html#cells">prefill: table of cells</a>');
    // In another language all verdicts are told anew, of this run and of the other.
    const [decode, prefill] = records.map((record) => analyse(record, zh));
    if (!decode || !prefill) throw new Error("no record");
    for (const record of [decode, prefill]) {
      const chinese = sectionOf(readFileSync((await writeReports(outFolder, record, "zh")).file, "utf8"));
      expect(chinese).toContain("时间对 n 的斜率");
      expect(chinese).toContain("与同一 float64 参考结果一致");
      expect(chinese).not.toContain('lang="en"');
    }
    // Runs whose reports are asked for together have each other's verdicts wherever they lie, and links lead to pages that are there.
    const elsewhere = newFolder();
    const asked = records.map((record) => analyse(record));
    const chineseToo = [decode, prefill];
    const files: string[] = [];
    for (const record of asked) files.push((await writeReports(elsewhere, record, "en", asked)).file);
    for (const record of chineseToo) files.push((await writeReports(elsewhere, record, "zh", chineseToo)).file);
    const links = files.map((file) => [...sectionOf(readFileSync(file, "utf8")).matchAll(/href="([^"#]+)#([a-z-]+)"/g)]);
    for (const found of links) expect(found.length).toBeGreaterThan(0);
    for (const [, page = "", place] of links.flat()) expect(readFileSync(join(elsewhere, "reports", page), "utf8")).toContain(` id="${place}"`);
    expect(sectionOf(readFileSync(files[0] ?? "", "utf8"))).toMatch(/Of 19 claims [^<]*13 are not judged\./);
    expect(links[0]?.map(([, page]) => page)).toContain("said-prefill.html");
    expect(links[2]?.map(([, page]) => page)).toContain("said-prefill.zh.html");
    // In Markdown too, where a place has no link.
    const [own] = asked;
    if (!own) throw new Error("no record");
    const rows = renderMarkdown(own, "en", phasesBeside(own, asked)).split("\n");
    expect(rows.find((row) => row.startsWith("| claim |"))).toBe("| claim | says | verdict | measured | correction | shown in |");
    expect(rows.find((row) => row.startsWith("| S5 |"))).toMatch(/ \| chart of time \|$/);
    expect(rows.find((row) => row.startsWith("| S15 |"))).toMatch(/ \| prefill: table of cells \|$/);
    expect(rows.find((row) => row.startsWith("| S14 |"))).toMatch(/not judged here .* \| {2}\|$/);
    // Of another file of that name nothing is taken.
    const [{ experiment, cells } = { experiment: undefined, cells: [] }] = (await experimentsOf(text.replace("seed: 3", "seed: 4"))).experiments;
    if (!experiment) throw new Error("no experiment");
    const other = await fakeRun(yaml("decode"), fakeWorkers(decoding), { experiment, cells, mechanisms, outFolder, report: true });
    expect(sectionOf(readFileSync((await writeReports(outFolder, other.record)).file, "utf8"))).toContain("This run judges 5 of 19 claims: ");
  }, 120_000);

  it("has no section, no field and no line where none is asked", async () => {
    const { record } = await fakeRun(yaml("decode").replace("claims: true", ""), fakeWorkers(decoding));
    expect(record).not.toHaveProperty("claims");
    expect(record).not.toHaveProperty("sharpness");
    expect(claimSentences([record])).toEqual([]);
    expect(sectionOf(await renderPage(record, strictLogger))).toBe("");
    expect(runAnswer([{ record, folder: "", report: undefined }])).not.toHaveProperty("claims");
  }, 120_000);

  it("judges a whole text's square", async () => {
    const writing: FakeDevice = {
      ...decoding,
      costMs: ({ mechanism, n }) => (mechanism === "softmax" ? 0.01 * n + 0.00002 * n * n : mechanism === "linear" ? 0.01 * n : 0.5),
    };
    const { record } = await fakeRun(yaml("generate"), fakeWorkers(writing));
    expect(record.claims).toMatchObject([
      { id: "S7", verdict: "holdsWithCorrection", correction: expect.stringMatching(/Short texts grow more slowly, with slope 1\.\d/) },
      {
        id: "S8",
        verdict: "holdsWithCorrection",
        measured: expect.stringMatching(/n² is 95 % \[/),
        correction: expect.stringMatching(/^Attention is a part of the whole: .* 15 % of the multiply-adds of a text of 10,000 tokens /),
        numbers: { shareAt10000: expect.closeTo(0.149, 3), shareAt100000: expect.closeTo(0.636, 3), evenWithWeights: expect.closeTo(28_628, 0) },
      },
    ]);
  }, 120_000);

  it("judges whether moving a cache away pays", async () => {
    // 1 µs a token to bring back, 4 µs from a file, and a prefill of 10 ns a pair of tokens: they cross at n = 100 and 400.
    const costMs: FakeDevice["costMs"] = ({ phase, form, n }) =>
      phase === "probe" ? 0.1 : form === "recompute" ? 1e-5 * n * n : (form === "disk" ? 4e-3 : 1e-3) * n;
    const moving: FakeDevice = {
      ...decoding,
      costMs,
      offloadTimes: (cell) => (cell.form === "recompute" ? undefined : { outMs: 2 * costMs(cell, undefined), stepMs: 0.2 }),
    };
    const entries = "[{ use: softmax, form: host }, { use: softmax, form: disk }, { use: softmax, form: recompute }]";
    const { record } = await fakeRun(yaml("offload", "layers: 4").replace("[softmax, linear]", entries), fakeWorkers(moving));
    expect(record.claims).toMatchObject([{ id: "S14", verdict: "holdsWithCorrection", evidence: "offload" }]);
    const [{ measured = "", correction = "" } = {}] = record.claims ?? [];
    // 4.096 ms and 16.384 ms beside a step of 0.2 ms
    expect(measured).toMatch(/softmax host at n = 4,096, .* a token waits 4\.[01]\d ms \(computed for all layers: 16\.\d ms\) for a step of 200 µs, 21\.\d \[/);
    expect(measured).toMatch(/softmax disk at n = 4,096, .* a token waits 16\.\d ms/);
    expect(correction).toMatch(/short ones are computed anew sooner, below n = (9\d|10\d) \(softmax host\) and below n = (39\d|40\d) \(softmax disk\)\./);
    expect(correction).toMatch(/with softmax host and softmax disk a token waits longer/);
    const section = sectionOf(await renderPage(record, strictLogger));
    expect(section).toContain('<a href="#offload">table of states</a>');
  }, 120_000);
});
