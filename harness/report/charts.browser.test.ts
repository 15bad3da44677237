import type { Locator } from "playwright-core";
import { describe, expect, it } from "vitest";
import { browserWith, type ColorScheme, holds } from "../testBrowser.ts";
import { testPages } from "./testPages.ts";

const { prefill, decode, hostile, sample } = testPages;
const { open, newContext, urlOf } = browserWith({ prefill, decode, hostile, sample });

describe("charts that answer", () => {
  /** The chart of time at one width, as a reader comes to it. */
  const openTime = async (name: string, width: number, scheme: ColorScheme = "light") => {
    const { page, noise } = await open(name, width, scheme);
    const facet = page.locator("#time .facet").first();
    await facet.scrollIntoViewIfNeeded();
    const live = facet.locator(".live");
    await live.waitFor();
    const steps = live.getByRole("slider", { name: /^Points of the chart: Time/ });
    const button = (words: string) => facet.getByRole("button", { name: words, exact: true });
    return { page, noise, facet, live, steps, button, tip: live.locator(".tip"), said: () => steps.getAttribute("aria-valuetext") };
  };
  /** How many marks of an arm are drawn. */
  const marksOf = (live: Locator, arm: number): Promise<number> => live.locator(`.mark-symbol [fill="var(--arm-${arm})"]`).count();
  const ticksOf = async (live: Locator): Promise<string[]> => (await live.locator(".mark-text.role-axis-label text").allTextContents()).sort();

  it("come when a reader comes to them, in the place of their drawing", async () => {
    const { page, noise } = await open("decode", 1280, "light");
    // At the end of the page all charts are above, and none has come.
    await page.evaluate(`scrollTo({ top: 1e6, behavior: "instant" })`);
    const facet = page.locator("#doubling .facet").first();
    expect(await facet.locator(".live").count()).toBe(0);
    const before = await facet.boundingBox();
    await facet.dispatchEvent("pointerenter");
    await facet.locator(".live").waitFor();
    expect(await facet.boundingBox()).toEqual(before);
    expect(await facet.locator("svg.chart.wide").isVisible()).toBe(false);
    // The other width comes when the window has it, and the wide one goes.
    await page.setViewportSize({ width: 390, height: 900 });
    await facet.scrollIntoViewIfNeeded();
    await facet.locator(".live.narrow").waitFor();
    expect(await facet.locator(".live.wide").isVisible()).toBe(false);
    expect(noise).toEqual([]);
    await page.close();
  });

  it("come before the focus of a reader who steps through the page by keys", async () => {
    const { page, noise } = await open("sample", 1280, "light");
    // Of what has the focus its figure and what it is; and whether the chart after it answers.
    const focused = () =>
      page.evaluate(`(() => {
        const one = document.activeElement;
        const follows = (facet) => !facet.contains(one) && one.compareDocumentPosition(facet) & Node.DOCUMENT_POSITION_FOLLOWING;
        const next = [...document.querySelectorAll(".facet")].find((facet) => facet.closest("details:not([open])") === null && follows(facet));
        return [one.closest("figure")?.id + " " + (one.getAttribute("role") ?? one.className), one.textContent, next.querySelector(".live") !== null];
      })()`) as Promise<readonly [place: string, words: string, comes: boolean]>;
    const met: string[] = [];
    for (let steps = 0; steps < 60 && met.at(-1) !== "time svg"; steps++) {
      await page.keyboard.press("Tab");
      await expect.poll(async () => (await focused())[2], { timeout: 5000 }).toBe(true);
      const [place, words] = await focused();
      met.push(words === "SVG" ? place.replace(/ .*/, " svg") : place);
    }
    const count = (place: string): number => met.filter((one) => one === place).length;
    expect([count("time slider"), count("time series"), count("time svg")]).toEqual([1, 4, 1]);
    expect(met.indexOf("time slider")).toBeLessThan(met.indexOf("time svg"));
    expect(noise).toEqual([]);
    await page.close();
  });

  it("say what is under the pointer, and under none nothing", async () => {
    const { page, noise, live, steps, tip, said } = await openTime("decode", 1280);
    const mark = await live.locator('.mark-symbol [fill="var(--arm-2)"]').first().boundingBox();
    const frame = await steps.boundingBox();
    if (mark === null || frame === null) throw new Error("a chart and its marks have places");
    await page.mouse.move(mark.x + mark.width / 2, mark.y + mark.height / 2);
    expect(await tip.locator("> *").allTextContents()).toEqual(["linear", "n = 256", expect.stringMatching(/^\d+ µs \[\d+ µs, \d+ µs\]$/), "24 samples"]);
    expect(await said()).toMatch(/^linear, n = 256, /);
    await page.keyboard.press("Escape");
    await page.mouse.move(frame.x + frame.width - 4, frame.y + frame.height - 4);
    expect(await tip.isVisible()).toBe(false);
    expect(noise).toEqual([]);
    await page.close();
  });

  it("say it by the keyboard, point by point", async () => {
    const { page, noise, steps, tip, said } = await openTime("decode", 1280);
    await page.locator("#time .facet").first().getByRole("button", { name: "SVG" }).focus();
    for (let i = 0; i < 5; i++) await page.keyboard.press("Shift+Tab");
    expect(await steps.evaluate((element) => (element as unknown as { matches(selector: string): boolean }).matches(":focus-visible"))).toBe(true);
    expect(await said()).toMatch(/^softmax, n = 256, /);
    await page.keyboard.press("ArrowRight");
    expect(await said()).toMatch(/^softmax, n = 512, /);
    await page.keyboard.press("ArrowDown");
    expect(await said()).toMatch(/^GQA, n = 512, /);
    expect((await tip.textContent())?.startsWith("GQA")).toBe(true);
    await page.keyboard.press("End");
    expect(await said()).toMatch(/^gatedDeltaNet, n = 16,384, /);
    await page.keyboard.press("Escape");
    expect(await tip.isVisible()).toBe(false);
    // What stopped says so too.
    await page.keyboard.press("Home");
    for (let i = 0; i < 6; i++) await page.keyboard.press("ArrowRight");
    expect(await said()).toBe("softmax, n = 16,384, stopped at a time or memory limit, one repetition would take longer than 1 s");
    expect(noise).toEqual([]);
    await page.close();
  });

  it("hide an arm by its name, by mouse and keyboard, and show all again", async () => {
    const { page, noise, live, button } = await openTime("decode", 1280);
    const name = live.getByRole("button", { name: "linear", exact: true });
    const whole = await marksOf(live, 2);
    expect(await name.getAttribute("aria-pressed")).toBe("true");
    await name.click();
    expect(await name.getAttribute("aria-pressed")).toBe("false");
    expect(await marksOf(live, 2)).toBe(1);
    expect(await live.locator("text", { hasText: "n*" }).allTextContents()).toEqual(expect.not.arrayContaining([expect.stringContaining("/ linear")]));
    await page.keyboard.press("Space");
    expect(await marksOf(live, 2)).toBe(whole);
    await page.keyboard.press("Enter");
    expect(await marksOf(live, 2)).toBe(1);
    await button("show all").press("Enter");
    expect(await button("zoom").evaluate((element) => (element as unknown as { matches(selector: string): boolean }).matches(":focus"))).toBe(true);
    expect(await marksOf(live, 2)).toBe(whole);
    expect(await button("show all").isVisible()).toBe(false);
    expect(noise).toEqual([]);
    await page.close();
  });

  it("zoom when asked, and never take the page's wheel before", async () => {
    const { page, noise, live, steps, button } = await openTime("decode", 1280);
    const whole = await ticksOf(live);
    const frame = await steps.boundingBox();
    if (frame === null) throw new Error("a chart has a place");
    await page.mouse.move(frame.x + frame.width / 2, frame.y + frame.height / 2);
    const scrolled = () => page.evaluate<number>("scrollY");
    const began = await scrolled();
    await page.mouse.wheel(0, 40);
    await holds(page, `scrollY > ${began}`);
    expect(await ticksOf(live)).toEqual(whole);

    await button("zoom").click();
    expect(await button("zoom").getAttribute("aria-pressed")).toBe("true");
    const [asked, there] = [await scrolled(), await steps.boundingBox()];
    await page.mouse.move(frame.x + frame.width / 2, (there?.y ?? 0) + frame.height / 2);
    for (let i = 0; i < 10; i++) await page.mouse.wheel(0, -100);
    await expect.poll(() => ticksOf(live)).not.toEqual(whole);
    expect(await scrolled()).toBe(asked);
    const zoomed = await ticksOf(live);
    await page.mouse.down();
    await page.mouse.move(frame.x + frame.width / 2 - 120, (there?.y ?? 0) + frame.height / 2 + 60, { steps: 3 });
    await page.mouse.up();
    expect(await ticksOf(live)).not.toEqual(zoomed);
    await button("show all").click();
    expect(await ticksOf(live)).toEqual(whole);

    await button("zoom").click();
    await steps.focus();
    await page.keyboard.press("+");
    expect(await ticksOf(live)).not.toEqual(whole);
    await page.keyboard.press("0");
    expect(await ticksOf(live)).toEqual(whole);
    expect(noise).toEqual([]);
    await page.close();
  });

  it("keep the ruler of lengths and n* where they are in sight of a part of the axes, each at its own n", async () => {
    const { page, noise, steps } = await openTime("prefill", 1280);
    /** Words of the ruler and of n*, and the middle of each, px of the screen. */
    const placed = async (): Promise<ReadonlyMap<string, number>> => {
      const texts = await page.evaluate<[string, number][]>(`[...document.querySelectorAll("#time .live text")].map((text) => {
        const { left, width } = text.getBoundingClientRect();
        return [text.textContent, left + width / 2];
      })`);
      return new Map(texts.filter(([text]) => /^(?:message|page|paper|novel)$|^n\*/.test(text)));
    };
    const before = await placed();
    const [mark = "", lengths] = [[...before.keys()].find((text) => text.startsWith("n*")), [...before.keys()].filter((text) => !text.startsWith("n*"))];
    expect([mark, lengths.length > 0]).toEqual([expect.stringMatching(/^n\*/), true]);
    await steps.focus();
    await page.keyboard.press("+");
    const after = await placed();
    // What is in sight lies so much further apart, and what is not is gone.
    const seen = lengths.filter((word) => after.has(word));
    expect(seen.length).toBeGreaterThan(0);
    expect(after.has(mark) || seen.length < lengths.length).toBe(true);
    const apart = (places: ReadonlyMap<string, number>): readonly number[] =>
      seen.slice(1).map((word, i) => (places.get(word) ?? 0) - (places.get(seen[i] ?? "") ?? 0));
    const [wide, narrow] = [apart(after), apart(before)];
    expect(wide.map((px, i) => px / (narrow[i] ?? 0))).toEqual(narrow.map(() => expect.closeTo(1.6, 1)));
    expect(seen.some((word) => after.get(word) !== before.get(word))).toBe(true);
    await page.keyboard.press("0");
    expect(await placed()).toEqual(before);
    expect(noise).toEqual([]);
    await page.close();
  });

  it("have the colours of the page, in light and dark, and are drawings in print", async () => {
    const { page, live, facet } = await openTime("prefill", 1280, "dark");
    const colours = (within: string): Promise<string[]> =>
      page.evaluate(`{
      const painted = [...document.querySelector("#time .facet").querySelectorAll("${within} [fill], ${within} [stroke]")].map((one) => getComputedStyle(one));
      [...new Set(painted.flatMap(({ fill, stroke }) => [fill, stroke]))].filter((colour) => colour !== "rgba(0, 0, 0, 0)").sort();
    }`);
    const dark = await colours(".live");
    expect(dark).toEqual(await colours("svg.chart.wide"));
    await page.emulateMedia({ colorScheme: "light" });
    const light = await colours(".live");
    expect(light).toEqual(await colours("svg.chart.wide"));
    expect(light).not.toEqual(dark);
    await live.getByRole("button", { name: "linear", exact: true }).click();
    await page.emulateMedia({ colorScheme: "dark", media: "print" });
    expect(await live.isVisible()).toBe(false);
    expect(await facet.locator("svg.chart.wide").isVisible()).toBe(true);
    expect(await colours("svg.chart.wide")).toEqual(light);
    expect(light.length).toBeGreaterThan(5);
    await page.close();
  });

  it("answer to a finger at 360 px", async () => {
    const context = await newContext({ viewport: { width: 360, height: 780 }, hasTouch: true, isMobile: true, reducedMotion: "reduce" });
    const page = await context.newPage();
    await page.goto(await urlOf("decode.html"));
    const live = page.locator("#time .facet").first().locator(".live");
    await page.locator("#time .facet").first().scrollIntoViewIfNeeded();
    await live.waitFor();
    const mark = await live.locator('.mark-symbol [fill="var(--arm-2)"]').first().boundingBox();
    if (mark === null) throw new Error("a mark has a place");
    await page.touchscreen.tap(mark.x + 8, mark.y + 8);
    const tip = live.locator(".tip");
    expect(await tip.textContent()).toContain("n = 256");
    const box = await tip.boundingBox();
    expect(box && box.x >= 0 && box.x + box.width <= 360).toBe(true);
    expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(360);
    await context.close();
  });

  it("take names as they are: text", async () => {
    const { page, noise, steps, tip } = await openTime("hostile", 1280);
    await steps.focus();
    await page.keyboard.press("Home");
    await page.keyboard.press("ArrowRight");
    expect((await tip.locator("strong").first().textContent())?.startsWith("</text><script>")).toBe(true);
    expect(await tip.locator("script, img").count()).toBe(0);
    expect(await page.title()).not.toBe("run");
    expect(noise).toEqual([]);
    await page.close();
  });
});
