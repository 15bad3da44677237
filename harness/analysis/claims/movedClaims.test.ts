import { expect, it } from "vitest";
import type { Crossover, Estimate } from "../../record/derived.ts";
import type { CellRecord, RunRecord } from "../../record/run.ts";
import { sentencesOn, testClaims } from "./claimCases.ts";
import { about, between, type PlantedArm } from "./plantedClaims.ts";

const form =
  (tier: string, more: Partial<CellRecord> = {}) =>
  (n: number): Partial<CellRecord> => ({ mechanism: "softmax", form: tier, stateBytes: 2048 * n, ...more });

/** A cache of 2 KiB a token: 1 µs a token out, half of that in, before a decode step of so many ms. */
const kept = (tier: "host" | "disk", stepMs: Estimate, more: Partial<CellRecord> = {}, pastCache?: true): PlantedArm => ({
  label: `softmax ${tier}`,
  cell: form(tier, more),
  ms: (n) => about(5e-4 * n),
  offload: (n) => ({ outMs: about(1e-3 * n), stepMs, ...(pastCache ? { pastCache } : {}) }),
});
const anew: PlantedArm = { label: "softmax recompute", cell: form("recompute") };
const quick = about(0.01);
const slow = about(10);

const crossing = (tier: string, outcome: Crossover["outcome"], more: Partial<Crossover> = {}): Crossover => ({
  between: ["softmax recompute", `softmax ${tier}`],
  metric: "time",
  series: { dModel: 256, heads: 4, headDim: 64 },
  outcome,
  n: outcome === "crosses" ? between(90, 110) : undefined,
  atLatest: undefined,
  crossings: [],
  range: [64, 512],
  note: undefined,
  ...more,
});
const crossings = (...crossovers: Crossover[]): Partial<RunRecord> => ({ crossovers });
const wrong = { outcome: { status: "failed", code: "wrongOutput", reason: "" } } as const;

testClaims({
  S14: [
    [
      "faster than computing anew everywhere, and within a step",
      "holds",
      [kept("host", slow), kept("disk", slow), anew],
      crossings(crossing("host", "already"), crossing("disk", "already")),
    ],
    ["long caches alone", "holdsWithCorrection", [kept("host", slow), anew], crossings(crossing("host", "crosses"))],
    ["long caches at the latest", "holdsWithCorrection", [kept("host", slow), anew], crossings(crossing("host", "undecided", { atLatest: 256 }))],
    ["a wait that is longer than a step", "holdsWithCorrection", [kept("host", quick), anew], crossings(crossing("host", "already"))],
    [
      "from one of two places alone",
      "holdsWithCorrection",
      [kept("host", slow), kept("disk", slow), anew],
      crossings(crossing("host", "already"), crossing("disk", "none")),
    ],
    [
      "slower than computing anew everywhere",
      "doesNotHoldHere",
      [kept("host", slow), kept("disk", slow), anew],
      crossings(crossing("host", "none"), crossing("disk", "none")),
    ],
    ["other bytes that come back", "doesNotHoldHere", [kept("host", slow), kept("disk", slow, wrong), anew], crossings(crossing("host", "already"))],
    ["none but wrong bytes", "doesNotHoldHere", [{ label: "softmax host", cell: form("host", wrong) }]],
    ["one of two places alone, faster everywhere and within a step", "holdsWithCorrection", [kept("host", slow), anew], crossings(crossing("host", "already"))],
    ["a crossing that is open", "undecided", [kept("host", slow), anew], crossings(crossing("host", "undecided"))],
    ["slower from one place, and open from the other", "undecided", [kept("host", slow), kept("disk", slow)], crossings(crossing("host", "none"))],
    ["nothing computed anew", "undecided", [kept("host", slow)]],
    ["a crossing in bytes alone", "undecided", [kept("host", slow), anew], crossings(crossing("host", "already", { metric: "stateBytes" }))],
    ["nothing moved", undefined, [anew]],
    ["a recurrent state alone", undefined, [{ ...kept("host", slow), family: "linear", label: "linear host" }]],
  ],
});

it("says its numbers", () => {
  const experiment = { layers: 32 } as RunRecord["experiment"];
  expect(sentencesOn("S14", [kept("host", quick), anew], { ...crossings(crossing("host", "crosses")), experiment })).toMatchInlineSnapshot(
    `"With softmax host at n = 512, 1 MiB leave at 2.05 [2.01, 2.09] GB/s and come back at 4.10 [4.02, 4.18] GB/s, and a token waits 256 µs (computed for all layers: 8.19 ms) for a step of 10.0 µs, 26.6 [25.6, 27.6] times as long in all; that takes less time than computing it anew from n = 100 (95 % interval 90 to 110) on. | No cache was moved to disk here: of that nothing is told. It is so for long caches: short ones are computed anew sooner, below n = 100 (softmax host). It is for texts that pause: with softmax host a token waits longer for its cache than its step takes."`,
  );
});

it("says whether the disk's bytes may have come out of memory", () => {
  const said = (...arms: PlantedArm[]) => sentencesOn("S14", [...arms, anew], crossings(crossing("disk", "already")));
  expect(said(kept("disk", slow, {}, true))).toContain("What comes back from disk is read past the operating system's page cache.");
  expect(said(kept("disk", slow))).toContain("may well come out of the operating system's page cache");
  expect(said(kept("host", slow))).not.toContain("page cache");
});
