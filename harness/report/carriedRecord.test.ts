import { expect, it } from "vitest";
import { carriedScript } from "./carriedRecord.ts";
import { fixtureRecord } from "./fixture.ts";

it("carries the record but its samples, a cell at a time", () => {
  const record = fixtureRecord();
  expect(record.cells.some(({ visits }) => visits.length > 0)).toBe(true);
  for (const cells of [record.cells, record.cells.slice(0, 1), []]) {
    const parts = [...carriedScript({ ...record, cells })];
    expect(parts).toHaveLength(cells.length + 2);
    const [, json = ""] = /^<script type="application\/json" id="results">(.*)<\/script>\n$/.exec(parts.join("")) ?? [];
    const without = { ...record, cells: cells.map((cell) => ({ ...cell, visits: [] })) };
    expect(JSON.parse(json)).toEqual(JSON.parse(JSON.stringify(without)));
  }
});
