import { describe, expect, it } from "vitest";
import type { RunRecord } from "../record/run.ts";
import { analyse } from "./analysis.ts";
import { type Planted, plantedRun } from "./planted.ts";

const ns = [64, 128, 256, 512, 1024, 2048, 4096];
const dModels = [256, 512, 1024, 2048];
/** 0.02 ms a launch; 2 ns · n² and 1.6 µs · n of a dModel of 256, so that n* is 800 without the launch. */
const softmax: Planted["arms"][number] = { label: "softmax", family: "softmax", ms: (n, dModel) => 0.02 * (256 / dModel) + 2e-6 * n * n, bytes: (n) => n };
const linear: Planted["arms"][number] = { label: "linear", family: "linear", ms: (n, dModel) => 0.02 * (256 / dModel) + 1.6e-3 * n, bytes: () => 500 };

const runOf = (change: Partial<Planted> = {}): RunRecord =>
  plantedRun({ ns, dModels, arms: [softmax, linear], noise: [0.01, 0.02, 0.02], workers: 4, turns: 5, phase: "prefill", ...change });

describe("one law over n and dModel", () => {
  it("has the terms that were planted, and n* at every dModel", () => {
    const { jointFits = [], jointCrossings = [] } = analyse(runOf());
    expect(jointFits.map(({ label, variable, cells }) => [label, variable, cells])).toEqual([
      ["softmax", "dModel", 28],
      ["linear", "dModel", 28],
    ]);
    const [ofSoftmax, ofLinear] = jointFits;
    const term = (fit: typeof ofSoftmax, n: number, size: number) => fit?.terms.find((one) => one.n === n && one.size === size)?.coefficient;
    for (const [found, planted] of [
      [term(ofSoftmax, 2, 1), 2e-6 / 256],
      [term(ofSoftmax, 0, 0), 0.02],
      [term(ofLinear, 1, 1), 1.6e-3 / 256],
      [term(ofLinear, 0, 0), 0.02],
    ] as const) {
      expect(found?.low).toBeLessThanOrEqual(planted);
      expect(found?.high).toBeGreaterThanOrEqual(planted);
      expect(found && (found.high - found.low) / found.value).toBeLessThan(0.2);
    }
    for (const { rms } of jointFits) expect(rms).toBeLessThan(0.03);
    expect(jointCrossings).toHaveLength(1);
    expect(jointCrossings[0]).toMatchObject({ between: ["softmax", "linear"], variable: "dModel", series: { headDim: 64 } });
    expect(jointCrossings[0]?.points.map(({ size }) => size)).toEqual(dModels);
    for (const { n } of jointCrossings[0]?.points ?? []) {
      expect(n?.low).toBeLessThanOrEqual(800);
      expect(n?.high).toBeGreaterThanOrEqual(800);
      expect(n && (n.high - n.low) / n.value).toBeLessThan(0.1);
    }
  });

  it("is narrower than that of one curve, and reaches cells that were not measured", () => {
    const whole = runOf();
    const few = analyse({ ...whole, cells: whole.cells.filter(({ n, dModel, label }) => label === "linear" || dModel < 2048 || n < 512) });
    const at = few.jointCrossings?.[0]?.points.at(-1);
    expect(at?.size).toBe(2048);
    expect(at?.n?.low).toBeLessThanOrEqual(800);
    expect(at?.n?.high).toBeGreaterThanOrEqual(800);
  });

  it("is told and used for nothing where it does not follow its cells", () => {
    const stairs = { ...linear, ms: (n: number, dModel: number) => linear.ms(n, dModel) * (dModel === 1024 ? 2 : 1) };
    const { jointFits = [], jointCrossings } = analyse(runOf({ arms: [softmax, stairs] }));
    const fit = jointFits.find(({ label }) => label === "linear");
    expect(fit?.rms).toBeGreaterThan(0.15);
    expect(fit?.worst.size).toBe(1024);
    expect(jointCrossings).toBeUndefined();
  });

  it("says that an arm is faster all over by no n*", () => {
    const cheap = { ...linear, ms: (n: number, dModel: number) => linear.ms(n, dModel) / 100 };
    const { jointCrossings = [] } = analyse(runOf({ arms: [softmax, cheap] }));
    expect(jointCrossings[0]?.points.map(({ n }) => n)).toEqual([undefined, undefined, undefined, undefined]);
  });

  it("is not asked of two sizes, or of one", () => {
    expect(analyse(runOf({ dModels: [256, 512] })).jointFits).toBeUndefined();
    expect(analyse(runOf({ dModels: [256] })).jointCrossings).toBeUndefined();
  });
});
