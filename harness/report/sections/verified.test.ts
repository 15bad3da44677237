import { describe, expect, it } from "vitest";
import { en } from "../../messages/en.ts";
import { zh } from "../../messages/zh.ts";
import type { CellRecord } from "../../record/run.ts";
import { wrongBy } from "../../record/wrongBy.ts";
import { fixtureRecord } from "../fixture.ts";
import { verifiedTexts } from "./verified.ts";

const [like] = fixtureRecord().cells;
const cell = (maxError: number, peer?: "ort"): CellRecord => {
  if (!like?.prepared) throw new Error("the fixture has cells that were prepared");
  return { ...like, ...(peer ? { runtime: peer } : {}), prepared: { ...like.prepared, maxError, tolerance: 4.4e-5 } };
};
const wrong = (error: string, peer?: "ort"): CellRecord => {
  const reason = `o[token 8] is 0.079, the float64 reference 0.052: off by ${error} of the row's size, 4.4e-5 is allowed`;
  return { ...cell(0, peer), prepared: undefined, outcome: { status: "failed", code: "wrongOutput", reason } };
};

describe("what was verified", () => {
  it("says whose cells are wrong and by how much, beside the worst of those that are right", () => {
    const cells = [cell(5.8e-6), cell(1e-6), wrong("7.8e-2", "ort"), wrong("6.0e-2", "ort"), cell(8.6e-6, "ort")];
    expect(verifiedTexts(cells, en)).toEqual([
      "our 2 cells right; 2 of ONNX Runtime's 3 cells wrong",
      "our worst error 5.80e\u22126, tolerance 4.40e\u22125; ONNX Runtime's right cells' worst error 8.60e\u22126, tolerance 4.40e\u22125; ONNX Runtime's wrong cells are off by up to 0.078",
    ]);
    const [value, detail] = verifiedTexts(cells, zh);
    expect(value).toBe("本工具的 2 个单元正确；ONNX Runtime 的 3 个单元中 2 个有误");
    expect(detail).toContain("偏离 0.078");
  });

  it("names nobody where all cells are ours", () => {
    expect(verifiedTexts([cell(1e-6), cell(2e-6)], en)).toEqual(["2 cells right", "worst error 2.00e\u22126, tolerance 4.40e\u22125"]);
    expect(verifiedTexts([cell(1e-6), wrong("1.1e-1")], en)[0]).toBe("1 of 2 cells wrong");
    expect(verifiedTexts([cell(1e-6), wrong("1.1e-1")], en)[1]).toMatch(/^the right cells' worst error 1\.00e.6, .*; the wrong cells are off by up to 0\.11$/);
    expect(verifiedTexts([], en)).toEqual(["nothing", ""]);
  });

  it("reads how far off an output was where its reason tells that", () => {
    expect(wrongBy("o[token 8] is 11, the float64 reference 10: off by 1.1e-1 of the row's size, 4.4e-5 is allowed")).toBe(0.11);
    expect(wrongBy("o[token 8] is NaN: never written, or computed from something that was not")).toBeUndefined();
  });
});
