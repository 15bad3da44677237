import { describe, expect, it } from "vitest";
import type { CellRecord, RunRecord } from "../../record/run.ts";
import { plantedPrepared } from "../planted.ts";
import { compareRuns } from "./comparison.ts";
import { duetOf, linear, ns, runOf, slower, softmax, timesOf, withCell } from "./plantedRuns.ts";

describe("what cannot be compared", () => {
  const [base, head] = [runOf(1), runOf(2)];

  it("is another device, driver, clock, experiment or shape: named, and nothing gates", () => {
    const other: RunRecord = {
      ...withCell(head, "softmax-n1024-d256", slower(3)),
      environment: { ...head.environment, adapter: { ...head.environment.adapter, device: "another", description: "driver 2" } },
    };
    const comparison = compareRuns(base, other);
    expect(comparison.differences).toEqual(["device: v a d against v a another", "driver: planted (vulkan) against driver 2 (vulkan)"]);
    expect(comparison.gate).toBe("off");
    expect(compareRuns(base, { ...head, experiment: { ...head.experiment, name: "other" } }).differences).toEqual(["experiment: planted against other"]);
    const { axes } = head.experiment;
    const longer = { ...head.experiment, axes: { ...axes, n: { values: [...ns, 32768] } }, filter: "n > 256" };
    expect(compareRuns(base, { ...head, experiment: longer }).differences.map((text) => text.split(":")[0])).toEqual(["axes.n", "filter"]);
    const words = {
      ...head.experiment,
      title: "Another",
      question: "Why?",
      expect: ["linear.time is O(1)"],
      measure: { ...head.experiment.measure, precision: 0.01, maxTimeSeconds: 5 },
    };
    expect(compareRuns(base, { ...head, experiment: words }).differences).toEqual([]);
    expect(
      compareRuns(
        base,
        withCell(head, "softmax-n1024-d256", () => ({ kvHeads: 1 })),
      ).differences,
    ).toEqual(["cells: softmax-n1024-d256 of another shape"]);
  });

  it("is told in words, each part that differs once, and in one sentence of the answer", () => {
    const { experiment } = head;
    const [arm, ...others] = experiment.arms;
    if (!arm) throw new Error("the run has no arm");
    const grouped = { ...arm, kvHeads: 2 };
    const other = { ...experiment, arms: [grouped, ...others.slice(1)], fixed: { ...experiment.fixed, dtype: "f16" }, axes: { n: { values: [256, 512] } } };
    const { differences, findings } = compareRuns(base, { ...head, experiment: other as typeof experiment });
    expect(differences.join("\n")).not.toMatch(/[{}[\]"]/);
    expect(differences).toContain("fixed.dtype: only in head");
    expect(differences.find((text) => text.startsWith("mechanisms.softmax"))).toMatch(/^mechanisms\.softmax: kvHeads none against 2$/);
    expect(differences).toContain("mechanisms.linear: only in base");
    expect(differences.find((text) => text.startsWith("axes.n"))).toMatch(/ against 256 and 512$/);
    expect(differences.length).toBeGreaterThan(3);
    expect(findings.filter((text) => text.includes("so nothing is gated"))).toHaveLength(1);
    expect(findings[0]).toBe("The runs differ in more than their code, so nothing is gated: mechanisms, axes and fixed.");
    const two = compareRuns(base, { ...head, experiment: { ...experiment, fixed: other.fixed, filter: "n > 256" } as typeof experiment });
    expect(two.findings[0]).toBe("The runs differ in more than their code, so nothing is gated: filter: only in head; fixed.dtype: only in head.");
  });

  it("is what was measured once, or in too few processes", () => {
    const short = compareRuns(runOf(1, { workers: 1, turns: 8 }), withCell(runOf(2, { workers: 1, turns: 8 }), "softmax-n1024-d256", slower(2)));
    expect(timesOf(short)["softmax-n1024-d256"]).toBe("UNDECIDED");
    expect(short.cells.find(({ cell }) => cell === "softmax-n1024-d256")?.metrics.time.note).toContain("1 process");
    expect(compareRuns({ ...base, cells: [] }, head).gate).toBe("nothing");
  });

  it("is told with what helps: never the duet that it is, nor turns that would not", () => {
    const near = (record: RunRecord): RunRecord => withCell(record, "softmax-n1024-d256", slower(1.0495));
    const advice = (one: RunRecord, other: RunRecord): string => compareRuns(one, near(other)).findings.find((text) => text.startsWith("UNDECIDED")) ?? "";
    const [wide, wideHead] = [runOf(1, { drift: 0, noise: [0.05, 0.1, 0.1] }), runOf(2, { drift: 0, noise: [0.05, 0.1, 0.1] })];
    const paired = advice(...duetOf(wide, wideHead));
    expect(paired).toMatch(/What helps: /);
    expect(paired).not.toContain("attnbench duet");
    if (paired.includes("hardly decide")) expect(paired).not.toContain("--budget");
    expect(advice(wide, wideHead)).toContain("attnbench duet, which measures both beside each other");
  });

  it("is what was timed in one turn alone, though its times seem to differ exactly", () => {
    const once = (chance: number): RunRecord => {
      const run = runOf(chance, { workers: 1, turns: 1 });
      return { ...run, cells: run.cells.map((cell) => ({ ...cell, visits: cell.visits.slice(0, 1).map((visit) => ({ ...visit, turn: 0 })) })) };
    };
    const comparison = compareRuns(once(1), withCell(once(2), "softmax-n1024-d256", slower(3)));
    expect([...new Set(Object.values(timesOf(comparison)))]).toEqual(["UNDECIDED"]);
    expect(comparison.gate).toBe("undecided");
  });

  it("is runs of a machine that moves between them as it moves within them: nothing below that is told, and what is said of it is true", () => {
    // Turns of one run are up to a fifth slower or faster, each as a whole; the head was measured when all was a tenth slower.
    const moving = (chance: number, factor: number): RunRecord => {
      const run = runOf(chance, { drift: 0, noise: [0.005, 0.005, 0.005] });
      const of = (turn: number): number => factor * Math.exp(0.1 * Math.sin(2.4 * turn + chance));
      const timed = (cell: CellRecord) => ({
        ...cell,
        visits: cell.visits.map((visit) => ({ ...visit, gpuMs: visit.gpuMs.map((ms) => ms * of(visit.turn)) })),
      });
      return { ...run, cells: run.cells.map(timed) };
    };
    const pairs = Array.from({ length: 10 }, (_, i) => compareRuns(moving(2 * i, 1), moving(2 * i + 1, 1.1)));
    expect(pairs.flatMap(({ cells }) => cells.map(({ metrics }) => metrics.time.verdict)).filter((verdict) => verdict !== "UNDECIDED")).toEqual([]);
    expect(pairs.every(({ cells }) => cells.every(({ metrics: { time } }) => (time.ratio?.low ?? 2) <= 1 && (time.ratio?.high ?? 0) >= 1))).toBe(true);
    expect(pairs[0]?.findings.find((text) => text.startsWith("UNDECIDED"))).toMatch(/this machine moves by up to ±\d+\.\d % from run to run/);
    // One cell alone moves with no machine.
    expect(compareRuns(moving(1, 1), withCell(moving(2, 1.1), "softmax-n1024-d256", slower(1.2))).gate).toBe("fail");
  });

  it("is a kernel that differs from run to run by itself: cells tell of each other how far", () => {
    const scattered = (chance: number): RunRecord => {
      const run = runOf(chance, { drift: 0, noise: [0.002, 0.002, 0.002] });
      return { ...run, cells: run.cells.map((cell, i) => ({ ...cell, ...slower(Math.exp(0.04 * Math.sin(7.3 * i + 3.1 * chance)))(cell) })) };
    };
    const pairs = Array.from({ length: 20 }, (_, i) => compareRuns(scattered(2 * i), scattered(2 * i + 1)));
    expect(pairs.filter(({ gate }) => gate === "fail")).toEqual([]);
    expect(compareRuns(scattered(1), withCell(scattered(2), "softmax-n1024-d256", slower(1.8))).gate).toBe("fail");
  });

  it("is no arm that became slower as a whole: that is found", () => {
    const head = runOf(2, { drift: 0, arms: [softmax, { ...linear, ms: () => 0.13 }] });
    const slow = compareRuns(runOf(1, { drift: 0 }), head).cells.filter(({ metrics }) => metrics.time.verdict === "SLOWER");
    expect(slow.map(({ label }) => label)).toEqual(ns.map(() => "linear"));
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

  it("is not what a sentinel of 0 ms says: no clock saw that, and no number rests on it", () => {
    const gauged = (record: RunRecord, beforeMs: number, afterMs: number): RunRecord => ({
      ...record,
      sentinel: [1, 2, 3].map((turn) => ({ turn, worker: 0, beforeMs: turn === 2 ? beforeMs : 1, afterMs, jumped: false, discarded: false })),
    });
    const changed = withCell(head, "softmax-n1024-d256", slower(2));
    const without = compareRuns(base, changed);
    for (const [beforeMs, afterMs] of [
      [0, 1],
      [1, 0],
      [0, 0],
    ] as const) {
      const { limits, findings, gate } = compareRuns(gauged(base, beforeMs, afterMs), gauged(changed, beforeMs, afterMs));
      expect([limits.noiseFloor, gate]).toEqual([without.limits.noiseFloor, "fail"]);
      expect(findings.join(" ")).not.toMatch(/NaN|Infinity/);
    }
  });
});

describe("what changed of the kernels", () => {
  const prepared = plantedPrepared(1, 1);
  const compiled = (record: RunRecord): RunRecord => ({ ...record, cells: record.cells.map((cell) => ({ ...cell, prepared })) });
  const [base, head] = duetOf(compiled(runOf(1, { drift: 0 })), compiled(runOf(2, { drift: 0 })));
  const holding = (record: RunRecord, hash: string): RunRecord => ({ ...record, environment: { ...record.environment, kernels: [{ name: "mine", hash }] } });
  const another = (record: RunRecord, ...ids: readonly string[]): RunRecord =>
    ids.reduce((one, id) => withCell(one, id, () => ({ prepared: { ...prepared, kernelHash: "other" } })), record);
  const toldOf = (one: RunRecord, other: RunRecord): readonly string[] => compareRuns(one, other).findings.filter((text) => /kernel/i.test(text));

  it("is told by cell, and gates nothing", () => {
    const [first = "", second = ""] = head.cells.map(({ id }) => id);
    const comparison = compareRuns(base, another(head, first, second));
    expect(comparison.cells.filter(({ otherKernel }) => otherKernel).map(({ cell }) => cell)).toEqual([first, second]);
    expect(comparison.findings.filter((text) => /kernel/i.test(text))).toEqual([
      "Another kernel in head than in base in 2 of 14 cells: softmax (split) at n = 256, and 1 more.",
    ]);
    expect([comparison.gate, comparison.differences]).toEqual([compareRuns(base, head).gate, []]);
  });

  it("is told of --kernels where both are known to hold something else, whether or not a cell has another kernel by it", () => {
    const same = [holding(base, "3fa9c1b2aaaaaaaa"), holding(head, "3fa9c1b2aaaaaaaa")] as const;
    expect(toldOf(...same)).toEqual(["--kernels held the same for base and head: mine (3fa9c1b2)."]);
    const { duet: _, ...apart } = same[1];
    expect(toldOf(same[0], apart)).toEqual([]);
    expect(toldOf(base, holding(head, "3fa9c1b2aaaaaaaa"))).toEqual([]);
    const [before, after] = [holding(base, "3fa9c1b2aaaaaaaa"), holding(head, "77ab01c2aaaaaaaa")];
    expect(toldOf(before, after)).toEqual([
      "--kernels held mine (3fa9c1b2) for base and mine (77ab01c2) for head, which changed the kernel of no cell that both have.",
    ]);
    expect(toldOf(before, another(after, head.cells[0]?.id ?? ""))).toEqual([
      "--kernels held mine (3fa9c1b2) for base and mine (77ab01c2) for head.",
      "Another kernel in head than in base in 1 of 14 cells: softmax (split) at n = 256.",
    ]);
    expect(compareRuns(before, after)).toMatchObject({ base: { kernels: before.environment.kernels }, head: { kernels: after.environment.kernels } });
  });
});
