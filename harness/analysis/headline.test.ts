import { describe, expect, it } from "vitest";
import { en } from "../messages/en.ts";
import { zh } from "../messages/zh.ts";
import type { RunRecord } from "../record/run.ts";
import { richRecord } from "../report/richRecord.ts";
import { analyse } from "./analysis.ts";
import { headlineOf } from "./headline.ts";
import { plantedRun } from "./planted.ts";
import { spokenArm } from "./spokenArm.ts";

const arms = [
  { label: "softmax", family: "softmax", ms: (n: number) => 0.02 + 1e-4 * n, bytes: (n: number) => 2048 * n },
  { label: "linear", family: "linear", ms: () => 0.1, bytes: () => 131072, claim: { time: "O(1)", stateBytes: "O(1)" } },
] as const;
const planted = plantedRun({ ns: [32, 128, 512, 1024, 2048, 8192, 16384], arms });
const emulated = (record: RunRecord): RunRecord => ({ ...record, environment: { ...record.environment, deviceClass: "software" } });

const stages = (record: RunRecord): RunRecord => ({
  ...record,
  experiment: { ...record.experiment, phase: "tokenLoop" },
  cells: record.cells.map((cell) => ({
    ...cell,
    summary: cell.summary && {
      ...cell.summary,
      stages: { times: [{ stage: "mix", ms: one, share: { ...one, value: cell.family === "linear" ? 0.2 : cell.n / 20_000 } }], sumOverWhole: one },
    },
  })),
});
const one = { value: 1, low: 1, high: 1 };

describe("the answer in plain words", () => {
  it("says of a whole model what part of a token attention is, at both ends, beside n*", () => {
    const record = stages(analyse(planted));
    expect(headlineOf(record, en)).toEqual([
      "On this GPU (d), from 800 tokens on, a token goes through a whole model faster with linear attention than with softmax attention: 17 times as fast at 16,384 tokens; below that, with softmax attention: 4.3 times as fast at 32.",
      "Attention goes from 0.2 % of a token's time at 32 tokens to 82 % at 16,384 with softmax attention, and stays at 20 % with linear attention; linear attention keeps 128 KiB in memory at any length, 256 times less than softmax attention at 16,384 tokens (32 MiB).",
    ]);
    expect(headlineOf(emulated(record), en)[0]).toMatch(/^On this CPU emulation, attention goes from 0\.2 % .*; linear attention keeps 128 KiB/);
    expect(headlineOf(record, zh)[1]).toBe(
      "注意力占一个 token 用时的比例：softmax 注意力从前面有 32 个 token 时的 0.2 % 到 16,384 个时的 82 %；线性注意力一直是 20 %；线性注意力无论多长都只需在内存中保留 128 KiB，在 16,384 个 token 时，softmax 注意力是它的 256 倍（32 MiB）。",
    );
  });

  it("says of shapes which of them it is of, where another is not decided", () => {
    const record = analyse(plantedRun({ ns: [32, 128, 512, 1024, 2048, 8192, 16384], arms, dModels: [64, 128] }));
    const open = {
      ...record,
      crossovers: record.crossovers.map((one) => (one.series.dModel === 128 ? { ...one, outcome: "undecided" as const, n: undefined } : one)),
    };
    expect(headlineOf(open, en)[0]).toMatch(
      /^On this GPU \(d\), the next token is made faster with linear attention than with softmax attention at dModel 64 from [\d,]+ tokens on: [\d.]+ times as fast at 16,384 tokens; below that, at dModel 64, with softmax attention: [\d.]+ times as fast at 32; at dModel 128 it is not decided\.$/,
    );
    expect(headlineOf(open, zh)[0]).toMatch(/更快：dModel 64 时从 [\d,]+ 个 token 起；.*；dModel 128 时尚未定论。$/);
  });

  it("says of how many texts at once its times and bytes are, where that is more than one", () => {
    const several = analyse({ ...planted, cells: planted.cells.map((cell) => ({ ...cell, batch: 8 })) });
    const [first, second] = headlineOf(several, en);
    expect(first).toMatch(/^On this GPU \(d\), with 8 texts at once, from 800 tokens on/);
    expect(second).toContain("linear attention keeps 128 KiB in memory for 8 texts at once at any length, ");
    expect(headlineOf(several, zh)[1]).toContain("只需在内存中（同时 8 个文本）保留 128 KiB");
    const mixed = analyse({ ...planted, cells: planted.cells.map((cell, i) => ({ ...cell, batch: i % 2 === 0 ? 8 : 1 })) });
    for (const record of [analyse(planted), mixed]) expect(headlineOf(record, en).join()).not.toContain("at once");
  });

  it("says what arms keep over the shapes that all of them have", () => {
    const whole = plantedRun({ ns: [32, 128, 512, 1024, 2048, 8192, 16384], arms, dModels: [64, 128, 256] });
    const stopped = (label: string): RunRecord =>
      analyse({ ...whole, cells: whole.cells.filter((cell) => cell.dModel < 256 || (cell.label === label && cell.n === 32)) });
    const keptIn = (record: RunRecord): readonly (string | undefined)[] => headlineOf(record, en).map((text) => /linear attention keeps .*$/.exec(text)?.[0]);
    const finished = keptIn(analyse({ ...whole, cells: whole.cells.filter(({ dModel }) => dModel < 256) }));
    expect(finished.at(-1)).toContain("less than softmax attention at 16,384 tokens");
    for (const label of ["softmax", "linear"]) expect(keptIn(stopped(label)).at(-1)).toBe(finished.at(-1));
  });

  it("is of who is faster alone where claims are counted before it", () => {
    const record = emulated(analyse(planted));
    const claimed = { ...record, experiment: { ...record.experiment, claims: ["S5" as const] } };
    expect(headlineOf(record, en)).toHaveLength(2);
    expect(headlineOf(claimed, en)).toEqual([expect.stringMatching(/^On this CPU emulation, from [\d,]+ tokens on, the next token is made faster/)]);
    expect(headlineOf({ ...claimed, crossovers: [], experiment: { ...claimed.experiment, arms: [] } }, en)).toEqual([]);
  });

  it("names an arm by its kind and by what its label says beside that", () => {
    const labelled = (label: string): RunRecord => ({ ...planted, cells: planted.cells.map((cell) => (cell.label === "softmax" ? { ...cell, label } : cell)) });
    expect(["softmax", "softmax host", "KV cache"].map((label) => spokenArm(labelled(label), label, en))).toEqual([
      "softmax attention",
      "softmax attention (host)",
      "softmax attention (KV cache)",
    ]);
    expect(spokenArm(labelled("GQA"), "GQA", zh)).toBe("softmax 注意力（GQA）");
    const hybrid = {
      ...planted,
      experiment: { ...planted.experiment, arms: [{ ...planted.experiment.arms[0], label: "linear", pattern: ["linear", "softmax"] }] },
    } as RunRecord;
    expect(spokenArm(hybrid, "linear", en)).toBe("linear");
  });

  it("is of other runtimes where these stand beside", () => {
    const cells = planted.cells.map((cell, i) => (i === 0 ? { ...cell, runtime: "ort" as const } : cell));
    const beside = (label: string, n: number, value: number, low: number, high: number) =>
      ({
        runtime: "ort",
        cells: ["a", "b"],
        labels: [label, `${label} ort`],
        phase: "decode",
        n,
        series: {},
        wallMs: [1, 1],
        ratio: { value, low, high },
        note: undefined,
      }) as const;
    const peerRatios = [beside("softmax", 1024, 0.8, 0.7, 0.9), beside("softmax", 2048, 0.5, 0.4, 0.6), beside("linear", 2048, 1.3, 1.2, 1.4)];
    expect(headlineOf({ ...planted, cells, peerRatios }, en)).toEqual([
      "On this GPU (d), by the wall clock and at 2,048 tokens, softmax attention is 2 times as fast in attnbench as in ONNX Runtime (95 % interval 1.7 to 2.5); linear attention takes 1.3 times as long (1.2 to 1.4); of 3 comparisons attnbench is faster in 2, slower in 1.",
    ]);
    expect(headlineOf({ ...planted, cells, peerRatios }, zh)).toEqual([
      "在这块 GPU（d）上，按挂钟时间，长 2,048 个 token 时：softmax 注意力用 attnbench 的速度是用 ONNX Runtime 的 2 倍（95 % 置信区间 1.7 至 2.5）；线性注意力用时是后者的 1.3 倍（1.2 至 1.4）；共比较 3 次，attnbench 有 2 次更快，1 次更慢。",
    ]);
    expect(headlineOf({ ...planted, cells, peerRatios: [beside("softmax", 1024, 1.05, 0.9, 1.2)] }, en)).toEqual([
      "On this GPU (d), by the wall clock, softmax attention at 1,024 tokens is too close to tell in attnbench and ONNX Runtime: 0.95 times as fast (95 % interval 0.83 to 1.1).",
    ]);
    expect(headlineOf({ ...planted, cells, peerRatios: [] }, en)).toEqual([]);
  });

  it("says what is not compared with another runtime, and why in few words", () => {
    const [own, peer, ...others] = planted.cells;
    if (!own || !peer) throw new Error("no cells");
    const ended = (code: string) => ({ status: "failed", code, reason: "o[0] is 1, the float64 reference 2" }) as const;
    const of = (outcome: RunRecord["cells"][number]["outcome"], ours: RunRecord["cells"][number]["outcome"] = { status: "ok" }): RunRecord => ({
      ...planted,
      cells: [{ ...own, outcome: ours }, { ...peer, runtime: "ort", outcome }, ...others],
      peerRatios: [
        {
          runtime: "ort",
          cells: [own.id, peer.id],
          labels: ["softmax", "o"],
          phase: "decode",
          n: 32,
          series: {},
          wallMs: [1, 1],
          ratio: undefined,
          note: "o[0]",
        },
      ],
    });
    const wrong = of(ended("wrongOutput"));
    expect(headlineOf(wrong, en)).toEqual(["Nothing could be compared with ONNX Runtime: softmax attention (ONNX Runtime's output is wrong)."]);
    expect(headlineOf(wrong, zh)).toEqual(["未能与 ONNX Runtime 作任何比较：softmax 注意力（ONNX Runtime 的输出有误）。"]);
    expect(headlineOf(of({ status: "ok" }, { status: "pending" }), en)[0]).toContain("softmax attention (no time was left)");
    expect(headlineOf(of(ended("deviceLost")), en)[0]).toContain("(ONNX Runtime failed)");
    const [first] = wrong.peerRatios ?? [];
    if (!first) throw new Error("no ratio");
    expect(headlineOf({ ...wrong, peerRatios: [first, { ...first, n: 64, ratio: { value: 0.5, low: 0.4, high: 0.8 } }] }, en)[1]).toBe(
      "Not compared: softmax attention at 32 tokens (ONNX Runtime's output is wrong).",
    );
  });

  it("is of what was written where a text is asked for", () => {
    const record = richRecord(en);
    const [, other] = record.cells.filter(({ family }) => family === "softmax");
    const [text] = record.writing?.texts ?? [];
    if (!other || !text) throw new Error("no text");
    const wrote = (tokens: readonly number[], ms: number): RunRecord => ({
      ...record,
      cells: record.cells.map((cell) => (cell === other ? { ...cell, label: "no cache" } : cell)),
      writing: {
        prompt: [5],
        texts: [
          { ...text, msPerToken: 2 },
          { ...text, cell: other.id, tokens, msPerToken: ms },
        ],
      },
    });
    expect(headlineOf(wrote([1, 2], 30), en)).toEqual([
      "On this CPU emulation, softmax attention and softmax attention (no cache) write the same 2 tokens.",
      "A token takes 2.00 ms with softmax attention and 30.0 ms with softmax attention (no cache), measured once.",
    ]);
    expect(headlineOf(wrote([1, 3], 30), en)[0]).toBe(
      "On this CPU emulation, softmax attention and softmax attention (no cache) part at token 2, where rounding cannot part them.",
    );
    expect(headlineOf(wrote([1, 2], 30), zh)).toEqual([
      "在此 CPU 模拟上，softmax 注意力和 softmax 注意力（no cache）写出了相同的 2 个 token。",
      "写一个 token，用 softmax 注意力需 2.00 ms，用 softmax 注意力（no cache）需 30.0 ms，各测一次。",
    ]);
    expect(headlineOf(record, en)).toEqual(["On this CPU emulation, 2 tokens were written with softmax attention."]);
  });
});
