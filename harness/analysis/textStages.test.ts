import { expect, it } from "vitest";
import type { Estimate } from "../record/derived.ts";
import { type TokenStages, textStages } from "./textStages.ts";

const about = (value: number): Estimate => ({ value, low: 0.9 * value, high: 1.2 * value });
const planted = (ns: readonly number[], stages: Readonly<Record<string, (n: number) => number>>): readonly TokenStages[] =>
  ns.map((n) => {
    const times = Object.entries(stages).map(([stage, ms]) => ({ stage, ms: about(ms(n)) }));
    return { n, wholeMs: about(1.1 * times.reduce((sum, { ms }) => sum + ms.value, 0)), times };
  });
/** Token by token. */
const summed = (ms: (n: number) => number, n: number): number => Array.from({ length: n }, (_, m) => ms(m)).reduce((sum, one) => sum + one, 0);

it("adds up the tokens of a text, exactly where their time is a line over n", () => {
  const stages = { project: () => 2, mix: (n: number) => 0.5 + 0.01 * n };
  const texts = textStages(planted([64, 128, 512, 2048], stages));
  expect(texts.map(({ n }) => n)).toEqual([128, 512, 2048]);
  for (const { n, times, wholeMs } of texts) {
    const [project, mix] = [summed(stages.project, n), summed(stages.mix, n)];
    expect(times.map(({ stage }) => stage)).toEqual(["project", "mix"]);
    expect(times[0]?.ms.value).toBeCloseTo(project, 6);
    expect(times[1]?.ms.value).toBeCloseTo(mix, 6);
    expect(times[1]?.ms.low).toBeCloseTo(0.9 * mix, 6);
    expect(times[1]?.ms.high).toBeCloseTo(1.2 * mix, 6);
    expect(times[1]?.share).toBeCloseTo(mix / (project + mix), 9);
    expect(wholeMs.value).toBeCloseTo(1.1 * (project + mix), 6);
  }
});

it.each([2, 4, 8])("is a square's but for its first piece, with n %i times as far apart, and never below nothing", (factor) => {
  const square = (n: number) => 1e-6 * n * n;
  const ns = Array.from({ length: 4 }, (_, i) => 64 * factor ** i);
  const last = textStages(planted(ns, { mix: square })).at(-1);
  const off = (last?.times[0]?.ms.value ?? 0) / summed(square, ns.at(-1) ?? 0) - 1;
  expect(Math.abs(off)).toBeLessThan(0.01);
  // A step is no reason to leave what was measured on both sides of it.
  const step = (n: number) => (n < 200 ? 1 : 9);
  const stepped = textStages(planted([64, 128, 256, 512], { mix: step })).at(-1)?.times[0]?.ms.value ?? 0;
  expect(stepped).toBeGreaterThan(128 + 128 + 256 * 9 - 1e-9);
  expect(stepped).toBeLessThan(128 + (128 + 256) * 9 + 1e-9);
  // The first line goes below 0 before it reaches the first token.
  const steep = textStages(planted([100, 200], { mix: (n) => (n === 100 ? 0 : 10) }));
  expect(steep[0]?.times[0]?.ms.value).toBeCloseTo(495, 6);
});

it("needs two contexts, each once", () => {
  expect(textStages(planted([64, 64], { mix: () => 1 }))).toEqual([]);
  expect(textStages(planted([64], { mix: () => 1 }))).toEqual([]);
  expect(textStages([])).toEqual([]);
});
