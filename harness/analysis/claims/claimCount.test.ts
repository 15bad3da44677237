import { expect, it } from "vitest";
import type { ClaimId } from "../../experiment/claims.ts";
import { zh } from "../../messages/zh.ts";
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
  expect(claimCount([decode], true)).toBe(
    "This run judges 2 of 6 claims: 1 holds (a token costs more the more came before) and 1 does not hold here (softmax picks the nearest).",
  );
  expect(claimCount([text, run(asked, { S1: "holds", S2: "holds" })])).toBe(
    "Of 6 claims 1 holds, 1 is undecided, 1 is judged differently by two runs and 3 are not judged.",
  );
  expect(claimCount([run(["S1"], { S1: "holds" })])).toBe("Of 1 claim 1 holds.");
  expect(claimCount([run(undefined, {})])).toBeUndefined();
});

it("tells of one run how many it judges", () => {
  const some = run(asked, { S1: "holdsWithCorrection", S2: "holdsWithCorrection", S3: "undecided" });
  expect(claimCount([some], true)).toBe(
    "This run judges 3 of 6 claims: 2 hold with a correction (token numbers; tokens are not characters) and 1 is undecided.",
  );
  expect(claimCount([some], true, zh)).toBe("6 条论断中，本次运行判定了 3 条：2 条经修正后成立（token 的编号；token 不是字符），1 条未定。");
  expect(claimCount([run(asked, {})], true)).toBe("This run judges none of 6 claims.");
  expect(claimCount([run(asked, {})], true, zh)).toBe("6 条论断，本次运行均未判定。");
  expect(claimCount([run(["S1", "S2"], { S1: "holds", S2: "holds" })], true)).toBe(
    "This run judges all 2 claims: 2 hold (token numbers; tokens are not characters).",
  );
  expect(claimCount([run(["S1", "S2"], { S1: "holds", S2: "holds" })], true, zh)).toContain("本次运行判定了全部 2 条：");
  const all = Object.fromEntries(asked.map((id) => [id, "holds"]));
  expect(claimCount([run(asked, all)], true)).toBe(
    "This run judges all 6 claims: 6 hold (token numbers; tokens are not characters; looking up a token costs nothing more; …).",
  );
  expect(claimCount([run(["S1"], { S1: "holds" })], true)).toBe("This run judges 1 claim: 1 holds (token numbers).");
});
