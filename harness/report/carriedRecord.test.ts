import { inflateSync } from "node:zlib";
import { expect, it } from "vitest";
import { carriedRecord } from "./carriedRecord.ts";
import { fixtureRecord } from "./fixture.ts";

it("carries the record but its samples, and a name for its files that no record can break out of", () => {
  const record = fixtureRecord();
  expect(record.cells.some(({ visits }) => visits.length > 0)).toBe(true);
  const odd = { ...record, run: '"><img>', experiment: { ...record.experiment, question: "</script> 雪" } };
  const [, name, run, text = ""] =
    /^<script type="text\/plain" id="results" data-name="([^"<>]*)" data-run="([^"<>]*)">([^<]*)<\/script>\n$/.exec(carriedRecord(odd).markup) ?? [];
  expect([name, run]).toEqual([record.experiment.name, "&quot;&gt;&lt;img&gt;"]);
  const without = { ...odd, cells: odd.cells.map((cell) => ({ ...cell, visits: [] })) };
  expect(JSON.parse(inflateSync(Buffer.from(text, "base64")).toString())).toEqual(JSON.parse(JSON.stringify(without)));
});
