import { expect, it } from "vitest";
import { plantedRun } from "../analysis/planted.ts";
import type { RunRecord } from "../record/run.ts";
import { runsApart } from "./runsApart.ts";

/** Six runs of one code on a machine that is slower by a half in each second of them. */
const runs = Array.from({ length: 6 }, (_, i): RunRecord => {
  const times = i % 2 === 0 ? 1 : 1.5;
  const run = plantedRun({
    ns: [256, 512, 1024, 2048],
    arms: [
      { label: "softmax", family: "softmax", ms: (n) => times * (0.02 + 1e-4 * n), bytes: (n) => n },
      { label: "linear", family: "linear", ms: () => times * 0.1, bytes: () => 1 },
    ],
    noise: [0.005, 0.01, 0.01],
    workers: 4,
    turns: 4,
    seed: i + 1,
  });
  const gauge = (turn: number) => ({ turn, worker: 0, beforeMs: times, afterMs: times, jumped: false, discarded: false });
  return {
    ...run,
    experiment: { ...run.experiment, measure: { ...run.experiment.measure, seed: 1 } },
    sentinel: Array.from({ length: 16 }, (_, turn) => gauge(turn)),
  };
});

it("holds every run against every later one: no alarm where a sentinel shows what the machine did, and each pair of a fast and a slow run is one to a fixed limit", () => {
  const [told] = runsApart(runs);
  expect(told).toMatchObject({ runs: 6, pairs: 15, times: 15 * 8 });
  // The slower one comes later in three pairs with the first, two with the third, one with the fifth.
  expect([told?.alarms.attnbench, told?.alarms["fixed 5 %"]]).toEqual([0, 6]);
  expect((told?.held ?? 0) / (told?.times ?? 1)).toBeGreaterThan(0.9);
  expect(told?.noiseFloor).toBeCloseTo(0.5, 1);
});

it("counts an alarm where only the kernels are slower", () => {
  const [told] = runsApart(runs.map(({ sentinel, ...run }) => run));
  expect(told?.alarms.attnbench).toBe(6);
});
