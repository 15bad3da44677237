import { describe, expect, it } from "vitest";
import { en } from "../../messages/en.ts";
import type { RunRecord } from "../../record/run.ts";
import { fixtureRecord } from "../fixture.ts";
import { deltaArm, groupedArm, linearArm, softmaxArm } from "../fixtureArms.ts";
import { strictLogger } from "../strictLogger.ts";
import { armLooks } from "./arms.ts";
import { doublingChart } from "./doublingRatio.ts";
import { facetsOf } from "./facets.ts";
import { type Chart, type ChartSize, chartSizes } from "./frame.ts";
import { drawnCurve, offCurve, slopeLabel } from "./growth.ts";
import { heatChart, heatMapsOf } from "./heatMap.ts";
import { memoryChart } from "./memoryChart.ts";
import { renderChart } from "./render.ts";
import { themeVariables } from "./theme.ts";
import { timeChart } from "./timeChart.ts";

const [wide, narrow] = chartSizes;
const four = [softmaxArm, groupedArm, linearArm, deltaArm];
const svgOf = async (record: RunRecord, chart: Chart): Promise<string> =>
  (await renderChart(chart, "chart", "chart", { variables: themeVariables(record), logger: strictLogger })).markup;

const firstFacet = (record: RunRecord) => {
  const [facet] = facetsOf(record);
  if (facet === undefined) throw new Error("a record has a facet");
  return facet;
};

describe("charts", () => {
  it.each(["prefill", "decode", "generate"] as const)("of %s render without a word from Vega, in both sizes", async (phase) => {
    const record = fixtureRecord({ phase, dModels: [256, 512], arms: four });
    const charts = facetsOf(record).flatMap((facet) =>
      chartSizes.flatMap((size) => [timeChart(record, facet, size), memoryChart(record, facet, size), doublingChart(record, facet, size)]),
    );
    const maps = heatMapsOf(record).flatMap((map) => chartSizes.map((size) => heatChart(record, map, size)));
    expect(maps.length).toBeGreaterThan(0);
    for (const chart of [...charts, ...maps]) {
      if (chart === undefined) throw new Error("every facet has points to compare");
      const svg = await svgOf(record, chart);
      expect(svg).not.toMatch(/NaN|undefined|Infinity/);
      expect(svg).toMatch(/^<svg class="chart" role="img" aria-labelledby="chart-title chart-desc"/);
    }
  });

  it("measure on logarithmic axes, with ticks at what was measured and at decades", () => {
    const record = fixtureRecord();
    const text = JSON.stringify(timeChart(record, firstFacet(record), wide).spec);
    expect(text).toContain('"type":"log","base":2');
    expect(text).toContain('"values":[256,512,1024,2048,4096,8192,16384]');
    expect(text).toContain('"values":[0.01,0.1,1]');
    expect(text).toContain("ms per prompt of n tokens (prefill)");
  });

  it("say in every subtitle that software is not a GPU", async () => {
    const record = fixtureRecord({ deviceClass: "software", dModels: [256, 512] });
    const facet = firstFacet(record);
    const [map] = heatMapsOf(record);
    if (map === undefined) throw new Error("two dModel make a map");
    for (const chart of [timeChart(record, facet, wide), memoryChart(record, facet, wide), doublingChart(record, facet, wide), heatChart(record, map, wide)])
      expect(await svgOf(record, chart as Chart)).toContain("on this CPU emulation");
  });

  it("draw no curve without coefficients and mark every cell that has no time", () => {
    const record = fixtureRecord({
      outcome: ({ n }) => (n > 512 ? { status: "censored", code: "timeCap", reason: "would take longer than 1 s" } : undefined),
    });
    const text = JSON.stringify(timeChart(record, firstFacet(record), wide).spec);
    expect(text.match(/"status":"censored"/g)).toHaveLength(10);
    expect(text).not.toContain("slope");
    expect(text).not.toContain("n* ");
  });

  it("join marks that the fitted curve leaves out by a thin line, and those that it passes by none", () => {
    const record = fixtureRecord();
    const shortened: RunRecord = {
      ...record,
      fits: record.fits.map((fit) => (fit.label === "softmax" ? { ...fit, points: fit.points.filter(({ x }) => x >= 2048) } : fit)),
    };
    const joinedOf = (of: RunRecord) => {
      const layers = (timeChart(of, firstFacet(of), wide).spec as { layer: { data?: { values: { x: number; part?: string }[] } }[] }).layer;
      return layers.flatMap(({ data }) => data?.values ?? []).flatMap(({ x, part }) => (part === undefined ? [] : [[x, part]]));
    };
    expect(joinedOf(shortened)).toEqual([256, 512, 1024, 2048].map((n) => [n, "softmax 0"]));
    expect(joinedOf(record)).toEqual([]);
  });

  it("show the crossing with its interval", async () => {
    const record = fixtureRecord();
    expect(await svgOf(record, timeChart(record, firstFacet(record), wide))).toMatch(/n\* 1,\d{3} \([\d,]+–[\d,]+\)/);
  });

  it("name the pair of a crossing where there are more than two arms, and count pairs where their names have no room", () => {
    const wordsOf = (of: RunRecord, size: ChartSize = wide): readonly string[] => {
      const { layer } = timeChart(of, firstFacet(of), size).spec as { layer: { data?: { values: { text?: string }[] } }[] };
      return [...new Set(layer.flatMap(({ data }) => data?.values ?? []).flatMap(({ text = "" }) => (text.includes("n*") ? [text] : [])))];
    };
    expect(wordsOf(fixtureRecord())).toEqual([expect.stringMatching(/^\W?n\* 1,\d{3} \([\d,]+–[\d,]+\)\W?$/)]);
    const record = fixtureRecord({ arms: four });
    const [first] = record.crossovers.filter(({ metric, outcome }) => metric === "time" && outcome === "crosses");
    if (!first) throw new Error("some pair crosses");
    expect(wordsOf({ ...record, crossovers: [first] })).toEqual([expect.stringContaining(`) ${first.between.join(" / ")}`)]);
    // All four pairs at one n, as bytes of states of one size cross.
    const pairs = ["softmax", "GQA"].flatMap((above) => ["linear", "gatedDeltaNet"].map((below) => ({ ...first, between: [above, below] as const })));
    const alike = { ...record, crossovers: pairs };
    expect(wordsOf(alike)).toEqual([expect.stringContaining(") softmax, GQA / linear, gatedDeltaNet")]);
    const renamed = JSON.parse(JSON.stringify(alike).replaceAll('"gatedDeltaNet"', '"linear, one token after another"')) as RunRecord;
    expect(wordsOf(renamed, narrow)).toEqual([expect.stringContaining(") of all 4 pairs")]);
    expect(wordsOf({ ...renamed, crossovers: [...pairs, { ...first, between: ["GQA", "softmax"], outcome: "never" }] as never }, narrow)[0]).not.toContain(
      "all",
    );
  });

  it("mark on the n axis where n* would be, and none beyond the n that were measured", () => {
    const record = fixtureRecord();
    const would = (equalShare: number, predicted: number): RunRecord => ({
      ...record,
      crossovers: record.crossovers.map((one) => ({
        ...one,
        equalShare: { outcome: "crosses", n: equalShare },
        predicted: { outcome: "crosses", n: predicted },
      })),
    });
    const marksOf = (of: RunRecord) => {
      const { layer } = timeChart(of, firstFacet(of), wide).spec as {
        layer: { data?: { values: { x: number; py?: number; tip?: string[] }[] }; mark: { shape?: string } }[];
      };
      return layer.flatMap(({ data, mark }) =>
        (data?.values ?? []).filter(({ tip }) => tip?.[0] === "softmax / linear").map(({ x, py = 0 }) => ({ x, py, shape: mark.shape })),
      );
    };
    const [equal, predicted] = marksOf(would(700, 4000));
    expect([equal, predicted]).toMatchObject([
      { x: 700, shape: "diamond" },
      { x: 4000, shape: "square" },
    ]);
    expect(equal?.py).toBe(predicted?.py);
    expect(marksOf(would(700, 1e6)).map(({ x }) => x)).toEqual([700]);
    // Two of nearly the same n stand above each other, neither of them hidden.
    const [under, over] = marksOf(would(700, 702));
    expect((under?.py ?? 0) - (over?.py ?? 0)).toBeGreaterThanOrEqual(10);
  });

  it("put no words of a slope on marks of the n axis", () => {
    const record = fixtureRecord();
    const marked = {
      ...record,
      crossovers: Array.from({ length: 40 }, (_, i) =>
        record.crossovers.map((one) => ({ ...one, predicted: { outcome: "crosses" as const, n: 300 * 1.1 ** i } })),
      ).flat(),
    };
    for (const size of chartSizes) {
      const { layer } = timeChart(marked, firstFacet(marked), size).spec as {
        layer: { data?: { values: { py?: number; text?: string; tip?: string[] }[] } }[];
      };
      const rows = layer.flatMap(({ data }) => data?.values ?? []);
      const marks = rows.filter(({ tip }) => tip?.[1]?.startsWith("n* ")).map(({ py = 0 }) => py);
      expect(marks.length).toBeGreaterThan(30);
      for (const { text = "", py = 0 } of rows) if (text.includes("∝")) expect(py).toBeLessThan(Math.min(...marks) - 10);
    }
  });

  it("turn the colours of arms and page into variables and prefix every id", async () => {
    const record = fixtureRecord({ arms: four });
    const svg = await svgOf(record, timeChart(record, firstFacet(record), wide));
    expect(svg).not.toMatch(/(fill|stroke)="#/);
    expect(svg).toContain("var(--arm-0)");
    for (const [, id] of svg.matchAll(/ id="([^"]*)"/g)) expect(id).toMatch(/^chart-/);
  });

  it("tell arms of one mechanism apart by shade, dash and mark", () => {
    const [softmax, grouped] = armLooks(fixtureRecord({ arms: four }));
    expect(grouped?.colour).not.toEqual(softmax?.colour);
    expect(grouped?.dash).not.toEqual(softmax?.dash);
    expect(four.map(({ look }) => look.mark)).not.toContain(grouped?.mark);
  });

  it("write a long name whole beside a narrow plot, its slope under it", async () => {
    const record = fixtureRecord({ arms: [{ ...softmaxArm, label: "cache computed anew" }, linearArm] });
    const svg = await svgOf(record, timeChart(record, firstFacet(record), narrow));
    const texts = [...svg.matchAll(/<text x="[\d.]+" y="([\d.]+)"[^>]*>([^<]*)<\/text>/g)].map(([, y, text = ""]) => ({
      y: Number(y),
      text,
    }));
    const below = (name: string): readonly string[] => {
      const y = texts.find(({ text }) => text === name)?.y ?? 0;
      return texts.filter((one) => one.y > y && one.y < y + 16).map(({ text }) => text);
    };
    expect(below("cache")).toContain("computed anew");
    expect(below("computed anew")).toContainEqual(expect.stringMatching(/^slope /));
    expect(texts.some(({ text }) => text.includes("…"))).toBe(false);
  });

  it("show hybrids of the same mechanisms in the same proportion alike, whether composed or run, and no other", () => {
    const record = fixtureRecord({ arms: [softmaxArm, linearArm, deltaArm] });
    const [softmax, , delta] = record.cells;
    if (!softmax || !delta) throw new Error("three arms have cells");
    const lookOf = (of: RunRecord) => armLooks(of).find(({ label }) => label === "hybrid");
    const composed = lookOf({
      ...record,
      cells: [...record.cells, { ...delta, label: "hybrid", mechanism: "composed", composedOf: { [softmax.id]: 1, [delta.id]: 3 } }],
    });
    const run = (pattern: readonly string[]) => {
      const arms = [{ mechanism: "gatedDeltaNet", label: "hybrid", form: "recurrent", overrides: {}, pattern }];
      return lookOf({ ...record, experiment: { ...record.experiment, arms }, cells: [{ ...delta, label: "hybrid" }] });
    };
    const three = ["gatedDeltaNet", "gatedDeltaNet", "gatedDeltaNet", "softmax"];
    const same = run(three);
    expect([same?.colour, same?.mark]).toEqual([composed?.colour, composed?.mark]);
    expect(same?.dash).not.toEqual(composed?.dash);
    expect(run([...three, ...three])).toEqual(same);
    expect(run(["linear", "linear", "linear", "softmax"])?.colour).not.toEqual(same?.colour);
    expect(run(["gatedDeltaNet", "gatedDeltaNet"])?.mark).toBe(deltaArm.look.mark);
  });

  it("take a colour that is none as grey", () => {
    const arm = { ...softmaxArm, look: { ...softmaxArm.look, colour: { light: "red;}body{display:none", dark: "url(x)" } } };
    expect(armLooks(fixtureRecord({ arms: [arm] }))[0]?.colour).toEqual({ light: "#6b7280", dark: "#9ca3af" });
  });
});

describe("narrow charts", () => {
  it("break a title into two lines rather than cut it, and give the line its room", () => {
    const record = fixtureRecord({ dModels: [256, 512] });
    const facet = { ...firstFacet(record), answer: ["softmax", "linear"] };
    const spec = (size: typeof wide | typeof narrow) =>
      timeChart(record, facet, size).spec as unknown as { title: { text: string | string[] }; padding: { top: number } };
    const lines = [spec(narrow).title.text].flat();
    expect(lines).toHaveLength(2);
    expect(
      lines
        .map((line) => line.replace(/[\u2066-\u2069]/g, ""))
        .join(" ")
        .replaceAll("\u00a0", " "),
    ).toBe("Time per prompt of n tokens (prefill), dModel = 256");
    const one = timeChart(record, firstFacet(record), narrow).spec as unknown as { padding: { top: number } };
    expect(spec(narrow).padding.top - one.padding.top).toBe(17);
  });

  it("write one n* where pairs share it, in a row of its own, and none by a clock where bytes are counted", async () => {
    const others = ["gated", "gla"].map((label) => ({ ...linearArm, label, mechanism: label }));
    const record = fixtureRecord({ arms: [softmaxArm, linearArm, ...others] });
    const of = (shared: boolean): RunRecord => ({
      ...record,
      crossovers: record.crossovers
        .filter(({ metric }) => metric === "time")
        .map((one, i) => {
          const at = shared ? 600 : 600 + 100 * i;
          return { ...one, metric: "stateBytes" as const, outcome: "crosses" as const, n: { value: at, low: at, high: at } };
        }),
    });
    const drawn = async (shared: boolean) => {
      const svg = (await svgOf(of(shared), memoryChart(of(shared), firstFacet(record), wide))).replaceAll("\u00a0", " ");
      return { svg, labels: new Set([...svg.matchAll(/>[\u2066-\u2069]?(n\* [^<]*?)[\u2066-\u2069]?</g)].map(([, words]) => words)) };
    };
    const [one, three] = [await drawn(true), await drawn(false)];
    expect([...one.labels]).toEqual(["n* 600 softmax / linear, gated, gla"]);
    expect(three.labels.size).toBe(3);
    const height = (svg: string): number => Number(/height="(\d+)"/.exec(svg)?.[1]);
    expect(height(three.svg) - height(one.svg)).toBe(2 * 16);
    expect(one.svg).not.toContain("clock");
    expect(await svgOf(record, timeChart(record, firstFacet(record), wide))).toContain("GPU clock");
    const answer = { ...firstFacet(record), answer: ["softmax", "linear"] };
    expect((await svgOf(of(true), memoryChart(of(true), answer, wide))).replaceAll("\u00a0", " ")).toContain(">from 601 tokens on, linear is smaller<");
  });

  it("write n* with its interval whole, and cut the names of its pair", async () => {
    const arms = [softmaxArm, { ...softmaxArm, label: "softmax of a long name", factor: 2 }, { ...linearArm, label: "linear of a name that is much longer" }];
    const record = fixtureRecord({ arms });
    const svg = (await svgOf(record, timeChart(record, firstFacet(record), narrow))).replaceAll("\u00a0", " ");
    const labels = [...svg.matchAll(/>[\u2066-\u2069]?(n\* [^<]*?)[\u2066-\u2069]?</g)].map(([, words]) => words);
    expect(new Set(labels).size).toBe(2);
    for (const label of labels) expect(label).toMatch(/^n\* [\d,]+ \([\d,]+–[\d,]+\) softmax/);
    expect(labels.some((label) => label?.endsWith("…"))).toBe(true);
  });

  it("name several of many lengths on the n axis", async () => {
    const record = fixtureRecord({ ns: Array.from({ length: 14 }, (_, i) => 16 * 2 ** i), arms: [softmaxArm, { ...linearArm, label: "linear recurrent" }] });
    for (const chart of [timeChart(record, firstFacet(record), narrow), doublingChart(record, firstFacet(record), narrow)]) {
      const svg = await svgOf(record, chart as Chart);
      const named = Array.from({ length: 14 }, (_, i) => (16 * 2 ** i).toLocaleString("en-US")).filter((n) => svg.includes(`>${n}<`));
      expect(named.length).toBeGreaterThanOrEqual(3);
    }
  });
});

describe("curves that run past their points", () => {
  const record = fixtureRecord({ ns: [256, 512, 1024, 2048] });
  const stepping = (off: number): RunRecord => ({
    ...record,
    fits: record.fits.map((fit) =>
      fit.label === "linear" && fit.metric === "time"
        ? { ...fit, points: fit.points.map((point, i) => (i === 2 ? { x: point.x, y: point.y * off, low: point.low * off, high: point.high * off } : point)) }
        : fit,
    ),
  });
  const slopesIn = (of: RunRecord) => JSON.stringify(timeChart(of, firstFacet(of), wide).spec).match(/slope \d/g)?.length;

  it("are not drawn, and tell no slope", () => {
    expect(slopesIn(stepping(1))).toBe(2);
    expect(slopesIn(stepping(1.4))).toBe(1);
    const linear = stepping(1.4).fits.find((fit) => fit.label === "linear" && fit.metric === "time");
    expect(offCurve(linear)).toBeGreaterThan(0.15);
    expect(drawnCurve(linear)).toEqual([]);
    expect(timeChart(stepping(1.4), firstFacet(record), wide).description).toMatch(/softmax: [^;]*slope [^;]*; linear: [^;]* at n = [\d,]+(;|$)/);
  });

  it("are no such where the interval of a point reaches them", () => {
    const wideInterval = stepping(1.4).fits.map((fit) => ({ ...fit, points: fit.points.map((point) => ({ ...point, low: point.low / 1.5 })) }));
    expect(slopesIn({ ...record, fits: wideInterval })).toBe(2);
  });

  it("are such where many points at nearly one n pull the curve to themselves, and off more wide intervals than chance does", () => {
    // A decode with a step at n = 64, refined about its n*: n, median, interval in ms, and the law that was fitted to them.
    const points = [
      [1, 0.398, 0.268, 0.465],
      [2, 0.381, 0.325, 0.54],
      [4, 0.439, 0.376, 0.594],
      [8, 0.421, 0.298, 0.501],
      [16, 0.471, 0.414, 0.726],
      [32, 0.546, 0.458, 0.768],
      [36, 0.576, 0.465, 0.751],
      [42, 0.609, 0.52, 0.865],
      [48, 0.609, 0.433, 0.776],
      [52, 0.586, 0.476, 0.781],
      [55, 0.635, 0.469, 0.837],
      [57, 0.662, 0.532, 0.868],
      [60, 0.635, 0.562, 0.907],
      [61, 0.615, 0.479, 0.809],
      [62, 0.635, 0.446, 0.739],
      [63, 0.724, 0.47, 0.903],
      [64, 0.904, 0.795, 1.344],
      [65, 0.83, 0.683, 1.228],
      [128, 1.361, 1.212, 2.061],
      [256, 2.473, 1.833, 3.09],
      [512, 6.184, 4.368, 7.038],
      [1024, 13.287, 9.267, 15.692],
      [2048, 25.514, 20.079, 31.037],
      [4096, 51.477, 43.641, 68.362],
    ].map(([x = 0, y = 0, low = 0, high = 0]) => ({ x, y, low, high }));
    const [like] = record.fits.filter(({ label, metric }) => label === "softmax" && metric === "time");
    if (!like) throw new Error("softmax has a fit");
    const estimate = (value: number) => ({ value, low: value, high: value });
    const fit = { ...like, points, coefficients: { t0: estimate(0.34059), a: estimate(0.0064572), b: estimate(2.0463e-6) } };
    expect(offCurve(fit)).toBeCloseTo(0.48, 2);
    expect([drawnCurve(fit), slopeLabel(fit, en)]).toEqual([[], ""]);
    // One such point of as many may be chance.
    const [step] = points.filter(({ x }) => x === 512);
    const near = points.map((point) => {
      const y = 0.34059 + 0.0064572 * point.x + 2.0463e-6 * point.x ** 2;
      return point === step ? point : { x: point.x, y, low: y * 0.8, high: y * 1.2 };
    });
    expect(offCurve({ ...fit, points: near })).toBe(0);
    expect(slopeLabel({ ...fit, points: near }, en)).toMatch(/^slope \d/);
  });
});

describe("facets", () => {
  it("part cells by every axis but n, and give an arm that an axis does not touch to all", () => {
    const record = fixtureRecord({ dModels: [256, 512], outcome: () => undefined });
    expect(facetsOf(record).map(({ title }) => title)).toEqual(["dModel = 256", "dModel = 512"]);
    const lonely = { ...record, cells: record.cells.filter((cell) => cell.label === "softmax" || cell.dModel === 512) };
    expect(facetsOf(lonely).map(({ cells }) => cells.filter((cell) => cell.label === "linear").length)).toEqual([7, 7]);
  });
});
