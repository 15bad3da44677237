import { describe, expect, it } from "vitest";
import { analyse } from "./analysis.ts";
import { plantedRun } from "./planted.ts";

const arms = [
  { label: "softmax", family: "softmax", ms: (n: number) => 0.02 + 1e-4 * n, bytes: (n: number) => 2048 * n },
  { label: "linear", family: "linear", ms: () => 0.1, bytes: () => 131072, claim: { time: "O(1)", stateBytes: "O(1)" } },
] as const;
const planted = plantedRun({ ns: [128, 256, 512, 1024, 2048, 8192, 16384], arms, noise: [0.005, 0.01, 0.01], workers: 4 });

const verdict = (expectation: string, record = planted): string => {
  const { findings } = analyse({ ...record, experiment: { ...record.experiment, expect: [expectation] } });
  return findings.find(({ kind }) => kind === "expectation")?.verdict ?? "missing";
};

describe("expectations", () => {
  const table: readonly (readonly [string, "pass" | "fail" | "undecided"])[] = [
    ["linear.time is O(1)", "pass"],
    ["softmax.time is O(n)", "pass"],
    ["softmax.time is O(n²)", "fail"],
    ["softmax.time is not O(1)", "pass"],
    ["linear.stateBytes is O(1) and softmax.stateBytes is O(n)", "pass"],
    ["crossover(softmax, linear) < 1024", "pass"],
    ["crossover(softmax, linear) < 400", "fail"],
    ["crossover(softmax, linear) > 800", "undecided"],
    ["softmax.exponent <= 1.15", "pass"],
    ["linear.exponent > 0.5", "fail"],
    ["linear.medianMs < 0.2", "pass"],
    ["softmax.medianMs < 0.2", "fail"],
    ["softmax.medianMs at n = 512 < 0.2", "pass"],
    ["linear.medianMs < softmax.medianMs", "fail"],
    ["softmax.stateBytes at n = 512 = 1048576", "pass"],
    ["ratio(softmax, linear) at n = 16384 > 5", "pass"],
    ["ratio(softmax, linear, stateBytes) at n = 64 = 1", "undecided"],
    ["softmax.medianMs at n = 99 < 1", "undecided"],
    ["not linear.time is O(n) or softmax.time is O(1)", "pass"],
    ["nonsense(", "undecided"],
  ];
  for (const [text, expected] of table) it(`${text}: ${expected}`, () => expect(verdict(text)).toBe(expected));

  it("are undecided, never passed, where cells failed", () => {
    const failed = {
      ...planted,
      cells: planted.cells.map((cell) => (cell.n === 128 ? { ...cell, outcome: { status: "failed", code: "timeout", reason: "hung" } as const } : cell)),
    };
    expect(verdict("linear.medianMs < 0.2", failed)).toBe("undecided");
  });

  it("decide on an order that is clear at the end of the range", () => {
    const fast = plantedRun({ ns: [512, 1024, 2048], arms: [arms[0], { ...arms[1], ms: () => 0.001 }] });
    expect(verdict("crossover(softmax, linear) <= 512", fast)).toBe("pass");
    expect(verdict("crossover(softmax, linear) < 100", fast)).toBe("undecided");
    const slow = plantedRun({ ns: [512, 1024, 2048], arms: [arms[0], { ...arms[1], ms: () => 100 }] });
    expect(verdict("crossover(softmax, linear) < 1024", slow)).toBe("fail");
  });

  it("say what was measured", () => {
    const { findings } = analyse({ ...planted, experiment: { ...planted.experiment, expect: ["linear.time is O(n)"] } });
    expect(findings.find(({ kind }) => kind === "expectation")?.text).toBe("The expectation “linear.time is O(n)” does not hold: linear.time is O(1).");
  });
});
