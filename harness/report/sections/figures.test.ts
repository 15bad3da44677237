import { describe, expect, it } from "vitest";
import type { RunRecord } from "../../record/run.ts";
import { fixtureRecord } from "../fixture.ts";
import { groupedArm, linearArm, softmaxArm } from "../fixtureArms.ts";
import { renderPage } from "../page.ts";

const figureOf = (page: string, id: string): string => new RegExp(`<figure id="${id}".*?</figure>`, "s").exec(page.replaceAll("\u00a0", " "))?.[0] ?? "";
const chartsOf = (figure: string): readonly string[] => [...figure.matchAll(/<div class="facet[^"]*" id="([^"]*)"/g)].map(([, id = ""]) => id);

describe("figures", () => {
  it("leave out charts with nothing to draw, and name them", async () => {
    const record = fixtureRecord({
      dModels: [256, 512],
      outcome: ({ dModel }) => (dModel === 512 ? { status: "failed", code: "deviceLost", reason: "the device was lost" } : undefined),
    });
    const page = await renderPage(record);
    for (const id of ["time", "memory"]) {
      expect(chartsOf(figureOf(page, id))).toEqual([`${id}-dModel-256`]);
      expect(figureOf(page, id)).toContain("There is no chart of dModel = 512, as there is nothing to draw.");
    }
  });

  it("join shapes of one n to a chart over the size in which they differ", async () => {
    const record = fixtureRecord({ dModels: [256, 512, 1024] });
    const page = await renderPage({ ...record, cells: record.cells.filter(({ n, dModel }) => dModel === 512 || n === 2048) });
    expect(chartsOf(figureOf(page, "time"))).toEqual(["time-dModel-512", "time-n-2048"]);
    expect(chartsOf(figureOf(page, "memory"))).toEqual(["memory-dModel-512", "memory-n-2048"]);
    expect(figureOf(page, "time")).toContain("Time, n = 2,048: ms per prompt of n tokens (prefill) over dModel, both axes logarithmic");
  });

  it("show beside the answer its two arms alone, and where the one is faster in words; all arms and all n* below", async () => {
    const record = fixtureRecord({ arms: [softmaxArm, groupedArm, linearArm] });
    const page = await renderPage({ ...record, crossovers: record.crossovers.map((one) => ({ ...one, predicted: { outcome: "crosses", n: 900 } })) });
    const [leading, time] = [figureOf(page, "leading"), figureOf(page, "time")];
    expect(leading).toMatch(/>from [\d,]+ tokens on, linear is faster</);
    expect(leading).not.toMatch(/>n\*|>slope|GQA|∝|triangle/);
    expect(leading).toMatch(/<p><bdi>At 16,384 tokens: softmax [\d.]+ ms and linear [\d.]+ µs, 17 times less \(95 % interval \d+ to \d+\)\.<\/bdi><\/p>/);
    expect(leading).toContain("Lower is faster; each step of a scale is a multiple. Upright line: from there on linear is faster; grey: its 95 % interval.");
    expect(time).toMatch(/>n\* [\d,]+ .* GQA/s);
    expect(time).toContain(">slope ");
  });

  it("mark beside the answer the length from which on an arm is faster at the latest", async () => {
    const record = fixtureRecord();
    const crossovers = record.crossovers.map((one) => ({ ...one, outcome: "undecided" as const, n: undefined, atLatest: 2048 }));
    const leading = figureOf(await renderPage({ ...record, crossovers }), "leading");
    expect(leading).toContain(">from 2,048 tokens on at the latest, linear is faster<");
    expect(leading).toContain(">linear faster by 2,048<");
    expect(leading).toContain("Upright line: from there on linear is faster, if not before.");
  });

  it("say beside the answer what hollow marks are", async () => {
    const page = await renderPage(
      fixtureRecord({ outcome: ({ label, n }) => (label === "softmax" && n > 8000 ? { status: "censored", code: "timeCap", reason: "slow" } : undefined) }),
    );
    expect(figureOf(page, "leading")).toContain("Hollow marks at the upper edge are cells without a value: triangle: stopped at a time or memory limit.");
  });

  it("say by which mark a step is scaled, from where a law is told, and which curves run past their points", async () => {
    const record = fixtureRecord({ ns: [64, 512, 1024, 2048, 4096], arms: [softmaxArm, linearArm] });
    const fits = record.fits.map((fit) => {
      if (fit.metric !== "time") return fit;
      const points = fit.points
        .slice(fit.label === "softmax" ? 1 : 0)
        .map((one, i) => (fit.label === "linear" && i === 2 ? { ...one, y: one.y * 1.4, low: one.low * 1.4, high: one.high * 1.4 } : one));
      return { ...fit, points, slopes: points.map(({ x }) => ({ x, value: 1, low: 0.9, high: 1.1 })) };
    });
    const page = await renderPage({ ...record, fits });
    expect(figureOf(page, "doubling")).toContain("Hollow: half of it was not measured, and the step from the nearest shorter one is scaled to a doubling.");
    expect(figureOf(page, "doubling")).toContain("drifted is taken out as far as a law was fitted.");
    expect(figureOf(page, "slopes")).toContain("There is no exponent for softmax below n = 512: the law fitted does not hold there.");
    expect(figureOf(page, "slopes")).toMatch(/Hollow: exponents of a smooth curve that its times step off, by up to \d\d % \(linear\)\./);
    expect(figureOf(page, "leading")).toContain("thin lines join all marks of an arm of which some lie 15 % or more off the fitted");
    const usual = await renderPage(fixtureRecord());
    expect(figureOf(usual, "doubling")).not.toContain("Hollow");
    expect(figureOf(usual, "doubling")).toContain("drifted is taken out.");
    expect(usual).not.toContain("thin lines join all marks");
  });

  it("stand over both columns where there are several charts in one", async () => {
    const arms = Array.from({ length: 7 }, (_, i) => ({ ...(i < 3 ? softmaxArm : linearArm), label: `arm ${i}` }));
    const page = await renderPage(fixtureRecord({ arms }));
    expect(figureOf(page, "doubling")).toMatch(/^<figure [^>]*class="broad">/);
    expect(chartsOf(figureOf(page, "doubling"))).toHaveLength(2);
    expect(figureOf(page, "memory")).not.toContain("broad");
    expect(page).toContain(".figures.pair>.broad{grid-column:1/-1}");
  });

  it("compare with the answer's other arm, not with the slowest", async () => {
    const slow = { ...softmaxArm, label: "naive", factor: 30 };
    const page = await renderPage(fixtureRecord({ arms: [softmaxArm, slow, linearArm] }));
    expect(figureOf(page, "time")).toMatch(/linear [\d.]+ µs \([\d.]+× less than softmax\)/);
    expect(figureOf(page, "time")).not.toContain("less than naive");
  });

  it("tell the n* that are marked and not measured", async () => {
    const record = fixtureRecord();
    const marked = async (computed: Partial<RunRecord["crossovers"][number]>): Promise<string> =>
      figureOf(await renderPage({ ...record, crossovers: record.crossovers.map((one) => ({ ...one, ...computed })) }), "time");
    const predicted = { outcome: "crosses", n: 900 } as const;
    const one = await marked({ predicted });
    expect(one).toContain("On the n axis a hollow square is where n* would be by what each has to compute and to read alone. It is not measured.");
    expect(one).toContain(">softmax / linear square 900.<");
    expect(one).not.toContain("diamond");
    const both = await marked({ predicted, equalShare: { outcome: "crosses", n: 700 } });
    expect(both).toContain("the better of them and a hollow square where it would be by what");
    expect(both).toContain("Neither is measured.");
    expect(both).toContain(">softmax / linear diamond 700 and square 900.<");
  });

  it("tell the n* that are not measured of all charts of a figure, and of very many where the rest stand", async () => {
    const computed = { predicted: { outcome: "crosses", n: 900 }, equalShare: { outcome: "crosses", n: 700 } } as const;
    const drawn = async (dModels: readonly number[]): Promise<string> => {
      const record = fixtureRecord({ ns: [256, 512, 1024, 2048], dModels });
      return renderPage({ ...record, crossovers: record.crossovers.map((one) => ({ ...one, ...computed })) });
    };
    const few = figureOf(await drawn([128, 256, 512]), "time");
    const [first, second, third] = [128, 256, 512].map((dModel) => `dModel = ${dModel}: softmax / linear diamond 700 and square 900`);
    expect(few).toContain(`${first}; ${second}; ${third}.`);
    expect(few).not.toContain("more are in");
    const page = await drawn([128, 256, 384, 512, 640]);
    const many = figureOf(page, "time");
    expect(many).toContain("dModel = 512: softmax / linear diamond 700 and square 900.");
    expect(many).not.toContain("dModel = 640: softmax");
    expect(many).toContain('2 more are in <a href="#crossings">the table of n*</a>.');
    expect(page).toContain('<div id="crossings">');
  });

  const mapOf = (isKept: (cell: RunRecord["cells"][number]) => boolean): Promise<string> => {
    const record = fixtureRecord({ dModels: [256, 512] });
    return renderPage({ ...record, cells: record.cells.filter((cell) => isKept(cell)) }).then((page) => figureOf(page, "heat"));
  };

  it("have a table in the place of a heat map of few pairs", async () => {
    const figure = await mapOf(({ label, n }) => label === "linear" || n === 256);
    expect(chartsOf(figure)).toEqual([]);
    expect(figure).toMatch(/in \d of 2 pairs: too few of the sizes for a map/);
    expect(figure.match(/<tr>/g)).toHaveLength(3);
  });

  it("have in a heat map's key the colours that it has", async () => {
    const figure = await mapOf(({ n }) => n <= 512);
    const used = new Set([...figure.matchAll(/fill="var\(--heat-(\d)\)"/g)].map(([, step]) => step));
    expect([...figure.matchAll(/swatch heat-(\d)/g)].map(([, step]) => step)).toEqual([...used].toSorted());
    expect(used.size).toBeGreaterThan(0);
    expect(used.size).toBeLessThan(7);
  });

  it("say in a heat map's key which colour is not measured", async () => {
    const estimate = (value: number) => ({ value, low: value, high: value });
    const base = { form: "", variable: "dModel", series: { headDim: 64 }, cells: 21, rms: 0.05, worst: { n: 256, size: 256, off: 0.1 } } as const;
    const record = fixtureRecord({ dModels: [256, 512, 1024] });
    const laws: RunRecord = {
      ...record,
      cells: record.cells.filter(({ n, dModel }) => n < 8192 || dModel < 1024),
      jointFits: [
        { ...base, label: "softmax", terms: [{ n: 2, size: 1, coefficient: estimate(1e-9) }] },
        { ...base, label: "linear", terms: [{ n: 1, size: 1, coefficient: estimate(1e-6) }] },
      ],
      jointCrossings: [{ between: ["softmax", "linear"], variable: "dModel", series: { headDim: 64 }, points: [{ size: 1024, n: estimate(1000) }] }],
    };
    const page = await renderPage(laws);
    expect(figureOf(page, "heat")).toMatch(/<span class="swatch heat-\d pale"><\/span> <bdi>pale: not measured, by laws</);
    expect(figureOf(page, "heat")).toContain("pale cells, with ≈ where there is room for numbers, were not measured");
    expect(page).toContain(".swatch.pale{opacity:0.35}");
    expect(figureOf(await renderPage(record), "heat")).not.toContain("pale");
  });

  it("say which arms and shapes have no exponent, and why", async () => {
    const record = fixtureRecord({ dModels: [256, 512], arms: [softmaxArm, groupedArm, linearArm] });
    const slopes = [{ x: 256, value: 1, low: 0.9, high: 1.1 }];
    const fits = record.fits.map((fit) => (fit.metric === "time" && fit.label === "softmax" && fit.series.dModel === 256 ? { ...fit, slopes } : fit));
    const figure = figureOf(await renderPage({ ...record, fits, cells: record.cells.filter(({ label, n }) => label !== "linear" || n >= 4096) }), "slopes");
    expect(figure).toContain("There is none for linear: it takes 4 values of n over a range of 4 times or more.");
    expect(figure).toContain("There is none for GQA and softmax (dModel = 512): no law was fitted to their times.");
    expect(figure).toContain("There is no chart of dModel = 512, as there is nothing to draw.");
  });
});
