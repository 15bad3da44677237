import { describe, expect, it } from "vitest";
import { zh } from "../messages/zh.ts";
import { name, table } from "./table.ts";

describe("a name in a cell", () => {
  it("is isolated where it could turn what surrounds it, is in another language than its page, or breaks anywhere", () => {
    expect(name("dModel\u00a0=\u00a0256, n² → 1.5×").markup).toBe("dModel\u00a0=\u00a0256, n² → 1.5×");
    expect(name("<b>").markup).toBe("&lt;b&gt;");
    for (const text of ["שלום", "1 عربي", "a\u202eb", "a\u2067b", "😀"]) expect(name(text).markup).toMatch(/^<bdi>.*<\/bdi>$/);
    expect(name("x".repeat(25)).markup).toBe(`<bdi class="long">${"x".repeat(25)}</bdi>`);
    expect(name("lost", zh).markup).toBe('<bdi lang="en">lost</bdi>');
  });
});

describe("a table", () => {
  const of = (rows: number): string => table("all", [{ head: "n", cell: (row: number) => row }], Array.from(Array(rows).keys())).markup;

  it("scrolls by itself where it is as high as a screen, and says how many rows it has for its height", () => {
    expect(of(24)).toContain('<div class="scroll" role="region"');
    expect(of(25)).toContain('<div class="scroll tall" style="--rows:25" role="region"');
  });
});
