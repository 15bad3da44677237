import { describe, expect, it } from "vitest";
import type { RunRecord } from "../../record/run.ts";
import { fixtureRecord } from "../fixture.ts";
import { renderPage } from "../page.ts";
import { facetsOf } from "./facets.ts";
import { heatMapsOf, heatStep, isWon } from "./heatMap.ts";
import { pairRatioOf, ratioWords } from "./pairRatio.ts";

const pair = ["softmax", "linear"] as const;
const record = fixtureRecord({ dModels: [256, 512] });

/** The record, with the points of all laws of the one arm so many times as slow as its medians, and as wide an interval on either side. */
const drifted = (label: string, factor: number, width: number): RunRecord => ({
  ...record,
  fits: record.fits.map((fit) =>
    fit.label === label && fit.metric === "time"
      ? { ...fit, points: fit.points.map(({ x, y }) => ({ x, y: factor * y, low: (factor * y) / width, high: factor * y * width })) }
      : fit,
  ),
});

const ratioIn = (of: RunRecord, n: number) => {
  const [facet] = facetsOf(of);
  const found = facet && pairRatioOf(of, facet, pair, n);
  if (!found) throw new Error("both arms were measured there");
  return found;
};

describe("the ratio of two times", () => {
  it("is that of the points that laws are fitted to, and says where the medians say otherwise", () => {
    const plain = ratioIn(record, 4096);
    const found = ratioIn(drifted("linear", 1.25, 1.1), 4096);
    expect(found.value).toBeCloseTo(plain.value / 1.25, 6);
    expect(found.undrifted).toBe(true);
    expect(plain.undrifted).toBe(false);
  });

  it("is that of the medians where a law leaves out one of them", () => {
    const shorter = { ...record, fits: drifted("linear", 1.25, 1.1).fits.map((fit) => ({ ...fit, points: fit.points.filter(({ x }) => x > 4096) })) };
    expect(ratioIn(shorter, 4096)).toEqual(ratioIn({ ...record, fits: [] }, 4096));
  });

  it("has two digits behind the point near 1", () => {
    expect([0.961, 0.9963, 1, 1.04, 1.987, 2.04, 17.2, 869.7].map(ratioWords)).toEqual(["0.96×", "1.00×", "1.00×", "1.04×", "1.99×", "2×", "17×", "870×"]);
  });
});

describe("a heat map", () => {
  it("calls faster only what is, with its whole interval", () => {
    const wide = drifted("linear", 1, 1e6);
    const [map] = heatMapsOf(wide);
    const [sure] = heatMapsOf(record);
    expect(sure?.cells.some(isWon)).toBe(true);
    expect(map?.cells.map(({ ratio }) => ratio)).toEqual(sure?.cells.map(({ ratio }) => ratio));
    expect(new Set(map?.cells.map(heatStep))).toEqual(new Set([heatStep({ ratio: 1, open: false })]));
  });

  it("counts the same in its caption, and figures tell the ratio that the answer tells", async () => {
    const page = await renderPage(drifted("linear", 1, 1e6));
    expect(page.includes("linear is surely faster, and by a tenth or more, in 0 of 14 pairs")).toBe(true);
    const undrifted = await renderPage(drifted("linear", 1.25, 1.0001));
    expect(undrifted.includes("× less than softmax, once changes of the whole machine&#39;s pace are taken out)")).toBe(true);
    expect(page.includes("× less than softmax, once")).toBe(false);
  });
});
