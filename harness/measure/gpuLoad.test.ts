import { expect, test } from "vitest";
import { createGpuLoad, type Load } from "./gpuLoad.ts";
import { wakeMs } from "./gpuRest.ts";

/** A GPU whose repetition takes `repetitionMs`, with a clock that stands still otherwise. */
const plantedGpu = (repetitionMs: number) => {
  let now = 0;
  let pending = 0;
  let opened = 0;
  const submitted: number[] = [];
  const load: Load = {
    flops: 1e9,
    submit(repetitions) {
      submitted.push(repetitions);
      pending += repetitions * repetitionMs;
    },
    async done() {
      now += pending;
      pending = 0;
    },
  };
  const open = async (): Promise<Load> => {
    opened++;
    return load;
  };
  return { gpuLoad: createGpuLoad(open, () => now), submitted, opened: () => opened, sleep: (ms: number) => (now += ms) };
};

test("a GPU that has rested works until its clock is up, once", async () => {
  const { gpuLoad, submitted, opened, sleep } = plantedGpu(0.25);
  const tookMs = await gpuLoad.wake();
  expect(tookMs).toBeGreaterThanOrEqual(wakeMs);
  expect(tookMs).toBeLessThan(wakeMs + 10);
  // Passes of 5 ms.
  expect(submitted.at(-1)).toBe(20);
  expect(await gpuLoad.wake()).toBe(0);
  sleep(2000);
  expect(await gpuLoad.wake()).toBeGreaterThanOrEqual(wakeMs);
  expect(opened()).toBe(1);
});

test("a stretch of 1 ms goes before a visit, and is not waited for", async () => {
  const { gpuLoad, submitted } = plantedGpu(0.25);
  await gpuLoad.hold();
  expect(submitted).toEqual([1, 1, 4]);
});

test("a repetition that is longer than a stretch goes once", async () => {
  const { gpuLoad, submitted } = plantedGpu(40);
  await gpuLoad.hold();
  expect(submitted).toEqual([1, 1, 1]);
});

test.each([
  [0.25, 2 ** 42],
  [0.23, 2 ** 42],
  [0.4, 2 ** 41],
])("operations of repetitions that take %s ms are counted once awake, to the nearest power of two", async (repetitionMs, flopsPerSecond) => {
  const { gpuLoad, submitted } = plantedGpu(repetitionMs);
  expect(await gpuLoad.flopsPerSecond()).toBe(flopsPerSecond);
  expect(submitted.reduce((sum, count) => sum + count * repetitionMs, 0)).toBeGreaterThanOrEqual(wakeMs);
  expect(Math.abs(Math.log2((flopsPerSecond * repetitionMs) / 1e12))).toBeLessThanOrEqual(0.5);
});
