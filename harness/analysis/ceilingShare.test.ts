import { describe, expect, it } from "vitest";
import { en } from "../messages/en.ts";
import { zh } from "../messages/zh.ts";
import type { RunRecord } from "../record/run.ts";
import { fixtureRecord } from "../report/fixture.ts";
import { cellsSection } from "../report/sections/tables.ts";
import { trustSection } from "../report/sections/trust.ts";
import { aboveCeiling, ceilingShareOf } from "./ceilingShare.ts";
import { memoryGbps } from "./memoryCeiling.ts";
import { warningsOf } from "./warnings.ts";

/** A run of which every cell takes 1 ms [0.9, 1.2] and reaches this share of its ceiling. */
const recordOf = (ceilingShare: number): RunRecord => {
  const record = fixtureRecord({ ns: [256, 512] });
  const timed = { medianMs: 1, lowMs: 0.9, highMs: 1.2, ceilingShare, binding: "memory" } as const;
  return { ...record, cells: record.cells.map((cell) => ({ ...cell, summary: cell.summary && { ...cell.summary, ...timed } })) };
};

const text = (markup: string): string =>
  markup
    .replaceAll(/<[^>]*>/g, " ")
    .replaceAll(/&nbsp;|\u00a0/g, " ")
    .replaceAll("&#39;", "'");

describe("a share of a ceiling", () => {
  it("is above it for sure only where its whole interval is", () => {
    const aboveOf = (share: number) => aboveCeiling(ceilingShareOf(recordOf(share).cells[0] ?? { summary: undefined }) ?? { value: 0, low: 0 });
    expect([0.6, 1, 1.1, 1.3].map(aboveOf)).toEqual([undefined, undefined, "perhaps", "surely"]);
  });

  it("is told as all of the ceiling within its interval, as a ceiling that was measured too low beyond it, and with its number in both", () => {
    const told = (value: number, low: number) =>
      en.sure.unequal(64, [
        { arm: "softmax", share: { value, low } },
        { arm: "linear", share: { value: 0.5, low: 0.4 } },
      ]);
    expect(told(0.97, 0.9)).toContain("better: 97 % of what it allows, linear's 50 %, at 64 tokens.");
    expect(told(1.04, 0.95)).toContain("better: all of what it allows (104 %, by its interval 95 % or more), linear's 50 %");
    expect(told(1.1, 1.05)).toContain("better: more than all of what it allows (110 %: this run's own tests of the device reached less), linear's");
    const chinese = [1.04, 1.1].map((value) =>
      zh.crossover.unequal({ upper: "softmax", lower: "linear" }, { upper: { value, low: value - 0.06 }, lower: { value: 0.5, low: 0.4 } }),
    );
    expect(chinese).toEqual([
      "该处两者的利用程度不等：softmax 达到其性能上限的全部（104 %，按其区间至少为 98 %），linear 达到 50 %。",
      "该处两者的利用程度不等：softmax 达到其性能上限的全部以上（110 %：本次运行自身对设备的测试不及于此），linear 达到 50 %。",
    ]);
  });

  it("says in a page's strip, table and warnings what a share above 100 % means", () => {
    const stripOf = (share: number): string => text(trustSection(recordOf(share), en).markup);
    expect(stripOf(0.8)).not.toContain("above 100 %");
    expect(stripOf(1.1)).toContain("above 100 %: as fast as this run's own tests of the device, within its interval");
    expect(stripOf(1.3)).toContain("above 100 %: this run's own tests of the device reached less than that cell");
    expect(text(cellsSection(recordOf(1.1), en).markup)).toContain("110 %, interval from 92 % (memory)");
    expect(text(cellsSection(recordOf(0.8), en).markup)).toContain("80 % (memory)");
    const suspects = (share: number) => warningsOf(recordOf(share), en).filter((warning) => warning.includes("this run's own tests"));
    expect(suspects(1.1)).toEqual([]);
    expect(suspects(1.3)).toEqual([
      expect.stringMatching(/ are faster than this run's own tests of memory and arithmetic say this device can be \(up to 130 % of its ceiling\)/),
    ]);
  });
});

it("holds bytes against what memory did in any test of the run, and cold ones against cold reading", () => {
  const ceilings = { readGbps: 2, copyGbps: 3, fmaGflops: 8, emptyDispatchMs: 0.01, cacheKneeBytes: undefined };
  expect(memoryGbps(ceilings)).toBe(3);
  expect(memoryGbps({ ...ceilings, readGbps: 4 })).toBe(4);
  const both = { ...ceilings, readGbps: 1, readGbpsFrom: { hot: 2, cold: 1 }, cacheKneeBytes: 2 ** 20 };
  expect([memoryGbps(both, "hot"), memoryGbps(both, "cold"), memoryGbps(both)]).toEqual([3, 1, 1]);
});
