import { expect, it } from "vitest";
import type { ClaimId } from "../../experiment/claims.ts";
import type { ClaimVerdict, JudgedClaim } from "../../record/derived.ts";
import { plantedRun } from "../planted.ts";
import { claimCount } from "./claimCount.ts";

const { experiment } = plantedRun({ ns: [64], arms: [] });
const run = (asked: readonly ClaimId[] | undefined, verdicts: Partial<Record<ClaimId, ClaimVerdict>>) => ({
  experiment: asked === undefined ? experiment : { ...experiment, claims: asked },
  claims: Object.entries(verdicts).map(([id, verdict]): JudgedClaim => ({ id: id as ClaimId, verdict, measured: "", evidence: "time" })),
});
const asked: readonly ClaimId[] = ["S1", "S2", "S3", "S4", "S5", "S6"];

it("counts each claim once, by what all runs together say of it", () => {
  const text = run(asked, { S1: "holds", S2: "holdsWithCorrection", S3: "undecided" });
  const decode = run(asked, { S5: "holds", S6: "doesNotHoldHere" });
  expect(claimCount([text, decode])).toBe("Of 6 claims 2 hold, 1 holds with a correction, 1 does not hold here, 1 is undecided and 1 is not judged.");
  expect(claimCount([decode], true)).toBe("Of 6 claims 1 holds, 1 does not hold here and 4 are not judged by this run.");
  expect(claimCount([text, run(asked, { S1: "holds", S2: "holds" })])).toBe(
    "Of 6 claims 1 holds, 1 is undecided, 1 is judged differently by two runs and 3 are not judged.",
  );
  expect(claimCount([run(["S1"], { S1: "holds" })])).toBe("Of 1 claim 1 holds.");
  expect(claimCount([run(undefined, {})])).toBeUndefined();
});
