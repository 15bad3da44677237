import { afterEach, describe, expect, it, vi } from "vitest";
import { plainBlock, plainJson, plainLine, plainLines } from "./plainText.ts";
import { styled, unstyled, written } from "./terminal.ts";

const hostile = "a\u001b[31mb\u009b2Jc\u0007d\u202ee\u200ff\u2066g\u2028h\u0000i\u{e0041}";

describe("text for a terminal", () => {
  it("has nothing that a terminal obeys or that turns what stands beside it", () => {
    expect(plainLines(hostile)).toBe("a\ufffd[31mb\ufffd2Jc\ufffdd\ufffde\ufffdf\ufffdg\ufffdh\ufffdi\ufffd");
    expect(plainLines("a\r\nb\tc\rd\n")).toBe("a\nb  c\ufffdd\n");
    // One word of several signs.
    expect(plainLines("👩‍💻 می‌خواهم é")).toBe("👩‍💻 می‌خواهم é");
  });

  it("is one line where one is meant, of a length that can be read", () => {
    expect(plainLine("softmax\nGate passed\r\n: all\u2028is well")).toBe("softmax Gate passed : all is well");
    expect(plainLine("x".repeat(10_000), 100)).toBe(`${"x".repeat(99)}…`);
    expect(plainLine("😀".repeat(10_000), 3)).toBe("😀😀…");
    expect(plainLine(" ".repeat(1_000_000), 3)).toBe("  …");
  });

  it("of many lines sets the later ones in", () => {
    expect(plainBlock("error: x\nGate passed\u001b[2J")).toBe("error: x\n    Gate passed\ufffd[2J");
    expect(plainBlock("x".repeat(100_000)).length).toBe(2000);
  });

  it("as JSON is the same value", () => {
    const value = { [hostile]: hostile, list: ["\n", 1, null] };
    expect(plainJson(value)).toMatch(/^[\u0020-\u007e]+$/);
    expect(JSON.parse(plainJson(value))).toEqual(value);
  });
});

describe("what is written", () => {
  afterEach(() => vi.unstubAllEnvs());

  it("keeps a name that runs from right to left apart from the number behind it", () => {
    expect(written("abc של 146 µs")).toBe("abc \u2068של\u2069 146 µs");
    // What a text brings along of the kind is no isolate of ours.
    expect(written("\u2068של 146")).toBe("\ufffd\u2068של\u2069 146");
  });

  it("has the styles that were asked for, and no escape that a text brings along", () => {
    vi.stubEnv("NO_COLOR", "");
    vi.stubEnv("FORCE_COLOR", "1");
    const text = `${styled("red", "FAILED \u001b[32m")}: \u001b[31mred\u001b[39m`;
    expect(written(text)).toBe("\u001b[31mFAILED \ufffd[32m\u001b[39m: \ufffd[31mred\ufffd[39m");
    expect(unstyled(text)).toBe("FAILED \u001b[32m: \u001b[31mred\u001b[39m");
    vi.stubEnv("NO_COLOR", "1");
    expect(styled("red", "FAILED")).toBe("FAILED");
  });
});
