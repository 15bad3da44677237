import { describe, expect, it } from "vitest";
import { casesOf, type Kind } from "./fuzz.ts";
import { flawsOfCsv, flawsOfLine, flawsOfMarkdown, flawsOfPage, flawsOfText } from "./written.ts";

/** A few of what `npm run fuzz` tries thousands of, as many as take seconds; a seed names its case there too. */
const slowestMs = 10_000;

const tried = async (kind: Kind, seeds: number) => {
  const cases = await casesOf(kind, "experiments", 20);
  const faults: string[] = [];
  const outcomes: Record<string, number> = { taken: 0, refused: 0 };
  for (let seed = 1; seed <= seeds; seed++) {
    const from = performance.now();
    const verdict = await cases
      .verdictOf(seed)
      .catch((error: unknown) => ({ outcome: "threw", faults: [error instanceof Error ? (error.stack ?? error.message) : String(error)] }));
    outcomes[verdict.outcome] = (outcomes[verdict.outcome] ?? 0) + 1;
    faults.push(...verdict.faults.map((fault) => `seed ${seed}: ${fault}`));
    if (performance.now() - from > slowestMs) faults.push(`seed ${seed} took ${performance.now() - from} ms`);
  }
  cases.end();
  return { faults, outcomes };
};

describe("mutated files", () => {
  it("of experiments are taken or refused in words, and what is taken keeps to its folder", async () => {
    const { faults, outcomes } = await tried("yaml", 140);
    expect(faults).toEqual([]);
    expect(outcomes).toEqual({ taken: expect.any(Number), refused: expect.any(Number) });
    expect(Math.min(...Object.values(outcomes))).toBeGreaterThan(10);
  });

  it("of runs are refused in words, or become a page, Markdown and CSV that are text", async () => {
    const { faults, outcomes } = await tried("record", 40);
    expect(faults).toEqual([]);
    expect(Math.min(...Object.values(outcomes))).toBeGreaterThan(10);
  }, 180_000);
});

describe("what is looked for", () => {
  it("is found", () => {
    expect(flawsOfText("TypeError: x\n    at analyse (analysis.ts:3:4)")).toHaveLength(1);
    expect(flawsOfText("red \u001b[31m")).toHaveLength(1);
    expect(flawsOfText("cells[3] is undefined")).toHaveLength(1);
    const tags = new Set(["p", "a"]);
    expect(flawsOfPage('<p>fine <a href="decode.html">&lt;img&gt;</a></p>', tags)).toEqual([]);
    for (const page of [
      "<p><img src=x>",
      "<p>x</p><script>1</script>",
      '<p onclick="1">',
      '<a href="javascript:1">',
      "<p>NaN ms</p>",
      "<p>[object Object]</p>",
    ])
      expect(flawsOfPage(page, tags).length, page).toBeGreaterThan(0);
    expect(flawsOfMarkdown("a <b>")).toHaveLength(1);
    expect(flawsOfMarkdown("[a](b)")).toHaveLength(1);
    for (const markdown of ["@everyone", "https://x.example", "www.x.example", "repo#1", "&commat;a", "`planted0`"])
      expect(flawsOfMarkdown(markdown), markdown).toHaveLength(1);
    expect(flawsOfMarkdown("\\[a\\](b) &lt;b> @&#8203;x https:&#8203;//x \\#&#8203;1 \\`planted0\\` `0123456789`")).toEqual([]);
    for (const line of ["noise floor ±NaN %", "NaN times", "a\nb", "a\u200fb", "x".repeat(10_000)]) expect(flawsOfLine(line), line).toHaveLength(1);
    expect(flawsOfLine("o[0] is NaN: never written")).toEqual([]);
    expect(flawsOfCsv("a,b\n=1+2,-3\n", 1)).toEqual(["a formula: =1+2"]);
    expect(flawsOfCsv("a,b\n1,2\n", 2)).toHaveLength(1);
  });
});
