import { describe, expect, it } from "vitest";
import { type ClaimId, claimIds } from "../../experiment/claims.ts";
import type { JudgedClaim } from "../../record/derived.ts";
import type { RunRecord } from "../../record/run.ts";
import { claims } from "./claims.ts";
import { about, line, type PlantedArm, verdictOn } from "./plantedClaims.ts";

describe("claims", () => {
  it("are nineteen, in order, each once", () => {
    expect(claims.map(({ id }) => id)).toEqual(claimIds);
    expect(claimIds).toEqual(Array.from({ length: 19 }, (_, i) => `S${i + 1}`));
  });

  it("are judged of runs of their phase alone", () => {
    const cut = { encoding: "cl100k_base", text: "a", characters: 1, ids: [64], restores: true, msPerToken: about(1) } as const;
    expect(verdictOn("S1", [], { tokenizer: [cut] })?.verdict).toBe("doesNotHoldHere");
    const decode = { phase: "decode", claims: ["S1", "S13"] } as unknown as RunRecord["experiment"];
    const arms: readonly PlantedArm[] = [{ label: "softmax", bytes: line(4 * 128 * 4) }];
    const one = (id: ClaimId): JudgedClaim | undefined => verdictOn(id, arms, { tokenizer: [cut], experiment: decode });
    expect(one("S1")).toBeUndefined();
    expect(one("S13")).toMatchObject({ id: "S13", verdict: "holds", evidence: "memory", measured: expect.stringContaining("2 KiB a token and layer") });
  });
});
