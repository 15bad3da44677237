import { describe, expect, it } from "vitest";
import type { CellRecord, RunRecord, Visit } from "../../record/run.ts";
import { analyse } from "../analysis.ts";
import { plantedPrepared } from "../planted.ts";
import { compareRuns } from "./comparison.ts";
import { type Arm, duetOf, linear, runOf, slower, softmax, timesOf, withCell } from "./plantedRuns.ts";

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

  it.each(["apart", "beside each other"])("is head's time over base's, to the last digit that is shown, of runs measured %s", (how) => {
    // Visits whose medians lie far from their fast quarters.
    const stalled = (record: RunRecord, share: number): RunRecord => ({
      ...record,
      cells: record.cells.map((cell) => ({
        ...cell,
        visits: cell.visits.map((visit) => ({ ...visit, gpuMs: visit.gpuMs.flatMap((ms, i) => (i / visit.gpuMs.length < share ? [ms, 1.4 * ms, ms] : [ms])) })),
      })),
    });
    const [one, other] = [stalled(runOf(1), 0.2), stalled(withCell(runOf(2), "softmax-n1024-d256", slower(1.2)), 0.9)];
    const { cells, paired } = compareRuns(...(how === "apart" ? ([one, other] as const) : duetOf(one, other)));
    expect(paired).toBe(how !== "apart");
    const notes = cells.map(({ metrics: { time } }) => {
      const [, common = "1"] = /^beside the other cells, which took ([\d.]+) times base's$/.exec(time.note ?? "") ?? [];
      expect((time.head ?? 0) / (time.base ?? 1) / Number(common) / (time.ratio?.value ?? 0)).toBeCloseTo(1, common === "1" ? 9 : 2);
      return common;
    });
    expect(notes).toHaveLength(14);
    if (!paired) expect(notes.filter((common) => common !== "1")).toHaveLength(1);
  });

  it("of half of the cells moves none of the others: what is common then lies between two halves", () => {
    const fast = (times: number): Arm => ({ ...softmax, ms: (n) => times * (0.02 + 1e-4 * n) });
    // Each other cell is off by chance, some by more than the threshold, as few processes have it.
    const noisy = (chance: number, times: number): RunRecord =>
      runOf(chance, { ns: [256, 1024, 4096], arms: [fast(times), linear], drift: 0, noise: [0.02, 0.05, 0.08], workers: 4 });
    const verdicts = Array.from({ length: 60 }, (_, i) => compareRuns(...duetOf(noisy(2 * i, 1), noisy(2 * i + 1, 0.7))));
    const ofOthers = verdicts.map(({ cells }) => cells.filter(({ label }) => label === "linear").map(({ metrics }) => metrics.time.verdict));
    expect(ofOthers.flat().filter((verdict) => verdict === "SLOWER")).toEqual([]);
    expect(verdicts.filter(({ gate }) => gate === "fail")).toEqual([]);
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
    // It fails nothing, and nobody knows that a GPU would not be slower too.
    expect([advised.gate, timesOf(advised)["softmax-n1024-d256"]]).toEqual(["undecided", "SLOWER"]);
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
    // In KiB both would be one number.
    expect(comparison.findings.find((text) => text.startsWith("SLOWER"))).toMatch(/state bytes 1\.000 times base's \([\d,]+ B → [\d,]+ B\)\.$/);
  });

  it("to wrong output is the worst there is, and what head alone has is no fault", () => {
    const wrong = withCell(same, "linear-n512-d256", () => ({ outcome: { status: "failed", code: "wrongOutput", reason: "o[0] is 1" }, visits: [] }));
    const failed = compareRuns(base, wrong);
    expect([failed.gate, timesOf(failed)["linear-n512-d256"]]).toEqual(["fail", "GONE"]);
    expect(failed.findings[1]).toBe("LOST in head, measured in base: linear (recurrent) at n = 512 (head: wrongOutput: o[0] is 1).");
    expect(compareRuns(wrong, same).gate).toBe("pass");
    expect(timesOf(compareRuns(wrong, same))["linear-n512-d256"]).toBe("NEW");
  });

  it.each<[string, Partial<CellRecord> | undefined, string]>([
    ["does not fit any more", { outcome: { status: "skipped", code: "overLimit", reason: "a buffer of 3 GiB" } }, "fail"],
    ["finds no memory", { outcome: { status: "failed", code: "outOfMemory", reason: "a buffer of 3 GiB" } }, "fail"],
    ["is cut by its memory cap", { outcome: { status: "censored", code: "memoryCap", reason: "more than 50 %" } }, "fail"],
    ["is cut by its time cap", { outcome: { status: "censored", code: "timeCap", reason: "more than 1 s" } }, "undecided"],
    ["is not reached", { outcome: { status: "pending" } }, "undecided"],
    ["is beyond the end of an open axis", undefined, "undecided"],
  ])("after which a cell %s never passes", (_, lost, gate) => {
    const head: RunRecord =
      lost === undefined
        ? { ...same, cells: same.cells.filter(({ id }) => id !== "linear-n512-d256") }
        : withCell(same, "linear-n512-d256", () => ({ ...lost, visits: [] }));
    const comparison = compareRuns(base, head);
    expect([comparison.gate, timesOf(comparison)["linear-n512-d256"]]).toEqual([gate, "GONE"]);
    expect(comparison.findings.some((text) => text.includes("linear (recurrent) at n = 512 (head: "))).toBe(true);
    // On a CPU emulation times only advise, and what is lost is no time.
    const emulated = (record: RunRecord): RunRecord => ({ ...record, environment: { ...record.environment, deviceClass: "software" } });
    expect(compareRuns(emulated(base), emulated(head)).gate).toBe(gate);
  });

  it("to wrong output gates where base had no time of the cell either", () => {
    const untimed = (outcome: CellRecord["outcome"]) => () => ({ outcome, visits: [] });
    const wrong = withCell(same, "linear-n512-d256", untimed({ status: "failed", code: "wrongOutput", reason: "o[0] is 1" }));
    const quick = withCell(base, "linear-n512-d256", untimed({ status: "failed", code: "belowResolution", reason: "too short" }));
    const comparison = compareRuns(quick, wrong);
    expect(comparison.gate).toBe("fail");
    expect(comparison.findings[1]).toMatch(/^LOST in head, and not so in base: linear \(recurrent\) at n = 512 \(head: wrongOutput/);
    // Wrong in both, as it was: no change, and nothing that anybody knows to be as good.
    const wrongBefore = compareRuns(withCell(base, "linear-n512-d256", untimed({ status: "failed", code: "wrongOutput", reason: "o[1] is 1" })), wrong);
    expect([wrongBefore.gate, wrongBefore.findings[1]]).toEqual([
      "undecided",
      "FAILED in both: linear (recurrent) at n = 512 (base: wrongOutput: o[1] is 1; head: wrongOutput: o[0] is 1).",
    ]);
  });

  it("cannot be told of a cell that base did not reach", () => {
    const late = withCell(base, "linear-n512-d256", () => ({ outcome: { status: "pending" }, visits: [] }));
    expect([compareRuns(late, same).gate, timesOf(compareRuns(late, same))["linear-n512-d256"]]).toEqual(["undecided", "NEW"]);
  });

  const late = { status: "pending" } as const;
  const capped = { status: "censored", code: "timeCap", reason: "no time" } as const;
  const lost = { status: "failed", code: "deviceLost", reason: "gone" } as const;
  const large = { status: "skipped", code: "overLimit", reason: "3 GiB" } as const;
  it.each<[string, CellRecord["outcome"], CellRecord["outcome"], string, string?]>([
    [
      "was not reached in either",
      late,
      late,
      "undecided",
      "UNDECIDED, as neither run measured it: linear (recurrent) at n = 512 (neither has it: not reached).",
    ],
    ["had no time in either", capped, capped, "undecided"],
    [
      "was lost in base and had no time in head",
      lost,
      capped,
      "undecided",
      "UNDECIDED, as neither run measured it: linear (recurrent) at n = 512 (base: deviceLost: gone; head: timeCap: no time).",
    ],
    ["was not reached in base and failed in head", late, { ...lost, code: "timeout" }, "undecided"],
    ["fits neither", large, large, "pass"],
  ])("is not known of a cell that %s", (_, before, after, gate, sentence) => {
    const [one, other] = [before, after].map((outcome, i) => withCell(i === 0 ? base : same, "linear-n512-d256", () => ({ outcome, visits: [] })));
    if (!one || !other) throw new Error("two runs");
    const comparison = compareRuns(one, other);
    expect(comparison.gate).toBe(gate);
    expect(comparison.findings.some((text) => text.startsWith("FAILED in both"))).toBe(false);
    if (sentence) expect(comparison.findings).toContain(`${sentence} What helps: the same once more, with a longer --budget where it had no time.`);
    // Beyond the end of an open axis nothing was planned.
    const open = (record: RunRecord): RunRecord => ({
      ...record,
      experiment: { ...record.experiment, axes: { n: { from: 256, factor: 2, until: { cellSeconds: 1, memory: undefined } } } },
    });
    if (before === capped && after === capped) expect(compareRuns(open(one), open(other)).gate).toBe("pass");
  });

  it("of an error that is as small as rounding one value gates nothing, though it was none", () => {
    const withError = (record: RunRecord, maxError: number): RunRecord =>
      withCell(record, "linear-n512-d256", () => ({ prepared: { ...plantedPrepared(1, 1), maxError } }));
    const gateOf = (before: number, after: number): string => compareRuns(withError(base, before), withError(same, after)).gate;
    expect([gateOf(0, 1e-12), gateOf(0, 1e-7), gateOf(1e-8, 9e-7), gateOf(0, 1e-5), gateOf(1e-6, 5e-6)]).toEqual(["pass", "pass", "pass", "fail", "fail"]);
  });

  it("of the visits that chose repetitions is none, of no shard of a merged run", () => {
    const merging = (record: RunRecord, factor: number): RunRecord =>
      ({
        ...record,
        duet: undefined,
        merged: { of: 2, missing: [], parts: [0, 100].map((firstTurn, at) => ({ shard: at + 1, firstTurn })) },
        cells: record.cells.map((cell, i) => ({
          ...cell,
          visits: [{ ...(cell.visits[0] as Visit), turn: 0 }, ...cell.visits.filter(({ turn }) => turn > 0)].map((visit) => ({
            ...visit,
            turn: visit.turn + (i % 2) * 100,
            gpuMs: visit.gpuMs.map((ms) => (visit.turn === 0 ? factor * ms : ms)),
          })),
        })),
      }) as unknown as RunRecord;
    const timesBy = (factor: number) => compareRuns(merging(base, 1), merging(same, factor)).cells.map(({ metrics: { time } }) => [time.verdict, time.ratio]);
    expect(timesBy(5)).toEqual(timesBy(1));
  });

  it.each([
    ["deviceLost", "undecided"],
    ["diskFull", "undecided"],
    ["wrongOutput", "pass"],
    ["timeout", "pass"],
  ])("from a base that failed for %s is %s: what its machine did says nothing of its kernel", (code, gate) => {
    const failed = withCell(base, "linear-n512-d256", () => ({ outcome: { status: "failed", code, reason: "planted" }, visits: [] }));
    const comparison = compareRuns(failed, same);
    expect([comparison.gate, timesOf(comparison)["linear-n512-d256"]]).toEqual([gate, "NEW"]);
  });

  it("that few processes or a coarse clock cannot show is not called findable", () => {
    const two = compareRuns(runOf(1, { workers: 2, drift: 0 }), runOf(2, { workers: 2, drift: 0 }));
    expect(two.cells.every(({ metrics }) => metrics.time.findable === undefined)).toBe(true);
    expect(two.findings.filter((text) => /lowdown/.test(text))).toEqual([
      "No slowdown of any cell would have been found, however large: it takes 3 processes of each, and two visits.",
    ]);
    const coarse = (record: RunRecord): RunRecord => ({
      ...record,
      environment: { ...record.environment, clock: { ...record.environment.clock, stepNs: 1e6 } },
    });
    const leastMs = (one: RunRecord, other: RunRecord): number =>
      Math.min(...compareRuns(one, other).cells.map(({ metrics: { time } }) => (time.findable ?? 0) * (time.base ?? 0)));
    // Three steps of 1 ms over the 10 repetitions of a pass, whichever of the two has that clock, or had fewer of them.
    const passesOf = (k: number, record: RunRecord): RunRecord => ({
      ...record,
      cells: record.cells.map((cell) => ({ ...cell, visits: cell.visits.map((visit) => ({ ...visit, k })) })),
    });
    for (const [one, other] of [
      [coarse(base), coarse(same)],
      [coarse(base), same],
      [base, coarse(same)],
      [coarse(base), coarse(passesOf(1000, same))],
      [coarse(passesOf(1000, base)), coarse(same)],
    ] as const)
      expect(leastMs(one, other)).toBeCloseTo(0.3, 9);
    // Nothing that such a clock shows says that a cell of 46 µs is the same, and of one of 20 ms it does.
    const unchanged = timesOf(compareRuns(...duetOf(coarse(base), coarse(same))));
    expect([unchanged["softmax-n256-d256"], timesOf(compareRuns(base, same))["softmax-n256-d256"]]).toEqual(["UNDECIDED", "SAME"]);
    const long = { ...softmax, ms: () => 20 };
    const [slowBase, slowHead] = duetOf(runOf(1, { drift: 0, arms: [long, long] }), runOf(2, { drift: 0, arms: [long, long] }));
    expect([...new Set(Object.values(timesOf(compareRuns(coarse(slowBase), coarse(slowHead)))))]).toEqual(["SAME"]);
    expect(compareRuns(...duetOf(coarse(base), coarse(same))).findings.find((text) => text.startsWith("UNDECIDED"))).toMatch(
      /three steps of this clock are [\d.]+ % of it, more than the threshold/,
    );
    // A cell of 46 µs became 1.2 times as slow, which a clock of 1 ms did not see.
    const slow = withCell(same, "softmax-n256-d256", slower(1.2));
    expect(timesOf(compareRuns(base, slow))["softmax-n256-d256"]).toBe("SLOWER");
    expect([timesOf(compareRuns(coarse(base), slow)), timesOf(compareRuns(base, coarse(slow)))].map((times) => times["softmax-n256-d256"])).toEqual([
      "UNDECIDED",
      "UNDECIDED",
    ]);
  });

  it("of what was added around an n* is none", () => {
    const added = [{ id: "linear-n512-d256", n: 512, like: "linear-n1024-d256" }];
    const fewer = { ...same, cells: same.cells.filter(({ id }) => id !== "linear-n512-d256") };
    expect(compareRuns({ ...base, added }, fewer).gate).toBe("pass");
  });

  it("is told of the cell that changed, where only its shape tells it from others", () => {
    const wide = (record: RunRecord): RunRecord => ({
      ...record,
      cells: [...record.cells, ...record.cells.map((cell) => ({ ...cell, id: cell.id.replace("d256", "d512"), dModel: 512, headDim: cell.headDim * 2 }))],
    });
    const { cells, findings } = compareRuns(wide(base), wide(withCell(same, "softmax-n1024-d256", slower(1.2))));
    expect(cells.find(({ cell }) => cell === "softmax-n1024-d512")?.shape).toMatch(/^dModel 512/);
    const told = findings.filter((text) => text.startsWith("SLOWER"));
    expect(told).toHaveLength(2);
    expect(told.map((text) => /at n = 1,024, dModel (\d+)/.exec(text)?.[1]).sort()).toEqual(["256", "512"]);
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
