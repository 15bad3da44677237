import { describe, expect, it } from "vitest";
import { fixtureRecord, indexedFixture } from "./fixture.ts";
import { type IndexedRun, renderIndex } from "./indexPage.ts";

const text = (page: string): string => page.replaceAll(/<style>[\s\S]*?<\/style>|<[^>]*>/g, " ").replaceAll(/\s+/g, " ");

/** A run of this day, newest first as they are given. */
const runOf = (day: number, change: Partial<IndexedRun> = {}): IndexedRun => {
  const run = `202603${day}T101502Z-4c1d2a`;
  const page = { language: "en" as const, file: `prefill-${run}.html` };
  return { ...indexedFixture(fixtureRecord()), run, startedAt: `2026-03-${day}T10:15:02.000Z`, pages: [page], ...change };
};

describe("index", () => {
  it("links every experiment and gives its first sentence", () => {
    const page = renderIndex([indexedFixture(fixtureRecord()), indexedFixture(fixtureRecord({ phase: "decode" }))]);
    expect(page).toContain('href="prefill.html"');
    expect(page).toContain('href="decode.html"');
    expect(renderIndex([])).toContain("No run yet");
  });

  it("has the newest run of each device with its answer, and beneath it that device's earlier ones, folded, with date and answer", () => {
    const [cpu, older, oldest] = [
      runOf(15, { device: "llvmpipe", lead: ["On a CPU it is so."], warning: "A CPU emulates a GPU here." }),
      runOf(14, { answer: "It was so." }),
      runOf(13, { device: "llvmpipe", answer: "It was otherwise." }),
    ];
    const page = renderIndex([runOf(16, { lead: ["It is so."] }), cpu, older, oldest]);
    expect(page.match(/<li><h2>/g)).toHaveLength(1);
    expect(page.match(/<p class="lead">/g)).toHaveLength(2);
    for (const day of [13, 14, 15, 16]) expect(page).toContain(`href="prefill-202603${day}T101502Z-4c1d2a.html"`);
    expect(text(page)).toMatch(
      /NVIDIA H200\) It is so\. .* 1 earlier run 2026-03-14 10:15 UTC It was so\. llvmpipe On a CPU it is so\. A CPU emulates a GPU here\./,
    );
    expect(text(page)).toMatch(/1 earlier run 2026-03-13 10:15 UTC It was otherwise\.\s*$/);
    for (const folded of page.match(/<details>.*?<\/details>/gs) ?? []) expect(folded.match(/<li>/g)).toHaveLength(1);
  });

  it("folds all but the newest of hundreds of runs, lists many experiments at its top, and leaves out what is no run by itself", () => {
    const many = Array.from({ length: 300 }, (_, i) => runOf(10 + (i % 20), { run: `20260310T101502Z-${i}` }));
    const [open = "", folded = ""] = renderIndex([...many, runOf(30, { isPart: true, title: "half a duet" })]).split("<details>");
    expect(open.match(/<li>/g)).toHaveLength(1);
    expect(folded.match(/<li>/g)).toHaveLength(299);
    expect(text(folded)).toContain("299 earlier runs");
    expect(open + folded).not.toContain("half a duet");
    expect(open).not.toContain("<nav");
    const seven = renderIndex(Array.from({ length: 7 }, (_, i) => runOf(10, { experiment: `of${i}` })));
    expect(seven).toContain('<a href="#of-of3">of3</a>');
    expect(seven).toContain('id="of-of3"');
  });
});
