import { createHash } from "node:crypto";
import { inflateSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { fixtureRecord, indexedFixture } from "./fixture.ts";
import { deltaArm, type FixtureOptions, groupedArm, linearArm, softmaxArm } from "./fixtureArms.ts";
import { renderIndex } from "./indexPage.ts";
import { largeRecord } from "./largeRecord.ts";
import { renderMarkdown } from "./markdown.ts";
import { renderPage } from "./page.ts";
import * as live from "./runtime/live.packed";
import type { LiveCharts } from "./runtime/liveChart.ts";
import * as script from "./runtime/page.script";
import { strictLogger } from "./strictLogger.ts";

const failed = { status: "failed", code: "compileError", reason: "no such function: <b>x</b>" } as const;

const runs: Readonly<Record<string, FixtureOptions>> = {
  whole: {},
  "decode on software": { phase: "decode", deviceClass: "software", dModels: [256, 512], arms: [softmaxArm, groupedArm, linearArm, deltaArm] },
  interrupted: { state: "interrupted", outcome: ({ n }) => (n > 1024 ? { status: "pending" } : undefined) },
  "only failures": { outcome: () => failed },
  "one cell": { ns: [1024], arms: [softmaxArm] },
  "one arm on a wall clock": { arms: [linearArm], clock: "wall" },
  "too few points to decide": { ns: [256, 512] },
};

/** Without its style, its data, the licences of its scripts, and the one script that runs at once. */
const bodyOf = (page: string): string =>
  page
    .replaceAll("\u00a0", " ")
    .replace(/<style>[\s\S]*?<\/style>/, "")
    .replace(/<script type="(application\/json|text\/plain)"[\s\S]*?<\/script>/g, "")
    .replace(/<!--[\s\S]*?-->/, "")
    .replace(`<script>${script.text}</script>`, "");

describe("page", () => {
  it.each(Object.entries(runs))("of a run: %s", async (_, options) => {
    const record = fixtureRecord(options);
    const page = await renderPage(record, strictLogger);
    const body = bodyOf(page);
    expect(body.replace("filled with NaN", "").match(/\bNaN\b|\bundefined\b|\[object /)).toBeNull();
    expect(body.match(/(src|href)\s*=\s*"?https?:/i)).toBeNull();
    expect(body.includes("<script")).toBe(false);
    expect(page.includes("default-src 'none'")).toBe(true);
    const ids = [...body.matchAll(/ id="([^"]*)"/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const cell of record.cells) expect(ids).toContain(`cell-${cell.id}`);
    for (const [, names] of body.matchAll(/aria-labelledby="([^"]*)"/g)) for (const name of (names ?? "").split(" ")) expect(ids).toContain(name);
    for (const words of ["Projections of q, k, v and o", "How sure is this?", "All cells", "Environment", "Reproduce", "The experiment file"])
      expect(body.includes(words), words).toBe(true);
  });

  it("is the same every time", async () => {
    expect(await renderPage(fixtureRecord())).toBe(await renderPage(fixtureRecord()));
  });

  it("says what a software adapter, a wall clock and an interruption mean", async () => {
    expect(await renderPage(fixtureRecord({ deviceClass: "software" }))).toContain(
      "How time and memory grow carries over to GPUs; times, and from where on one is faster, do not.",
    );
    expect(await renderPage(fixtureRecord({ clock: "wall" }))).toContain("times are wall-clock times");
    expect(await renderPage(fixtureRecord({ state: "interrupted" }))).toContain("This run was interrupted");
  });

  it("names mechanisms from outside beside the code, and nothing where there are none", async () => {
    const record = fixtureRecord();
    const pageOf = (kernels: NonNullable<typeof record.environment.kernels>) => renderPage({ ...record, environment: { ...record.environment, kernels } });
    expect(await pageOf([{ name: "mi<b>ne", hash: "3fa9c1b2aaaaaaaa" }])).toContain("attnbench 0.1.0, --kernels mi&lt;b&gt;ne (3fa9c1b2)");
    for (const page of [await pageOf([]), await renderPage(record)]) expect(page).not.toContain("--kernels");
  });

  it("has laws and n* where the plan has the n for them, and nothing about them where it has not", async () => {
    const open = { outcome: ({ n }: { n: number }) => (n > 256 ? ({ status: "pending" } as const) : undefined) };
    for (const [options, has] of [
      [{}, true],
      [open, true],
      [{ ns: [2048] }, false],
    ] as const) {
      const record = fixtureRecord(options);
      expect(record.fits.length).toBeGreaterThan(0);
      const page = bodyOf(await renderPage(record, strictLogger));
      expect(page.includes("Orders, fits and crossovers")).toBe(has);
      expect(renderMarkdown(record).includes("| arm | at | of | fitted | claimed | verdict |")).toBe(has);
      if (!has) expect(page).not.toContain("could not be decided");
    }
  });

  it("says what O(n²) is and explains the words that it uses, and no others", async () => {
    const termsOf = (page: string): readonly string[] => [...page.matchAll(/<dt>([^<]*)<\/dt><dd>[a-z]/g)].map(([, term = ""]) => term);
    const [long, short] = await Promise.all(
      [fixtureRecord({ deviceClass: "software" }), fixtureRecord({ phase: "decode", arms: [linearArm], ns: [256] })].map(async (record) =>
        bodyOf(await renderPage(record, strictLogger)),
      ),
    );
    expect(long).toContain("twice the text is four times the work");
    expect(long).toContain("Why is softmax&#39;s memory O(n)");
    expect(termsOf(long ?? "")).toEqual(
      expect.arrayContaining(["n", "prefill", "KV cache", "recurrent state", "O(…)", "n*", "95 % interval", "ceiling", "CPU emulation"]),
    );
    expect(termsOf(long ?? "")).not.toContain("decode");
    expect(short).not.toContain("Why is softmax");
    expect(termsOf(short ?? "")).toEqual(expect.arrayContaining(["n", "dModel", "head", "decode", "recurrent state"]));
    for (const term of ["prefill", "KV cache", "O(…)", "n*", "CPU emulation"]) expect(termsOf(short ?? ""), term).not.toContain(term);
  });

  it("tells of each fitted law how far its points lie from it, and at which n the furthest", async () => {
    const record = fixtureRecord({ ns: [256, 512, 1024, 2048], arms: [softmaxArm] });
    const fits = record.fits.map((fit) => ({
      ...fit,
      points: fit.points.map((point) => {
        const { t0, a, b } = fit.coefficients ?? { t0: { value: 0 }, a: { value: 0 }, b: { value: 0 } };
        const y = t0.value + a.value * point.x + b.value * point.x ** 2;
        return { ...point, y: fit.metric === "stateBytes" ? y : y * (point.x === 512 ? 0.97 : 1.01) };
      }),
    }));
    const page = bodyOf(await renderPage({ ...record, fits }, strictLogger));
    expect(page).toMatch(/<td>1\.0 %<td>−3\.0 % <small class="below">\(n 512\)<\/small>/);
    const [, table = ""] = /<summary>How far each measured point lies from its curve<\/summary>([\s\S]*?)<\/details>/.exec(page) ?? [];
    expect(table).toMatch(/<td>\+1\.0 %<td>−3\.0 %<td>\+1\.0 %<td>\+1\.0 %<\/tr>/);
    // Bytes lie on their law.
    expect(table.match(/<th scope="row"/g)).toHaveLength(1);
    expect(page).toContain("<td>0<td>0");
  });

  it("gives the reason of a cell that failed, and an answer where there is none", async () => {
    const page = await renderPage(fixtureRecord({ outcome: () => failed }));
    expect(page).toContain("no such function: &lt;b&gt;x&lt;/b&gt;");
    expect(page).toContain("Nothing was measured, so this run has no answer");
  });

  it("runs nothing of what it shows", async () => {
    const attack = `</script></style></text><img src=x onerror="alert(1)"><script>alert(1)</script>\u202e`;
    const record = fixtureRecord({
      title: attack + "x".repeat(10_000),
      question: `${attack}😀 שלום`,
      yaml: `${attack}\n${"y".repeat(10_000)}`,
      arms: [
        { ...softmaxArm, label: attack + "w".repeat(10_000) },
        { ...linearArm, label: `${attack}' + "` },
      ],
      outcome: ({ n }) => (n === 256 ? { status: "failed", code: "compileError", reason: attack } : undefined),
    });
    const page = await renderPage({ ...record, command: attack }, strictLogger);
    const body = bodyOf(page);
    // In a text of a chart its words may stand whole: they are no attribute there.
    expect(body.match(/<img|<script|<[^>]*onerror="|\u202e/)).toBeNull();
    // The record, words, charts, what draws them, and the one that runs at once.
    expect(page.match(/<\/script>/g)).toHaveLength(5);
    expect(page).toContain(`script-src 'sha256-${createHash("sha256").update(script.text).digest("base64")}' 'sha256-${live.hash}';`);
    expect(page.match(/<\/style>/g)).toHaveLength(1);
    expect(renderIndex([indexedFixture(record)])).not.toMatch(/<img|<script|\u202e/);
    expect(renderMarkdown(record)).not.toMatch(/<img|<script|\u202e/);
  });

  it("carries the script of its charts compressed, under the hash of its policy, with the licences of what is in it", async () => {
    const page = await renderPage(fixtureRecord(), strictLogger);
    const [, packed = ""] = /id="live-runtime">([^<]*)</.exec(page) ?? [];
    const text = inflateSync(Buffer.from(packed, "base64")).toString();
    expect(live.hash).toBe(createHash("sha256").update(text).digest("base64"));
    // Vega leaves its own ways to make code from strings in, which the interpreter of expressions replaces.
    expect(text).not.toMatch(/<\/script|<!--|\beval\(/);
    const [, charts = ""] = /id="live-charts">([^<]*)</.exec(page) ?? [];
    const { charts: carried } = JSON.parse(inflateSync(Buffer.from(charts, "base64")).toString()) as LiveCharts;
    expect(Object.keys(carried).sort()).toEqual([...page.matchAll(/ data-chart="([^"]*)"/g)].map(([, id]) => id).sort());
    const [comment = ""] = /<!--[\s\S]*?-->/.exec(page) ?? [];
    for (const words of ["vega-view 6.", "d3-array ", "csv-stringify ", "Redistribution and use in source and binary forms", "Permission to use, copy, modify"])
      expect(comment, words).toContain(words);
    expect(renderIndex([indexedFixture(fixtureRecord())])).not.toContain("<script");
  });

  it("of failures alone has no chart, and no script for any", async () => {
    const page = await renderPage(fixtureRecord({ outcome: () => failed, ns: [256] }), strictLogger);
    expect(page).not.toContain("data-chart");
    expect(page).not.toContain('id="live-runtime"');
    expect(page).not.toContain(live.hash);
    expect(page).not.toContain("vega-view 6.");
  });

  it("of 500 cells takes seconds at most", async () => {
    const record = largeRecord();
    expect(record.cells).toHaveLength(512);
    const start = performance.now();
    const page = await renderPage(record, strictLogger);
    expect(performance.now() - start).toBeLessThan(20_000);
    const timeFigure = /<figure id="time".*?<\/figure>/s.exec(page)?.[0] ?? "";
    // Eight shapes are drawn, narrow on every screen, and of one the answer's two arms beside the answer.
    expect(page.match(/ id="time-dModel-\d+"/g)).toHaveLength(8);
    expect(page.match(/ id="answer-dModel-\d+"/g)).toHaveLength(1);
    expect(timeFigure.match(/class="facet small"/g)).toHaveLength(8);
    expect(timeFigure.match(/class="chart narrow"/g)).toHaveLength(8);
    expect(timeFigure).not.toContain('class="chart wide"');
    // One figure a pair of arms, whatever shapes it crosses at.
    const headings = page.match(/<figure id="crossovers[^>]*>\s*<h3[^>]*>[^<]*/g)?.map((tag) => tag.slice(tag.lastIndexOf(">") + 1)) ?? [];
    expect(headings.length).toBeGreaterThan(1);
    expect(new Set(headings).size).toBe(headings.length);
    expect(Buffer.byteLength(page)).toBeLessThan(1.3e6);
    // Its samples would be too much, so it says where they are; those of fewer cells go with the page.
    expect(page).not.toContain(" data-samples>");
    expect(page).toContain("samples.csv in the folder of the run has a row for each.");
    const fewer = await renderPage({ ...record, cells: record.cells.slice(0, 192) }, strictLogger);
    expect(fewer).toContain(" data-samples>");
    expect(fewer).toContain("This page carries every sample");
    expect(Buffer.byteLength(fewer)).toBeLessThan(1.5e6);
  });
});

describe("markdown", () => {
  it("holds answer, warnings, verdicts and one row a cell", () => {
    const record = fixtureRecord({ deviceClass: "software" });
    const text = renderMarkdown(record);
    expect(text).toMatch(/\| softmax → linear \|.*\| linear [\d.,]+ \\\[[\d.,]+, [\d.,]+\\\] at n = [\d,]+ \|/);
    expect(text.split("\n").filter((line) => line.startsWith("| softmax | tiled |"))).toHaveLength(7);
    expect(text).toContain("- The time of softmax grows as O(n²)");
    expect(text).toContain("> ⚠ A CPU emulates a GPU here.");
    expect(text).toMatch(/^\*\*What this does not show:\*\* The rest of a model\. .*Quality\. .*How fast a GPU is\. .*$/m);
    expect(renderMarkdown(record, "zh")).toMatch(/^\*\*.*\p{Script=Han}\*\*：.*$/mu);
    expect(text).toContain("- **not met**: crossover(softmax, linear) &lt; 1024");
  });
});

it("asks in Chinese how many texts a memory holds where that is what a run asks", async () => {
  const record = fixtureRecord();
  const asks = { ...record, experiment: { ...record.experiment, question: "How many texts at once?", serving: { memoryBytes: 8 * 2 ** 30, n: [128] } } };
  const questionOf = async (one: typeof record): Promise<string> =>
    /<p class="question">(.*?)<\/p>/.exec(await renderPage(one, undefined, [], "zh"))?.[1] ?? "";
  expect((await questionOf(asks)).replaceAll("\u00a0", " ")).toContain("8 GiB 内存能同时容纳多少个文本");
  expect(await questionOf(record)).not.toContain("容纳");
});
