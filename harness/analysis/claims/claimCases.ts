import { describe, expect, it } from "vitest";
import type { ClaimId } from "../../experiment/claims.ts";
import type { ClaimVerdict } from "../../record/derived.ts";
import type { RunRecord } from "../../record/run.ts";
import { type PlantedArm, verdictOn } from "./plantedClaims.ts";

/** What a judge must say of a planted run. */
export type ClaimCase = readonly [what: string, wanted: ClaimVerdict | undefined, arms: readonly PlantedArm[], more?: Partial<RunRecord>];

export type ClaimCases = Readonly<Partial<Record<ClaimId, readonly ClaimCase[]>>>;

/** Tests of judges: each case by itself, and that every verdict comes up. */
export const testClaims = (tables: ClaimCases): void => {
  describe.each(Object.keys(tables) as ClaimId[])("%s", (id) => {
    const cases = tables[id] ?? [];
    for (const [what, wanted, arms, more] of cases)
      it(`${what}: ${wanted}`, () => {
        const found = verdictOn(id, arms, more);
        expect(found?.verdict).toBe(wanted);
        expect(`${found?.measured ?? ""} ${found?.correction ?? ""}`).not.toMatch(/NaN|Infinity|undefined| –/);
        expect(found?.correction !== undefined).toBe(wanted === "holdsWithCorrection");
      });

    it("comes to every verdict", () => {
      const reached = new Set(cases.map(([, wanted]) => wanted));
      expect([...reached]).toEqual(expect.arrayContaining(["holds", "holdsWithCorrection", "doesNotHoldHere", "undecided"]));
    });
  });
};

/** The sentences of a planted run's verdict. */
export const sentencesOn = (id: ClaimId, arms: readonly PlantedArm[], more?: Partial<RunRecord>): string => {
  const { measured, correction = "" } = verdictOn(id, arms, more) ?? { measured: "" };
  return `${measured} | ${correction}`;
};
