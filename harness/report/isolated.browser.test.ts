import { expect, it } from "vitest";
import { browserWith } from "../testBrowser.ts";
import { fixtureRecord } from "./fixture.ts";
import { linearArm, softmaxArm } from "./fixtureArms.ts";
import { isolated } from "./isolated.ts";
import { markdownText } from "./markdownText.ts";
import { renderPage } from "./page.ts";

const label = "abc של";
const record = fixtureRecord({ arms: [softmaxArm, { ...linearArm, label }] });

const { open } = browserWith({
  hebrew: () => renderPage({ ...record, findings: [{ kind: "headline", text: `At n = 64: softmax 2 ms and ${label} 146 µs (2× less).` }] }),
});

it("isolates each name that runs from right to left in plain text, and nothing else", () => {
  expect(isolated(`${label} 146 µs, של אב 2`)).toBe("abc \u2068של\u2069 146 µs, \u2068של אב\u2069 2");
  expect(isolated("של / אב")).toBe("\u2068של\u2069 / \u2068אב\u2069");
  expect(isolated("softmax 146 µs")).toBe("softmax 146 µs");
  expect(markdownText(`${label} 146 µs`)).toBe("abc \u2068של\u2069 146 µs");
});

it("keeps numbers behind a Hebrew name beside their units", async () => {
  const { page, noise } = await open("hebrew", 1280, "light");
  // Each piece of a sentence, by the left edge at which it is seen: in the order in which it is read.
  const lefts = await page.evaluate<number[][]>(`{
    const placesIn = (sentence, pieces) => {
      const texts = [];
      const walk = document.createTreeWalker(sentence, NodeFilter.SHOW_TEXT);
      while (walk.nextNode()) texts.push(walk.currentNode);
      return pieces.map((piece) => {
        const text = texts.find((one) => one.data.includes(piece));
        const range = document.createRange();
        range.setStart(text, text.data.indexOf(piece));
        range.setEnd(text, text.data.indexOf(piece) + piece.length);
        return range.getBoundingClientRect().left;
      });
    };
    [placesIn(document.querySelector(".lead"), ["abc", "של", "146", "µs", "less"])];
  }`);
  for (const places of lefts) expect(places).toEqual(places.toSorted((one, other) => one - other));
  const drawn = await page.locator("#time svg.chart.wide text").allTextContents();
  expect(drawn).toContain("abc \u2068של\u2069");
  expect(noise).toEqual([]);
  await page.close();
});
