import { describe, expect, it } from "vitest";
import type { RunRecord } from "../../record/run.ts";
import { fixtureRecord } from "../fixture.ts";
import { groupedArm, linearArm, softmaxArm } from "../fixtureArms.ts";
import { strictLogger } from "../strictLogger.ts";
import { type Chart, chartSizes } from "./frame.ts";
import { heatChart, heatMapsOf, heatStep } from "./heatMap.ts";
import { renderChart } from "./render.ts";
import { themeVariables } from "./theme.ts";

const [wide] = chartSizes;
const svgOf = async (record: RunRecord, chart: Chart): Promise<string> =>
  (await renderChart(chart, "chart", "chart", { variables: themeVariables(record), logger: strictLogger })).markup;

describe("heat maps", () => {
  const estimate = (value: number) => ({ value, low: value, high: value });
  const base = { form: "", variable: "dModel", series: { headDim: 64 }, cells: 21, rms: 0.05, worst: { n: 256, size: 256, off: 0.1 } } as const;
  const record = fixtureRecord({ dModels: [256, 512, 1024] });
  const withLaws: RunRecord = {
    ...record,
    cells: record.cells.filter(({ n, dModel }) => n < 8192 || dModel < 1024),
    jointFits: [
      { ...base, label: "softmax", terms: [{ n: 2, size: 1, coefficient: estimate(1e-9) }] },
      { ...base, label: "linear", terms: [{ n: 1, size: 1, coefficient: estimate(1e-6) }] },
    ],
    jointCrossings: [
      {
        between: ["softmax", "linear"],
        variable: "dModel",
        series: { headDim: 64 },
        points: [256, 512, 1024].map((size) => ({ size, n: size === 512 ? undefined : estimate(1000) })),
      },
    ],
  };

  it("show where laws over n and the size put n*, and what they say of cells that were not measured", async () => {
    const [map] = heatMapsOf(withLaws);
    if (map === undefined) throw new Error("three dModel make a map");
    expect(map.cells.filter(({ byLaw }) => byLaw)).toEqual([
      { x: 8192, row: 2, ratio: expect.closeTo(8.192, 6), open: false, byLaw: true },
      { x: 16384, row: 2, ratio: expect.closeTo(16.384, 6), open: false, byLaw: true },
    ]);
    expect(map.lawCrossings).toEqual([
      { row: 0, n: 1000 },
      { row: 2, n: 1000 },
    ]);
    const svg = await svgOf(withLaws, heatChart(withLaws, map, wide));
    expect(svg).toContain("≈8.2×");
    expect(svg).toContain("diamonds: n* by one law over all cells");
  });

  it("keep the numbers that have room where one has none, unless those are few", async () => {
    const twelve = fixtureRecord({ dModels: [256, 512], ns: Array.from({ length: 13 }, (_, i) => 2 ** i) });
    const [map] = heatMapsOf(twelve);
    if (map === undefined) throw new Error("two dModel make a map");
    const drawn = async (ratios: (i: number) => number): Promise<number> => {
      const cells = map.cells.map((cell, i) => ({ ...cell, ratio: ratios(i) }));
      return [...(await svgOf(twelve, heatChart(twelve, { ...map, cells }, wide))).matchAll(/>\d[\d,.]*×</g)].length;
    };
    expect(await drawn(() => 2)).toBe(26);
    expect(await drawn((i) => (i < 3 ? 123_456 : 2))).toBe(23);
    expect(await drawn((i) => (i < 20 ? 123_456 : 2))).toBe(0);
  });

  it("speak of a dashed line only where one is drawn", async () => {
    const uncrossed: RunRecord = { ...record, crossovers: record.crossovers.map((one) => ({ ...one, outcome: "already" as const })) };
    for (const [drawn, of] of [
      [true, record],
      [false, uncrossed],
    ] as const) {
      const [map] = heatMapsOf(of);
      if (map === undefined) throw new Error("three dModel make a map");
      expect((await svgOf(of, heatChart(of, map, wide))).includes("dashed: n*")).toBe(drawn);
    }
  });

  it("leave out what no law follows", () => {
    const { jointCrossings: _, ...without } = withLaws;
    const [map] = heatMapsOf(without);
    expect(map?.cells.some(({ byLaw }) => byLaw)).toBe(false);
    expect(map?.lawCrossings).toEqual([]);
  });

  it("have rows in the order of sizes, the answer's pair first, and none of too few ratios beside another", () => {
    const mixed = fixtureRecord({ dModels: [1024, 256, 512], arms: [softmaxArm, groupedArm, linearArm] });
    const turned = { ...mixed, crossovers: mixed.crossovers.toReversed() };
    const maps = heatMapsOf(turned);
    expect(maps.map(({ between }) => between)).toEqual([
      ["softmax", "linear"],
      [groupedArm.label, "linear"],
    ]);
    expect(maps[0]?.rows.map(({ values }) => values.dModel)).toEqual([256, 512, 1024]);
    const few = { ...turned, cells: turned.cells.filter(({ label, n }) => label !== groupedArm.label || n === 256) };
    expect(heatMapsOf(few).map(({ between }) => between)).toEqual([["softmax", "linear"]]);
  });

  it("of hundreds of shapes have some of their rows", () => {
    const many = fixtureRecord({ dModels: Array.from({ length: 100 }, (_, i) => 64 * (i + 1)), ns: [256, 512] });
    const [map] = heatMapsOf(many);
    expect(map?.rows).toHaveLength(40);
    expect(map?.rowsInAll).toBe(100);
  });
});

describe("heat steps", () => {
  it("part faster, equal and slower", () => {
    const stepOf = (ratio: number): number => heatStep({ ratio, open: false });
    expect([0.1, 0.3, 0.8, 1, 1.5, 3, 20].map(stepOf)).toEqual([0, 1, 2, 3, 4, 5, 6]);
  });

  it("are grey where the interval of a ratio holds 1", () => {
    expect(heatStep({ ratio: 1.5, open: true })).toBe(heatStep({ ratio: 1, open: false }));
  });
});
