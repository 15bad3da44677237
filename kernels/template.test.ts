import { describe, expect, it } from "vitest";
import { expandTemplate } from "./template.ts";

describe("expandTemplate", () => {
  it("repeats, nests and computes", () => {
    const source = `#each i N\n#each j 2\nlet a\${i}_\${j} = \${i * 4}u + \${j + 1}u + \${i / N}u + \${i % 2}u;\n#end\n#end\ndone`;
    expect(expandTemplate(source, { N: 2 }).split("\n")).toEqual([
      "let a0_0 = 0u + 1u + 0u + 0u;",
      "let a0_1 = 0u + 2u + 0u + 0u;",
      "let a1_0 = 4u + 1u + 0u + 1u;",
      "let a1_1 = 4u + 2u + 0u + 1u;",
      "done",
    ]);
  });

  it("keeps one side of a condition and does not look at the other", () => {
    const source = `#if FAST\n#each i UNKNOWN\nx\${i}\n#end\n#else\ny\n#end`;
    expect(expandTemplate(source, { FAST: false })).toBe("y");
    expect(expandTemplate("#if !FAST\ny\n#end", { FAST: false })).toBe("y");
    expect(() => expandTemplate(source, { FAST: true })).toThrow("UNKNOWN is not a number here: it is undefined");
  });

  it("is the same again, and another for other constants, however many there were between", () => {
    const source = `#each i N\nx\${i}\n#end\n#if LAST\nend\n#end`;
    const of = (N: number, LAST: boolean): string => expandTemplate(source, { N, LAST });
    const texts = Array.from({ length: 40 }, (_, N) => of(N, false));
    expect(texts[3]).toBe("x0\nx1\nx2");
    expect(Array.from({ length: 40 }, (_, N) => of(N, false))).toEqual(texts);
    expect([of(2, true), of(2, false), of(2, true)]).toEqual(["x0\nx1\nend", "x0\nx1", "x0\nx1\nend"]);
  });

  it("refuses unbalanced blocks", () => {
    expect(() => expandTemplate("#each i 2\nx", {})).toThrow("line 1: #each i 2 without #end");
    expect(() => expandTemplate("x\n#end", {})).toThrow("line 2: #end without a block");
    expect(() => expandTemplate("#if A\n#end", { A: 1 })).toThrow("#if A: a boolean is wanted, it is 1");
  });

  it("refuses a name that hides another", () => {
    const loop = `for (var row0 = 0u; row0 < 4u; row0++) {\n#each r 2\nlet row\${r} = row0 + \${r}u;\n#end\n}`;
    expect(() => expandTemplate(`fn main() {\n${loop}\n}`, {})).toThrow("row is declared both with a counted number and with one of its own");
    expect(expandTemplate(`fn other() { let row0 = 1; }\nfn main() {\n#each r 1\nlet row\${r} = 0;\n#end\n}`, {})).toContain("let row0 = 0;");
  });
});
