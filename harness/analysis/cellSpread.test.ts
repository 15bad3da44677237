import { describe, expect, it } from "vitest";
import { analyse } from "./analysis.ts";
import { type Planted, plantedRun } from "./planted.ts";
import { drawsOf, resample } from "./resampling.ts";
import { percentileInterval } from "./statistics.ts";

const ns = [128, 256, 512, 1024, 2048, 4096, 8192, 16384];
const arms = [
  { label: "softmax", family: "softmax", ms: (n: number) => 0.1 + 1e-3 * n, bytes: (n: number) => 2048 * n },
  { label: "linear", family: "linear", ms: () => 0.2, bytes: () => 131072 },
] as const satisfies Planted["arms"];

/** Of runs of as many seeds: the share of cells whose interval holds the planted time, and how many times its low end is its high one, ascending. */
const intervals = (planted: Partial<Planted>, seeds: number): { readonly held: number; readonly widths: readonly number[] } => {
  const all = Array.from({ length: seeds }, (_, seed) => analyse(plantedRun({ ns, arms, ...planted, seed: seed + 1 }))).flatMap(({ cells }) =>
    cells.flatMap(({ label, n, summary }) => {
      const truth = arms.find((arm) => arm.label === label)?.ms(n);
      return summary && truth !== undefined ? [{ isHeld: summary.lowMs <= truth && truth <= summary.highMs, width: summary.highMs / summary.lowMs }] : [];
    }),
  );
  return { held: all.filter(({ isHeld }) => isHeld).length / all.length, widths: all.map(({ width }) => width).sort((one, other) => one - other) };
};

describe("the time of a cell", () => {
  it("of two processes is known by its curve: held in at least 93 of 100, and no interval is absurd", () => {
    const { held, widths } = intervals({ workers: 2, turns: 6, samples: 3, noise: [0.08, 0.05, 0.05] }, 15);
    expect(held).toBeGreaterThanOrEqual(0.93);
    expect(widths.at(-1)).toBeLessThan(3);
  });

  it("is held where the machine drifts too", () => {
    const { held, widths } = intervals({ workers: 3, turns: 6, samples: 3, noise: [0.03, 0.05, 0.05], drift: 0.2 }, 15);
    expect(held).toBeGreaterThanOrEqual(0.93);
    expect(widths.at(-1)).toBeLessThan(3);
  });

  it("that stands alone is judged by itself", () => {
    const record = plantedRun({ ns: [1024], arms: arms.slice(0, 1), workers: 3, turns: 6, samples: 3, noise: [0.03, 0.05, 0.05] });
    const [cell] = analyse(record).cells;
    const own = resample(cell?.visits ?? [], drawsOf(record), cell?.id ?? "");
    const { value, low, high } = percentileInterval(own?.estimate ?? Number.NaN, own?.replicates ?? []);
    expect(cell?.summary).toMatchObject({ medianMs: value, lowMs: expect.closeTo(low, 9), highMs: expect.closeTo(high, 9) });
    expect(high).toBeGreaterThan(low);
  });
});
