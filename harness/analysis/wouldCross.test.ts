import { describe, expect, it } from "vitest";
import type { Crossover } from "../record/derived.ts";
import type { RunRecord } from "../record/run.ts";
import { analyse } from "./analysis.ts";
import { plantedPrepared, plantedRun } from "./planted.ts";

const ns = [64, 128, 256, 512, 1024, 2048, 4096];
const ceilings = { readGbps: 1e9, copyGbps: 1e9, fmaGflops: 1000, emptyDispatchMs: 0.001, cacheKneeBytes: undefined };
/** executed FLOPs: equal at n = 200 */
const flops = { softmax: (n: number) => 1000 * n * n, linear: (n: number) => 200_000 * n };
/** the linear arm runs at half of its ceiling, the other at all of it */
const arms = [
  { label: "softmax", family: "softmax", ms: (n: number) => flops.softmax(n) / 1e9, bytes: (n: number) => n },
  { label: "linear", family: "linear", ms: (n: number) => (2 * flops.linear(n)) / 1e9, bytes: () => 500 },
] as const;

const planted: RunRecord = { ...plantedRun({ ns, arms }), ceilings };
const counted: RunRecord = {
  ...planted,
  cells: planted.cells.map((cell) => ({ ...cell, prepared: plantedPrepared(flops[cell.family === "linear" ? "linear" : "softmax"](cell.n), 4) })),
};
const timeOf = (record: RunRecord): Crossover | undefined => analyse(record).crossovers.find(({ metric }) => metric === "time");

describe("n* as it would be", () => {
  it("is measured at 400, and lies at 200 where both use the device alike, and by their FLOPs", () => {
    const { n, equalShare, predicted } = timeOf(counted) ?? {};
    expect(n?.value).toBeCloseTo(400, 0);
    expect(equalShare).toEqual({ outcome: "crosses", n: expect.closeTo(200, 0) });
    expect(predicted).toEqual({ outcome: "crosses", n: expect.closeTo(200, 0) });
  });

  it("is said where the arms are unequal", () => {
    expect(analyse(counted).findings.map(({ text }) => text)).toContainEqual(
      expect.stringContaining(
        "softmax runs at 100 % of its ceiling, linear at 50 %. With both at the better one's share they would cross at n = 200, by FLOPs and bytes alone at n = 200.",
      ),
    );
  });

  it("is not known without ceilings, or where it is not known what is executed", () => {
    for (const record of [planted, { ...counted, ceilings: undefined }]) expect(timeOf(record)).not.toHaveProperty("predicted");
  });
});

describe("n* by the wall clock", () => {
  it("is found beside that of the GPU's", () => {
    const { crossovers } = analyse(plantedRun({ ns, arms }));
    expect(crossovers.find(({ metric }) => metric === "wallTime")?.n?.value).toBeCloseTo(400, 0);
    const wall = plantedRun({ ns, arms });
    const onWallClock = { ...wall, environment: { ...wall.environment, clock: { source: "wall" as const, stepNs: 1 } } };
    expect(analyse(onWallClock).crossovers.map(({ metric }) => metric)).toEqual(["time", "stateBytes"]);
  });
});
