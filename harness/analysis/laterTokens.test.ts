import { describe, expect, it } from "vitest";
import { en } from "../messages/en.ts";
import { zh } from "../messages/zh.ts";
import { analyse } from "./analysis.ts";
import { laterTokens } from "./laterTokens.ts";
import { plantedRun } from "./planted.ts";

const softmax = { label: "softmax", family: "softmax", ms: (n: number) => 0.02 + 1e-4 * n, bytes: (n: number) => 2048 * n } as const;
const linear = { label: "linear", family: "linear", ms: () => 0.1, bytes: () => 1024, claim: { time: "O(1)", stateBytes: "O(1)" } } as const;
const ns = [32, 128, 512, 1024, 2048, 8192, 16384];
const spoken = (label: string) => label;
const labels = ["linear", "softmax"];

describe("what later tokens take", () => {
  it("is more or the same, those that take more first", () => {
    const record = analyse(plantedRun({ ns: [...ns, 32768], arms: [softmax, linear] }));
    expect(laterTokens(record, labels, en, spoken)).toBe(
      "with softmax the next token takes longer, the more came before (at the longest lengths measured, twice as many tokens take 2.0 times as long); with linear it takes the same time, however much came before",
    );
    expect(laterTokens(record, labels, zh, spoken)).toBe(
      "用 softmax 时，前面越长，下一个 token 越慢（在测得的最长处，长度加倍时用时变为 2.0 倍）；用 linear 时，无论前面多长，下一个 token 用时都不变",
    );
    expect(laterTokens({ ...record, experiment: { ...record.experiment, phase: "prefill" } }, labels, en, spoken)).toBeUndefined();
  });

  it("is told beside the shortest where no half of the longest was measured", () => {
    const record = analyse(plantedRun({ ns, arms: [softmax, linear], noise: [0, 0, 0.01] }));
    const without = record.fits.map((fit) => ({ ...fit, points: fit.points.filter(({ x }) => x !== 8192) }));
    expect(laterTokens({ ...record, fits: without }, ["softmax"], en, spoken)).toMatch(/\(behind 16,384 tokens [67]\d times as long as behind 32\)$/);
  });

  it("is called unseen, and not flat, where a law is not decided and the ends are alike, and more where the ends are not", () => {
    const record = analyse(plantedRun({ ns: [128, 256, 512], arms: [softmax, linear], noise: [0.02, 0.02, 0.02] }));
    expect(record.fits.filter(({ metric }) => metric === "time").map(({ class: law }) => law)).toEqual(["undecided", "undecided"]);
    expect(laterTokens(record, labels, en, spoken)).toMatch(
      /^with softmax the next token takes longer, the more came before .*; with linear no growth was seen up to 512 tokens, but that is not proven$/,
    );
    expect(laterTokens(record, ["linear"], en, spoken)).toBe(
      "with linear no growth of the next token's time was seen up to 512 tokens, but that is not proven",
    );
    expect(laterTokens(record, ["linear"], zh, spoken)).toContain("都未见变慢，但这尚未得到证明");
  });
});
