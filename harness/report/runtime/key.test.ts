import { expect, it } from "vitest";
import { textWidth } from "../charts/textWidth.ts";
import { keyHeight, keyLook, keyPlaces } from "./key.ts";

it("has every entry of a key within a chart's width, none on another, and room for all rows", () => {
  const entries = ["embedding", "norms", "input projections", "rotary positions", "attention", "output projections", "feed-forward", "x".repeat(200)];
  const endOf = ({ x, words }: { readonly x: number; readonly words: string }): number => x + keyLook.swatchPx + 6 + textWidth(words, keyLook.fontPx);
  for (const width of [328, 528]) {
    const places = keyPlaces(entries, width);
    expect(places.map(({ words }) => words).slice(0, 7)).toEqual(entries.slice(0, 7));
    expect(places.at(-1)?.words).toMatch(/^x+…$/);
    for (const [i, place] of places.entries()) {
      expect(endOf(place)).toBeLessThanOrEqual(width);
      const next = places[i + 1];
      if (next?.y === place.y) expect(next.x).toBeGreaterThan(endOf(place));
      expect(place.y + keyLook.rowPx / 2).toBeLessThan(keyHeight(places));
    }
    expect(new Set(places.map(({ y }) => y)).size).toBeGreaterThan(1);
  }
  expect(keyHeight(keyPlaces([], 528))).toBe(0);
});
