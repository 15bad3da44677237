import { describe, expect, it } from "vitest";
import { zh } from "../messages/zh.ts";
import { filled, intervalBelow, name, table } from "./table.ts";

describe("a name in a cell", () => {
  it("is isolated where it could turn what surrounds it, is in another language than its page, or breaks anywhere", () => {
    expect(name("dModel\u00a0=\u00a0256, n² → 1.5×").markup).toBe("dModel\u00a0=\u00a0256, n² → 1.5×");
    expect(name("<b>").markup).toBe("&lt;b&gt;");
    for (const text of ["שלום", "1 عربي", "a\u202eb", "a\u2067b", "😀"]) expect(name(text).markup).toMatch(/^<bdi>.*<\/bdi>$/);
    expect(name("x".repeat(25)).markup).toBe(`<bdi class="long">${"x".repeat(25)}</bdi>`);
    expect(name("lost", zh).markup).toBe('<bdi lang="en">lost</bdi>');
  });
});

describe("a number with its interval", () => {
  it("has it in a line beneath, with no number parted from its unit", () => {
    expect(intervalBelow("6.24 ms [5.59 ms, 7.21 ms]")).toMatchObject({ markup: '6.24 ms <small class="below">[5.59\u00a0ms, 7.21\u00a0ms]</small>' });
    expect(intervalBelow("+1.2 % (n 4,096)")).toMatchObject({ markup: '+1.2 % <small class="below">(n 4,096)</small>' });
    expect(intervalBelow("6.24 ms")).toBe("6.24 ms");
  });
});

describe("columns", () => {
  it("are left out where no row says anything, and only there", () => {
    const columns = [0, 1, 2].map((i) => ({ head: `${i}`, cell: (row: readonly (string | undefined)[]) => row[i] }));
    const rows = [
      ["a", undefined, ""],
      ["b", "x", undefined],
    ];
    expect(filled(columns, rows).map(({ head }) => head)).toEqual(["0", "1"]);
  });
});

describe("a table", () => {
  const of = (rows: number): string => table("all", [{ head: "n", cell: (row: number) => row }], Array.from(Array(rows).keys())).markup;

  it("scrolls by itself where it is as high as a screen, and says how many rows it has for its height", () => {
    expect(of(24)).toContain('<div class="scroll" role="region"');
    expect(of(25)).toContain('<div class="scroll tall" style="--rows:25" role="region"');
  });
});
