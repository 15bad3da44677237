import { describe, expect, it } from "vitest";
import { logScale } from "./frame.ts";
import { lengthsOn } from "./lengthRuler.ts";

describe("the ruler of lengths under n", () => {
  it("has those that the axis reaches, where they are", () => {
    const scale = logScale(16, 262_144, 0, 420);
    expect(lengthsOn(scale).map(({ word }) => word)).toEqual(["message", "page", "paper", "novel"]);
    expect(lengthsOn(scale)[1]?.px).toBeCloseTo(scale.toPx(500));
    expect(lengthsOn(logScale(64, 2048, 0, 420)).map(({ word }) => word)).toEqual(["page"]);
    expect(lengthsOn(logScale(1000, 8000, 0, 420))).toEqual([]);
  });

  it("leaves out what has no room for its word", () => {
    expect(lengthsOn(logScale(16, 262_144, 0, 110)).map(({ word }) => word)).not.toContain("page");
  });
});
