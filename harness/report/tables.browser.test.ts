import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { measurementsCsv } from "../record/csv.ts";
import { browserWith } from "../testBrowser.ts";
import { recordOf, testPages } from "./testPages.ts";

const { open, folder, urlOf } = browserWith({ decode: testPages.decode });

it("sorts and searches its tables", async () => {
  const { page, noise } = await open("decode", 1280, "light");
  const cells = page.getByRole("region", { name: /Times are per repetition/ });
  const column = (head: string): Promise<string[]> =>
    cells.evaluate((region, name) => {
      // Runs in the browser: the project's types know no DOM.
      const { querySelectorAll } = region as unknown as {
        querySelectorAll(selector: string): ArrayLike<{ textContent: string; cells: ArrayLike<{ textContent: string }>; hidden: boolean }>;
      };
      const all = (selector: string) => Array.from(querySelectorAll.call(region, selector));
      const place = all("thead th").findIndex(({ textContent }) => textContent === name);
      return all("tbody tr").flatMap((row) => (row.hidden ? [] : [row.cells[place]?.textContent ?? ""]));
    }, head);
  const untouched = await column("n");
  const head = cells.getByRole("columnheader", { name: "n", exact: true });
  const numbers = async (): Promise<number[]> => (await column("n")).map((text) => Number(text.replaceAll(",", "")));
  await head.getByRole("button").click();
  expect(await head.getAttribute("aria-sort")).toBe("ascending");
  expect(await numbers()).toEqual([...(await numbers())].sort((one, other) => one - other));
  await page.keyboard.press("Enter");
  expect(await head.getAttribute("aria-sort")).toBe("descending");
  expect(await numbers()).toEqual([...(await numbers())].sort((one, other) => other - one));
  await page.keyboard.press("Enter");
  expect(await column("n")).toEqual(untouched);

  const search = page.getByRole("searchbox").last();
  await search.fill("GQA censored");
  expect(await column("arm")).toEqual([]);
  await search.fill("softmax censored");
  expect(new Set(await column("arm"))).toEqual(new Set(["softmax"]));
  expect((await column("arm")).length).toBeLessThan(untouched.length);
  await search.fill("4096 softmax");
  expect(new Set(await column("n"))).toEqual(new Set(["4,096"]));
  // Whoever opens the address that was sent sees the same rows, in sight.
  const [shared, rows] = [page.url(), await column("arm")];
  expect(new URL(shared).hash).toBe("#rows=cells&words=4096+softmax");
  await page.goto("about:blank");
  await page.goto(shared);
  expect(await column("arm")).toEqual(rows);
  expect(await search.inputValue()).toBe("4096 softmax");
  expect(await search.evaluate((input) => (input as unknown as { getBoundingClientRect(): { top: number } }).getBoundingClientRect().top)).toBeLessThan(800);
  await search.fill("");
  expect(new URL(page.url()).hash).toBe("");
  expect(await column("n")).toEqual(untouched);
  expect(noise).toEqual([]);
  await page.close();
});

it("gives what it holds as files", async () => {
  const { page, noise } = await open("decode", 1280, "dark");
  const saved = async (name: string): Promise<{ readonly name: string; readonly text: string }> => {
    const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name }).first().click()]);
    return { name: download.suggestedFilename(), text: readFileSync(await download.path(), "utf8") };
  };
  const record = recordOf("decode");
  const csv = await saved("measurements (CSV)");
  expect(csv).toEqual({ name: `${record.experiment.name}-${record.run}.csv`, text: measurementsCsv(record) });
  const samples = await saved("samples (CSV)");
  expect(samples.name).toBe(`${record.experiment.name}-${record.run}-samples.csv`);
  const count = record.cells.reduce((sum, { visits }) => sum + visits.length, 0);
  expect(count).toBeGreaterThan(0);
  expect(samples.text.trim().split("\n")).toHaveLength(1 + count);
  expect(JSON.parse((await saved("run (JSON)")).text)).toMatchObject({ run: record.run });
  expect((await saved("experiment (YAML)")).text).toBe(record.experiment.yaml);
  // What colours mean in a map stands beside it in the page: in its file too.
  const [mapDownload] = await Promise.all([page.waitForEvent("download"), page.locator("#heat").getByRole("button", { name: "SVG" }).click()]);
  writeFileSync(join(folder, "map.svg"), readFileSync(await mapDownload.path(), "utf8"));
  const entries = page.locator("#heat .key li");
  const [meanings, colours] = [
    await entries.allTextContents(),
    await page.evaluate(`[...document.querySelectorAll("#heat .key .swatch")].map((one) => getComputedStyle(one).backgroundColor)`),
  ];
  const svg = await saved("SVG");
  await page.goto(await urlOf("map.svg"));
  expect(meanings.length).toBeGreaterThan(2);
  expect((await page.locator("svg > text").allTextContents()).slice(-meanings.length)).toEqual(meanings.map((words) => words.trim()));
  expect(await page.evaluate(`[...document.querySelectorAll("svg > rect")].map((one) => getComputedStyle(one).fill)`)).toEqual(colours);
  expect(
    await page.evaluate(`[...document.querySelectorAll("svg > text")].every((one) => {
      const [box, whole] = [one.getBoundingClientRect(), document.documentElement.getBoundingClientRect()];
      return box.left >= whole.left && box.right <= whole.right && box.bottom <= whole.bottom;
    })`),
  ).toBe(true);
  writeFileSync(join(folder, "alone.svg"), svg.text);
  await page.goto(await urlOf("alone.svg"));
  const alone = page.locator("svg").first();
  expect((await alone.boundingBox())?.width).toBeGreaterThan(200);
  // The page's colours went along: dark paper.
  expect(await page.evaluate("getComputedStyle(document.documentElement).backgroundColor")).toBe("rgb(22, 26, 32)");
  expect(noise).toEqual([]);
  await page.close();
});
