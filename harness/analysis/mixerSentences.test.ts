import { expect, it } from "vitest";
import { en } from "../messages/en.ts";
import type { Crossover } from "../record/derived.ts";
import { richRecord } from "../report/richRecord.ts";
import { mixerSentences } from "./mixerSentences.ts";

it("tells of attention alone for as many pairs as a sentence has room for, and leaves more to the table", () => {
  const record = richRecord(en);
  const [first] = record.crossovers.filter(({ metric }) => metric === "time");
  if (!first) throw new Error("no crossover");
  const mixer = { outcome: "already", n: undefined, crossings: [], note: undefined, range: first.range } as unknown as NonNullable<Crossover["mixer"]>;
  const pairs = (count: number) => Array.from({ length: count }, (_, i) => ({ ...first, between: ["softmax", `arm ${i}`] as const, mixer }));
  const said = (count: number) => mixerSentences({ ...record, crossovers: pairs(count) }, en);
  expect(said(4)).toEqual([expect.stringContaining("arm 3")]);
  expect(said(5)).toEqual([]);
});
