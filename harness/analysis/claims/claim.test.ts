import { expect, it } from "vitest";
import { en } from "../../messages/en.ts";
import { judged } from "./claim.ts";

const found = { measured: "Measured.", counted: ["Counted.", false], corrections: ["Timed.", undefined], would: "More would tell.", evidence: "time" } as const;

it("keeps what is counted beside it where times leave it open", () => {
  expect(judged(en, { ...found, held: undefined })).toEqual({ verdict: "undecided", measured: "Measured. Counted. More would tell.", evidence: "time" });
  expect(judged(en, { ...found, held: true })).toEqual({
    verdict: "holdsWithCorrection",
    measured: "Measured.",
    correction: "Counted. Timed.",
    evidence: "time",
  });
  // Of counts that decide only where nothing else does.
  const open = { ...found, byCounts: true, held: undefined };
  expect(judged(en, open).measured).toBe("Measured. Counted. By counts the claim holds, so corrected; times leave it open. More would tell.");
  expect(judged(en, { ...open, counted: [false] }).measured).toBe("Measured. By counts the claim holds; times leave it open. More would tell.");
  for (const byCounts of [false, undefined]) expect(judged(en, { ...found, byCounts, held: undefined }).measured).toBe("Measured. Counted. More would tell.");
  for (const held of [true, false]) expect(judged(en, { ...found, byCounts: true, held }).measured).toBe("Measured.");
  expect(judged(en, { ...found, counted: [], corrections: [false], held: true })).toEqual({ verdict: "holds", measured: "Measured.", evidence: "time" });
  expect(judged(en, { ...found, held: false })).toEqual({ verdict: "doesNotHoldHere", measured: "Measured.", evidence: "time" });
});
