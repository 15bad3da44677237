import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { en } from "../../messages/en.ts";
import { fixtureRecord } from "../fixture.ts";
import { linearArm, softmaxArm } from "../fixtureArms.ts";
import { byFamily, evenly, facetsOf, thinned } from "./facets.ts";

describe("facets", () => {
  it("hold the cells of one shape in the order of the record, and those of an arm that an axis does not touch", () => {
    const record = fixtureRecord({ dModels: [256, 512], ns: [256, 512] });
    const loose = record.cells.filter(({ label, dModel }) => label !== "linear" || dModel === 256);
    const facets = facetsOf({ ...record, cells: loose });
    expect(facets.map(({ slug }) => slug)).toEqual(["dModel-256", "dModel-512"]);
    for (const { cells, values } of facets) {
      expect(cells.map(({ id }) => id)).toEqual(loose.filter(({ label, dModel }) => label === "linear" || dModel === values.dModel).map(({ id }) => id));
    }
  });

  it("with more arms than can be told apart are one a kind of attention", () => {
    const titleOf = (kind: "softmax" | "linear" | "hybrid") => (kind === "hybrid" ? en.hybrids : en.attention(kind));
    const arms = Array.from({ length: 4 }, (_, i) => [
      { ...softmaxArm, label: `softmax ${i}` },
      { ...linearArm, label: `linear ${i}` },
    ]).flat();
    const split = (count: number) => facetsOf(fixtureRecord({ arms: arms.slice(0, count) })).flatMap((facet) => byFamily(facet, titleOf));
    expect(split(6).map(({ slug }) => slug)).toEqual(["all"]);
    expect(split(8).map(({ slug, title }) => [slug, title])).toEqual([
      ["all-softmax", "softmax attention"],
      ["all-linear", "linear attention"],
    ]);
    for (const { cells } of split(8)) expect(new Set(cells.map(({ label }) => label)).size).toBe(4);
    // An arm with layers of both kinds is of neither.
    const { cells, ...rest } = fixtureRecord({ arms });
    const mixed = cells.map((cell) => (cell.label === "linear 3" ? { ...cell, composedOf: { "linear 0": 3 } } : cell));
    const facets = facetsOf({ ...rest, cells: mixed }).flatMap((facet) => byFamily(facet, titleOf));
    expect(facets.map(({ slug, title, cells: own }) => [slug, title, new Set(own.map(({ label }) => label)).size])).toEqual([
      ["all-softmax", "softmax attention", 4],
      ["all-linear", "linear attention", 3],
      ["all-hybrid", "layers of both kinds", 1],
    ]);
  });

  it("are one where nothing but n is swept", () => {
    const [facet, ...others] = facetsOf(fixtureRecord());
    expect(others).toEqual([]);
    expect(facet).toMatchObject({ slug: "all", title: undefined });
  });
});

describe("thinning out", () => {
  it("keeps all of a few, else as many as asked in their order, the first and the last among them", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 400 }), fc.integer({ min: 2, max: 40 }), (count, most) => {
        const all = Array.from({ length: count }, (_, i) => i);
        const kept = evenly(all, most);
        expect(kept).toHaveLength(Math.min(count, most));
        expect([kept[0], kept.at(-1)]).toEqual([0, count - 1]);
        const steps = kept.slice(1).map((value, i) => value - (kept[i] ?? 0));
        if (steps.length > 0) expect(Math.max(...steps) - Math.min(...steps)).toBeLessThanOrEqual(1);
      }),
    );
  });

  it("is said", () => {
    expect(thinned(12, 250, en)).toBe("12 of 250 shapes are drawn, in even steps; all are in the table of cells.");
    expect(thinned(3, 3, en)).toBe("");
  });
});
