import { describe, expect, it } from "vitest";
import type { CellRecord, RunRecord } from "../record/run.ts";
import { analyse } from "./analysis.ts";
import { plantedPrepared, plantedRun } from "./planted.ts";

const arms = [
  {
    label: "softmax",
    family: "softmax",
    ms: (n: number) => 0.02 + 1e-4 * n,
    bytes: (n: number) => 2048 * (n + 1),
  },
  { label: "linear", family: "linear", ms: () => 0.1, bytes: () => 65536, claim: { time: "O(1)", stateBytes: "O(1)" } },
] as const;
const ns = [128, 256, 512, 1024, 2048, 4096, 8192, 16384];
const planted = plantedRun({ ns, arms, noise: [0.01, 0.02, 0.02], workers: 4, turns: 5 });

/** Paths of numbers that JSON cannot hold. */
const unwritable = (value: unknown, path = "record"): string[] => {
  if (typeof value === "number") return Number.isFinite(value) ? [] : [`${path} = ${value}`];
  if (value === null || typeof value !== "object") return [];
  return Object.entries(value).flatMap(([key, inner]) => unwritable(inner, `${path}.${key}`));
};

const withCells = (record: RunRecord, change: (cell: CellRecord, i: number) => Partial<CellRecord>): RunRecord => ({
  ...record,
  cells: record.cells.map((cell, i) => ({ ...cell, ...change(cell, i) })),
});

describe("analyse", () => {
  it("is the same every time, and again on its own result", () => {
    const once = analyse(planted);
    expect(analyse(planted)).toEqual(once);
    expect(analyse(once)).toEqual(once);
    expect(unwritable(once)).toEqual([]);
  });

  it("fills summaries, fits and crossovers", () => {
    const { cells, fits, crossovers } = analyse(planted);
    const first = cells[0]?.summary;
    expect(first?.samples).toBe(100);
    expect(first?.lowMs).toBeLessThan(0.0328);
    expect(first?.highMs).toBeGreaterThan(0.0328);
    expect(first?.wallMs).toBeCloseTo((first?.medianMs ?? 0) * 1.1, 9);
    expect(first?.tokensPerSecond).toBeCloseTo(1000 / (first?.medianMs ?? 0), 6);
    expect(fits.map((fit) => [fit.label, fit.metric, fit.class, fit.verdict])).toEqual([
      ["softmax", "time", "O(n)", "agrees"],
      ["linear", "time", "O(1)", "agrees"],
      ["softmax", "stateBytes", "O(n)", "agrees"],
      ["linear", "stateBytes", "O(1)", "agrees"],
    ]);
    expect(crossovers.map((crossover) => [crossover.metric, crossover.outcome])).toEqual([
      ["time", "crosses"],
      ["stateBytes", "already"],
      ["wallTime", "crosses"],
    ]);
    const n = crossovers[0]?.n;
    expect(n && n.low <= 800 && 800 <= n.high).toBe(true);
  });

  it("carries decided laws on to lengths that were not measured, with an interval", () => {
    const [softmax, linear] = analyse(planted).fits.map(({ projections }) => projections);
    const truth = 0.02 + 1e-4 * 2 ** 20;
    expect(softmax?.map(({ x }) => x)).toEqual([2 ** 17, 2 ** 20]);
    const far = softmax?.[1];
    expect(far && far.low <= truth && truth <= far.high).toBe(true);
    expect(linear?.[1]?.low).toBeLessThanOrEqual(0.1);
    expect(linear?.[1]?.high).toBeGreaterThanOrEqual(0.1);
  });

  it("contradicts a claim that the times do not bear out", () => {
    const wrong = withCells(planted, () => ({ claim: { time: "O(1)", stateBytes: "O(1)" } }));
    expect(analyse(wrong).fits.map((fit) => fit.verdict)).toEqual(["contradicted", "agrees", "contradicted", "agrees"]);
  });

  it("counts tokens of a prefill, and shares of the ceiling that binds", () => {
    const prepared = plantedPrepared(1e7, 2e6, 5e6);
    const ceilings = { readGbps: 100, copyGbps: 50, fmaGflops: 1000, emptyDispatchMs: 0.01, cacheKneeBytes: undefined };
    const run = plantedRun({ ns: [1000], arms: [{ ...arms[0], ms: () => 0.1 }], phase: "prefill" });
    const summary = analyse({ ...withCells(run, () => ({ prepared })), ceilings }).cells[0]?.summary;
    expect(summary).toMatchObject({ medianMs: 0.1, gflops: 50, executedGflops: 100, gbps: 20, binding: "memory" });
    expect(summary?.tokensPerSecond).toBeCloseTo(1e7, 3);
    expect(summary?.ceilingShare).toBeCloseTo(0.2, 9);
    const computing = analyse({ ...withCells(run, () => ({ prepared: { ...prepared, leastBytes: 10 } })), ceilings }).cells[0]?.summary;
    expect(computing).toMatchObject({ binding: "compute" });
    expect(computing?.ceilingShare).toBeCloseTo(0.1, 9);
  });

  it("reads the clock that the run has", () => {
    const wall = { ...planted, environment: { ...planted.environment, clock: { source: "wall", stepNs: 1 } as const } };
    const bare = withCells(wall, (cell) => ({ visits: cell.visits.map((visit) => ({ ...visit, gpuMs: [] })) }));
    const { cells, findings } = analyse(bare);
    expect(cells[0]?.summary?.medianMs).toBeCloseTo((analyse(planted).cells[0]?.summary?.medianMs ?? 0) * 1.1, 9);
    expect(findings.some(({ kind, text }) => kind === "warning" && text.includes("wall-clock"))).toBe(true);
  });
});

describe("analyse of little", () => {
  const failed = { outcome: { status: "failed", code: "deviceLost", reason: "gone" } } as const;
  const cases: Record<string, RunRecord> = {
    "no cells": { ...planted, cells: [] },
    "no ok cells": withCells(planted, () => failed),
    "pending cells": withCells(planted, () => ({ outcome: { status: "pending" }, visits: [] })),
    "ok cells without visits": withCells(planted, () => ({ visits: [] })),
    "one cell": { ...planted, cells: planted.cells.slice(0, 1) },
    "one arm": { ...planted, cells: planted.cells.filter((cell) => cell.label === "linear") },
    "one sample a cell": plantedRun({ ns, arms, workers: 1, turns: 1, samples: 1 }),
    "one visit a cell": plantedRun({ ns, arms, workers: 1, turns: 1, samples: 3 }),
    "times of zero": withCells(planted, (cell) => ({ visits: cell.visits.map((visit) => ({ ...visit, gpuMs: visit.gpuMs.map(() => 0) })) })),
    "unequal visits": withCells(planted, (cell, i) => ({ visits: cell.visits.slice(i % 7) })),
    "an instrument": withCells(planted, (_, i) => (i === 0 ? { family: "instrument", phase: "probe" } : {})),
  };
  for (const [name, record] of Object.entries(cases)) {
    it(`holds on ${name}, with numbers that JSON can write`, () => {
      const analysed = analyse(record);
      expect(unwritable({ ...analysed, environment: undefined })).toEqual([]);
      for (const { text } of analysed.findings) expect(text).not.toMatch(/NaN|undefined|Infinity/);
    });
  }

  it("says that nothing was measured, and gives a failed cell no time", () => {
    const { cells, findings } = analyse(withCells(planted, () => failed));
    expect(cells.every((cell) => cell.summary === undefined)).toBe(true);
    expect(findings.map(({ text }) => text)).toContain("Nothing was measured.");
  });
});
