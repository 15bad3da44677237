import { expect, test } from "vitest";
import { createGpuRest, wakeMs } from "./gpuRest.ts";

test("a GPU rests at first, and again a second after a stretch of work", () => {
  let now = 0;
  const rest = createGpuRest(() => now);
  expect(rest.isRested()).toBe(true);
  now += wakeMs;
  rest.worked(wakeMs);
  expect(rest.isRested()).toBe(false);
  now += 700;
  expect(rest.isRested()).toBe(false);
  now += 200;
  expect(rest.isRested()).toBe(true);
});

test("work at a tenth of the time is too little to keep awake, at half of it enough", () => {
  for (const [share, rested] of [
    [0.05, true],
    [0.5, false],
  ] as const) {
    let now = wakeMs;
    const rest = createGpuRest(() => now);
    rest.worked(wakeMs);
    for (let visit = 0; visit < 100; visit++) {
      now += 50;
      rest.worked(50 * share);
    }
    expect(rest.isRested()).toBe(rested);
  }
});
