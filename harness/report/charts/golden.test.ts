import { describe, expect, it } from "vitest";
import { analyse } from "../../analysis/analysis.ts";
import { plantedRun } from "../../analysis/planted.ts";
import { en } from "../../messages/en.ts";
import type { RunRecord } from "../../record/run.ts";
import { fixtureRecord } from "../fixture.ts";
import { linearArm, softmaxArm } from "../fixtureArms.ts";
import { richRecord } from "../richRecord.ts";
import { crossoverChart, crossoverCurves } from "./crossoverChart.ts";
import { doublingChart } from "./doublingRatio.ts";
import { driftChart, driftOf } from "./driftChart.ts";
import { facetsOf } from "./facets.ts";
import { type Chart, type ChartSize, chartSizes } from "./frame.ts";
import { heatChart, heatMapsOf } from "./heatMap.ts";
import { memoryChart } from "./memoryChart.ts";
import { rooflineChart } from "./rooflineChart.ts";
import { servedShapes, servingCharts } from "./servingChart.ts";
import { slopesChart } from "./slopesChart.ts";
import { stageBarsOf, stagesOf } from "./stageBars.ts";
import { stageChart } from "./stageChart.ts";
import { timeChart } from "./timeChart.ts";

const [wide] = chartSizes;

type Draw = (record: RunRecord, size: ChartSize) => Chart | undefined;

const first = <T>(all: readonly T[]): T => {
  const [one] = all;
  if (one === undefined) throw new Error("the record has one of these charts at least");
  return one;
};

const charts: Readonly<Record<string, Draw>> = {
  time: (record, size) => timeChart(record, first(facetsOf(record)), size),
  memory: (record, size) => memoryChart(record, first(facetsOf(record)), size),
  doubling: (record, size) => doublingChart(record, first(facetsOf(record)), size),
  roofline: (record, size) => rooflineChart(record, first(facetsOf(record)), size),
  heat: (record, size) => heatChart(record, first(heatMapsOf(record)), size),
  crossover: (record, size) => crossoverChart(record, first(crossoverCurves(record)), size),
};

const measuredCharts: Readonly<Record<string, Draw>> = {
  slopes: (record, size) => slopesChart(record, first(facetsOf(record)), size),
  drift: (record, size) => driftChart(record, driftOf(record), size),
};

const modelCharts: Readonly<Record<string, Draw>> = {
  stages: (record, size) => stageChart(record, first(stageBarsOf(record)), stagesOf(stageBarsOf(record)), size, en),
  serving: (record, size) => servingCharts(record, first(servedShapes(record)), size)[0],
  servingTokens: (record, size) => servingCharts(record, first(servedShapes(record)), size)[1],
};

/** A spec as people read and compare it: numbers to six digits, which is more than a pixel, and no computer's last bit. */
const written = ({ spec, title, description }: Chart): string =>
  `${JSON.stringify({ title, description, spec }, (_, value: unknown) => (typeof value === "number" ? Number(value.toPrecision(6)) : value), 1)}\n`;

describe("the Vega-Lite spec of each chart is the one that was looked at and kept", () => {
  const record = fixtureRecord({ ns: [256, 1024, 4096, 16384], dModels: [256, 512, 1024], arms: [softmaxArm, linearArm], deviceClass: "software" });
  const measured = analyse({
    ...plantedRun({
      ns: [64, 128, 256, 512, 1024, 2048, 4096],
      arms: [
        { label: "softmax", family: "softmax", ms: (n) => 0.05 + (n * n) / 1e5, bytes: (n) => n },
        { label: "linear", family: "linear", ms: (n) => 0.05 + 0.02 * n, bytes: () => 500 },
      ],
      noise: [0.01, 0.01, 0.01],
      phase: "prefill",
    }),
    sentinel: Array.from({ length: 12 }, (_, turn) => ({
      turn,
      worker: 0,
      beforeMs: 1,
      afterMs: turn === 4 ? 1.3 : 1,
      jumped: turn === 4,
      discarded: turn === 4,
    })),
  });
  const cases = [
    ...Object.entries(charts).map(([name, draw]) => ({ name, draw, of: record })),
    ...Object.entries(measuredCharts).map(([name, draw]) => ({ name, draw, of: measured })),
    ...Object.entries(modelCharts).map(([name, draw]) => ({ name, draw, of: richRecord(en) })),
  ];

  it.each(cases)("$name", async ({ name, draw, of }) => {
    const chart = draw(of, wide);
    if (chart === undefined) throw new Error(`no chart of ${name}`);
    await expect(written(chart)).toMatchFileSnapshot(`golden/${name}.vl.json`);
  });
});
