import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { analyse } from "../analysis/analysis.ts";
import { compareRuns } from "../analysis/comparison/comparison.ts";
import { readRun } from "../record/runFolder.ts";
import { renderComparisonPage } from "./comparisonPage.ts";
import { ratioStrip, stripReach } from "./ratioStrip.ts";

const record = analyse(readRun(fileURLToPath(new URL("../testRuns/emulated", import.meta.url))).record);
const same = compareRuns(record, record);
const text = (page: string): string =>
  page
    .replaceAll(/<\/?code[^>]*>/g, "")
    .replaceAll(/<[^>]*>/g, " ")
    .replaceAll(/\s+/g, " ");
const ratio = (low: number, value: number, high: number, verdict: "SAME" | "SLOWER" = "SAME") =>
  ({ verdict, base: 1, head: value, ratio: { low, value, high }, p: 0.5, gates: true, note: undefined }) as const;

describe("a page of a comparison", () => {
  it("has the answer, every cell with its ratio, and every arm", () => {
    const page = renderComparisonPage(same);
    for (const finding of same.findings) expect(text(page)).toContain(finding.slice(0, 60).replaceAll("'", "&#39;"));
    expect(page.match(/<svg class="strip/g)).toHaveLength(same.cells.filter(({ metrics: { time } }) => time.ratio && time.p !== undefined).length);
    for (const { n } of same.cells) expect(page).toContain(`<td>${n.toLocaleString("en")}`);
    expect(page).not.toMatch(/NaN|undefined|Infinity/);
    expect(text(page)).toContain("one after the other: what the machine did in between is in no interval");
  });

  it("says what a time is and its ratio of, and has a scale over the strips", () => {
    const page = renderComparisonPage(same);
    expect(text(page)).toContain("what a quarter of each visit&#39;s samples stay below, in the mean of all visits");
    expect(text(page)).not.toContain("Where a note says");
    const [cell] = same.cells;
    const time = cell && { ...cell.metrics.time, note: "beside the other cells, which took 1.122 times base's" };
    const noted = cell && time && { ...same, paired: true, cells: [{ ...cell, metrics: { ...cell.metrics, time } }] };
    expect(text(renderComparisonPage(noted ?? same))).toMatch(/the turns that both were measured in.*head ÷ base is divided by what those took too/);
    const [, low, high] = /<svg class="scale"[^>]*>.*?>(0\.\d\d)×<.*?>1×<.*?>(\d\.\d\d)×</.exec(page) ?? [];
    expect(Number(low) * Number(high)).toBeCloseTo(1, 1);
    expect(page).toContain('<div class="first runs-beside"><section class="answer">');
  });

  it("has what became worse first, and a reason that holds for cells beneath each other once", () => {
    const [one, ...others] = same.cells;
    if (!one) throw new Error("the run has no cell");
    const note = "this machine moves by more than the threshold from run to run";
    const open = others.map((cell) => ({ ...cell, metrics: { ...cell.metrics, time: { ...ratio(0.9, 1, 1.1), verdict: "UNDECIDED", note } as const } }));
    const error = { verdict: "SLOWER", base: 1e-6, head: 2e-6, ratio: { value: 2, low: 2, high: 2 }, gates: false, note: undefined } as const;
    const worse = { ...one, metrics: { ...one.metrics, time: ratio(1.2, 1.3, 1.4, "SLOWER"), error } };
    const page = renderComparisonPage({ ...same, cells: [...open, worse] });
    const verdicts = [...page.matchAll(/<tr><th scope="row">[^\n]*?<td>(time|error)<td><span class="word[ a-z]*">(\w+)</g)].map(
      ([, metric, verdict]) => `${metric} ${verdict}`,
    );
    // An error that gates nothing is no news.
    expect([verdicts[0], verdicts.at(-1), verdicts.length]).toEqual(["time SLOWER", "error larger", open.length + 2]);
    expect(page.split(note)).toHaveLength(3);
    expect(page.split(">as above<")).toHaveLength(open.length);
  });

  it("names every column of a row where it is a card, and none as markup", () => {
    const page = renderComparisonPage(same);
    for (const label of ["n ", "verdict ", "base ", "head "]) expect(page).toContain(`::before{content:"${label}"}`);
    expect(page).toContain('::before{content:"head \\f7  base "}');
  });

  it("asks for no network and runs no script", () => {
    const page = renderComparisonPage(same);
    expect(page).not.toMatch(/<script|(src|href)=|url\(/);
    expect(page).toContain("default-src 'none'; style-src");
  });

  it("says the gate, and what each of its verdicts means", () => {
    const [cell] = same.cells;
    if (!cell) throw new Error("the run has no cell");
    const worse = { ...cell, metrics: { ...cell.metrics, time: ratio(1.2, 1.3, 1.4, "SLOWER") } };
    const page = text(renderComparisonPage({ ...same, gate: "fail", cells: [worse, ...same.cells.slice(1)] }));
    expect(page).toContain("✕ Failed: something that gates became worse");
    expect(page).toContain("SLOWER worse by 5.0 % or more, and not by chance");
    expect(page).toContain("1.300 [1.200, 1.400]");
    expect(page).not.toContain("GONE");
  });

  it("shows what anybody's run may hold as text", () => {
    const [cell] = same.cells;
    if (!cell) throw new Error("the run has no cell");
    const odd = `</td><script>alert(1)</script>\u202e${"x".repeat(10_000)}`;
    const page = renderComparisonPage({
      ...same,
      head: { ...same.head, adapter: odd, version: odd, commit: odd },
      differences: [odd],
      cells: [{ ...cell, label: odd, shape: odd, metrics: { ...cell.metrics, time: { ...cell.metrics.time, note: odd } } }],
    });
    expect(page).not.toContain("<script>");
    expect(page).not.toContain("\u202e");
    expect(page.length).toBeLessThan(60_000);
  });

  it("ends, and says what it leaves out, where there are thousands of cells", () => {
    const [cell] = same.cells;
    if (!cell) throw new Error("the run has no cell");
    expect(text(renderComparisonPage({ ...same, cells: Array(5000).fill(cell) }))).toMatch(/[\d,]+ more rows are in comparison\.json/);
  });
});

describe("a ratio's strip", () => {
  it("stands on an axis that holds all of them, or a change by half", () => {
    expect(stripReach([ratio(0.95, 1, 1.05)], 0.05)).toBeCloseTo(Math.log(1.1), 9);
    expect(stripReach([ratio(0.7, 0.8, 0.9)], 0.05)).toBeCloseTo(-Math.log(0.7), 9);
    expect(stripReach([ratio(1, 40, 1000)], 0.05)).toBeCloseTo(Math.log(20), 9);
  });

  it("has its interval from low to high, 1 in the middle, and ends at the edge", () => {
    const markup = ratioStrip(ratio(0.5, 1, 2), 0.05, Math.log(2))?.markup ?? "";
    expect(markup).toContain('d="M6.0 9H214.0"');
    expect(markup).toContain('cx="110.0"');
    // A change to 1.05 times and one back from it are as large: the band is even about 1.
    const [, x = "", width = ""] = /class="band" x="([\d.]+)" y="0" width="([\d.]+)"/.exec(markup) ?? [];
    expect(Number(x) + Number(width) / 2).toBeCloseTo(110, 1);
    const wide = ratioStrip(ratio(0.1, 1, 20), 0.05, Math.log(2))?.markup ?? "";
    expect(wide).toContain('d="M6.0 9H214.0"');
    // cut at both ends, and its middle within
    expect(wide).toContain('d="M10.0 5L6 9L10.0 13M210.0 5L214 9L210.0 13"');
    expect(wide).toContain("<circle");
    const beyond = ratioStrip(ratio(3, 4, 5), 0.05, Math.log(2))?.markup ?? "";
    expect(beyond).toContain('d="M210.0 5L214 9L210.0 13"');
    expect(beyond).not.toContain("<circle");
    expect(markup).not.toContain('fill="none"');
  });

  it("is none of what has no interval", () => {
    expect(ratioStrip({ ...ratio(1, 1, 1), p: undefined } as never, 0.05, 1)).toBeUndefined();
    expect(ratioStrip(ratio(0, 1, 2), 0.05, 1)).toBeUndefined();
    expect(ratioStrip({ ...ratio(1, 1, 1), ratio: undefined }, 0.05, 1)).toBeUndefined();
  });
});
