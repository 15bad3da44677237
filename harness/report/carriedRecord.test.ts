import { inflateSync } from "node:zlib";
import { expect, it } from "vitest";
import { samplesCsv } from "../record/csv.ts";
import { flawOfRun } from "../record/runSchema.ts";
import { carriedRecord, carriesSamples } from "./carriedRecord.ts";
import { fixtureRecord } from "./fixture.ts";

const partsOf = (markup: string) => {
  const [, name, run, samples, text = ""] =
    /^<script type="text\/plain" id="results" data-name="([^"<>]*)" data-run="([^"<>]*)"( data-samples)?>([^<]*)<\/script>\n$/.exec(markup) ?? [];
  return { name, run, hasSamples: samples !== undefined, text };
};
const unpacked = (text: string): unknown => JSON.parse(inflateSync(Buffer.from(text, "base64")).toString());

/** `count` times a cell, of as many digits as a clock gives. */
const sampled = (count: number) => {
  const record = fixtureRecord();
  const times = (i: number) => Array.from({ length: count }, (_, j) => 1.5 + Math.sin(17 * i + j) ** 2);
  const cells = record.cells.map((cell, i) => ({ ...cell, visits: [{ worker: 1, turn: 0, k: 8, gpuMs: times(i), wallMs: times(i + 0.5) }] }));
  return { ...record, cells };
};

it("carries the record, and a name for its files that no record can break out of", () => {
  const record = fixtureRecord();
  const odd = { ...record, run: '"><img>', experiment: { ...record.experiment, question: "</script> 雪" } };
  const { name, run, text } = partsOf(carriedRecord(odd).markup);
  expect([name, run]).toEqual([record.experiment.name, "&quot;&gt;&lt;img&gt;"]);
  const bare = <Cell extends { readonly visits: unknown }>(cells: readonly Cell[]) => cells.map((cell) => ({ ...cell, visits: [] }));
  const carried = unpacked(text) as typeof odd;
  const { fits, ...others } = carried;
  const { fits: made, ...expected } = odd;
  expect({ ...others, cells: bare(others.cells) }).toEqual(JSON.parse(JSON.stringify({ ...expected, cells: bare(expected.cells) })));
  expect(fits.map(({ label, metric, verdict }) => [label, metric, verdict])).toEqual(made.map(({ label, metric, verdict }) => [label, metric, verdict]));
  const [y, exact] = [fits, made].map(([first]) => first?.points[0]?.y ?? 0);
  expect(Math.abs((y ?? 0) / (exact ?? 1) - 1)).toBeLessThan(1e-6);
});

it("carries every sample to five digits, as samples.csv has them", () => {
  const record = sampled(9);
  const { hasSamples, text } = partsOf(carriedRecord(record).markup);
  expect(hasSamples).toBe(true);
  const carried = unpacked(text);
  expect(flawOfRun(carried)).toBeUndefined();
  const rowsOf = (one: typeof record) => [...samplesCsv(one)].join("").trim().split("\n");
  const [whole, told] = [rowsOf(record), rowsOf(carried as typeof record)];
  expect(whole).toHaveLength(1 + 9 * record.cells.length);
  expect(told).toHaveLength(whole.length);
  for (const [i, row] of whole.entries()) {
    const [wanted, given] = [row.split(","), (told[i] ?? "").split(",")];
    expect(given.slice(0, -2)).toEqual(wanted.slice(0, -2));
    if (i === 0) continue;
    for (const at of [-2, -1]) {
      expect(given.at(at)?.length).toBeLessThanOrEqual(6);
      expect(Math.abs(Number(given.at(at)) / Number(wanted.at(at)) - 1)).toBeLessThanOrEqual(5e-5);
    }
  }
});

it("leaves out samples where there are none or too many for a page", () => {
  expect(carriesSamples(sampled(0))).toBe(false);
  const many = sampled(6000);
  expect(carriesSamples(many)).toBe(false);
  const { hasSamples, text } = partsOf(carriedRecord(many).markup);
  expect(hasSamples).toBe(false);
  expect((unpacked(text) as typeof many).cells.every(({ visits }) => visits.length === 0)).toBe(true);
});
