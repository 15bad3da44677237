import { describe, expect, it } from "vitest";
import type { Verdict } from "../../record/comparison.ts";
import type { Crossover } from "../../record/derived.ts";
import type { RunRecord } from "../../record/run.ts";
import { analyse } from "../analysis.ts";
import { compareRuns } from "./comparison.ts";
import { duetOf, runOf } from "./plantedRuns.ts";

describe("n* of two runs", () => {
  const [base, head] = duetOf(analyse(runOf(1, { drift: 0 })), analyse(runOf(2, { drift: 0 })));
  const [measured] = base.crossovers.filter(({ metric }) => metric === "time");
  if (!measured) throw new Error("two arms cross");
  const range = [256, 16384] as const;
  const at = (value: number): Partial<Crossover> => ({ outcome: "crosses", range, n: { value, low: value / 1.2, high: 1.2 * value } });
  const without = (outcome: Crossover["outcome"]): Partial<Crossover> => ({ outcome, range, n: undefined });
  const withCrossing = (record: RunRecord, change: Partial<Crossover>): RunRecord => ({ ...record, crossovers: [{ ...measured, ...change }] });

  it.each<[string, Partial<Crossover>, Partial<Crossover>, Verdict]>([
    ["from every n to no n", without("already"), without("none"), "SLOWER"],
    ["from no n to every n", without("none"), without("already"), "FASTER"],
    ["from every n into the range", without("already"), at(1000), "SLOWER"],
    ["from every n to its least", without("already"), at(280), "UNDECIDED"],
    ["out of the range", at(1000), without("none"), "SLOWER"],
    ["from no n into the range", without("none"), at(1000), "FASTER"],
    ["nowhere, as at no n before", without("none"), without("none"), "SAME"],
    ["from one to several", at(1000), without("many"), "UNDECIDED"],
    ["to what nobody knows", at(1000), without("undecided"), "UNDECIDED"],
  ])("that goes %s", (_, before, after, verdict) => {
    const { arms, findings, gate } = compareRuns(withCrossing(base, before), withCrossing(head, after));
    expect(arms.find(({ metric }) => metric === "crossover")).toMatchObject({ verdict, gates: false });
    // Whatever it is, it is told where it is not the same, and it gates nothing.
    expect(findings.some((text) => /: n\* of softmax and linear, .* → .* \(does not gate\)\.$/.test(text))).toBe(verdict !== "SAME");
    expect(gate).toBe("pass");
  });

  it("is not the only thing of two arms that may be open: what keeps a gate from being passed is named", () => {
    const loose = (record: RunRecord): RunRecord => ({
      ...record,
      fits: record.fits.map((fit) => (fit.label === "softmax" && fit.metric === "time" ? { ...fit, exponent: { value: 1, low: 0.2, high: 1.8 } } : fit)),
    });
    const { gate, findings } = compareRuns(loose(base), loose(head));
    expect([gate, findings.filter((text) => text.startsWith("UNDECIDED"))]).toEqual([
      "undecided",
      ["UNDECIDED of the arms: exponent of softmax's time, 1.00 [0.20, 1.80] → 1.00 [0.20, 1.80]."],
    ]);
  });

  it("of two n has no exponent to compare, which is not the same as an equal one", () => {
    const none = (record: RunRecord): RunRecord => ({ ...record, fits: record.fits.map((fit) => ({ ...fit, exponent: undefined })) });
    const { arms, gate } = compareRuns(none(base), none(head));
    const exponents = arms.filter(({ metric }) => metric === "exponent");
    expect(exponents.length).toBeGreaterThan(0);
    expect(exponents.every(({ verdict, gates, note }) => verdict === "UNDECIDED" && !gates && note === "neither run tells it")).toBe(true);
    expect(gate).toBe("pass");
  });
});
