import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import PdfParser, { type Output } from "pdf2json";
import { describe, expect, it } from "vitest";
import { browserWith, type OpenedPage, screenshots } from "../testBrowser.ts";
import { testPages } from "./testPages.ts";

// Not in Chinese: a bare system has no letters for it, and so prints none.
const { decode, crowded, comparison } = testPages;
const printed = { decode, crowded };
const { open } = browserWith({ ...printed, comparison });

/** What a sheet of paper says, letter by letter in the order of drawing, without spaces; and where its letters are, as shares of its width. */
interface Sheet {
  readonly text: string;
  readonly places: readonly number[];
  /** how far down it the last of them is, as a share of its height */
  readonly filled: number;
}

/** What is too high for the rest of a sheet leaves it: a chart, or a table's row. */
const leastFilled = 0.25;

/** Two letters that a font draws as one are two again; and no spaces, nor signs that fonts of a bare system lack. */
const plain = (text: string): string => text.normalize("NFKC").replaceAll(/[^!-~]/g, "");

const sheetsOf = async (pdf: Buffer): Promise<readonly Sheet[]> => {
  const parser = new PdfParser();
  const { Pages: sheets } = await new Promise<Output>((resolve, reject) => {
    parser.on("pdfParser_dataReady", resolve);
    parser.on("pdfParser_dataError", reject);
    parser.parseBuffer(pdf);
  });
  return sheets.map(({ Texts: texts, Width: width, Height: height }) => ({
    text: plain(texts.flatMap(({ R: runs }) => runs.map(({ T: letters }) => decodeURIComponent(letters))).join("")),
    places: texts.map(({ x }) => x / width),
    filled: Math.max(0, ...texts.map(({ y }) => y / height)),
  }));
};

/** All words of each chart that is seen, in the order of drawing; Vega keeps tick labels that it hides. */
const chartTexts = ({ page }: OpenedPage): Promise<string[]> =>
  page.evaluate<string[]>(`[...document.querySelectorAll("svg.chart")]
    .filter((chart) => chart.getClientRects().length > 0)
    .map((chart) => [...chart.querySelectorAll("text")].filter((text) => text.getAttribute("opacity") !== "0").map((text) => text.textContent).join(""))`);

/** Of A4 less its margins, px. */
const paperPx = 688;
/** 6.5 pt */
const leastPx = (6.5 * 96) / 72;

it.each(Object.keys(printed))("%s has tables that fit on paper, in letters that can be read, and those of fits on a screen too", async (name) => {
  const opened = await open(name, 1280, "light");
  await opened.page.evaluate(`document.querySelectorAll("details").forEach((one) => (one.open = true))`);
  const tooWide = (within: string): Promise<string[]> =>
    opened.page.evaluate<string[]>(`[...document.querySelectorAll("${within} .scroll")]
      .filter((one) => one.querySelector("table").offsetWidth > one.clientWidth + 1)
      .map((one) => one.getAttribute("aria-label"))`);
  expect((await tooWide("[aria-labelledby=fits]")).filter((caption) => caption.startsWith("Growth of each arm"))).toEqual([]);
  expect(await opened.page.evaluate(`getComputedStyle(document.querySelector(".scroll")).backgroundAttachment`)).toBe("local, local, scroll, scroll");
  await opened.page.emulateMedia({ media: "print" });
  await opened.page.setViewportSize({ width: paperPx, height: 900 });
  expect(await tooWide("")).toEqual([]);
  const sizes = await opened.page.evaluate<number[]>(
    `[...document.querySelectorAll(".scroll :is(td, th, small, span)")].map((one) => parseFloat(getComputedStyle(one).fontSize))`,
  );
  expect(Math.min(...sizes)).toBeGreaterThanOrEqual(leastPx - 0.01);
  await opened.page.close();
});

describe.each(["A4", "Letter"] as const)("printed on %s", (format) => {
  it.each(Object.keys(printed))("%s keeps each chart on one sheet, all letters on the paper, and no sheet all but empty before the last", async (name) => {
    const opened = await open(name, 1280, "dark");
    await opened.page.emulateMedia({ media: "print" });
    const charts = (await chartTexts(opened)).map(plain);
    const pdf = await opened.page.pdf({ format });
    mkdirSync(screenshots, { recursive: true });
    writeFileSync(join(screenshots, `${name}, ${format}.pdf`), pdf);
    const sheets = await sheetsOf(pdf);
    expect(charts.length).toBeGreaterThan(5);
    expect(charts.filter((words) => !sheets.some(({ text }) => text.includes(words)))).toEqual([]);
    for (const { places } of sheets) {
      expect(Math.min(...places)).toBeGreaterThan(0);
      expect(Math.max(...places)).toBeLessThan(1);
    }
    expect(sheets.slice(0, -1).filter(({ filled }) => filled < leastFilled)).toEqual([]);
    expect(opened.noise).toEqual([]);
    await opened.page.close();
  });
});

it("a comparison is as wide as the paper, and small words are no larger than those beside them", async () => {
  // A4 within its margins, px.
  const { page, noise } = await open("comparison", 688, "light");
  await page.emulateMedia({ media: "print" });
  expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(688);
  const sizes = await page.evaluate<number[]>(
    `["td", "td small"].map((of) => parseFloat(getComputedStyle(document.querySelector("#of-cells " + of)).fontSize))`,
  );
  expect(sizes[1]).toBeLessThanOrEqual(sizes[0] ?? 0);
  expect(noise).toEqual([]);
  await page.close();
});
