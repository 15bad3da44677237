import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { analyse } from "../../analysis/analysis.ts";
import { en } from "../../messages/en.ts";
import type { Messages } from "../../messages/messages.ts";
import { zh } from "../../messages/zh.ts";
import type { RunRecord } from "../../record/run.ts";
import { readRun } from "../../record/runFolder.ts";
import { fixtureRecord } from "../fixture.ts";
import { trustSection } from "./trust.ts";

const factsOf = (record: RunRecord, t: Messages): Readonly<Record<string, string>> =>
  Object.fromEntries(
    [
      ...trustSection(record, t)
        .markup.replaceAll("\u00a0", " ")
        .matchAll(/<dt>(.*?)<\/dt><dd>(.*?)<\/dd>/g),
    ].map(([, name = "", told = ""]) => [name, told.replace(/<small>/g, " | ").replace(/<[^>]*>/g, "")]),
  );
const emulated = readRun(fileURLToPath(new URL("../../testRuns/emulated", import.meta.url))).record;

it("tells how noisy and how steady a run was, how near its arms came to the ceiling, and of which versions all is", () => {
  const facts = factsOf(analyse(emulated), en);
  const { webgpu } = emulated.environment.packages;
  expect(facts.Noise).toMatch(
    /^within \d[\d.]* % \| half of the points are known at least so well \(95 % intervals\); at worst they may be \d[\d.]* % less or \d[\d.]* % more$/,
  );
  expect(facts.Drift).toMatch(/^\d\.\d\d× to \d\.\d\d× \| of one small kernel&#39;s time, turn by turn; in (none|\d+) of \d+ turns it jumped/);
  expect(facts["Share of ceiling"]).toMatch(/softmax \d[\d.]* %, .*\d %/);
  expect(facts.Versions).toBe(`webgpu ${webgpu} (Dawn) | Node ${emulated.environment.node}, driver ${emulated.environment.adapter.description}`);
  const chinese = factsOf(analyse(emulated, zh), zh);
  const numbers = (text = ""): readonly string[] => text.replaceAll("&#39;", "").match(/\d[\d.]*/g) ?? [];
  for (const [name, chineseName] of [
    ["Noise", "噪声"],
    ["Drift", "漂移"],
    ["Share of ceiling", "占性能上限的比例"],
    ["Versions", "版本"],
  ] as const)
    expect(numbers(chinese[chineseName]).toSorted(), name).toEqual(numbers(facts[name]).toSorted());
});

it("tells how far intervals reach by their larger side, typically and at worst, and the largest share of each arm", () => {
  const record = fixtureRecord({ ns: [256, 512, 1024] });
  const cells = record.cells.map((cell, i) => ({
    ...cell,
    summary: cell.summary && {
      ...cell.summary,
      medianMs: 1,
      lowMs: 0.98,
      highMs: i === 0 ? 1.18 : 1.02,
      ceilingShare: cell.family === "softmax" ? 0.2 + cell.n / 4096 : 0.17,
    },
  }));
  const facts = factsOf({ ...record, cells }, en);
  expect(facts.Noise).toMatch(/^within 2\.0 % \|.* at worst they may be 2\.0 % less or 18 % more$/);
  const wide = cells.map((cell) => ({ ...cell, summary: cell.summary && { ...cell.summary, highMs: 2.3 } }));
  expect(factsOf({ ...record, cells: wide }, en).Noise).toMatch(/^up to 2\.3 times as long \|.* at worst they may be 2\.0 % less or 2\.3 times as long$/);
  expect(factsOf({ ...record, cells: wide }, zh).噪声).toMatch(/^可能长至 2\.3 倍 \|/);
  expect(facts["Share of ceiling"]).toMatch(/^softmax 45 %, linear 17 % \|/);
});

it("has nothing of what a run has not: a sentinel, ceilings, times", () => {
  const record = fixtureRecord({ outcome: () => ({ status: "failed", code: "deviceLost", reason: "lost" }) });
  const facts = factsOf({ ...record, environment: { ...record.environment, packages: {} } }, en);
  expect(Object.keys(facts)).not.toEqual(expect.arrayContaining(["Noise"]));
  for (const name of ["Noise", "Drift", "Share of ceiling"]) expect(facts[name], name).toBeUndefined();
  expect(facts.Versions).toMatch(/^Node 20\.20\.2 \| driver NVIDIA/);
});

it("says by which clock a run stands beside another runtime", () => {
  const record = fixtureRecord();
  const [first] = record.cells;
  if (!first) throw new Error("a record has cells");
  expect(factsOf(record, en).Clock).not.toContain("runtime");
  expect(factsOf({ ...record, cells: [...record.cells, { ...first, id: "peer", runtime: "ort" }] }, en).Clock).toMatch(
    /^GPU timestamps \| steps of .*; beside another runtime the wall clock$/,
  );
});

/** Bullets that are seen and those that are folded, in plain text. */
