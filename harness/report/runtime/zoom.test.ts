import { describe, expect, it } from "vitest";
import type { LiveAxisRange } from "./liveSpec.ts";
import { isWhole, ticksWithin, zoomedDomain } from "./zoom.ts";

const log: LiveAxisRange = { scale: "log", domain: [1, 10_000], ticks: [1, 10, 100, 1000, 10_000] };
const linear: LiveAxisRange = { scale: "linear", domain: [0, 8], ticks: [0, 2, 4, 6, 8] };

describe("a part of an axis", () => {
  it("keeps what is under the pointer where it is", () => {
    expect(zoomedDomain(linear, linear.domain, 0.5, 0.25)).toEqual([1, 5]);
    const [low, high] = zoomedDomain(log, log.domain, 0.5, 0.5);
    expect(low).toBeCloseTo(10, 9);
    expect(high).toBeCloseTo(1000, 9);
  });

  it("stays within the axis, and is all of it again when it was widened enough", () => {
    expect(zoomedDomain(linear, [0, 4], 1, 0.5, -0.5)).toEqual([0, 4]);
    expect(zoomedDomain(linear, [4, 8], 1, 0.5, 0.5)).toEqual([4, 8]);
    expect(zoomedDomain(linear, [0, 4], 1, 0.5, 0.5)).toEqual([2, 6]);
    const back = zoomedDomain(log, zoomedDomain(log, log.domain, 0.2, 0.9), 100, 0.1);
    expect(back).toEqual(log.domain);
    expect(isWhole(log, back)).toBe(true);
    expect(isWhole(log, [1, 9000])).toBe(false);
  });

  it("does not become a point", () => {
    const [low, high] = zoomedDomain(linear, linear.domain, 1e-9, 0.5);
    expect(high - low).toBeCloseTo(8 / 64, 12);
  });

  it("has its own ticks where it has two, else round numbers", () => {
    expect(ticksWithin(log, [5, 5000], false)).toEqual([10, 100, 1000]);
    expect(ticksWithin(log, [110, 260], false)).toEqual([150, 200, 250]);
    expect(ticksWithin(log, [0.011, 0.018], false)).toEqual([0.012, 0.014, 0.016, 0.018]);
    expect(ticksWithin(linear, [2.5, 3.75], true)).toEqual([3]);
  });
});
