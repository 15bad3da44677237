import { describe, expect, it } from "vitest";
import { fitted, textWidth, wrapped } from "./textWidth.ts";

describe("text width", () => {
  it("is one em for a Chinese character and for its punctuation", () => {
    expect(textWidth("注意力", 12)).toBe(36);
    expect(textWidth("\u3002\uff08\uff1b", 10)).toBe(30);
  });

  it("adds up where scripts are mixed", () => expect(textWidth("斜率 1.97", 11)).toBeCloseTo(22 + textWidth(" 1.97", 11), 9));

  it("cuts Chinese text where it no longer fits", () => {
    const cut = fitted("线性注意力比较慢", 60, 12);
    expect(cut).toMatch(/^线性.*…$/);
    expect(textWidth(cut, 12)).toBeLessThanOrEqual(60);
  });
});

describe("lines", () => {
  it("break between Chinese characters, and never before what closes or behind what opens", () => {
    const text = "在此模拟上\uff0c线性注意力\uff08递归\uff09更快\u3002";
    for (let limit = 24; limit < 200; limit += 7) {
      const lines = wrapped(text, limit, 12);
      expect(lines.join("")).toBe(text);
      for (const line of lines) expect(line).toMatch(/^[^\uff0c\u3002\uff09].*[^\uff08]$|^.$/u);
      if (limit >= 36) for (const line of lines) expect(textWidth(line, 12)).toBeLessThanOrEqual(limit);
    }
  });

  it("break at spaces alone in other text", () => {
    expect(wrapped("on this CPU emulation", 40, 11)).toEqual(["on this", "CPU", fitted("emulation", 40, 11)]);
    expect(wrapped("线性 attention", 1000, 12)).toEqual(["线性 attention"]);
  });
});
