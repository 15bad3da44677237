import { describe, expect, it } from "vitest";
import { findKnee } from "./ceilings.ts";
import { affordsRestart, allotmentsFor, isVisited, leastShare, predictMs, repetitions, shortestPassMs, startsWorker, turnOrder } from "./schedule.ts";

const hardware = { stepNs: 1, software: false };
const emulation = { stepNs: 100, software: true };

describe("a pass", () => {
  it("is at least 1 ms on hardware, 10 ms on an emulation, and 100 steps of any clock", () => {
    expect(shortestPassMs(hardware)).toBe(1);
    expect(shortestPassMs(emulation)).toBe(10);
    expect(shortestPassMs({ stepNs: 65_536, software: false })).toBeCloseTo(6.55, 2);
  });
  it("is ten times as long beside a peer, where wall times are compared", () => {
    expect(shortestPassMs({ ...hardware, besidePeer: true })).toBe(10);
    expect(shortestPassMs({ ...emulation, besidePeer: true })).toBe(100);
  });
  it("has as many repetitions as that takes, at least one", () => {
    expect(repetitions(0.02, hardware)).toBe(63);
    expect(repetitions(3, emulation)).toBe(5);
    expect(repetitions(500, emulation)).toBe(1);
  });
  it("cannot be made long enough below the clock's resolution", () => {
    expect(repetitions(1e-6, { stepNs: 65_536, software: false })).toBeUndefined();
    expect(repetitions(1e-5, hardware)).toBe(16_384);
  });
});

describe("a turn", () => {
  const cells = ["a", "b", "c", "d", "e", "f"];
  it("keeps the planned order first, then is a permutation that seed and turn fix", () => {
    expect(turnOrder(cells, 0, 1)).toEqual(cells);
    expect(turnOrder(cells, 3, 1)).toEqual(turnOrder(cells, 3, 1));
    expect(new Set([1, 2, 3, 4, 5].map((turn) => turnOrder(cells, turn, 1).join(""))).size).toBeGreaterThan(3);
    expect([...turnOrder(cells, 2, 1)].sort()).toEqual(cells);
  });
  it("takes each place about equally often", () => {
    const first = Array.from({ length: 600 }, (_, turn) => turnOrder(cells, turn + 1, 7)[0]);
    for (const cell of cells) expect(Math.abs(first.filter((other) => other === cell).length - 100)).toBeLessThan(40);
  });
  it("starts a worker often enough for three in ten turns", () => {
    expect(Array.from({ length: 30 }, (_, turn) => turn).filter(startsWorker)).toEqual([4, 8, 16, 24]);
  });
  it("starts one for less than half of what time is left, and for most of it until there are three", () => {
    expect(affordsRestart(3900, 10_000, 1000, 5)).toBe(true);
    expect(affordsRestart(5000, 10_000, 100, 5)).toBe(true);
    expect(affordsRestart(5000, 10_000, 200, 5)).toBe(false);
    expect(affordsRestart(6800, 10_000, 200, 2)).toBe(true);
    expect(affordsRestart(7000, 10_000, 200, 2)).toBe(false);
    // The second where a third is left time for.
    expect(affordsRestart(5000, 16_000, 200, 1)).toBe(true);
    expect(affordsRestart(6800, 16_000, 200, 1)).toBe(false);
  });
  it("fills its time with samples, 1 to 8 a visit", () => {
    const samplesIn = (turnMs: number, sampleMs = 100, besideMs = 0): number => allotmentsFor([{ besideMs, sampleMs }], turnMs, 1)(sampleMs).samples;
    expect(samplesIn(810)).toBe(8);
    expect(samplesIn(5000)).toBe(8);
    expect(samplesIn(401)).toBe(4);
    expect(samplesIn(4, 5000)).toBe(1);
    // What a visit takes beside its samples counts.
    expect(samplesIn(401, 100, 200)).toBe(2);
  });
  it("gives cells whose samples take little more of them, as one over the root, and never more than fit", () => {
    const costs = [10, 40, 160].map((sampleMs) => ({ besideMs: 0, sampleMs }));
    const samplesIn = (turnMs: number): readonly number[] => costs.map(({ sampleMs }) => allotmentsFor(costs, turnMs, 1)(sampleMs).samples);
    expect(samplesIn(400)).toEqual([7, 3, 1]);
    for (const turnMs of [1, 210, 350, 900, 2_000]) {
      const takesMs = samplesIn(turnMs).reduce((sum, samples, i) => sum + samples * (costs[i]?.sampleMs ?? 0), 0);
      expect(takesMs).toBeLessThanOrEqual(Math.max(220, turnMs));
    }
    expect(samplesIn(1e9)).toEqual([8, 8, 8]);
  });
  it("lets dear cells rest where not even one sample of each fits, in every second of the first ten turns at most, and in two of three later", () => {
    const costs = [10, 10, 1000].map((sampleMs) => ({ besideMs: 0, sampleMs }));
    expect(allotmentsFor(costs, 400, leastShare(3))(1000)).toEqual({ share: 0.5, samples: 1 });
    const { share, samples } = allotmentsFor(costs, 540, leastShare(10))(1000);
    expect(samples).toBe(1);
    expect(share).toBeGreaterThan(0.4);
    expect(share * 1000).toBeLessThan(530);
    expect(allotmentsFor(costs, 1, leastShare(10))(1000).share).toBeCloseTo(1 / 3);
    expect(allotmentsFor(costs, 1, leastShare(10))(10)).toEqual({ share: 1, samples: 1 });
  });
  it("is visited by a cell as often as its share says, evenly", () => {
    const turnsOf = (share: number): readonly number[] => Array.from({ length: 30 }, (_, i) => i + 1).filter((turn) => isVisited(turn, share));
    expect(turnsOf(1)).toHaveLength(30);
    expect(turnsOf(1 / 3)).toEqual([3, 6, 9, 12, 15, 18, 21, 24, 27, 30]);
    expect(turnsOf(0.5)).toHaveLength(15);
    expect(turnsOf(0.8)).toHaveLength(24);
  });
});

describe("the time of a larger n", () => {
  it("follows the last growth of the curve, or the claim before there is one", () => {
    expect(predictMs([], 256, 2)).toBeUndefined();
    expect(predictMs([{ n: 128, ms: 1 }], 256, 2)).toBe(4);
    expect(
      predictMs(
        [
          { n: 128, ms: 1 },
          { n: 256, ms: 2 },
        ],
        512,
        2,
      ),
    ).toBeCloseTo(4);
  });
  it("grows at least as claimed once n is large, however flat the start was", () => {
    expect(
      predictMs(
        [
          { n: 4096, ms: 1 },
          { n: 8192, ms: 1 },
        ],
        16_384,
        2,
      ),
    ).toBe(4);
  });
});

describe("the edge of the last-level cache", () => {
  it("is where the read rate falls for good", () => {
    expect(
      findKnee([
        [1, 100],
        [2, 104],
        [4, 98],
        [8, 40],
        [16, 35],
      ]),
    ).toBe(8);
  });
  it("is not a dip, and not noise", () => {
    expect(
      findKnee([
        [1, 100],
        [2, 50],
        [4, 98],
        [8, 96],
      ]),
    ).toBeUndefined();
    expect(
      findKnee([
        [1, 100],
        [2, 80],
        [4, 85],
        [8, 75],
      ]),
    ).toBeUndefined();
  });
});
