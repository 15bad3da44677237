import { describe, expect, it } from "vitest";
import { en } from "./en.ts";
import { zh } from "./zh.ts";

describe("notes", () => {
  it("say the same in both languages, from the same data", () => {
    const window = { kind: "constantFrom", x: 1024 } as const;
    expect([en.growthNote(window), zh.growthNote(window)]).toEqual(["constant from 1,024 on", "自 1,024 起不变"]);
    const rivals = { kind: "advised", reason: { kind: "rivals", laws: ["O(n)", "O(n log n)"] }, variable: "n", upTo: 4096 } as const;
    expect(en.growthNote(rivals)).toBe("the range does not tell O(n) and O(n log n) apart; measure up to n = 4,096");
    expect(zh.growthNote(rivals)).toBe("此范围不足以区分 O(n) 和 O(n log n)\uff1b请测到 n = 4,096");
    const open = { kind: "openEnd", x: "n", at: [128], below: 32, beyond: 128 } as const;
    expect(en.crossingNote(open)).toBe("the two are too close at n = 128 to say which is below: measure beyond n = 128, or take more samples");
    expect(zh.crossingNote(open)).toMatch(/^在 n = 128 处两者过于接近/);
  });
});
