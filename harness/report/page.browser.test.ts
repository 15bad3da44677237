import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { expect, it } from "vitest";
import { browserWith, holds, keepPicture, upgraded } from "../testBrowser.ts";
import { partPages, recordOf, testPages } from "./testPages.ts";

const { "sample in Chinese": _, ...shown } = testPages;
const { open, newContext, urlOf } = browserWith({ ...shown, ...partPages });

/** Runs in the page: labels of a chart that overlap another or leave their chart, px. */
const misplacedLabels = (): string[] => {
  // Playwright evaluates this in the browser; the project's types know no DOM
  interface Box {
    readonly left: number;
    readonly right: number;
    readonly top: number;
    readonly bottom: number;
    readonly width: number;
  }
  interface Node {
    readonly textContent: string;
    readonly classList: { contains(name: string): boolean };
    getAttribute(name: string): string | null;
    closest(selector: string): Node | null;
    getBoundingClientRect(): Box;
    querySelectorAll(selector: string): Iterable<Node>;
  }
  const { document } = globalThis as unknown as { readonly document: Node };
  const faults: string[] = [];
  for (const chart of document.querySelectorAll("svg.chart, .live svg")) {
    const frame = chart.getBoundingClientRect();
    if (frame.width === 0) continue;
    const texts = [...chart.querySelectorAll("text")]
      // halos lie under their own words; Vega keeps tick labels that it hides
      .filter((text) => text.closest("[stroke]") === null && text.getAttribute("opacity") !== "0" && text.textContent !== "")
      .map((text) => ({ words: text.textContent, box: text.getBoundingClientRect() }))
      .filter(({ box }) => box.width > 0);
    texts.forEach(({ words, box }, i) => {
      if (box.left < frame.left - 1 || box.right > frame.right + 1 || box.top < frame.top - 1 || box.bottom > frame.bottom + 1)
        faults.push(`"${words}" leaves its chart`);
      for (const other of texts.slice(i + 1)) {
        const wide = Math.min(box.right, other.box.right) - Math.max(box.left, other.box.left);
        const high = Math.min(box.bottom, other.box.bottom) - Math.max(box.top, other.box.top);
        // line boxes are a few px higher than their letters
        if (wide > 1 && high > 4) faults.push(`"${words}" overlaps "${other.words}"`);
      }
    });
  }
  return faults;
};

it.each(Object.keys(shown).flatMap((name) => [360, 1280].map((width) => [name, width] as const)))(
  "%s, %i px wide: quiet, no sideways scrolling, no label over another",
  async (name, width) => {
    const { page, noise } = await open(name, width, width === 360 ? "dark" : "light");
    const quiet = async (): Promise<void> => {
      expect(noise).toEqual([]);
      expect(await page.title()).not.toBe("run");
      expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(width);
      expect(await page.evaluate(misplacedLabels)).toEqual([]);
    };
    await quiet();
    await keepPicture(page, `${name}, ${width} px`, "whole");
    const height = () => page.evaluate<number>("document.documentElement.scrollHeight");
    const before = await height();
    await upgraded(page);
    await quiet();
    // Room for charts that are not laid out yet is known to a fraction of a px.
    expect(Math.abs((await height()) - before)).toBeLessThan(3);
    await page.close();
  },
);

/** Shares of the first screen's parts that are within it; their sentences; parts that overlap. Runs in the page. */
const firstScreen = `{
  const within = (selector) => [...document.querySelectorAll(selector)].map((one) => one.getBoundingClientRect()).filter(({ width }) => width > 0)
    .map(({ top, bottom, height }) => Math.max(0, Math.min(bottom, innerHeight) - Math.max(top, 0)) / height);
  const leads = [...document.querySelectorAll(".answer .lead")].map((one) => one.textContent);
  const parts = [...document.querySelectorAll("header, .first > *, .first + section")].map((one) => one.getBoundingClientRect());
  const overlaps = parts.flatMap((one, i) => parts.slice(i + 1).filter((other) =>
    Math.min(one.right, other.right) - Math.max(one.left, other.left) > 1 && Math.min(one.bottom, other.bottom) - Math.max(one.top, other.top) > 1));
  ({
    charts: within(".first svg.chart, .first .live"),
    boxes: within(".boxes > div"),
    answer: within(".answer"),
    sentences: leads.join(" ").split(/[.!?](?:\\s|$)|[。！？]/).filter((words) => words.trim() !== "").length,
    overlaps: overlaps.length,
    order: [...document.querySelectorAll(".first > *")].sort((one, other) => one.getBoundingClientRect().top - other.getBoundingClientRect().top).map(({ className, tagName }) => className || tagName.toLowerCase()),
  });
}`;

interface FirstScreen {
  readonly charts: readonly number[];
  readonly boxes: readonly number[];
  readonly answer: readonly number[];
  readonly sentences: number;
  readonly overlaps: number;
  readonly order: readonly string[];
}

it.each(["prefill", "decode", "crowded", "hostile", "sample", "decode in Chinese"])(
  "shows the answer, how sure it is and a chart without scrolling: %s",
  async (name) => {
    const { page } = await open(name, 1280, "light");
    await page.setViewportSize({ width: 1280, height: 720 });
    const looked = async () => {
      const { charts, boxes, answer, sentences, overlaps } = await page.evaluate<FirstScreen>(firstScreen);
      expect(charts).toHaveLength(1);
      expect(charts[0]).toBeGreaterThan(2 / 3);
      expect(answer).toEqual([1]);
      expect(boxes).toHaveLength(2);
      for (const share of boxes) expect(share).toBeGreaterThan(2 / 3);
      expect(sentences).toBeGreaterThan(0);
      expect(sentences).toBeLessThanOrEqual(2);
      expect(overlaps).toBe(0);
    };
    await looked();
    // Taken over, the chart stays where it is.
    await upgraded(page);
    await looked();
    await keepPicture(page, `${name}, first screen`, "window");
    await page.setViewportSize({ width: 360, height: 780 });
    const { overlaps, order } = await page.evaluate<FirstScreen>(firstScreen);
    expect(overlaps).toBe(0);
    expect(order).toEqual(["answer", "figure", "boxes"]);
    expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(360);
    await page.close();
  },
);

it.each(["sample", "emulated", "emulated in Chinese", "prefill", "decode", "decode in Chinese"])(
  "shows all bullets of how sure it is that are not folded without scrolling: %s",
  async (name) => {
    const { page } = await open(name, 1280, "light");
    const ends = await page.locator(".boxes > div:first-child > ul > li").evaluateAll((bullets) => bullets.map((one) => one.getBoundingClientRect().bottom));
    expect(ends.length).toBeGreaterThan(1);
    expect(Math.max(...ends)).toBeLessThanOrEqual(800);
    const lines = await page.evaluate<readonly number[]>(
      `[...document.querySelectorAll(".boxes > div:first-child > ul > li")].map((one) => one.getBoundingClientRect().height / Number.parseFloat(getComputedStyle(one).lineHeight))`,
    );
    expect(Math.max(...lines)).toBeLessThanOrEqual(5.5);
    await page.close();
  },
);

it("leaves no hole where nothing was measured, and leads from a cut title to the whole of it", async () => {
  const { page } = await open("failures", 1280, "light");
  const { charts, boxes } = await page.evaluate<FirstScreen>(firstScreen);
  expect(charts).toEqual([]);
  expect(boxes).toEqual([1, 1]);
  expect(await page.evaluate(`(({ right }) => right)(document.querySelector(".boxes").getBoundingClientRect())`)).toBe(1220);
  await page.goto(await urlOf("hostile.html"));
  await page.click('header a[href="#whole"]');
  await holds(page, `document.querySelector("#whole").getClientRects().length > 0`);
  expect(await page.evaluate("document.querySelector('#whole').textContent.length")).toBeGreaterThan(10_000);
  await page.close();
});

it.each(["decode", "decode in Chinese"])("keeps captions in sight where tables are wider than the screen: %s", async (name) => {
  const { page } = await open(name, 360, "light");
  /** How far captions stand out of what their tables scroll in, px; and how many tables scroll. */
  const captions = () =>
    page.evaluate<{ out: number; wide: number }>(`{
      const regions = [...document.querySelectorAll(".scroll")].filter((one) => one.getClientRects().length > 0);
      const wide = regions.filter((one) => one.scrollWidth > one.clientWidth);
      const out = wide.map((one) => {
        const [region, caption] = [one.getBoundingClientRect(), one.querySelector("caption").getBoundingClientRect()];
        return Math.max(region.left - caption.left, caption.right - region.right);
      });
      ({ out: Math.max(...out), wide: wide.length });
    }`);
  await page.evaluate(`document.querySelectorAll("details").forEach((one) => (one.open = true))`);
  const { out, wide } = await captions();
  expect(wide).toBeGreaterThan(2);
  expect(out).toBeLessThanOrEqual(1);
  await page.evaluate(`document.querySelectorAll(".scroll").forEach((one) => (one.scrollLeft = 1e4))`);
  expect((await captions()).out).toBeLessThanOrEqual(1);
  await page.close();
});

it("shows every chart and every row without a script", async () => {
  const context = await newContext({ javaScriptEnabled: false, viewport: { width: 1280, height: 900 } });
  const page = await context.newPage();
  await page.goto(await urlOf("decode.html"));
  expect(await page.getByRole("button").count()).toBe(0);
  expect(await page.locator("[id^=cell-]").count()).toBe(recordOf("decode").cells.length);
  // Some stand within others.
  const closed = page.locator("details:not([open]) > summary").filter({ visible: true });
  while ((await closed.count()) > 0) await closed.first().click();
  const labels = await page.locator(".facet").evaluateAll((facets) =>
    (facets as unknown as { querySelectorAll(selector: string): ArrayLike<{ getClientRects(): ArrayLike<unknown> }> }[]).map((facet) => {
      const seen = (selector: string): number => Array.from(facet.querySelectorAll(selector)).filter((one) => one.getClientRects().length > 0).length;
      return { charts: seen("svg.chart"), words: seen("svg.chart text") };
    }),
  );
  expect(labels.length).toBeGreaterThan(5);
  for (const { charts, words } of labels) expect([charts, words > 5]).toEqual([1, true]);
  await context.close();
});

it("leads without a script to the row that an address names, however far down", async () => {
  const context = await newContext({ javaScriptEnabled: false, viewport: { width: 1280, height: 900 } });
  const page = await context.newPage();
  const cells = recordOf("decode").cells;
  const id = `cell-${cells.at(-1)?.id}`;
  await page.goto(`${await urlOf("decode.html")}#${id}`);
  // As long as it takes to scroll and to lay out what comes into sight.
  await page.waitForTimeout(1500);
  const { y = -1 } = (await page.locator(`[id="${id}"]`).boundingBox()) ?? {};
  expect(y).toBeGreaterThanOrEqual(0);
  expect(y).toBeLessThan(900);
  await context.close();
});

/** Rules of axe that look at colours, but for one that asks for more contrast than its level AA. */
const ofColours = ["color-contrast", "link-in-text-block"];

it.each([
  ["decode", "light"],
  ["decode", "dark"],
  ["decode in Chinese", "light"],
  ["comparison", "light"],
  ["comparison", "dark"],
  ...Object.keys(partPages).map((name) => [name, "light"] as const),
] as const)("has no fault that axe finds, all that is folded away unfolded: %s, %s", async (name, scheme) => {
  const { page } = await open(name, 1280, scheme);
  await page.evaluate(`document.querySelectorAll("details").forEach((one) => (one.open = true))`);
  await upgraded(page);
  // Colours are those of other pages, and take most of the time; in the dark nothing else is another.
  const looksAtColours = name === "decode" || name === "comparison";
  const rules = scheme === "dark" ? { runOnly: ofColours } : { rules: { "color-contrast": { enabled: looksAtColours } } };
  await page.evaluate(readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8"));
  const faults = await page.evaluate<string[]>(
    // What holds is not told of, node by node.
    `axe.run(${JSON.stringify({ ...rules, resultTypes: ["violations"] })}).then(({ violations }) => violations.map(({ id, nodes }) => id + ': ' + nodes[0].html))`,
  );
  expect(faults).toEqual([]);
  await page.close();
});
