import { describe, expect, it } from "vitest";
import { spaced } from "./spacing.ts";

describe("spacing of Chinese text", () => {
  it("parts characters from Latin words and numbers, whichever of the two is a value", () => {
    expect(spaced`用${"softmax (split)"}时为${2}倍`).toBe("用 softmax (split) 时为 2 倍");
    expect(spaced`用${"线性注意力"}时，n = ${512}${""}起`).toBe("用线性注意力时，n = 512 起");
    expect(spaced`n = ${"1,024"}起，达 ${"17 %"}以上`).toBe("n = 1,024 起，达 17 % 以上");
  });
  it("leaves values as they are", () => expect(spaced`${"线性A"}（${"a"}）`).toBe("线性A（a）"));
});
