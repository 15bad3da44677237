import { expect, it } from "vitest";
import { carriedCharts, liveCharts } from "./carriedCharts.ts";
import type { LiveCharts } from "./liveChart.ts";

const chart = (...values: readonly unknown[]): LiveCharts["charts"][string] => ({
  spec: { signals: [{ name: "a" }], data: values.map((one, i) => ({ name: `data-${i}`, ...(one === undefined ? {} : { values: one }), transform: [] })) },
  zooms: true,
});

const rows = [
  { x: 1, series: "linear", tip: ["linear", "n = 1"] },
  { x: 2, series: "linear", whole: true },
  { x: 3, y: 0.5, between: ["softmax", "linear"] },
];

it("gives the charts back as they were, whatever their rows", () => {
  const charts: LiveCharts = {
    config: { background: "transparent" },
    charts: {
      wide: chart(rows, undefined, [], [{ x: null }], [3, 4], [{}, { x: 1 }], [["x"]], { url: "x" }),
      narrow: chart(rows),
      none: { spec: {}, zooms: false },
    },
  };
  expect(liveCharts(JSON.parse(JSON.stringify(carriedCharts(charts))))).toEqual(charts);
});

it("carries once what two charts draw from, and gives each rows of its own", () => {
  const carried = carriedCharts({ config: {}, charts: { wide: chart(rows), narrow: chart(rows.map((row) => ({ ...row }))) } });
  expect(carried.rows).toEqual([
    {
      x: [1, 2, 3],
      series: ["linear", "linear", null],
      tip: [["linear", "n = 1"], null, null],
      whole: [null, true, null],
      y: [null, null, 0.5],
      between: [null, null, ["softmax", "linear"]],
    },
  ]);
  const [wide, narrow] = Object.values(liveCharts(carried).charts).map(({ spec }) => spec.data?.map(({ values }) => values));
  expect(narrow).toEqual(wide);
  expect(narrow?.[0]).not.toBe(wide?.[0]);
});
