import { expect, it } from "vitest";
import { browserWith } from "../testBrowser.ts";
import { partPages, recordOf, testPages } from "./testPages.ts";

const pages = { decode: testPages.decode, crowded: testPages.crowded, sample: testPages.sample, emulated: partPages.emulated, failures: testPages.failures };
const { open } = browserWith(pages);

/** Heads of the table's columns that are shown, and how much wider it is than its place, px. */
const shown = `{
  const region = document.querySelector("[aria-labelledby=cells] .scroll");
  region.style.contentVisibility = "visible";
  ({
    heads: [...region.querySelectorAll("thead th")].filter((head) => head.getClientRects().length > 0).map((head) => head.textContent.replaceAll("\\u00a0", " ")),
    over: region.scrollWidth - region.clientWidth,
    words: region.querySelector("caption").textContent,
  });
}`;

interface Shown {
  readonly heads: readonly string[];
  readonly over: number;
  readonly words: string;
}

const lesser = ["peak", "tokens/s", "GFLOP/s", "GB/s", "worst error"];

it.each(Object.keys(pages))("%s: what a reader needs of each cell fits a screen of 1280 px and A4, and a tick brings the rest", async (name) => {
  const { page, noise } = await open(name, 1280, "light");
  const few = await page.evaluate<Shown>(shown);
  expect(few.over).toBeLessThanOrEqual(0);
  for (const head of ["arm", "n", "outcome", "median", "95 % interval", "samples", "state"]) expect(few.heads).toContain(head);
  for (const head of lesser) expect(few.heads).not.toContain(head);
  await page.emulateMedia({ media: "print" });
  await page.setViewportSize({ width: 688, height: 900 });
  expect((await page.evaluate<Shown>(shown)).heads).toEqual(few.heads);
  await page.emulateMedia({ media: "screen" });
  await page.setViewportSize({ width: 1280, height: 900 });
  await page.getByRole("checkbox", { name: /^show peak, tokens\/s, .* too$/ }).check();
  expect((await page.evaluate<Shown>(shown)).heads).toEqual([...few.heads, ...lesser]);
  await page.getByRole("checkbox").first().uncheck();
  await page.setViewportSize({ width: 1920, height: 1080 });
  expect((await page.evaluate<Shown>(shown)).heads).toEqual([...few.heads, ...lesser]);
  expect(await page.getByRole("checkbox").count()).toBe(0);
  expect(noise).toEqual([]);
  await page.close();
});

it("says once what all cells have, and the sizes that differ in their rows", async () => {
  const { page } = await open("decode", 1280, "light");
  const { heads, words } = await page.evaluate<Shown>(shown);
  const sizes = new Set(recordOf("decode").cells.map(({ headDim }) => headDim));
  expect(sizes.size).toBe(1);
  expect(words.replaceAll("\u00a0", " ")).toContain(`headDim ${[...sizes][0]}`);
  expect(heads).toContain("dModel");
  expect(heads).not.toContain("headDim");
  await page.close();
});

it("scrolls on a phone within its own place, whose cut edge is shaded", async () => {
  const { page } = await open("decode", 360, "light");
  expect((await page.evaluate<Shown>(shown)).over).toBeGreaterThan(0);
  expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(360);
  expect(await page.evaluate(`getComputedStyle(document.querySelector("[aria-labelledby=cells] .scroll")).backgroundAttachment`)).toBe(
    "local, local, scroll, scroll",
  );
  await page.close();
});
