import { describe, expect, it } from "vitest";
import type { RunRecord } from "../../record/run.ts";
import { fixtureRecord } from "../fixture.ts";
import { doublingChart, doublingsOf } from "./doublingRatio.ts";
import { facetsOf } from "./facets.ts";
import { chartSizes } from "./frame.ts";

const [wide] = chartSizes;

const firstFacet = (record: RunRecord) => {
  const [facet] = facetsOf(record);
  if (facet === undefined) throw new Error("a record has a facet");
  return facet;
};

describe("doubling ratios", () => {
  it("are near 4 for the square and near 2 for the line at large n, inside their intervals", () => {
    const record = fixtureRecord({ ns: [65536, 131072, 262144] });
    const doublings = doublingsOf(record, firstFacet(record));
    const last = (arm: string) => doublings.findLast((doubling) => doubling.arm === arm);
    expect(last("softmax")?.ratio).toBeCloseTo(4, 0);
    expect(last("linear")?.ratio).toBeCloseTo(2, 0);
    for (const { low, ratio, high } of doublings) expect(low <= ratio && ratio <= high).toBe(true);
  });

  it("are the fit's points', as the answer tells them: without drift that all cells share", () => {
    const record = fixtureRecord({ ns: [65536, 131072, 262144] });
    const apart: RunRecord = {
      ...record,
      fits: record.fits.map((fit) =>
        fit.metric === "time" && fit.label === "linear"
          ? { ...fit, points: fit.points.map(({ x }) => ({ x, y: x ** 2, low: x ** 2 / 2, high: 2 * x ** 2 })) }
          : fit,
      ),
    };
    const last = doublingsOf(apart, firstFacet(apart)).findLast(({ arm }) => arm === "linear");
    expect(last?.ratio).toBeCloseTo(4, 9);
    expect([last?.low, last?.high].map((end) => Math.log2((end ?? 0) / 4))).toEqual([expect.closeTo(-Math.SQRT2, 9), expect.closeTo(Math.SQRT2, 9)]);
  });
});

describe("doubling ratios of uneven lengths", () => {
  const { spec } = (() => {
    const record = fixtureRecord({ ns: [64, 512, 1024] });
    const chart = doublingChart(record, firstFacet(record), wide);
    if (chart === undefined) throw new Error("three n make doublings");
    return chart;
  })();
  const { layer, title } = spec as unknown as {
    title: { subtitle: readonly string[] };
    layer: { data: { values: { series: string; tip?: string[] }[] }; mark: { type: string; filled?: boolean } }[];
  };

  it("are hollow, and said to be scaled, where half was not measured", () => {
    const tipsOf = (filled: boolean) =>
      layer
        .filter(({ mark }) => mark.type === "point" && mark.filled === filled)
        .flatMap(({ data }) => data.values.flatMap(({ series, tip }) => (series === "softmax" ? (tip?.[1] ?? []) : [])));
    expect(tipsOf(false)).toEqual(["from n = 64 to 512, scaled to a doubling"]);
    expect(tipsOf(true)).toEqual(["from half of it to n = 1,024"]);
    expect(title.subtitle.join(" ")).toContain("hollow: half not measured, scaled to a doubling");
  });

  it("are of half where that was measured, though another length is nearer", () => {
    const record = fixtureRecord({ ns: [256, 300, 512] });
    expect(doublingsOf(record, firstFacet(record)).filter(({ x }) => x === 512)).toMatchObject([{ from: 256 }, { from: 256 }]);
  });

  it("are of all lengths, those that a law leaves out as measured", () => {
    const record = fixtureRecord({ ns: [64, 128, 256, 512] });
    const later = { ...record, fits: record.fits.map((fit) => ({ ...fit, points: fit.points.slice(1) })) };
    expect(doublingsOf(later, firstFacet(later)).map(({ x, steady }) => [x, steady])).toEqual([
      [128, false],
      [256, true],
      [512, true],
      [128, false],
      [256, true],
      [512, true],
    ]);
  });
});

describe("intervals of doubling ratios", () => {
  /** softmax's last point with an interval as wide as `factor` says, both ways. */
  const drawn = (factor: number) => {
    const record = fixtureRecord();
    const widened: RunRecord = {
      ...record,
      fits: record.fits.map((fit) => ({
        ...fit,
        points: fit.points.map((point, i) =>
          fit.label === "softmax" && i === fit.points.length - 1 ? { ...point, low: point.y / factor, high: point.y * factor } : point,
        ),
      })),
    };
    const { spec } = doublingChart(widened, firstFacet(widened), wide) ?? {};
    const { layer } = spec as unknown as {
      layer: {
        data: { values: { low?: number; high?: number; series: string }[] };
        mark: { shape?: string };
        encoding: { y?: { scale?: { domain?: number[] } } };
      }[];
    };
    const [low = 0, high = 0] = layer.flatMap(({ encoding }) => encoding.y?.scale?.domain ?? []);
    const intervals = layer[0]?.data.values ?? [];
    const tips = layer
      .filter(({ mark }) => mark.shape === "triangle-up" || mark.shape === "triangle-down")
      .map(({ mark, data }) => [mark.shape, data.values.length]);
    return { low, high, tips, least: Math.min(...intervals.map((one) => one.low ?? 1)), most: Math.max(...intervals.map((one) => one.high ?? 1)) };
  };

  it("are within the axes, as far as they leave room for marks", () => {
    const { low, high, least, most, tips } = drawn(2);
    expect(most).toBeGreaterThan(5);
    expect(least).toBeGreaterThan(low);
    expect(most).toBeLessThan(high);
    expect(tips).toEqual([]);
  });

  it("have tips at the edge that they go on beyond", () => {
    const { low, high, least, most, tips } = drawn(40);
    expect(most).toBeGreaterThan(high);
    expect(least).toBeLessThan(low);
    expect(tips).toEqual([
      ["triangle-up", 1],
      ["triangle-down", 1],
    ]);
  });
});
