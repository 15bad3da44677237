import { describe, expect, it } from "vitest";
import type { Comparison, Verdict } from "../../record/comparison.ts";
import type { Crossover } from "../../record/derived.ts";
import type { CellRecord, RunRecord, Visit } from "../../record/run.ts";
import { analyse } from "../analysis.ts";
import { type Planted, plantedPrepared, plantedRun } from "../planted.ts";
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

describe("n* of two runs", () => {
  const [base, head] = duetOf(analyse(runOf(1, { drift: 0 })), analyse(runOf(2, { drift: 0 })));
  const [measured] = base.crossovers.filter(({ metric }) => metric === "time");
  if (!measured) throw new Error("two arms cross");
  const range = [256, 16384] as const;
  const at = (value: number): Partial<Crossover> => ({ outcome: "crosses", range, n: { value, low: value / 1.2, high: 1.2 * value } });
  const without = (outcome: Crossover["outcome"]): Partial<Crossover> => ({ outcome, range, n: undefined });
  const withCrossing = (record: RunRecord, change: Partial<Crossover>): RunRecord => ({ ...record, crossovers: [{ ...measured, ...change }] });

  it.each<[string, Partial<Crossover>, Partial<Crossover>, Verdict]>([
    ["from every n to no n", without("already"), without("none"), "SLOWER"],
    ["from no n to every n", without("none"), without("already"), "FASTER"],
    ["from every n into the range", without("already"), at(1000), "SLOWER"],
    ["from every n to its least", without("already"), at(280), "UNDECIDED"],
    ["out of the range", at(1000), without("none"), "SLOWER"],
    ["from no n into the range", without("none"), at(1000), "FASTER"],
    ["nowhere, as at no n before", without("none"), without("none"), "SAME"],
    ["from one to several", at(1000), without("many"), "UNDECIDED"],
    ["to what nobody knows", at(1000), without("undecided"), "UNDECIDED"],
  ])("that goes %s", (_, before, after, verdict) => {
    const { arms, findings, gate } = compareRuns(withCrossing(base, before), withCrossing(head, after));
    expect(arms.find(({ metric }) => metric === "crossover")).toMatchObject({ verdict, gates: false });
    // Whatever it is, it is told where it is not the same, and it gates nothing.
    expect(findings.some((text) => /: n\* of softmax and linear, .* → .* \(does not gate\)\.$/.test(text))).toBe(verdict !== "SAME");
    expect(gate).toBe("pass");
  });

  it("is not the only thing of two arms that may be open: what keeps a gate from being passed is named", () => {
    const loose = (record: RunRecord): RunRecord => ({
      ...record,
      fits: record.fits.map((fit) => (fit.label === "softmax" && fit.metric === "time" ? { ...fit, exponent: { value: 1, low: 0.2, high: 1.8 } } : fit)),
    });
    const { gate, findings } = compareRuns(loose(base), loose(head));
    expect([gate, findings.filter((text) => text.startsWith("UNDECIDED"))]).toEqual([
      "undecided",
      ["UNDECIDED of the arms: exponent of softmax's time, 1.00 [0.20, 1.80] → 1.00 [0.20, 1.80]."],
    ]);
  });

  it("of two n has no exponent to compare, which is not the same as an equal one", () => {
    const none = (record: RunRecord): RunRecord => ({ ...record, fits: record.fits.map((fit) => ({ ...fit, exponent: undefined })) });
    const { arms, gate } = compareRuns(none(base), none(head));
    const exponents = arms.filter(({ metric }) => metric === "exponent");
    expect(exponents.length).toBeGreaterThan(0);
    expect(exponents.every(({ verdict, gates, note }) => verdict === "UNDECIDED" && !gates && note === "neither run tells it")).toBe(true);
    expect(gate).toBe("pass");
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
