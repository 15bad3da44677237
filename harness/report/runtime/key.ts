import { fitted, textWidth } from "../charts/textWidth.ts";

/** Letters of a key, and what stands between its entries, px of the chart. */
export const keyLook = { fontPx: 11.5, swatchPx: 11, rowPx: 19, marginPx: 4, gapPx: 14 } as const;

/** Where an entry of a key begins, px under the chart; its words as they have room. */
export interface KeyPlace {
  readonly words: string;
  readonly x: number;
  /** middle of its row */
  readonly y: number;
}

/** What colours mean, under a chart that is a file of its own: entries one after the other, in as many rows as a chart of this width needs. */
export const keyPlaces = (entries: readonly string[], widthPx: number): readonly KeyPlace[] => {
  const { fontPx, swatchPx, rowPx, marginPx, gapPx } = keyLook;
  const places: KeyPlace[] = [];
  let [x, row] = [marginPx, 0];
  for (const entry of entries) {
    const words = fitted(entry, widthPx - 2 * marginPx - swatchPx - 6, fontPx);
    const px = swatchPx + 6 + textWidth(words, fontPx);
    if (x > marginPx && x + px > widthPx - marginPx) [x, row] = [marginPx, row + 1];
    places.push({ words, x, y: (row + 0.5) * rowPx });
    x += px + gapPx;
  }
  return places;
};

/** Height that a key takes, px; 0 without entries. */
export const keyHeight = (places: readonly KeyPlace[]): number => {
  const last = places.at(-1);
  return last === undefined ? 0 : last.y + keyLook.rowPx / 2 + keyLook.marginPx;
};
