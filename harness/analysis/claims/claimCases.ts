import { describe, expect, it } from "vitest";
import type { ClaimId } from "../../experiment/claims.ts";
import { zh } from "../../messages/zh.ts";
import type { ClaimVerdict, JudgedClaim } from "../../record/derived.ts";
import type { RunRecord } from "../../record/run.ts";
import { type PlantedArm, verdictOn } from "./plantedClaims.ts";

/** What a judge must say of a planted run. */
export type ClaimCase = readonly [what: string, wanted: ClaimVerdict | undefined, arms: readonly PlantedArm[], more?: Partial<RunRecord>];

export type ClaimCases = Readonly<Partial<Record<ClaimId, readonly ClaimCase[]>>>;

const textOf = (found: JudgedClaim | undefined): string => `${found?.measured ?? ""} ${found?.correction ?? ""}`;

/** Words of English grammar, and Chinese set without full-width punctuation or spaces beside Latin words. */
const english = /\b(?:the|of|with|is|are|at|in|from|and|to|by|on|as|that|than|no|not|per|over|would|know)\b/i;
const illSet = /\p{Script=Han}[,;:!?(A-Za-z0-9±≈]|[,;:!(A-Za-z0-9%×]\p{Script=Han}/u;

/** Each number once; of names and laws their digits too. */
const numbersOf = (text: string): readonly string[] => [...new Set(text.match(/\d[\d.,]*(?:e-?\d+)?(?<![.,])/g))].sort();

/** Claims that are right as far as a correction goes, and never without one: attention is the lesser part of the published model's texts whatever a run measures. */
const neverPlain: ReadonlySet<ClaimId> = new Set<ClaimId>(["S8"]);

/** Tests of judges: each case by itself, in both languages, and that every verdict comes up. */
export const testClaims = (tables: ClaimCases): void => {
  describe.each(Object.keys(tables) as ClaimId[])("%s", (id) => {
    const cases = tables[id] ?? [];
    for (const [what, wanted, arms, more] of cases)
      it(`${what}: ${wanted}`, () => {
        const found = verdictOn(id, arms, more);
        expect(found?.verdict).toBe(wanted);
        expect(textOf(found)).not.toMatch(/NaN|Infinity|undefined| –/);
        expect(found?.correction !== undefined).toBe(wanted === "holdsWithCorrection");
        const chinese = verdictOn(id, arms, more, zh);
        expect(chinese?.verdict).toBe(wanted);
        for (const unwanted of [/NaN|Infinity|undefined/, english, illSet]) expect(textOf(chinese)).not.toMatch(unwanted);
        // Both give the same numbers, in whatever order.
        expect(numbersOf(textOf(chinese))).toEqual(numbersOf(textOf(found)));
      });

    it("comes to every verdict", () => {
      const reached = new Set(cases.map(([, wanted]) => wanted));
      const plain: readonly ClaimVerdict[] = neverPlain.has(id) ? [] : ["holds"];
      expect([...reached]).toEqual(expect.arrayContaining([...plain, "holdsWithCorrection", "doesNotHoldHere", "undecided"]));
    });
  });
};

/** The sentences of a planted run's verdict. */
export const sentencesOn = (id: ClaimId, arms: readonly PlantedArm[], more?: Partial<RunRecord>): string => {
  const { measured, correction = "" } = verdictOn(id, arms, more) ?? { measured: "" };
  return `${measured} | ${correction}`;
};
