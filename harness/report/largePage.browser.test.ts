import { expect, it } from "vitest";
import { browserWith, holds } from "../testBrowser.ts";
import { largeRecord } from "./largeRecord.ts";
import { renderPage } from "./page.ts";

const { open, newContext, urlOf } = browserWith({ large: () => renderPage(largeRecord()) });

/** Columns of the table of cells sort and its rows can be searched, and the chart beside the answer answers to pointer and keys. */
const interactive = `document.querySelector("[id^=cell-]")?.closest("table").querySelector("thead button") && document.querySelector(".first .live") !== null`;

it("of 500 cells is interactive before a second of its thread is spent, and lays out what a reader is near to", async () => {
  const openings: { readonly ms: number; readonly laidOut: number }[] = [];
  for (let i = 0; i < 3; i++) {
    const context = await newContext({ viewport: { width: 1280, height: 800 } });
    const page = await context.newPage();
    const session = await context.newCDPSession(page);
    // Its processor's time, from the start of the thread on, so that no neighbour on the machine counts.
    await session.send("Performance.enable", { timeDomain: "threadTicks" });
    await page.goto(await urlOf("large.html"));
    await holds(page, interactive);
    const { metrics } = await session.send("Performance.getMetrics");
    const metric = (wanted: string): number => metrics.find(({ name }) => name === wanted)?.value ?? Number.NaN;
    openings.push({ ms: 1000 * metric("TaskDuration"), laidOut: metric("LayoutObjects") });
    await context.close();
  }
  expect(Math.min(...openings.map(({ ms }) => ms))).toBeLessThan(1000);
  expect(Math.min(...openings.map(({ ms }) => ms))).toBeGreaterThan(10);
  // All of it would be 28,000 objects.
  for (const { laidOut } of openings) expect(laidOut).toBeLessThan(5000);
});

it.each([1280, 360])("leaves room for what is not laid out yet, as much as it takes: %i px wide", async (width) => {
  const { page, noise } = await open("large", width, "light");
  const height = () => page.evaluate<number>("document.documentElement.scrollHeight");
  const before = await height();
  expect(before).toBeGreaterThan(5000);
  for (let y = 0; y < before; y += 1500) {
    await page.evaluate(`scrollTo({ top: ${y}, behavior: "instant" })`);
    await page.evaluate("new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))");
  }
  // Each of some fifty to a fraction of a px.
  expect(Math.abs((await height()) - before)).toBeLessThan(3);
  expect(noise).toEqual([]);
  await page.close();
});

it("leads to a row of a table and to a chart that are not laid out yet", async () => {
  const { page } = await open("large", 1280, "light");
  const { id } = largeRecord().cells[400] ?? { id: "" };
  // Nothing lies over its upper end, as the head of a table does.
  const shown = (target: string) =>
    holds(
      page,
      `(({ left, top, height }) => document.elementFromPoint(left + 9, top + Math.min(9, height / 2))?.closest("[id]").id === "${target}")(document.getElementById("${target}").getBoundingClientRect())`,
    );
  for (const target of [`cell-${id}`, "roofline-heading", "doubling-heading"]) {
    await page.evaluate(`location.hash = ${JSON.stringify(target)}`);
    await shown(target);
  }
  await page.goto("about:blank");
  await page.goto(`${await urlOf("large.html")}#cell-${id}`);
  await shown(`cell-${id}`);
  await page.close();
});
