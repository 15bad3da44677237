import { describe, expect, it } from "vitest";
import { plantedRun } from "../analysis/planted.ts";
import { heldOut } from "./heldOut.ts";

const ns = [64, 128, 256, 512, 1024, 2048, 4096, 8192, 16384];
const armsOf = (last: number) =>
  [
    { label: "softmax", family: "softmax", ms: (n: number) => 0.02 + 1e-7 * n * n * (n > 8192 ? last : 1), bytes: (n: number) => n },
    { label: "linear", family: "linear", ms: (n: number) => 0.03 + 1e-4 * n, bytes: () => 1 },
  ] as const;

describe("the two largest n, held out", () => {
  it("are foretold where the law goes on, and not where it does not", () => {
    const going = heldOut(plantedRun({ ns, arms: armsOf(1), noise: [0.01, 0.02, 0.02] }));
    expect(going).toHaveLength(4);
    expect(going.filter(({ inside }) => inside).length).toBeGreaterThanOrEqual(3);
    const broken = heldOut(plantedRun({ ns, arms: armsOf(2), noise: [0.01, 0.02, 0.02] }));
    expect(broken.find(({ arm, n }) => arm.startsWith("softmax") && n === 16384)?.inside).toBe(false);
  });

  it("need five others", () => {
    expect(heldOut(plantedRun({ ns: ns.slice(0, 6), arms: armsOf(1) }))).toEqual([]);
  });
});
