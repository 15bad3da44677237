import { expect, it } from "vitest";
import { zh } from "../messages/zh.ts";
import { browserWith, upgraded } from "../testBrowser.ts";
import { testPages } from "./testPages.ts";

const { "decode in Chinese": decode, "sample in Chinese": sample } = testPages;
const { open } = browserWith({ "decode in Chinese": decode, "sample in Chinese": sample });

/** Runs in the page: its pieces of text that are said to be Chinese, but for code. */
const chineseTexts = (): string[] => {
  interface Node {
    readonly nodeType: number;
    readonly textContent: string;
    readonly childNodes: Iterable<Node>;
    closest(selector: string): { getAttribute(name: string): string } | null;
    querySelectorAll(selector: string): Iterable<Node>;
  }
  const { document } = globalThis as unknown as { readonly document: Node };
  return [...document.querySelectorAll("body, body *")]
    .filter((node) => node.closest("[lang]")?.getAttribute("lang") === "zh" && node.closest("script, style, pre, code") === null)
    .flatMap((node) => [...node.childNodes].flatMap((part) => (part.nodeType === 3 && part.textContent.trim() !== "" ? [part.textContent.trim()] : [])));
};

/** Runs in the page: all that its script says, in words that are shown, in hints and in names of parts. */
const scriptSays = (): string[] => {
  interface Node {
    readonly textContent: string;
    getAttribute(name: string): string | null;
  }
  const { document } = globalThis as unknown as { readonly document: { querySelectorAll(selector: string): Iterable<Node> } };
  const attributes = ["title", "placeholder", "aria-label", "aria-valuetext"];
  return [...document.querySelectorAll(".save, .search, .search *, .steps, .series")].flatMap((node) =>
    [
      node.textContent.trim(),
      ...attributes.map((name) => (name === "aria-label" && node.getAttribute("class") === "series" ? "" : (node.getAttribute(name) ?? ""))),
    ].filter((text) => text !== ""),
  );
};

it.each(["decode in Chinese", "sample in Chinese"] as const)("says nothing in English where it says it is Chinese: %s", async (name) => {
  const { page, noise } = await open(name, 360, "light");
  expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(360);
  await upgraded(page);
  await page.getByRole("searchbox").last().fill("softmax");
  const [texts, said] = [await page.evaluate(chineseTexts), await page.evaluate(scriptSays)];
  expect(texts.length).toBeGreaterThan(100);
  // Words of English grammar, of which no name of an arm, a size or a device has two.
  const english = /\b(?:the|of|with|is|are|at|in|from|and|to|by|on|as|that|than|what|which|this|no|per|over)\b/gi;
  expect(texts.filter((text) => (text.match(english) ?? []).length > 1)).toEqual([]);
  // Its script speaks Chinese too; SVG is a format.
  expect(said.filter((text) => text !== "SVG" && !/\p{Script=Han}/u.test(text))).toEqual([]);
  for (const words of [zh.script.zoom, zh.script.showOrHide, zh.script.measurements, zh.script.wordsOfARow]) expect(said).toContain(words);
  for (const words of [zh.page.answer, zh.sure.heading, zh.limits.heading, zh.method.heading, zh.charts.memoryHeading, zh.tables.cellsHeading])
    expect(
      texts.some((text) => text.includes(words)),
      words,
    ).toBe(true);
  expect(noise).toEqual([]);
  await page.close();
});
