import { describe, expect, it } from "vitest";
import type { Comparison } from "../../record/comparison.ts";
import type { CellRecord, RunRecord } from "../../record/run.ts";
import { analyse } from "../analysis.ts";
import { type Planted, plantedRun } from "../planted.ts";
import { compareRuns } from "./comparison.ts";

const ns = [256, 512, 1024, 2048, 4096, 8192, 16384];
type Arm = Planted["arms"][number];
const softmax: Arm = { label: "softmax", family: "softmax", ms: (n) => 0.02 + 1e-4 * n, bytes: (n) => 512 * n };
const linear: Arm = { label: "linear", family: "linear", ms: () => 0.1, bytes: () => 16_384 };

/** Runs of one experiment, seed and all, in which only chance differs. */
const runOf = (chance: number, change: Partial<Planted> = {}): RunRecord => {
  const run = plantedRun({ ns, arms: [softmax, linear], noise: [0.005, 0.02, 0.02], drift: 0.05, workers: 5, turns: 6, seed: chance, ...change });
  return { ...run, experiment: { ...run.experiment, measure: { ...run.experiment.measure, seed: 1 } } };
};

/** Base and head of one duet: their visits are of the same turns, and drift is the same for both. */
const duetOf = (base: RunRecord, head: RunRecord): readonly [RunRecord, RunRecord] => [
  { ...base, duet: { id: "one", side: "base" } },
  { ...head, duet: { id: "one", side: "head" } },
];

const withCell = (record: RunRecord, id: string, change: (cell: CellRecord) => Partial<CellRecord>): RunRecord => ({
  ...record,
  cells: record.cells.map((cell) => (cell.id === id ? { ...cell, ...change(cell) } : cell)),
});

const slower = (factor: number) => (cell: CellRecord) => ({
  visits: cell.visits.map((visit) => ({ ...visit, gpuMs: visit.gpuMs.map((ms) => ms * factor), wallMs: visit.wallMs.map((ms) => ms * factor) })),
});

const timesOf = ({ cells }: Comparison): Readonly<Record<string, string>> => Object.fromEntries(cells.map(({ cell, metrics }) => [cell, metrics.time.verdict]));

describe("two runs of the same code", () => {
  it("are hardly ever said to differ, apart or paired, and paired ones are said to be the same", () => {
    const seeds = Array.from({ length: 40 }, (_, i) => i + 1);
    const apart = seeds.map((seed) => compareRuns(runOf(2 * seed), runOf(2 * seed + 1)));
    const paired = seeds.map((seed) => compareRuns(...duetOf(runOf(2 * seed, { drift: 0 }), runOf(2 * seed + 1, { drift: 0 }))));
    expect(apart.filter(({ gate }) => gate === "fail")).toEqual([]);
    expect(paired.filter(({ gate }) => gate === "fail")).toEqual([]);
    const same = paired.flatMap(({ cells }) => cells.map(({ metrics }) => metrics.time.verdict === "SAME"));
    expect(same.filter(Boolean).length / same.length).toBeGreaterThan(0.95);
  });

  it("have intervals of the ratio that hold 1 in about 95 of 100", () => {
    const held = Array.from({ length: 60 }, (_, i) => compareRuns(...duetOf(runOf(1000 + 2 * i, { drift: 0 }), runOf(1001 + 2 * i, { drift: 0 })))).flatMap(
      ({ cells }) => cells.map(({ metrics: { time } }) => (time.ratio?.low ?? 2) <= 1 && (time.ratio?.high ?? 0) >= 1),
    );
    const share = held.filter(Boolean).length / held.length;
    expect(share).toBeGreaterThan(0.92);
    expect(share).toBeLessThan(0.99);
  });
});

describe("a change", () => {
  const [base, same] = duetOf(runOf(1, { drift: 0 }), runOf(2, { drift: 0 }));

  it("of a tenth in one cell is found there, and nowhere else", () => {
    const comparison = compareRuns(base, withCell(same, "softmax-n1024-d256", slower(1.1)));
    expect(comparison.gate).toBe("fail");
    expect(Object.entries(timesOf(comparison)).filter(([, verdict]) => verdict === "SLOWER")).toEqual([["softmax-n1024-d256", "SLOWER"]]);
    expect(comparison.findings.find((text) => text.startsWith("SLOWER"))).toMatch(
      /^SLOWER: softmax \(split\) at n = 1,024, time 1\.\d+ times \[1\.\d+, 1\.\d+\] base's/,
    );
    expect(timesOf(compareRuns(base, withCell(same, "softmax-n1024-d256", slower(1 / 1.1))))["softmax-n1024-d256"]).toBe("FASTER");
  });

  it("below the threshold is told by a lower one", () => {
    const quiet = duetOf(runOf(1, { drift: 0, noise: [0.002, 0.005, 0.005] }), runOf(2, { drift: 0, noise: [0.002, 0.005, 0.005] }));
    const head = withCell(quiet[1], "linear-n512-d256", slower(1.035));
    expect(timesOf(compareRuns(quiet[0], head))["linear-n512-d256"]).toBe("SAME");
    expect(timesOf(compareRuns(quiet[0], head, { threshold: 0.02 }))["linear-n512-d256"]).toBe("SLOWER");
  });

  it("advises on a CPU emulation, unless strict", () => {
    const emulated = (record: RunRecord): RunRecord => ({ ...record, environment: { ...record.environment, deviceClass: "software" } });
    const head = emulated(withCell(same, "softmax-n1024-d256", slower(1.2)));
    const advised = compareRuns(emulated(base), head);
    expect([advised.gate, timesOf(advised)["softmax-n1024-d256"]]).toEqual(["pass", "SLOWER"]);
    expect(advised.findings.at(-1)).toContain("advise");
    expect(compareRuns(emulated(base), head, { strict: true }).gate).toBe("fail");
  });

  it("of one byte gates, anywhere", () => {
    const comparison = compareRuns(
      base,
      withCell(same, "linear-n512-d256", (cell) => ({ stateBytes: (cell.stateBytes ?? 0) + 1 })),
    );
    expect(comparison.gate).toBe("fail");
    expect(comparison.cells.filter(({ metrics }) => metrics.stateBytes.verdict === "SLOWER").map(({ cell }) => cell)).toEqual(["linear-n512-d256"]);
  });

  it("to wrong output is the worst there is; what head alone has, or no longer plans, is no fault", () => {
    const wrong = withCell(same, "linear-n512-d256", () => ({ outcome: { status: "failed", code: "wrongOutput", reason: "o[0] is 1" }, visits: [] }));
    const failed = compareRuns(base, wrong);
    expect([failed.gate, timesOf(failed)["linear-n512-d256"]]).toEqual(["fail", "GONE"]);
    expect(failed.findings[1]).toBe("FAILED in head, and not in base: linear (recurrent) at n = 512 (head: wrongOutput: o[0] is 1).");
    const fewer = { ...same, cells: same.cells.filter(({ n }) => n !== 512) };
    expect(compareRuns(base, fewer).gate).toBe("pass");
    expect(timesOf(compareRuns(base, fewer))["linear-n512-d256"]).toBe("GONE");
    expect(timesOf(compareRuns(fewer, base))["linear-n512-d256"]).toBe("NEW");
  });

  it("of order is found though no cell moved by the threshold", () => {
    const quadratic = { ...softmax, ms: (n: number) => 0.02 + 1e-4 * n + 3e-4 * n * (n / 8192) };
    const [before, head] = duetOf(analyse(base), analyse(runOf(2, { drift: 0, arms: [quadratic, linear] })));
    const { arms } = compareRuns(before, head, { threshold: 0.99 });
    const of = arms.filter(({ labels, of }) => labels[0] === "softmax" && labels.length === 1 && of === "time");
    expect(of.map(({ metric, verdict }) => [metric, verdict])).toEqual([
      ["exponent", "SLOWER"],
      ["class", "SLOWER"],
    ]);
    expect(compareRuns(before, head, { threshold: 0.99 }).gate).toBe("fail");
  });
});

describe("what cannot be compared", () => {
  const [base, head] = [runOf(1), runOf(2)];

  it("is another device, driver, clock, experiment or shape: named, and nothing gates", () => {
    const other: RunRecord = {
      ...withCell(head, "softmax-n1024-d256", slower(3)),
      environment: { ...head.environment, adapter: { ...head.environment.adapter, device: "another", description: "driver 2" } },
    };
    const comparison = compareRuns(base, other);
    expect(comparison.differences).toEqual(["device: v a d against v a another", "driver: planted (vulkan) against driver 2 (vulkan)"]);
    expect(comparison.gate).toBe("pass");
    expect(compareRuns(base, { ...head, experiment: { ...head.experiment, name: "other" } }).differences).toEqual(["experiment: planted against other"]);
    expect(
      compareRuns(
        base,
        withCell(head, "softmax-n1024-d256", () => ({ kvHeads: 1 })),
      ).differences,
    ).toEqual(["cells: softmax-n1024-d256 of another shape"]);
  });

  it("is what was measured once, or in too few processes", () => {
    const short = compareRuns(runOf(1, { workers: 1, turns: 8 }), withCell(runOf(2, { workers: 1, turns: 8 }), "softmax-n1024-d256", slower(2)));
    expect(timesOf(short)["softmax-n1024-d256"]).toBe("UNDECIDED");
    expect(short.cells.find(({ cell }) => cell === "softmax-n1024-d256")?.metrics.time.note).toContain("1 process");
    expect(compareRuns({ ...base, cells: [] }, head).gate).toBe("nothing");
  });

  it("of a slower machine, as its sentinel shows, is below the noise floor", () => {
    const gauged = (record: RunRecord, ms: number): RunRecord => ({
      ...record,
      sentinel: [1, 2, 3].map((turn) => ({ turn, worker: 0, beforeMs: ms, afterMs: ms, jumped: false, discarded: false })),
    });
    const all = { ...head, cells: head.cells.map((cell) => ({ ...cell, ...slower(1.3)(cell) })) };
    const { gate, limits } = compareRuns(gauged(base, 1), gauged(all, 1.3));
    expect(limits.noiseFloor).toBeCloseTo(0.3, 6);
    expect(gate).not.toBe("fail");
    expect(compareRuns(gauged(base, 1), gauged(all, 1)).gate).toBe("fail");
  });
});
