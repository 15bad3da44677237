import { describe, expect, it } from "vitest";
import { en } from "../messages/en.ts";
import { zh } from "../messages/zh.ts";
import type { Crossover } from "../record/derived.ts";
import type { RunRecord } from "../record/run.ts";
import { analyse } from "./analysis.ts";
import { headlineOf, mainPair } from "./headline.ts";
import { plantedRun } from "./planted.ts";

const ns = [16, 32, 64, 128, 256, 512, 1024, 2048];
const softmax = { label: "softmax", family: "softmax", ms: (n: number) => 1e-3 * n, bytes: (n: number) => 2048 * n } as const;
/** Linear attention that overtakes at dModel / 2. */
const linear = { label: "linear", family: "linear", ms: (_: number, dModel: number) => 5e-4 * dModel, bytes: () => 1024 } as const;
const analysed = (dModels: readonly number[]): RunRecord => analyse(plantedRun({ ns, arms: [softmax, linear], dModels, phase: "prefill" }));
const told = (record: RunRecord, t = en): string | undefined => headlineOf(record, t)[0];

/** With other outcomes at the dModels given. */
const decided = (record: RunRecord, at: Readonly<Record<number, Partial<Crossover>>>): RunRecord => ({
  ...record,
  crossovers: record.crossovers.map((one) => (one.metric === "time" ? { ...one, ...at[Number(one.series.dModel)] } : one)),
});
const latest = { outcome: "undecided", n: undefined, atLatest: 32 } as const;
const never = { outcome: "none", n: undefined } as const;
const always = { outcome: "already", n: undefined } as const;
const open = { outcome: "undecided", n: undefined, atLatest: undefined } as const;

describe("where several shapes cross", () => {
  it("each is told by the axis that tells them apart, and which way it goes", () => {
    const record = analysed([128, 512, 256]);
    expect(told(record)).toBe(
      "On this GPU (d), a prompt is read faster with linear attention than with softmax attention at dModel 128 from 64 tokens on, at 256 from 128 on and at 512 from 256 on (the larger dModel, the later): 8 to 32 times as fast at 2,048 tokens; below that, with softmax attention: 4 to 16 times as fast at 16.",
    );
    expect(told(record, zh)).toBe(
      "在这块 GPU（d）上，用线性注意力读入提示词比用 softmax 注意力更快：dModel 128 时从 64 个 token 起，256 时从 128 个起，512 时从 256 个起（dModel 越大，越晚）；长 2,048 个 token 时，速度是后者的 8 至 32 倍；更短时则用 softmax 注意力更快（16 个 token 时快至 4 至 16 倍）。",
    );
  });

  it("one that has overtaken before some n agrees with those that cross", () => {
    const record = decided(analysed([128, 256, 512]), { 128: latest });
    expect(told(record)).toMatch(
      /at dModel 128 from 32 tokens on at the latest, at 256 from 128 on and at 512 from 256 on \(the larger dModel, the later\): 8 to 32 times .*; below that, at dModel 256 and 512, with softmax attention: 8 to 16 times as fast at 16\.$/,
    );
    expect(told(record, zh)).toMatch(/dModel 128 时最迟从 32 个 token 起，256 时从 128 个起.*；更短时（dModel 256 和 512 时）则用 softmax 注意力更快/);
    expect(told(decided(record, { 128: { ...always, atLatest: undefined } }))).toMatch(
      /at dModel 128 at every length measured \(16 to 2,048 tokens\), at 256 from 128 on/,
    );
  });

  it("none is said to come later the larger they are where intervals do not tell, or one is not decided", () => {
    const record = analysed([128, 256, 512]);
    const wide = decided(record, { 128: { n: { value: 64, low: 60, high: 130 } } });
    expect(told(wide)).toMatch(/at dModel 128 from 64 tokens on, at 256 from 128 on and at 512 from 256 on: 8 to 32/);
    expect(told(decided(record, { 512: open }))).toMatch(
      /at dModel 128 from 64 tokens on and at 256 from 128 on: 16 to 32 times .*; below that, at dModel 128 and 256, with softmax .*; at dModel 512 it is not decided\.$/,
    );
    expect(told(analysed([128, 256]))).not.toContain("the later");
  });

  it("more than three are a span", () => {
    const record = analysed([64, 128, 256, 512]);
    expect(told(record)).toMatch(/than with softmax attention from 32 to 256 tokens on, the larger dModel, the later: /);
    expect(told(record, zh)).toContain("更快：从 32 至 256 个 token 起（dModel 越大，越晚）；");
    expect(told(decided(record, { 64: latest, 512: { n: { value: 130, low: 100, high: 200 } } }))).toMatch(
      /from 32 or fewer to 130 tokens on, by dModel: .*; below that, at dModel 128, 256 and 512, with softmax attention/,
    );
  });

  it("it depends on the shape only where one arm wins at one and never at another, and then each is told", () => {
    const record = analysed([128, 256, 512]);
    expect(told(decided(record, { 512: never }))).toBe(
      "On this GPU (d), it depends on dModel whether a prompt is read faster with linear attention than with softmax attention: at dModel 128 from 64 tokens on, at 256 from 128 on and at 512 at no length measured (16 to 2,048 tokens).",
    );
    expect(told(decided(record, { 512: never }), zh)).toMatch(
      /取决于 dModel：dModel 128 时从 64 个 token 起，256 时从 128 个起，512 时在测得的所有长度上（16 至 2,048 个 token）都不更快。$/,
    );
    const many = decided(analysed([64, 128, 256, 512, 1024]), { 1024: never });
    expect(told(many)).toMatch(
      /depends on dModel whether .*: in 4 of 5 shapes from 32 to 256 tokens on, at dModel 1024 at no length measured \(16 to 2,048 tokens\)\.$/,
    );
    expect(told(decided(record, { 128: never, 256: never, 512: open }))).toMatch(
      /no faster with linear .* at any length measured.*, at dModel 128 and dModel 256; at dModel 512 it is not decided\.$/,
    );
  });
});

describe("how many times as fast", () => {
  it("is told by its interval where that is wide, and not by what lies in the middle", () => {
    const record = analysed([256]);
    const widened = {
      ...record,
      crossovers: record.crossovers.map((crossover) => ({
        ...crossover,
        ratios: (crossover.ratios ?? []).map((ratio) => ({ ...ratio, low: ratio.value / 5, high: ratio.value * 5 })),
      })),
    };
    expect(told(record)).toMatch(/with softmax attention: 16 times as fast at 2,048 tokens; below that, /);
    expect(told(widened)).toMatch(/with softmax attention: 3\.2 to 80 times as fast at 2,048 tokens \(95 % interval\); below that, /);
    expect(told(widened, zh)).toContain("长 2,048 个 token 时（95 % 置信区间），速度是后者的 3.2 至 80 倍");
  });
});

describe("other programs of an arm", () => {
  const form = (label: string, family: "softmax" | "linear", mechanism: string, ms: (n: number) => number) =>
    ({ label, family, mechanism, ms, bytes: () => 1024 }) as const;
  const chunk = form("linear", "linear", "linear", (n) => 0.1 * n);
  const recurrent = form("linear recurrent", "linear", "linear", (n) => 0.02 * n);
  const retention = form("retention", "linear", "retention", (n) => 0.02 * n);
  const tiled = form("softmax", "softmax", "softmax", (n) => 1e-3 * n * n);
  const naive = form("softmax naive", "softmax", "softmax", (n) => 1e-2 * n * n);
  const of = (arms: readonly ReturnType<typeof form>[]): RunRecord => {
    const planted = plantedRun({ ns, arms, phase: "prefill" });
    return analyse({
      ...planted,
      cells: planted.cells.map((cell) => ({ ...cell, mechanism: arms.find(({ label }) => label === cell.label)?.mechanism ?? "" })),
    });
  };

  it("have their n* beside that of the pair that the answer is of, for the arm that is asked after wherever it lies", () => {
    expect(told(of([tiled, chunk, recurrent]))).toMatch(
      /^On this GPU \(d\), from 100 tokens on, .*; below that, with softmax attention: 6\.3 times as fast at 16; by another program, linear attention \(recurrent\) is faster than softmax attention from 20 tokens on\.$/,
    );
    expect(told(of([tiled, recurrent, chunk]))).toMatch(
      /^On this GPU \(d\), from 20 tokens on, .*\(recurrent\) than with softmax attention.*; by another program, linear attention is faster than softmax attention from 100 tokens on\.$/,
    );
    expect(told(of([tiled, chunk, recurrent]), zh)).toMatch(/；若换用另一程序线性注意力（recurrent），则从 20 个 token 起更快。$/);
    expect(told(of([tiled, chunk, retention]))).not.toContain("another program");
    expect(told(of([tiled, chunk, { ...recurrent, ms: chunk.ms }]))).not.toContain("another program");
  });

  it("of the other arm are told where it is overtaken later with them, since then the first one's n* is too early", () => {
    expect(told(of([naive, tiled, chunk]))).toMatch(/; linear attention is faster than softmax attention, by another program, from 100 tokens on\.$/);
    expect(told(of([tiled, naive, chunk]))).not.toContain("another program");
  });

  it("leave the pair of the answer what the charts are of", () => {
    expect(mainPair(of([tiled, chunk, recurrent])).map(({ between }) => between)).toEqual([["softmax", "linear"]]);
  });

  it("that nobody knows of are said to be open", () => {
    const record = of([tiled, chunk, recurrent]);
    const unknown = { ...record, crossovers: record.crossovers.map((one) => (one.between[1] === "linear recurrent" ? { ...one, ...open } : one)) };
    expect(told(unknown)).toMatch(/; by another program, linear attention \(recurrent\), it is not decided\.$/);
  });
});
