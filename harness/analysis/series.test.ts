import { describe, expect, it } from "vitest";
import type { CellRecord } from "../record/run.ts";
import { plantedRun } from "./planted.ts";
import { describeKey, pairsOf, seriesOf } from "./series.ts";

const softmax = { label: "softmax", family: "softmax", ms: () => 1, bytes: () => 1 } as const;
const linear = { label: "linear", family: "linear", ms: () => 1, bytes: () => 1 } as const;
const cells = plantedRun({ ns: [128, 64], arms: [softmax, linear], dModels: [256, 512] }).cells;

const vary = (change: (cell: CellRecord) => Partial<CellRecord>): readonly CellRecord[] =>
  cells.map((cell) => ({ ...cell, ...change(cell), id: `${cell.id}-varied` }));

describe("seriesOf", () => {
  it("makes a curve of each arm and shape, n ascending, with the smallest key that tells them apart", () => {
    const series = seriesOf(cells);
    expect(series.map(({ label, key }) => [label, key])).toEqual([
      ["softmax", { dModel: 256, heads: 4, headDim: 64 }],
      ["softmax", { dModel: 512, heads: 8, headDim: 64 }],
      ["linear", { dModel: 256, heads: 4, headDim: 64 }],
      ["linear", { dModel: 512, heads: 8, headDim: 64 }],
    ]);
    expect(series[0]?.cells.map((cell) => cell.n)).toEqual([64, 128]);
  });

  it("takes a size or parameter into the key only where it varies within an arm", () => {
    const grouped = seriesOf([...cells, ...vary((cell) => (cell.family === "softmax" ? { kvHeads: 2 } : { parameters: { featureMap: "elu+1" } }))]);
    expect(grouped.map(({ key }) => Object.keys(key).at(-1))).toEqual([
      "kvHeads",
      "kvHeads",
      "kvHeads",
      "kvHeads",
      "featureMap",
      "featureMap",
      "featureMap",
      "featureMap",
    ]);
    for (const { cells: ofSeries } of grouped) expect(new Set(ofSeries.map((cell) => cell.n)).size).toBe(ofSeries.length);
  });

  it("leaves out instruments, and cells that are not ok", () => {
    const failed: CellRecord["outcome"] = { status: "failed", code: "wrongOutput", reason: "off" };
    expect(seriesOf(cells.map((cell) => ({ ...cell, family: "instrument" as const })))).toEqual([]);
    expect(seriesOf(cells.map((cell) => (cell.n === 64 ? { ...cell, outcome: failed } : cell))).map((series) => series.cells.length)).toEqual([1, 1, 1, 1]);
  });
});

describe("pairsOf", () => {
  it("pairs equal shapes, whatever kvHeads and parameters are, and names those in the pair's key", () => {
    const pairs = pairsOf(
      seriesOf(
        [...cells, ...vary((cell) => (cell.family === "softmax" ? { kvHeads: 2 } : {}))].filter(
          (cell) => cell.family === "softmax" || !cell.id.endsWith("varied"),
        ),
      ),
    );
    expect(pairs.map(({ key }) => key)).toEqual([
      { dModel: 256, heads: 4, headDim: 64, kvHeads: 4 },
      { dModel: 512, heads: 8, headDim: 64, kvHeads: 8 },
      { dModel: 256, heads: 4, headDim: 64, kvHeads: 2 },
      { dModel: 512, heads: 8, headDim: 64, kvHeads: 2 },
    ]);
  });

  it("does not pair different batches", () => {
    const batched = vary(() => ({ batch: 8 }));
    expect(pairsOf(seriesOf([...cells, ...batched])).every(({ upper: one, lower: other }) => one.key.batch === other.key.batch)).toBe(true);
    expect(pairsOf(seriesOf([...cells, ...batched]))).toHaveLength(4);
  });
});

describe("describeKey", () => {
  it("says what differs, and leaves out what follows", () => {
    const keys = [
      { dModel: 256, heads: 4, headDim: 64 },
      { dModel: 512, heads: 8, headDim: 64 },
    ];
    expect(keys.map((key) => describeKey(key, keys))).toEqual(["dModel 256", "dModel 512"]);
    expect(describeKey({ dModel: 256 }, [{ dModel: 256 }])).toBe("");
  });
});
