import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { en } from "../../messages/en.ts";
import { fixtureRecord } from "../fixture.ts";
import { evenly, facetsOf, thinned } from "./facets.ts";

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
