import { expect, it } from "vitest";
import type { CellRecord, Visit } from "../record/run.ts";
import { plantedRun } from "./planted.ts";
import { drawsOf, resample } from "./resampling.ts";
import { stageSummary } from "./stages.ts";

/** A cell of 12 visits that take 10 ms, the last of which took `slow` times as long and alone timed their stages: 3 : 5, together `off` times the whole. */
const rarelyStaged = (slow: number, off: number, staged = 2): CellRecord => {
  const [cell] = plantedRun({ ns: [64], arms: [{ label: "softmax", family: "softmax", ms: () => 10, bytes: () => 1 }], noise: [0, 0.01, 0.01] }).cells;
  if (!cell) throw new Error("no cell");
  const visits = cell.visits.map((visit, i): Visit => {
    if (i < cell.visits.length - staged) return visit;
    const gpuMs = visit.gpuMs.map((ms) => slow * ms);
    return { ...visit, gpuMs, stages: { mix: slow * off * 3.75, feedForward: slow * off * 6.25 } };
  });
  return { ...cell, visits };
};

const told = (cell: CellRecord) => {
  const draws = drawsOf({ ...plantedRun({ ns: [], arms: [] }), cells: [cell] });
  const whole = resample(cell.visits, draws, cell.id);
  if (!whole) throw new Error("no time");
  return { whole: whole.estimate, stages: stageSummary(cell, whole, draws) };
};

it.each([
  [1, 1],
  [1.5, 1],
  [1.5, 0.9],
  [0.7, 1.1],
])("fits stages into the whole where the few visits that time them took %d times as long, and their sum was %d times theirs", (slow, off) => {
  const { whole, stages } = told(rarelyStaged(slow, off));
  const sum = stages?.times.reduce((all, { ms }) => all + ms.value, 0) ?? 0;
  expect(whole).toBeGreaterThan(9.5);
  expect(whole).toBeLessThan(10.5);
  expect(sum / whole).toBeCloseTo(stages?.sumOverWhole.value ?? 0, 9);
  expect(sum / whole / off).toBeGreaterThan(0.97);
  expect(sum / whole / off).toBeLessThan(1.03);
  for (const { ms, share } of stages?.times ?? []) {
    expect(ms.value).toBeCloseTo(share.value * sum, 9);
    expect(ms.low).toBeLessThan(ms.value);
    expect(ms.high).toBeGreaterThan(ms.value);
  }
  expect(stages?.times.map(({ share }) => share.value)).toEqual([expect.closeTo(0.375, 9), expect.closeTo(0.625, 9)]);
});

it("has nothing to say where no visit timed its stages, and no time of a stage below a step of the clock", () => {
  expect(told(rarelyStaged(1, 1, 0)).stages).toBeUndefined();
  const cell = rarelyStaged(1, 1);
  const without = { ...cell, visits: cell.visits.map((visit) => (visit.stages ? { ...visit, stages: { ...visit.stages, embed: 0 } } : visit)) };
  expect(told(without).stages?.times.find(({ stage }) => stage === "embed")?.ms).toEqual({ value: 0, low: 0, high: 0 });
});
