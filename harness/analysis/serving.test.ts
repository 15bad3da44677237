import { describe, expect, it } from "vitest";
import type { Serving } from "../experiment/experiment.ts";
import { en } from "../messages/en.ts";
import { zh } from "../messages/zh.ts";
import type { Served } from "../record/derived.ts";
import type { CellRecord, Room, RunRecord } from "../record/run.ts";
import { servingColumns, servingNotes } from "../report/servingColumns.ts";
import { analyse } from "./analysis.ts";
import { type Planted, plantedRun } from "./planted.ts";
import { seriesOf } from "./series.ts";
import { servingOf } from "./serving.ts";
import { servingSentences } from "./servingSentences.ts";
import { timingOf } from "./timing.ts";

const weights = 1_000_003;
/** Bytes of one text: 512 a token and 40 more of softmax, 65,536 of linear. */
const textBytes = { softmax: (n: number) => 512 * n + 40, linear: () => 65_536 };
/** ms of a step: weights take 1 ms, and each text its own. */
const stepMs = { softmax: (n: number, batch: number) => 1 + batch * (0.05 + 2e-4 * n), linear: (_: number, batch: number) => 1 + 0.1 * batch };
type Arm = keyof typeof stepMs;
const arms: readonly Arm[] = ["softmax", "linear"];

interface Swept extends Pick<Planted, "noise" | "seed" | "workers"> {
  readonly ns?: readonly number[];
  readonly batches?: readonly number[];
  readonly ms?: (arm: Arm, n: number, batch: number) => number;
  readonly bytes?: (arm: Arm, n: number, batch: number) => number;
}

/** A run of these arms over n and batch. */
const sweep = ({
  ns = [128, 256, 512, 1024],
  batches = [1, 2, 4, 8],
  ms = (arm, n, batch) => stepMs[arm](n, batch),
  bytes = (arm, n, batch) => weights + batch * textBytes[arm](n),
  ...more
}: Swept): RunRecord => {
  const runs = batches.map((batch, i) => ({
    batch,
    run: plantedRun({
      ...more,
      ns,
      seed: 100 * (more.seed ?? 1) + i,
      arms: arms.map((label) => ({
        label,
        family: label,
        ms: (n) => ms(label, n, batch),
        bytes: (n) => bytes(label, n, batch),
        claim: label === "softmax" ? { time: "O(n)", stateBytes: "O(n)" } : { time: "O(1)", stateBytes: "O(1)" },
      })),
    }),
  }));
  const [first] = runs;
  if (!first) throw new Error("no batch");
  const cells = runs.flatMap(({ batch, run }) => run.cells.map((cell): CellRecord => ({ ...cell, id: `${cell.id}-b${batch}`, batch })));
  return { ...first.run, cells };
};

/** What is served, without the rest of an analysis. */
const servedBy = (record: RunRecord, serving: Serving): readonly Served[] => {
  const series = seriesOf(record.cells);
  return servingOf(
    { ...record, experiment: { ...record.experiment, serving } },
    series,
    timingOf(record, 200).spreadsOf(series, (draws) => draws),
  );
};
const of = (all: readonly Served[], label: string, n: number): Served | undefined => all.find((one) => one.label === label && one.n === n);
const gib = 2 ** 30;

describe("serving", () => {
  it("finds the largest batch to the text, and what a step of it takes, far beyond what was measured", () => {
    const all = servedBy(sweep({}), { memoryBytes: gib, n: [512, 65_536] });
    expect(all.map(({ label, n }) => [label, n])).toEqual([
      ["softmax", 512],
      ["softmax", 65_536],
      ["linear", 512],
      ["linear", 65_536],
    ]);
    for (const arm of arms)
      for (const n of [512, 65_536]) {
        const batch = Math.floor((gib - weights) / textBytes[arm](n));
        const ms = stepMs[arm](n, batch);
        expect(of(all, arm, n)).toMatchObject({ fixedBytes: weights, textBytes: textBytes[arm](n), exactBytes: true, batch, from: "projected" });
        expect(of(all, arm, n)?.stepMs?.value).toBeCloseTo(ms, 6);
        expect(of(all, arm, n)?.tokensPerSecond?.value).toBeCloseTo((1000 * batch) / ms, 6);
      }
  });

  it("follows an arm that keeps nothing by n² where four lengths are measured, and tells it at a measured length from batches alone", () => {
    const anew = (_: Arm, n: number, batch: number): number => 0.5 + batch * (1e-3 * n + 2e-6 * n ** 2);
    const recomputing = (ns: readonly number[]): RunRecord => {
      const record = sweep({ ns, ms: anew });
      return {
        ...record,
        cells: record.cells.map((cell): CellRecord => ({ ...cell, stateBytes: 0, claim: { ...cell.claim, time: "O(n²)", stateBytes: "O(1)" } })),
      };
    };
    const far = of(servedBy(recomputing([128, 256, 512, 1024]), { memoryBytes: gib, n: [8192] }), "softmax", 8192);
    expect(far?.stepMs?.value).toBeCloseTo(anew("softmax", 8192, far?.batch ?? 0), 0);
    const three = servedBy(recomputing([128, 256, 512]), { memoryBytes: gib, n: [512, 8192] });
    expect(of(three, "softmax", 8192)).toMatchObject({ stepMs: undefined, note: "4 values of n are needed for another n, 3 were measured" });
    const near = of(three, "softmax", 512);
    expect(near?.stepMs?.value).toBeCloseTo(anew("softmax", 512, near?.batch ?? 0), 3);
  });

  it("holds the truth in its intervals", () => {
    let [held, asked] = [0, 0];
    for (let seed = 1; seed <= 25; seed++) {
      const record = sweep({ seed, workers: 4, noise: [0.02, 0.03, 0.03] });
      for (const { label, n, batch, stepMs: found } of servedBy(record, { memoryBytes: gib, n: [512, 16_384] })) {
        const truth = stepMs[label as Arm](n, batch);
        asked++;
        if (found && found.low <= truth && truth <= found.high) held++;
        // Narrow enough to be of use.
        expect(found && found.high / found.low).toBeLessThan(1.6);
      }
    }
    expect(asked).toBe(100);
    expect(held / asked).toBeGreaterThan(0.9);
  }, 60_000);

  it("gives what was measured where just that many have room", () => {
    const memoryBytes = weights + 8 * textBytes.softmax(1024);
    const record = sweep({ ms: (arm, n, batch) => (batch === 8 && n === 1024 ? 7 : stepMs[arm](n, batch)) });
    expect(of(servedBy(record, { memoryBytes, n: [1024] }), "softmax", 1024)).toMatchObject({ batch: 8, from: "measured", stepMs: { value: 7 } });
    expect(of(servedBy(record, { memoryBytes: memoryBytes - 1, n: [1024] }), "softmax", 1024)).toMatchObject({ batch: 7, from: "projected" });
  });

  it("serves nobody where weights fill the memory, and says so", () => {
    const all = servedBy(sweep({}), { memoryBytes: weights + 70_000, n: [1024] });
    expect(of(all, "softmax", 1024)).toMatchObject({ batch: 0, stepMs: undefined, note: "not even one text has room" });
    expect(of(all, "linear", 1024)).toMatchObject({ batch: 1, from: "measured" });
    expect(of(servedBy(sweep({}), { memoryBytes: weights - 1, n: [1024] }), "linear", 1024)).toMatchObject({ batch: 0 });
  });

  it("tells no time that the batches do not show", () => {
    // A device that the largest batch does not fill.
    const flat = sweep({ noise: [0.02, 0.03, 0.03], ms: () => 1 });
    expect(of(servedBy(flat, { memoryBytes: gib, n: [512] }), "linear", 512)).toMatchObject({
      stepMs: undefined,
      note: "known less narrowly than to a factor of 4; larger batches, and n nearer to this one, would tell",
    });
    // Times that scatter by as much as their intervals are wide are no objection to a line, and widen what is told.
    const noisy = sweep({ workers: 2, noise: [0.3, 0.3, 0.3] });
    const quiet = of(servedBy(sweep({ noise: [0.01, 0.01, 0.01] }), { memoryBytes: gib, n: [512] }), "linear", 512)?.stepMs;
    const wide = of(servedBy(noisy, { memoryBytes: gib, n: [512] }), "linear", 512);
    expect(wide?.note ?? "known less narrowly than").toMatch(/^known less narrowly than/);
    expect(wide?.stepMs === undefined || wide.stepMs.high / wide.stepMs.low > 2 * ((quiet?.high ?? 1) / (quiet?.low ?? 1))).toBe(true);
    // A law that is no line.
    const bent = sweep({ ms: (_, __, batch) => batch ** 3 });
    expect(of(servedBy(bent, { memoryBytes: gib, n: [512] }), "linear", 512)?.note).toBe("its times follow no line over n and batch");
    // A device that is full from six texts on: a line through all would be off by much beyond.
    const filling = sweep({ noise: [0.01, 0.01, 0.01], ms: (_, __, batch) => Math.max(1, batch / 6) });
    expect(of(servedBy(filling, { memoryBytes: gib, n: [512] }), "linear", 512)?.note).toMatch(/^its times bend upwards with batch, /);
    // One that is off the line a little says so by its interval, whatever its noise.
    const wavy = sweep({ ms: (_, __, batch) => batch * (batch === 2 ? 1.15 : 1) });
    const { low = 0, high = 0, value = 0 } = of(servedBy(wavy, { memoryBytes: gib, n: [512] }), "linear", 512)?.stepMs ?? {};
    expect(high / value).toBeGreaterThan(1.1);
    expect(low / value).toBeLessThan(0.92);
    const two = sweep({ batches: [1, 2] });
    expect(of(servedBy(two, { memoryBytes: gib, n: [512] }), "softmax", 512)?.note).toBe("3 values of batch are needed, 2 were measured");
    const short = sweep({ ns: [512] });
    const all = servedBy(short, { memoryBytes: gib, n: [512, 4096] });
    expect(of(all, "softmax", 4096)?.note).toBe("3 values of n are needed for another n, 1 were measured");
    expect(of(all, "softmax", 512)?.note).toBeUndefined();
    expect(of(all, "linear", 4096)?.note).toBeUndefined();
  });

  it("follows bytes that step about, and no others", () => {
    const stepping = sweep({ bytes: (arm, n, batch) => weights + batch * (textBytes[arm](n) + 4 * Math.ceil(n / 300)) });
    const found = of(servedBy(stepping, { memoryBytes: gib, n: [8192] }), "softmax", 8192);
    expect(found?.exactBytes).toBe(false);
    expect(Math.abs((found?.batch ?? 0) / ((gib - weights) / (textBytes.softmax(8192) + 4 * 28)) - 1)).toBeLessThan(0.01);
    const odd = sweep({ bytes: (_, __, batch) => 1000 * batch ** 3 });
    expect(of(servedBy(odd, { memoryBytes: gib, n: [512] }), "softmax", 512)).toMatchObject({ batch: 0, note: "its bytes follow no line over n and batch" });
  });

  it("takes what was counted, whatever a line through measured bytes says, and tells what ends it", () => {
    const record = sweep({ ns: [512], noise: [0.005, 0.005, 0.005] });
    const idOf = (label: string): string => record.cells.find((cell) => cell.label === label)?.id ?? "";
    const limit = "one buffer holds 1 GiB";
    const room: readonly Room[] = [
      { like: idOf("softmax"), n: 4096, batch: 99, bytes: 7e8, fixedBytes: 1e6, textBytes: 7e6, exactBytes: false, memoryBatch: 99 },
      { like: idOf("linear"), n: 4096, batch: 100, bytes: 7e6, fixedBytes: 1e6, textBytes: 6e4, exactBytes: true, memoryBatch: 16_368, limit },
    ];
    const asked = { ...record, room, experiment: { ...record.experiment, serving: { memoryBytes: gib, n: [4096] } } };
    const all = analyse(asked).serving ?? [];
    // Three n would be needed for a time there, and none for how many have room.
    expect(of(all, "softmax", 4096)).toMatchObject({
      batch: 99,
      room: { bytes: 7e8, memoryBatch: 99 },
      stepMs: undefined,
      note: "3 values of n are needed for another n, 1 were measured",
    });
    expect(of(all, "linear", 4096)).toMatchObject({ batch: 100, textBytes: 6e4, from: "projected", room: { bytes: 7e6, memoryBatch: 16_368, limit } });
    expect(of(all, "linear", 4096)?.stepMs?.value).toBeCloseTo(stepMs.linear(4096, 100), 0);
    expect(servingSentences(analyse(asked))[0]).toMatch(
      /softmax has room for 99 texts at once, at a speed .*; linear has room for 16,368 texts at once, of which these kernels take 100 on this device, .* Room is counted to the byte that kernels allocate; they take fewer texts where .* ends before the memory\.$/,
    );
    expect(servingNotes(all, en)).toEqual([
      "linear at n = 4,096: one text more is too much for these kernels on this device: one buffer holds 1 GiB.",
      "softmax at n = 4,096: no time: 3 values of n are needed for another n, 1 were measured.",
    ]);
    // What differs in its numbers alone is one note, with digits in groups.
    const [one] = all.filter(({ room }) => room?.limit);
    if (!one?.room) throw new Error("no limit");
    const limited = [128, 1024].map((n) => ({ ...one, n, room: { bytes: 1, memoryBatch: 2, limit: `needs ${1_073_741_824 + n} bytes` } }));
    expect(servingNotes(limited, en)).toEqual([
      "linear at n = 128 and 1,024: one text more is too much for these kernels on this device: needs 1,073,741,952 bytes (so at n = 128, and alike at the others).",
    ]);
    expect(servingNotes(limited, zh)).toEqual([expect.stringMatching(/1,073,741,952 bytes（此为 n = 128 时的数字，其余类似）。$/)]);
    const texts = servingColumns(all, en).map(({ head, text }) => [head, ...all.map(text)]);
    expect(texts).toContainEqual(["texts at once", "99", "100"]);
    expect(texts).toContainEqual(["bound by", "memory", "these kernels"]);
    expect(texts).toContainEqual(["memory holds", "99", "16,368"]);
    // Where not even one has room, it is said of what.
    const none = { n: 4096, batch: 0, bytes: 0, fixedBytes: 1e6, textBytes: 6e4, exactBytes: true } as const;
    const without: readonly Room[] = [
      { ...none, like: idOf("softmax"), memoryBatch: 0 },
      { ...none, like: idOf("linear"), memoryBatch: 32, limit },
    ];
    const refused = analyse({ ...asked, room: without }).serving ?? [];
    expect(servingNotes(refused, en)).toEqual([
      "linear at n = 4,096: one text more is too much for these kernels on this device: one buffer holds 1 GiB.",
      "softmax at n = 4,096: no time: not even one text has room.",
      "linear at n = 4,096: no time: the memory has room, but these kernels take not even one text on this device.",
    ]);
  });

  it("mixes no two shards", () => {
    const record = sweep({});
    const sharded = { ...record, cells: record.cells.map((cell): CellRecord => ({ ...cell, shard: cell.batch > 2 ? 2 : 1 })) };
    expect(servedBy(sharded, { memoryBytes: gib, n: [512] })).toEqual([]);
  });

  it("is part of the record and of the answer where it is asked", () => {
    const record = sweep({ noise: [0.005, 0.005, 0.005] });
    const asked = { ...record, experiment: { ...record.experiment, serving: { memoryBytes: gib, n: [1024, 65_536, 262_144, 4_194_304] } } };
    const analysed = analyse(asked);
    expect(analysed.serving).toHaveLength(8);
    expect(analyse(analysed).serving).toEqual(analysed.serving);
    const sentences = servingSentences(analysed);
    expect(analysed.findings.filter(({ text }) => sentences.includes(text))).toHaveLength(2);
    expect(sentences[0]).toMatch(
      /^With 1 GiB for one layer's attention, at n = 1,024, softmax has room for 2,045 texts at once, about 3,9\d0 tokens a second in all; linear has room for 16,368 texts at once, about (?:9,9|10,)\d+ tokens a second in all; “about” is projected, without an interval, from batches up to 8 and n up to 1,024\.$/,
    );
    expect(sentences[1]).toMatch(
      /at n = 4,194,304, softmax has room for no text; linear has room for 16,368 texts at once, .* Room is that of the memory alone/,
    );
    expect(analyse(record)).not.toHaveProperty("serving");
  }, 30_000);
});
