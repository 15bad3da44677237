import { describe, expect, it } from "vitest";
import { analyse } from "../../analysis/analysis.ts";
import { plantedPrepared, plantedRun } from "../../analysis/planted.ts";
import { en } from "../../messages/en.ts";
import type { RunRecord } from "../../record/run.ts";
import { richRecord } from "../richRecord.ts";
import { strictLogger } from "../strictLogger.ts";
import { crossoverChart, crossoverCurves } from "./crossoverChart.ts";
import { doublingChart } from "./doublingRatio.ts";
import { driftChart, driftOf } from "./driftChart.ts";
import { facetsOf } from "./facets.ts";
import { type Chart, chartSizes } from "./frame.ts";
import { renderChart } from "./render.ts";
import { rooflineChart, rooflineOf } from "./rooflineChart.ts";
import { marksOf, servedShapes, servingCharts } from "./servingChart.ts";
import { slopesChart } from "./slopesChart.ts";
import { themeVariables } from "./theme.ts";

const svgOf = async (record: RunRecord, chart: Chart | undefined): Promise<string> => {
  if (!chart) throw new Error("there is no chart");
  return (await renderChart(chart, "chart", "chart", { variables: themeVariables(record), logger: strictLogger })).markup;
};

/** softmax 0.05 + n² / 10⁵, linear 0.02 n: they cross near n = 2,000 and move with dModel by nothing. */
const record = analyse({
  ...plantedRun({
    ns: [64, 128, 256, 512, 1024, 2048, 4096, 8192],
    dModels: [256, 512],
    arms: [
      { label: "softmax", family: "softmax", ms: (n) => 0.05 + (n * n) / 1e5, bytes: (n) => n },
      { label: "linear", family: "linear", ms: (n) => 0.05 + 0.02 * n, bytes: () => 500 },
    ],
    workers: 3,
    turns: 4,
    samples: 4,
    noise: [0.01, 0.01, 0.01],
    phase: "prefill",
  }),
  sentinel: Array.from({ length: 11 }, (_, i) => ({ turn: i + 1, worker: 0, beforeMs: 1, afterMs: i === 4 ? 1.3 : 1, jumped: i === 4, discarded: i === 4 })),
});

describe("charts of lines", () => {
  it.each(chartSizes)("render without a word from Vega, $name", async (size) => {
    const [facet] = facetsOf(record);
    const [curve] = crossoverCurves(record);
    if (!facet || !curve) throw new Error("the record has facets and crossings");
    for (const chart of [slopesChart(record, facet, size), crossoverChart(record, curve, size), driftChart(record, driftOf(record), size)]) {
      const svg = await svgOf(record, chart);
      expect(svg).not.toMatch(/NaN|undefined|Infinity/);
      expect(svg).not.toMatch(/(fill|stroke)="#/);
    }
  });

  it("stand intervals of arms side by side where they have the same x", () => {
    const [facet] = facetsOf(record);
    const chart = facet && doublingChart(record, facet, chartSizes[0]);
    const layers = (chart?.spec as { layer: { data: { values: { series: string; x: number; tip?: string[] }[] } }[] } | undefined)?.layer ?? [];
    const at = (arm: string) => layers[0]?.data.values.find(({ series, tip }) => series === arm && tip?.some((line) => line.endsWith("n = 1,024")))?.x ?? 0;
    expect(at("softmax")).toBeLessThan(1024);
    expect(at("linear")).toBeGreaterThan(1024);
    expect(at("softmax") * at("linear")).toBeCloseTo(1024 ** 2, 3);
  });

  it("show no pace of the device that its sentinel did not tell: a reading of 0 ms", () => {
    const still = (beforeMs: number): typeof record => ({
      ...record,
      sentinel: (record.sentinel ?? []).map((turn) => ({ ...turn, ...(turn.turn === 3 ? { beforeMs } : {}) })),
    });
    const drift = driftOf(still(0));
    expect(drift.find(({ turn }) => turn === 3)).toMatchObject({ sentinel: undefined, cells: expect.any(Number) });
    expect(drift.filter(({ turn }) => turn !== 3)).toEqual(driftOf(record).filter(({ turn }) => turn !== 3));
    const none = { ...record, sentinel: (record.sentinel ?? []).map((turn) => ({ ...turn, beforeMs: 0, afterMs: 0 })) };
    expect(driftOf(none).every(({ sentinel }) => sentinel === undefined)).toBe(true);
  });

  it("show the exponent at each n with its interval, near 2 and near 1 at the end", () => {
    const [facet] = facetsOf(record);
    const { description } = (facet && slopesChart(record, facet, chartSizes[0])) ?? { description: "" };
    expect(description).toMatch(/^softmax: (1\.9\d|2\.00) \[.*\] at n = 8,192; linear: (0\.9\d|1\.0\d) \[/);
  });

  it("show n* at each size that is known at two, and none of a single one", () => {
    const curves = crossoverCurves(record);
    expect(curves).toMatchObject([{ between: ["softmax", "linear"], size: "dModel" }]);
    expect(curves[0]?.crossovers.map(({ n }) => Math.round((n?.value ?? 0) / 100))).toEqual([20, 20]);
    expect(crossoverCurves({ ...record, crossovers: record.crossovers.filter(({ series }) => series.dModel === 256) })).toEqual([]);
  });

  // softmax does 50 FLOPs a byte, beyond the ridge at 10, linear 2.
  const ceilings = { readGbps: 10, copyGbps: 5, fmaGflops: 100, emptyDispatchMs: 0.01, cacheKneeBytes: undefined };
  const limited = analyse({
    ...record,
    ceilings,
    cells: record.cells.map((cell) => ({
      ...cell,
      prepared: cell.label === "softmax" ? plantedPrepared(1e5 * cell.n, 2e3 * cell.n) : plantedPrepared(1e5 * cell.n, 5e4 * cell.n),
    })),
  });

  it("show how near cells come to what the device can do, by memory on the slope and by arithmetic beyond it", () => {
    const [facet] = facetsOf(limited);
    if (!facet) throw new Error("the record has facets");
    const points = rooflineOf(limited, facet);
    expect(points).toHaveLength(16);
    for (const { cell, intensity, gflops, share } of points) {
      const [expected, roof] = cell.label === "softmax" ? [50, 100] : [2, 20];
      expect(intensity).toBeCloseTo(expected, 9);
      expect(gflops.value).toBeCloseTo((1e5 * cell.n) / (cell.summary?.medianMs ?? 0) / 1e6, 9);
      expect(gflops.low).toBeLessThanOrEqual(gflops.value);
      expect(share).toBeCloseTo(gflops.value / roof, 9);
      // The same as its summary's, which counts the same bytes and FLOPs.
      expect(share).toBeCloseTo(cell.summary?.ceilingShare ?? 0, 9);
    }
    const chart = rooflineChart(limited, facet, chartSizes[0]);
    expect(chart?.description).toMatch(/^softmax: [\d.]+ % to [\d.]+ % of the ceiling; linear: [\d.]+ % to [\d.]+ % of the ceiling$/);
  });

  it.each(chartSizes)("render the limits without a word from Vega, $name", async (size) => {
    const [facet] = facetsOf(limited);
    const svg = await svgOf(limited, facet && rooflineChart(limited, facet, size));
    expect(svg).not.toMatch(/NaN|undefined|Infinity/);
    expect(svg).toContain("the most that is");
  });

  it("show no limits where none were measured, where no bytes move, and where another clock times", () => {
    const [facet] = facetsOf(limited);
    if (!facet) throw new Error("the record has facets");
    expect(rooflineChart(record, facet, chartSizes[0])).toBeUndefined();
    const still = { ...facet, cells: facet.cells.map((cell) => ({ ...cell, prepared: plantedPrepared(0, 100) })) };
    expect(rooflineChart(limited, still, chartSizes[0])).toBeUndefined();
    expect(rooflineChart({ ...limited, ceilings: { ...ceilings, readGbps: 0 } }, facet, chartSizes[0])).toBeUndefined();
    expect(rooflineChart({ ...limited, experiment: { ...limited.experiment, phase: "offload" } }, facet, chartSizes[0])).toBeUndefined();
  });

  it("show what turns had in common beside the sentinel, and which were made again", () => {
    expect(driftOf(record).filter(({ discarded }) => discarded)).toMatchObject([{ turn: 5 }]);
    expect(driftOf(record).find(({ turn }) => turn === 2)?.sentinel).toBeCloseTo(1, 6);
    const bare = { ...record, cells: [], sentinel: [] };
    expect(driftChart(bare, driftOf(bare), chartSizes[0])).toBeUndefined();
  });
});

describe("speed of texts at once", () => {
  const rich = richRecord(en);
  const [told] = rich.serving ?? [];
  if (!told?.tokensPerSecond) throw new Error("the record has a speed");
  const note = "not even one text has room";
  const longer = { ...told, n: 8 * told.n, batch: 0, stepMs: undefined, tokensPerSecond: undefined, note };
  const shapeOf = (serving: NonNullable<RunRecord["serving"]>) => {
    const record: RunRecord = { ...rich, serving };
    const [shape] = servedShapes(record);
    if (!shape) throw new Error("the record has a shape");
    return { record, shape };
  };
  const crossesOf = (serving: NonNullable<RunRecord["serving"]>) => {
    const { record, shape } = shapeOf(serving);
    const [, speed] = servingCharts(record, shape, chartSizes[0]);
    const { layer } = (speed?.spec ?? { layer: [] }) as unknown as {
      layer: { data: { values: { x: number; series: string; tip?: string[] }[] } }[];
    };
    return layer.flatMap(({ data }) => data.values).flatMap(({ x, series, tip = [] }) => (tip.includes(note) ? [[series, x]] : []));
  };

  it("has a cross where an arm has none, which says why, and the caption names it", () => {
    expect(crossesOf([told, longer])).toEqual([[told.label, longer.n]]);
    expect(crossesOf([told])).toEqual([]);
    const captions = [[told, longer], [told]].map((serving) => {
      const { record, shape } = shapeOf(serving);
      const { texts, projected, none } = marksOf(record, shape);
      return en.serving.marks(texts, projected, none).includes("A cross at the lower edge");
    });
    expect(captions).toEqual([true, false]);
  });
});
