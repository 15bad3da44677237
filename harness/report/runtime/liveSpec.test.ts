import * as vega from "vega";
import { expressionInterpreter } from "vega-interpreter";
import { describe, expect, it } from "vitest";
import { facetsOf } from "../charts/facets.ts";
import { type Chart, chartSizes } from "../charts/frame.ts";
import { heatChart, heatMapsOf } from "../charts/heatMap.ts";
import { leanSvg } from "../charts/leanSvg.ts";
import { liveConfig, renderChart } from "../charts/render.ts";
import { themeVariables } from "../charts/theme.ts";
import { timeChart } from "../charts/timeChart.ts";
import { fixtureRecord } from "../fixture.ts";
import type { LiveChart } from "./liveChart.ts";
import { liveSpec, rangesOf } from "./liveSpec.ts";

const record = fixtureRecord({
  dModels: [256, 512],
  outcome: ({ n }) => (n > 8192 ? { status: "censored", code: "timeCap", reason: "would take longer than 1 s" } : undefined),
});
const rendering = { variables: themeVariables(record), live: new Map<string, LiveChart>() };

/** The chart as the page's script gets it. */
const carried = async (chart: Chart): Promise<LiveChart> => {
  await renderChart(chart, "chart", "chart", rendering);
  const live = rendering.live.get("chart");
  if (live === undefined) throw new Error("a chart that was drawn is carried");
  return live;
};

/** Its SVG after a reader did `signals`, drawn as the page does: no code from strings. */
const svgOf = async (spec: object, signals: Readonly<Record<string, unknown>> = {}): Promise<string> => {
  vega.resetSVGDefIds();
  const runtime = vega.parse(spec, liveConfig(rendering), { ast: true });
  const view = new vega.View(runtime, { renderer: "none", expr: expressionInterpreter });
  for (const [name, value] of Object.entries(signals)) view.signal(name, value);
  const svg = await view.toSVG();
  view.finalize();
  return svg;
};

const [facet] = facetsOf(record);
const [map] = heatMapsOf(record);
if (facet === undefined || map === undefined) throw new Error("two dModel have facets and a map");
const time = timeChart(record, facet, chartSizes[0]);

const symbolsIn = (svg: string, colour: string): number => [...svg.matchAll(new RegExp(`fill="var\\(${colour}\\)" stroke-width="2" opacity="1"`, "g"))].length;

describe("a chart that answers", () => {
  it("looks like the drawing until it is touched", async () => {
    for (const chart of [time, heatChart(record, map, chartSizes[1])]) {
      const live = await carried(chart);
      // Where a part is cut off at the plot's edge, nothing was beyond it.
      const seen = (svg: string): string => leanSvg(svg.replaceAll(/ (class|role|aria-[a-z]+|pointer-events|clip-path)="[^"]*"|<defs>.*<\/defs>/g, ""));
      expect(seen(await svgOf(liveSpec(live)))).toBe(seen(await svgOf(live.spec)));
    }
  });

  it("leaves out what a reader hides, with its n*, and keeps its name", async () => {
    const live = liveSpec(await carried(time));
    const [all, some] = [await svgOf(live), await svgOf(live, { hidden: ["linear"] })];
    expect(symbolsIn(all, "--arm-1")).toBeGreaterThan(5);
    expect(symbolsIn(some, "--arm-1")).toBe(0);
    expect(symbolsIn(some, "--arm-0")).toBe(symbolsIn(all, "--arm-0"));
    expect(all).toContain("n* ");
    expect(some).not.toContain("n* ");
    expect(some).toMatch(/opacity="0.35">linear</);
    expect(some).toMatch(/opacity="1">softmax</);
  });

  it("shows a part of its axes, without what was placed for the whole", async () => {
    const chart = await carried(time);
    const live = liveSpec(chart);
    expect(rangesOf(chart.spec)?.x).toMatchObject({ scale: "log", ticks: [256, 512, 1024, 2048, 4096, 8192, 16384] });
    const part = await svgOf(live, { zoomed: true, xDomain: [1000, 2000], xTicks: [1000, 1500, 2000] });
    expect(part).toContain(">1,500<");
    expect(part).not.toContain(">8,192<");
    expect(part).not.toContain(">∝ n");
    expect(part).toContain(">softmax<");
    const whole = await svgOf(live);
    for (const words of [">∝ n", ">page<", ">n* "]) expect(whole).toContain(words);
  });

  it("keeps what belongs to an n that is in sight, at that n", async () => {
    const live = liveSpec(await carried(time));
    const placeOf = (svg: string, words: string): number | undefined => {
      const [, px] = new RegExp(`translate\\(([\\d.-]+),[\\d.-]+\\)"[^>]*>${words}`).exec(svg) ?? [];
      return px === undefined ? undefined : Number(px);
    };
    const [whole, part, beyond] = [
      await svgOf(live),
      await svgOf(live, { zoomed: true, xDomain: [400, 3200], xTicks: [512, 1024, 2048] }),
      await svgOf(live, { zoomed: true, xDomain: [8192, 16384], xTicks: [8192, 16384] }),
    ];
    /** Where n stands on the axis, as its ticks say. */
    const onAxis = (svg: string, n: number, [low, high]: readonly [string, string]): number => {
      const [from, to] = [low, high].map((tick) => placeOf(svg, `${tick}<`) ?? Number.NaN);
      const [least, most] = [low, high].map((tick) => Math.log(Number(tick.replace(",", ""))));
      return (from ?? 0) + (((to ?? 0) - (from ?? 0)) * (Math.log(n) - (least ?? 0))) / ((most ?? 0) - (least ?? 0));
    };
    // 500 tokens are a page.
    expect(placeOf(part, "page<")).toBeCloseTo(onAxis(part, 500, ["512", "2,048"]), 0);
    const crossing = Number(/>n\* ([\d,]+)/.exec(whole)?.[1]?.replace(",", ""));
    expect(placeOf(part, "n\\* ")).toBeCloseTo(onAxis(part, crossing, ["512", "2,048"]), -1);
    expect([placeOf(beyond, "page<"), placeOf(beyond, "n\\* ")]).toEqual([undefined, undefined]);
    expect(placeOf(beyond, "paper<")).toBeCloseTo(onAxis(beyond, 10_000, ["8,192", "16,384"]), 0);
  });

  it("has no axes to zoom where they are no ranges", async () => {
    const live = await carried(heatChart(record, map, chartSizes[0]));
    expect(live.zooms).toBe(false);
    expect(JSON.stringify(liveSpec(live))).not.toContain("xDomain");
  });

  it("says of every mark what it is, with its interval", async () => {
    const { spec } = await carried(time);
    const tips = (spec.data ?? []).flatMap(({ values }) => (values as readonly { readonly tip?: readonly string[] }[]) ?? []).flatMap(({ tip }) => tip ?? []);
    expect(tips).toContain("softmax");
    expect(tips.some((line) => /^[\d.]+ µs \[[\d.]+ µs, [\d.]+ µs\]$/.test(line))).toBe(true);
    expect(tips).toContain("24 samples");
    expect(tips).toContain("would take longer than 1 s");
    for (const [, first] of JSON.stringify(await carried(heatChart(record, map, chartSizes[0]))).matchAll(/"tip":\["([^"]*)"/g))
      expect(first).toMatch(/^n = [\d,]+, dModel = /);
  });
});
