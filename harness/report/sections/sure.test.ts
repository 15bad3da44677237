import { expect, it } from "vitest";
import { analyse } from "../../analysis/analysis.ts";
import { failedSentences } from "../../analysis/outcomeSentences.ts";
import { plantedRun } from "../../analysis/planted.ts";
import { en } from "../../messages/en.ts";
import type { Messages } from "../../messages/messages.ts";
import { zh } from "../../messages/zh.ts";
import type { RunRecord } from "../../record/run.ts";
import { fixtureRecord } from "../fixture.ts";
import { richRecord } from "../richRecord.ts";
import { answerSection } from "./answer.ts";
import { limitsSection } from "./limits.ts";

it("says of several shapes how far their intervals reach, and of tokens a second how much was measured", () => {
  const boxes = (record: RunRecord): string =>
    limitsSection(record, en)
      .markup.replaceAll("\u00a0", " ")
      .replace(/<[^>]*>/g, "");
  expect(boxes(fixtureRecord({ dModels: [512, 1024] }))).toMatch(
    /95 % intervals: at dModel 512 from [\d,]+ to [\d,]+ tokens on, at dModel 1024 from [\d,]+ to [\d,]+; \d+ to \d+ times as fast over both shapes; below that, [\d.]+ to [\d.]+ times\./,
  );
  const rich = richRecord(en);
  const served = (from: "measured" | "projected"): RunRecord => {
    const serving = rich.serving?.map((one) => ({ ...one, from, tokensPerSecond: rich.serving?.[0]?.tokensPerSecond }));
    return { ...rich, ...(serving ? { serving } : {}) };
  };
  const intervals = /95 % intervals at [\d,]+ tokens: [\d.,]+ to [\d.,]+ tokens a second with [^.;]+; [\d.,]+ to [\d.,]+ tokens a second with [^.;]+\./;
  const projected = "Tokens a second of so many texts at once are projected: at most 8 texts and 256 tokens were measured";
  expect(boxes(served("measured"))).toMatch(intervals);
  expect(boxes(served("measured"))).not.toContain(projected);
  // What lies beyond all that was measured has no interval.
  expect(boxes(served("projected"))).toContain(projected);
  expect(boxes(served("projected"))).not.toContain("95 % interval at");
  expect(boxes(served("projected"))).not.toMatch(intervals);
});

it("says of a CPU emulation that chunks are made for GPUs, where nothing else of linear attention was measured", () => {
  const record = fixtureRecord();
  const meaning = (deviceClass: "software" | "hardware", form: string): string =>
    limitsSection(
      {
        ...record,
        environment: { ...record.environment, deviceClass },
        cells: record.cells.map((cell) => (cell.family === "linear" && cell.n > 256 ? { ...cell, form } : cell)),
      },
      en,
    ).markup;
  expect(meaning("software", "chunk")).toContain("a CPU emulation is faster token by token");
  expect(meaning("hardware", "chunk")).not.toContain("token by token");
  expect(meaning("software", "recurrent")).not.toContain("token by token");
});

it("says beside the answer how narrowly it is known, and where its two programs are not equally good", () => {
  const record = fixtureRecord();
  const said = (shares: readonly [softmax: number, linear: number], t: Messages): string => {
    const cells = record.cells.map((cell) => ({
      ...cell,
      summary: cell.summary && { ...cell.summary, ceilingShare: shares[cell.family === "softmax" ? 0 : 1] },
    }));
    return limitsSection({ ...record, cells }, t)
      .markup.replaceAll("\u00a0", " ")
      .replace(/<[^>]*>/g, "");
  };
  expect(said([0.4, 0.3], en)).toMatch(/95 % intervals: from 981 to 1,224 tokens on; \d+ to \d+ times as fast; below that, 1\.9 to 2\.1 times\./);
  expect(said([0.4, 0.3], en)).not.toContain("Part of the difference");
  expect(said([0.6, 0.3], en)).toContain(
    "Part of the difference is the programs&#39;: softmax attention&#39;s uses this device better: 60 % of what it allows, linear attention&#39;s 30 %, at 1,103 tokens. With equally good programs linear attention would do better than here.",
  );
  expect(said([0.3, 1.04], en)).toContain(
    "linear attention&#39;s uses this device better: more than all of what it allows (104 %: this run&#39;s own tests of the device reached less), softmax attention&#39;s 30 %, at 1,103 tokens. With equally good programs linear attention would do worse than here.",
  );
  expect(said([0.6, 0.3], zh)).toContain(
    "差距有一部分来自程序本身：softmax 注意力的程序更善于利用此设备：在 1,103 个 token 时达到其所能的 60 %，线性注意力的为 30 %。若两者的程序同样好，线性注意力的表现会比这里更好。",
  );
});

it("says at a glance that a machine was unsteady, in how many of its checks", () => {
  const record = fixtureRecord();
  const turns = (jumps: number) =>
    Array.from({ length: 20 }, (_, turn) => ({ turn, worker: 0, beforeMs: 1, afterMs: turn < jumps ? 1.3 : 1, jumped: turn < jumps, discarded: false }));
  expect(limitsSection({ ...record, sentinel: turns(7) }, en).markup).toMatch(
    /Half of the times .*: the machine was unsteady, its speed jumped in 7 of 20 checks\./,
  );
  expect(limitsSection({ ...record, sentinel: turns(2) }, en).markup).not.toContain("unsteady");
});

it("says how narrowly it is known from where on another program of the answer's second arm is faster", () => {
  const ms = { softmax: (n: number) => 1e-5 * n * n, linear: (n: number) => 0.01 * n, "linear recurrent": (n: number) => 0.002 * n };
  const planted = plantedRun({
    ns: [64, 128, 256, 512, 1024, 2048, 4096],
    arms: Object.entries(ms).map(([label, of]) => ({
      label,
      family: label === "softmax" ? ("softmax" as const) : ("linear" as const),
      ms: of,
      bytes: () => 100,
    })),
    phase: "prefill",
  });
  const told = (mechanism: string): string =>
    limitsSection(
      analyse({ ...planted, cells: planted.cells.map((cell) => (cell.label === "linear recurrent" ? { ...cell, mechanism } : cell)) }),
      en,
    ).markup.replaceAll("\u00a0", " ");
  expect(told("linear")).toMatch(/95 % intervals: from [\d,]+ to [\d,]+ tokens on; .*; with linear recurrent from \d+ to \d+ tokens on\./);
  expect(told("retention")).not.toContain("with linear recurrent");
});

it("says beside the answer what a CPU emulation does not show, on screens where the boxes lie below", () => {
  const told = (deviceClass: "software" | "hardware"): string => answerSection(fixtureRecord({ deviceClass }), en).markup;
  expect(told("software")).toMatch(/<p class="lead">.*<\/p>\s*<p class="caveat">.*<\/p>\s*<p class="lead">/s);
  expect(told("software")).toMatch(/<p class="caveat">.*growth carries over to GPUs; times, and from where on one is faster, do not\..*<a href="#sure">/);
  expect(limitsSection(fixtureRecord({ deviceClass: "software" }), en).markup).toContain('id="sure"');
  expect(told("hardware")).not.toContain("caveat");
});

it("gives every ratio of the answer its interval, and none that the answer has not", () => {
  const arms = [
    { label: "softmax", family: "softmax", ms: (n: number) => 0.1 + 1e-3 * n, bytes: (n: number) => n },
    { label: "linear", family: "linear", ms: () => 0.05, bytes: () => 100 },
  ] as const;
  const planted = plantedRun({ ns: [64, 128, 256, 512, 1024, 2048, 4096], arms, dModels: [256, 512], noise: [0.02, 0.02, 0.02] });
  const cut = analyse({ ...planted, cells: planted.cells.filter(({ n, dModel }) => n < 4096 || dModel === 256) });
  const plain = (markup: string): string => markup.replaceAll("\u00a0", " ");
  expect(plain(answerSection(cut, en).markup)).toMatch(/ at every length measured, 64 to 4,096 tokens: 4\d to 8\d times as fast at 2,048 to 4,096 tokens\./);
  expect(plain(limitsSection(cut, en).markup)).toMatch(/95 % intervals over both shapes: [34]\d to 8\d times as fast\./);
});

const bulletsOf = (record: RunRecord, t: Messages): { readonly seen: readonly string[]; readonly folded: readonly string[] } => {
  const [, sure = ""] = limitsSection(record, t).markup.split('id="sure"');
  const [seen, folded] = (sure.split("<h2>")[0] ?? "").split("<details>").map((part) =>
    [...part.matchAll(/<li>(.*?)<\/li>/gs)].map(([, text = ""]) =>
      text
        .replace(/<[^>]*>/g, "")
        .replaceAll("\u00a0", " ")
        .replaceAll("&#39;", "'")
        .trim(),
    ),
  );
  return { seen: seen ?? [], folded: folded ?? [] };
};

it("begins with what a reader must know first: a CPU emulation, then what was expected and did not come, then what another program failed at, in plain words", () => {
  const record = fixtureRecord({ deviceClass: "software" });
  const [like] = record.cells;
  if (!like) throw new Error("the fixture has cells");
  const failed = { status: "failed", code: "wrongOutput", reason: "o[0] is 1" } as const;
  const cells = [...record.cells, { ...like, id: "peer", n: 128, form: "ort", runtime: "ort" as const, outcome: failed, summary: undefined }];
  const ofOutcome = failedSentences(cells, en).map((text) => ({ kind: "outcome" as const, text }));
  expect(ofOutcome).toHaveLength(1);
  const peer = { ...record, cells, findings: [...ofOutcome, ...record.findings] };
  const told = bulletsOf(peer, en);
  expect(told.seen.slice(0, 3)).toEqual([
    expect.stringMatching(/^.?\s*A CPU emulates a GPU here: growth carries over to GPUs/),
    expect.stringMatching(/^Of 3 expectations, 1 is not met, 1 is undecided\.$/),
    expect.stringMatching(/in ONNX Runtime: wrong output at 128 tokens, so no times there\.$/),
  ]);
  expect(told.seen.join()).not.toMatch(/failed at n|wrongOutput/);
  const inChinese = { ...peer, findings: failedSentences(cells, zh).map((text) => ({ kind: "outcome" as const, text })) };
  expect(bulletsOf(inChinese, zh).seen[1]).toMatch(/ONNX Runtime.*128 个 token 时输出有误/);
  // What failed of ours is more than where it was measured.
  const ours = { ...record, cells: record.cells.map((cell, i) => (i === 0 ? { ...cell, outcome: failed } : cell)) };
  expect(bulletsOf(ours, en).seen[0]).toMatch(/Softmax attention: wrong output at [\d,]+ tokens, so no times there\./);
  expect(bulletsOf(ours, en).seen[1]).toContain("A CPU emulates a GPU here");
});

it("folds what matters least where an answer leaves no room for it, and never a warning", () => {
  const record = fixtureRecord({ deviceClass: "software" });
  const met = record.findings.map((finding) => (finding.kind === "expectation" ? { ...finding, verdict: "pass" as const } : finding));
  const wide = { kind: "headline" as const, text: `${"wide ".repeat(80).trim()}.` };
  const long = { ...record, findings: [wide, wide, ...met.filter(({ kind }) => kind !== "headline")] };
  const { seen, folded } = bulletsOf(long, en);
  expect(seen[0]).toContain("A CPU emulates a GPU here");
  expect(seen).not.toContain("All 3 expectations are met.");
  expect(folded[0]).toMatch(/^(?:Half of the times|All 3 expectations)/);
  expect(folded).toContain("All 3 expectations are met.");
  const short = { ...record, findings: [{ ...wide, text: "Yes." }, ...met.filter(({ kind }) => kind !== "headline")] };
  expect(bulletsOf(short, en).seen).toContain("All 3 expectations are met.");
});
