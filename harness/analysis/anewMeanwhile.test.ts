import { expect, test } from "vitest";
import { en } from "../messages/en.ts";
import type { RunRecord } from "../record/run.ts";
import { anewMeanwhile } from "./anewMeanwhile.ts";

const cell = (label: string, n: number, medianMs: number) => ({ label, n, dModel: 64, summary: { medianMs }, outcome: { status: "ok" }, phase: "offload" });
/** Anew: 10 ms at 1 token, 100 at 10, 1,000 at 100. */
const recordOf = (backMs: number): RunRecord =>
  ({
    cells: [...[1, 10, 100].map((n) => cell("anew", n, 10 * n)), cell("host", 10, 1), cell("host", 4096, backMs)],
    crossovers: [{ between: ["anew", "host"], metric: "time", series: { dModel: 64 }, outcome: "already", range: [1, 10], crossings: [] }],
    environment: { deviceClass: "hardware" },
  }) as never;

test.each([
  [5, "fewer", "less than 1 token in that of 4,096 tokens with host"],
  [30, 3, "about 3 tokens in that of 4,096 tokens with host"],
  [2000, "more", "more than 100 tokens in that of 4,096 tokens with host"],
] as const)("in %d ms of bringing back as many tokens are computed anew as take so long: %s", (ms, anew, words) => {
  const record = recordOf(ms);
  const [found] = anewMeanwhile(record);
  expect(found).toMatchObject({ label: "host", n: 4096, measured: [1, 100] });
  if (typeof anew === "number") expect(found?.anew).toBeCloseTo(anew, 6);
  else expect(found?.anew).toBe(anew);
  expect(en.crossover.meanwhile([{ n: 4096, measured: [1, 100], anew: found?.anew ?? 0, arms: ["host"] }])).toContain(words);
});
