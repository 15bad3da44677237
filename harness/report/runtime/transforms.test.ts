import * as vega from "vega";
import { expect, it } from "vitest";
import { analyse } from "../../analysis/analysis.ts";
import { plantedRun } from "../../analysis/planted.ts";
import type { Estimate } from "../../record/derived.ts";
import type { RunRecord } from "../../record/run.ts";
import { crossoverChart, crossoverCurves } from "../charts/crossoverChart.ts";
import { doublingChart } from "../charts/doublingRatio.ts";
import { driftChart, driftOf } from "../charts/driftChart.ts";
import { facetsOf } from "../charts/facets.ts";
import { type Chart, chartSizes } from "../charts/frame.ts";
import { heatChart, heatMapsOf } from "../charts/heatMap.ts";
import { memoryChart } from "../charts/memoryChart.ts";
import { renderChart } from "../charts/render.ts";
import { slopesChart } from "../charts/slopesChart.ts";
import { stageBarsOf, stagesOf } from "../charts/stageBars.ts";
import { stageChart } from "../charts/stageChart.ts";
import { themeVariables } from "../charts/theme.ts";
import { timeChart } from "../charts/timeChart.ts";
import { strictLogger } from "../strictLogger.ts";
import type { LiveChart } from "./liveChart.ts";
import { liveSpec } from "./liveSpec.ts";
import { chartTransforms } from "./transforms.ts";

const estimate = (value: number): Estimate => ({ value, low: value, high: value });
const stages = {
  times: ["project", "mix"].map((stage) => ({ stage, ms: estimate(1), share: estimate(0.5) })),
  sumOverWhole: estimate(1),
};

const measured = analyse({
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
const record: RunRecord = { ...measured, cells: measured.cells.map((cell) => (cell.summary ? { ...cell, summary: { ...cell.summary, stages } } : cell)) };

/** Types of all operators that a parsed specification has, in groups within groups too. */
const typesIn = (value: unknown): readonly string[] => {
  if (typeof value !== "object" || value === null) return [];
  const { type, id } = value as { readonly type?: unknown; readonly id?: unknown };
  return [...(typeof type === "string" && id !== undefined ? [type] : []), ...Object.values(value).flatMap(typesIn)];
};

it("what a page's script has of Vega is enough for every kind of chart, and no more", async () => {
  const [facet] = facetsOf(record);
  const [map] = heatMapsOf(record);
  const [curve] = crossoverCurves(record);
  const [bars] = stageBarsOf(record);
  const [size] = chartSizes;
  if (!facet || !map || !curve || !bars) throw new Error("the record has charts of every kind");
  const charts: readonly (Chart | undefined)[] = [
    timeChart(record, facet, size),
    memoryChart(record, facet, size),
    doublingChart(record, facet, size),
    slopesChart(record, facet, size),
    crossoverChart(record, curve, size),
    driftChart(record, driftOf(record), size),
    heatChart(record, map, size),
    stageChart(record, bars, stagesOf([bars]), size),
  ];
  const live = new Map<string, LiveChart>();
  for (const [i, chart] of charts.entries()) {
    if (!chart) throw new Error(`chart ${i} was not drawn`);
    await renderChart(chart, `chart-${i}`, "chart", { variables: themeVariables(record), logger: strictLogger, live });
  }
  const used = [...live.values()].flatMap((chart) => {
    const { operators } = vega.parse(liveSpec(chart) as vega.Spec, undefined, { ast: true }) as unknown as { readonly operators: unknown };
    return typesIn(operators);
  });
  const own = new Set(used.filter((type) => type !== "operator"));
  expect([...own].sort()).toEqual(Object.keys(chartTransforms).sort());

  for (const chart of live.values()) {
    const tips = (chart.spec.data ?? []).flatMap(({ values }) => (Array.isArray(values) ? values : [])).flatMap(({ tip = [] }) => tip);
    expect(tips.length).toBeGreaterThan(4);
    expect(tips.join()).not.toMatch(/NaN|undefined|Infinity/);
  }
});
