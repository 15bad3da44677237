import { describe, expect, it } from "vitest";
import type { Visit } from "../record/run.ts";
import { normals } from "./random.ts";
import { type Draws, resample } from "./resampling.ts";
import { percentileInterval } from "./statistics.ts";

const draws = (workers: number, turns: number, rest: Partial<Draws> = {}): Draws => ({
  seed: 1,
  count: 400,
  slots: [workers, turns],
  source: "gpu",
  stepMs: 0,
  made: new Map(),
  ...rest,
});

const visit = (worker: number, turn: number, gpuMs: readonly number[], k = 1): Visit => ({ worker, turn, k, gpuMs, wallMs: gpuMs.map((ms) => ms + 1) });

const interval = (visits: readonly Visit[], given: Draws, id = "cell") => {
  const spread = resample(visits, given, id);
  if (!spread) throw new Error("no spread");
  return percentileInterval(spread.estimate, spread.replicates);
};

describe("resample", () => {
  it("takes the median of all samples of the clock asked for", () => {
    const visits = [visit(0, 0, [1, 2]), visit(0, 1, [3])];
    expect(resample(visits, draws(1, 2), "cell")?.estimate).toBe(2);
    expect(resample(visits, draws(1, 2, { source: "wall" }), "cell")?.estimate).toBe(3);
  });

  it("has nothing to say of no samples, or of a time of zero", () => {
    expect(resample([], draws(1, 1), "cell")).toBeUndefined();
    expect(resample([visit(0, 0, [])], draws(1, 1), "cell")).toBeUndefined();
    expect(resample([visit(0, 0, [0, 0])], draws(1, 1), "cell")).toBeUndefined();
  });

  it("stays a number that a record holds where one visit of few processes stalled", () => {
    // As a stage of a model was timed once, ms, by two processes on a busy machine: the first had three visits.
    const first = [0.53, 2.62, 207.26];
    const second = [0.45, 0.65, 0.42, 0.52, 0.56, 0.42, 1.65, 0.81, 0.6, 0.53, 0.51, 0.49, 0.7, 0.37];
    const visits = [first, second].flatMap((turns, worker) => turns.map((ms, turn) => visit(worker, turn, [ms])));
    const { low, high } = interval(visits, draws(2, second.length));
    expect(low).toBeGreaterThan(1e-7);
    expect(high).toBeLessThan(1e7);
    expect(high).toBeGreaterThan(10);
  });

  it("does not pretend to certainty: one timing is known to a factor 2, one visit to ±10 %", () => {
    const single = interval([visit(0, 0, [1])], draws(1, 1));
    expect(single.low).toBeLessThan(0.6);
    expect(single.high).toBeGreaterThan(1.7);
    const oneVisit = interval([visit(0, 0, [1, 1, 1, 1, 1])], draws(1, 1));
    expect(oneVisit.low).toBeLessThan(0.92);
    expect(oneVisit.high).toBeGreaterThan(1.08);
  });

  it("keeps a clock's step in the interval, divided by the repetitions of a pass", () => {
    const visits = [0, 1, 2].map((turn) => visit(0, turn, [1, 1, 1], 10));
    const { low, high } = interval(visits, draws(1, 3, { stepMs: 1 }));
    expect(high - low).toBeGreaterThan(0.07);
    expect(high - low).toBeLessThan(0.13);
  });

  it("is exact where turns of several workers agree to the last digit", () => {
    const visits = [0, 1, 2].flatMap((worker) => [0, 1].map((turn) => visit(worker, turn, [2, 2])));
    expect(interval(visits, draws(3, 2))).toEqual({ value: 2, low: 2, high: 2 });
  });

  it("gives cells with equal visits equal draws, so that their ratio has no spread", () => {
    const times = normals(3);
    const visits = [0, 1, 2].flatMap((worker) => [0, 1, 2].map((turn) => visit(worker, turn, [Math.exp(0.1 * times())])));
    const doubled = visits.map((one) => ({ ...one, gpuMs: one.gpuMs.map((ms) => ms * 2) }));
    const [one, two] = [resample(visits, draws(3, 3), "one"), resample(doubled, draws(3, 3), "two")];
    for (const [r, value] of (one?.replicates ?? []).entries()) expect((two?.replicates[r] ?? 0) / value).toBeCloseTo(2, 9);
  });

  it("covers the truth in at least 93 % of runs, with workers that differ and with ones that do not", () => {
    for (const [worker, turn] of [
      [0, 0.03],
      [0.05, 0.01],
    ] as const) {
      let covered = 0;
      for (let seed = 1; seed <= 60; seed++) {
        const normal = normals(seed * 7919);
        const visits = [0, 1, 2, 3].flatMap((w) => {
          const ofWorker = worker * normal();
          return [0, 1, 2, 3, 4].map((t) => {
            const ofTurn = turn * normal();
            return visit(
              w,
              t,
              Array.from({ length: 4 }, () => Math.exp(ofWorker + ofTurn + 0.02 * normal())),
            );
          });
        });
        const { low, high } = interval(visits, draws(4, 5, { seed }));
        if (low <= 1 && high >= 1) covered++;
      }
      expect(covered / 60).toBeGreaterThanOrEqual(0.93);
    }
  });
});
