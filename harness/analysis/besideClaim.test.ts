import { expect, test } from "vitest";
import type { GrowthClass } from "../../kernels/mechanism.ts";
import { en } from "../messages/en.ts";
import { fixtureRecord } from "../report/fixture.ts";
import { besideClaim, lawsLeft } from "./besideClaim.ts";
import { growthSentences } from "./growthSentences.ts";

test.each([
  ["O(n)", "O(n)", "agrees", undefined, ["O(n)"]],
  ["O(n log n)", "O(n)", "undecided", "above", ["O(n)", "O(n log n)"]],
  ["O(n log n)", "O(n)", "contradicted", undefined, ["O(n log n)"]],
  ["O(1)", "O(n)", "undecided", "below", ["O(1)"]],
  ["O(n log n)", "O(n²)", "undecided", "below", ["O(n log n)"]],
] as const)("%s where %s is claimed and the verdict is %s lies %s, and leaves %o", (found, claim, verdict, beside, left) => {
  expect(besideClaim({ class: found, claim, verdict })).toBe(beside);
  expect(lawsLeft({ class: found, claim, verdict, candidates: [found] })).toEqual(left);
});

test("a law that is too close to the claimed one is told with it, and not alone", () => {
  const record = fixtureRecord();
  const linear: GrowthClass = "O(n log n)";
  const fits = record.fits.map((fit) =>
    fit.label === "linear" && fit.metric === "time"
      ? { ...fit, class: linear, candidates: [linear], claim: "O(n)" as const, verdict: "undecided" as const }
      : fit,
  );
  expect(growthSentences({ ...record, fits }, en).known.join(" ")).toContain("O(n) or O(n log n) with linear");
});
