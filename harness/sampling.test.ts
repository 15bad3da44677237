import { describe, expect, it } from "vitest";
import { type FakeDevice, fakeWorkers } from "./measure/fakeWorker.ts";
import type { CellRecord } from "./record/run.ts";
import { fakeRun } from "./testExperiment.ts";

const yaml = (maxTime: string): string => `
name: shared
title: Where time goes
phase: prefill
mechanisms: [softmax, linear]
axes: { n: [32, 64, 128, 4096] }
fixed: { heads: 8, headDim: 64 }
measure: { precision: 0.1%, maxTime: ${maxTime}, seed: 3 }
`;

/** 10 ms a repetition, and 2 s at the longest. */
const device: FakeDevice = {
  costMs: ({ phase, n }) => (phase === "probe" ? 0.1 : n === 4096 ? 2000 : 10),
  noise: { sample: 0.05, turn: 0.05 },
  software: true,
};

const samplesOf = ({ visits }: CellRecord): number => visits.at(-1)?.gpuMs.length ?? 0;

describe("the time of a run", () => {
  it("goes into more turns for cheap cells where a turn of all is dear, and into both arms at the same turns", async () => {
    const { record } = await fakeRun(yaml("60s"), fakeWorkers(device));
    const [cheap, dear] = [record.cells.filter(({ n }) => n < 4096), record.cells.filter(({ n }) => n === 4096)];
    const turnsOf = ({ visits }: CellRecord): readonly number[] => visits.map(({ turn }) => turn);
    const least = Math.min(...cheap.map(({ visits }) => visits.length));
    expect(dear).toHaveLength(2);
    for (const cell of dear) {
      expect(turnsOf(cell)).toEqual(dear[0] && turnsOf(dear[0]));
      expect(cell.visits.length).toBeLessThan(0.7 * least);
      expect(cell.visits.length).toBeGreaterThan(0.3 * least);
      expect(samplesOf(cell)).toBe(1);
    }
    // Half of the time would have gone into 7 turns of all.
    expect(least).toBeGreaterThan(20);
  }, 60_000);

  it("leaves no cell out where all of a turn fits", async () => {
    const { record } = await fakeRun(yaml("80s"), fakeWorkers({ ...device, costMs: ({ phase }) => (phase === "probe" ? 0.1 : 10) }));
    expect(new Set(record.cells.map(({ visits }) => visits.filter(({ turn }) => turn <= 10).length))).toEqual(new Set([11]));
    expect(record.cells.map(samplesOf)).toEqual(record.cells.map(() => 8));
  }, 60_000);

  it("is planned with what visits take beside their passes", async () => {
    const flat: FakeDevice = { ...device, costMs: ({ phase }) => (phase === "probe" ? 0.1 : 10) };
    const [quick, slow] = await Promise.all([0, 200].map((besideMs) => fakeRun(yaml("90s"), fakeWorkers({ ...flat, besideMs }))));
    expect(quick?.record.cells.map(samplesOf)).toEqual(quick?.record.cells.map(() => 8));
    for (const cell of slow?.record.cells ?? []) {
      expect(samplesOf(cell)).toBeLessThan(4);
      expect(cell.visits.length).toBeGreaterThan(35);
    }
  }, 60_000);
});
